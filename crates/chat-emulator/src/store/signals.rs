//! Typing notifications and read receipts.

use super::access::{Caller, Permission};
use super::ids::{MessageId, ThreadId};
use super::refusal::Refusal;
use super::saved::Mark;
use super::thread::{ReadReceipt, Thread};
use super::{Page, Store};

impl Store {
    /// Accepts a typing notification. It leaves no trace: there is nobody listening.
    pub(crate) fn send_typing(&self, caller: &Caller, thread: &ThreadId) -> Result<(), Refusal> {
        let thread = self.thread(caller, thread, Permission::TakePart)?;
        self.check_size("Typing notifications", thread)
    }

    /// Notes how far the caller has read; it never moves back.
    pub(crate) fn send_read_receipt(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        message: MessageId,
    ) -> Result<(), Refusal> {
        let thread = self.thread(caller, id, Permission::TakePart)?;
        self.check_size("Read receipts", thread)?;
        thread.message(message, &thread.member(&caller.user)?.participant)?;

        let read_on = self.now();
        let thread = self.thread_mut(caller, id, Permission::TakePart)?;
        if let Some(member) = thread.members.get_mut(&caller.user) {
            let newer = member
                .receipt
                .as_ref()
                .is_none_or(|receipt| receipt.message < message);
            if newer {
                let sender = caller.user.clone();
                member.receipt = Some(ReadReceipt {
                    sender,
                    message,
                    read_on,
                });
                self.mark(|| Mark::Thread(id.clone()));
            }
        }
        Ok(())
    }

    /// The last receipt of each participant, in the order in which the participants came.
    pub(crate) fn list_read_receipts(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        skip: usize,
        page_size: usize,
    ) -> Result<Page<ReadReceipt, usize>, Refusal> {
        let thread = self.thread(caller, thread, Permission::TakePart)?;
        let all = thread
            .members
            .values()
            .filter_map(|member| member.receipt.as_ref())
            .filter(|receipt| receipt.read_on <= caller.lists_until);
        Ok(Page::skipping(all, skip, page_size))
    }

    fn check_size(&self, what: &'static str, thread: &Thread) -> Result<(), Refusal> {
        let limit = self.limits.signals;
        if thread.members.len() > limit {
            return Err(Refusal::ThreadTooLarge(what, limit));
        }
        Ok(())
    }
}
