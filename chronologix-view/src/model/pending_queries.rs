//! Questions to the query service that are not handed over yet, and which of them are not answered.

use crate::line::Key;
use crate::query::{Direction, Place, Query, QueryId, Request, RequestKind};

#[cfg(test)]
mod tests;

/// Something for the query service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QueryCommand {
    /// To be answered.
    Ask(Query),
    /// Not to be answered any more, whatever was asked of this kind.
    Cancel(RequestKind),
}

/// What the page that is waited for is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fetch {
    /// The tab it is for.
    pub(crate) tab: usize,
    /// To which side of `from`.
    pub(crate) direction: Direction,
    /// What becomes of the rows.
    pub(crate) aim: Aim,
    /// Where the rows begin.
    pub(crate) from: Place,
    /// The line the reader is to come to, if it is known.
    pub(crate) key: Option<Key>,
}

/// What becomes of the rows of a [`Fetch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The rows are put to those there are.
    Extend,
    /// The rows are shown instead, with the cursor on the first in their direction, once there
    /// are any. The next part extends them.
    Replace,
}

/// The queries of the screen.
#[derive(Debug, Default)]
pub(crate) struct PendingQueries {
    /// Whether anybody answers.
    pub(crate) is_open: bool,
    /// Not handed over yet.
    orders: Vec<QueryCommand>,
    /// The ticket that was given last.
    last: u64,
    /// The newest question of each kind that waits for the rest of its answer.
    waiting: Vec<(RequestKind, QueryId)>,
}

impl PendingQueries {
    /// Asks; the answers to an older question of the same kind are not waited for any more.
    pub(crate) fn ask(&mut self, request: Request) {
        if !self.is_open {
            return;
        }
        self.last += 1;
        let id = QueryId(self.last);
        let kind = request.kind();
        // The query service itself drops an older one of the same kind.
        self.close(kind);
        self.withdraw(kind);
        self.waiting.push((kind, id));
        self.orders.push(QueryCommand::Ask(Query { id, request }));
    }

    /// Does not want an answer of this kind any more.
    pub(crate) fn forget(&mut self, kind: RequestKind) {
        if self.is_waiting(kind) {
            self.close(kind);
            self.withdraw(kind);
            self.orders.push(QueryCommand::Cancel(kind));
        }
    }

    /// Says that the answer of this kind is whole.
    pub(crate) fn close(&mut self, kind: RequestKind) {
        self.waiting.retain(|(other, _)| *other != kind);
    }

    /// Takes back what is not handed over.
    fn withdraw(&mut self, kind: RequestKind) {
        self.orders.retain(|order| match order {
            QueryCommand::Ask(query) => query.request.kind() != kind,
            QueryCommand::Cancel(other) => *other != kind,
        });
    }

    /// Whether an answer of this kind is waited for.
    pub(crate) fn is_waiting(&self, kind: RequestKind) -> bool {
        self.waiting.iter().any(|(other, _)| *other == kind)
    }

    /// The kind of question that was answered; none if nobody waits for it any more.
    pub(crate) fn kind_of(&self, id: QueryId) -> Option<RequestKind> {
        let found = self.waiting.iter().find(|(_, other)| *other == id);
        found.map(|(kind, _)| *kind)
    }

    /// Takes what is to be handed over.
    pub(crate) fn take(&mut self) -> Vec<QueryCommand> {
        std::mem::take(&mut self.orders)
    }
}
