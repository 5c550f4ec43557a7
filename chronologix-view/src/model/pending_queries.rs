//! Queries that are not sent yet, and those without a complete answer.

use crate::line::Key;
use crate::query::{Direction, Place, Query, QueryId, Request, RequestKind};

#[cfg(test)]
mod tests;

/// A command to the query service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QueryCommand {
    /// Answer a query.
    Ask(Box<Query>),
    /// Stop answering queries of this kind.
    Cancel(RequestKind),
}

/// What a requested page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fetch {
    /// The tab.
    pub(crate) tab: usize,
    /// The direction from `from`.
    pub(crate) direction: Direction,
    /// How the rows are used.
    pub(crate) aim: Aim,
    /// Where the rows begin.
    pub(crate) from: Place,
    /// The line of the cursor, if it is known.
    pub(crate) key: Option<Key>,
}

/// How the rows of a [`Fetch`] are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// They are added to the rows of the tab.
    Extend,
    /// They replace the rows of the tab, with the cursor on the first, once one of them passes the
    /// filter. Later parts of the page extend them.
    Replace,
}

/// The queries of the screen.
#[derive(Debug, Default)]
pub(crate) struct PendingQueries {
    /// Whether there is a query service.
    pub(crate) is_open: bool,
    /// Commands that are not sent yet.
    orders: Vec<QueryCommand>,
    /// The last id.
    last: u64,
    /// The newest query of each kind without a complete answer.
    waiting: Vec<(RequestKind, QueryId)>,
}

impl PendingQueries {
    /// Requests an answer. Replaces an older query of the same kind.
    pub(crate) fn ask(&mut self, request: Request) {
        if !self.is_open {
            return;
        }
        self.last += 1;
        let id = QueryId(self.last);
        let kind = request.kind();
        // The query service drops an older query of the same kind as well.
        self.close(kind);
        self.withdraw(kind);
        self.waiting.push((kind, id));
        self.orders
            .push(QueryCommand::Ask(Box::new(Query { id, request })));
    }

    /// Cancels the query of this kind.
    pub(crate) fn forget(&mut self, kind: RequestKind) {
        if self.is_waiting(kind) {
            self.close(kind);
            self.withdraw(kind);
            self.orders.push(QueryCommand::Cancel(kind));
        }
    }

    /// Cancels the query of this kind, but still takes its last answer.
    pub(crate) fn stop(&mut self, kind: RequestKind) {
        if self.is_waiting(kind) {
            self.orders.push(QueryCommand::Cancel(kind));
        }
    }

    /// Marks the query of this kind as answered.
    pub(crate) fn close(&mut self, kind: RequestKind) {
        self.waiting.retain(|(other, _)| *other != kind);
    }

    /// Removes unsent commands of this kind.
    fn withdraw(&mut self, kind: RequestKind) {
        self.orders.retain(|order| match order {
            QueryCommand::Ask(query) => query.request.kind() != kind,
            QueryCommand::Cancel(other) => *other != kind,
        });
    }

    /// Returns whether an answer of this kind is pending.
    pub(crate) fn is_waiting(&self, kind: RequestKind) -> bool {
        self.waiting.iter().any(|(other, _)| *other == kind)
    }

    /// Returns the kind of a query, or `None` if it is not pending any more.
    pub(crate) fn kind_of(&self, id: QueryId) -> Option<RequestKind> {
        let found = self.waiting.iter().find(|(_, other)| *other == id);
        found.map(|(kind, _)| *kind)
    }

    /// Takes the commands to send.
    pub(crate) fn take(&mut self) -> Vec<QueryCommand> {
        std::mem::take(&mut self.orders)
    }
}
