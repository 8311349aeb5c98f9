//! Typing notifications and read receipts.

use super::access::{Caller, Permission};
use super::event::ThreadEventKind;
use super::ids::{MessageId, ThreadId};
use super::machine::{Page, Store};
use super::marks::Mark;
use super::participant::ReadReceipt;
use super::refusal::Refusal;
use super::thread::Thread;

impl Store {
    /// Notes that the caller types. Clients of the API cannot ask who does; they are told of it in threads
    /// that are not too large for that.
    pub(crate) fn send_typing(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        sender_display_name: String,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.thread_mut(caller, id, Permission::TakePart)?;
        thread.typing.insert(caller.user.clone(), now);
        let members = thread.members.len();
        self.marks.count_one();
        if members <= self.limits.signals {
            self.emit(id, &caller.user, |_| ThreadEventKind::Typing {
                sender_display_name,
            });
        }
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
                let receipt = ReadReceipt {
                    sender: caller.user.clone(),
                    message,
                    read_on,
                };
                member.receipt = Some(receipt.clone());
                self.marks.add(|| Mark::Thread(id.clone()));
                self.emit(id, &caller.user, |_| ThreadEventKind::ReadReceipt(receipt));
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
