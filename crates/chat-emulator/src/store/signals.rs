//! Typing notifications and read receipts.

use super::access::{Caller, Permission};
use super::ids::{MessageId, ThreadId};
use super::machine::{Page, Store};
use super::marks::Mark;
use super::participant::ReadReceipt;
use super::refusal::Refusal;
use super::thread::Thread;

impl Store {
    /// Notes that the caller types. Clients of the API cannot ask who does.
    pub(crate) fn send_typing(&mut self, caller: &Caller, id: &ThreadId) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.thread_mut(caller, id, Permission::TakePart)?;
        thread.typing.insert(caller.user.clone(), now);
        self.marks.count_one();
        Ok(())
    }

    /// Notes how far the caller has read; it never moves back. Threads that are too large for receipts keep
    /// none.
    pub(crate) fn send_read_receipt(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        message: MessageId,
    ) -> Result<(), Refusal> {
        let thread = self.thread(caller, id, Permission::TakePart)?;
        thread.message(message, thread.view(&caller.user)?)?;
        if !self.keeps_receipts(thread) {
            return Ok(());
        }

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
                self.marks.add(|| Mark::Thread(id.clone()));
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
        let members = thread.members.values();
        let all = members
            .filter(|_| self.keeps_receipts(thread))
            .filter_map(|member| member.receipt.as_ref())
            .filter(|receipt| receipt.read_on <= caller.lists_until);
        Ok(Page::skipping(all, skip, page_size))
    }

    fn keeps_receipts(&self, thread: &Thread) -> bool {
        thread.members.len() <= self.limits.signals
    }
}
