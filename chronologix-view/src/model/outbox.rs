//! Questions to the librarian that are not handed over yet, and which of them are not answered.

use crate::history::{Kind, Question, Request, Ticket};

#[cfg(test)]
mod tests;

/// Something for the librarian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// To be answered.
    Ask(Question),
    /// Not to be answered any more, whatever was asked of this kind.
    Cancel(Kind),
}

/// The questions of the screen.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Whether anybody answers.
    pub(crate) is_open: bool,
    /// Not handed over yet.
    orders: Vec<Order>,
    /// The ticket that was given last.
    last: u64,
    /// The newest question of each kind that waits for the rest of its answer.
    waiting: Vec<(Kind, Ticket)>,
}

impl Outbox {
    /// Asks; the answers to an older question of the same kind are not waited for any more.
    pub(crate) fn ask(&mut self, request: Request) {
        if !self.is_open {
            return;
        }
        self.last += 1;
        let ticket = Ticket(self.last);
        let kind = request.kind();
        // The librarian itself drops an older one of the same kind.
        self.close(kind);
        self.withdraw(kind);
        self.waiting.push((kind, ticket));
        self.orders.push(Order::Ask(Question { ticket, request }));
    }

    /// Does not want an answer of this kind any more.
    pub(crate) fn forget(&mut self, kind: Kind) {
        if self.is_waiting(kind) {
            self.close(kind);
            self.withdraw(kind);
            self.orders.push(Order::Cancel(kind));
        }
    }

    /// Says that the answer of this kind is whole.
    pub(crate) fn close(&mut self, kind: Kind) {
        self.waiting.retain(|(other, _)| *other != kind);
    }

    /// Takes back what is not handed over.
    fn withdraw(&mut self, kind: Kind) {
        self.orders.retain(|order| match order {
            Order::Ask(question) => question.request.kind() != kind,
            Order::Cancel(other) => *other != kind,
        });
    }

    /// Whether an answer of this kind is waited for.
    pub(crate) fn is_waiting(&self, kind: Kind) -> bool {
        self.waiting.iter().any(|(other, _)| *other == kind)
    }

    /// The kind of question that was answered; none if nobody waits for it any more.
    pub(crate) fn kind_of(&self, ticket: Ticket) -> Option<Kind> {
        let found = self.waiting.iter().find(|(_, other)| *other == ticket);
        found.map(|(kind, _)| *kind)
    }

    /// Takes what is to be handed over.
    pub(crate) fn take(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }
}
