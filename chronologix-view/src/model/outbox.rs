//! Questions to the librarian that are not handed over yet, and which of them are not answered.

use crate::history::{Kind, Question, Request, Ticket};

/// The questions of the screen.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Whether anybody answers.
    pub(crate) is_open: bool,
    /// Not handed over yet.
    questions: Vec<Question>,
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
        self.forget(kind);
        self.waiting.push((kind, ticket));
        self.questions.retain(|other| other.request.kind() != kind);
        self.questions.push(Question { ticket, request });
    }

    /// Does not wait for an answer of this kind any more.
    pub(crate) fn forget(&mut self, kind: Kind) {
        self.waiting.retain(|(other, _)| *other != kind);
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

    /// Takes the questions out.
    pub(crate) fn take(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.questions)
    }
}
