//! The statements that the writer has seen, by call site and stream.

use std::{collections::HashMap, sync::Arc};

use crate::{
    config::Settings,
    frontend::callsite::CallsiteEntry,
    stats::{CountedStatement, CountedStatements},
};

/// Finds the statement of each record. A call site that logs to several streams, by handles, has
/// one for each.
#[derive(Debug)]
pub(crate) struct StatementTable {
    all: Vec<Arc<CountedStatement>>,
    /// By number of the call site: the stream that it was first seen with, and the index in `all`.
    first: Vec<Option<(u16, usize)>>,
    /// By call site and stream: those with other streams.
    others: HashMap<(u32, u16), usize>,
    /// The same as `all`, for other threads.
    shared: Arc<CountedStatements>,
}

impl StatementTable {
    pub(crate) fn new(shared: Arc<CountedStatements>) -> Self {
        Self {
            all: Vec::new(),
            first: Vec::new(),
            others: HashMap::new(),
            shared,
        }
    }

    /// Returns the index of the statement of a record.
    #[inline]
    pub(crate) fn find(
        &mut self,
        settings: &Settings,
        entry: &'static CallsiteEntry,
        stream: u16,
    ) -> usize {
        match self.first.get(entry.number as usize) {
            Some(Some((first, at))) if *first == stream => *at,
            _ => self.find_other(settings, entry, stream),
        }
    }

    /// Returns the statement of an index.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> &Arc<CountedStatement> {
        &self.all[at]
    }

    /// Returns all that were seen, in that order.
    pub(crate) fn all(&self) -> &[Arc<CountedStatement>] {
        &self.all
    }

    #[cold]
    fn find_other(
        &mut self,
        settings: &Settings,
        entry: &'static CallsiteEntry,
        stream: u16,
    ) -> usize {
        let number = entry.number as usize;
        if number >= self.first.len() {
            self.first.resize(number + 1, None);
        }
        if let Some(at) = self.others.get(&(entry.number, stream)) {
            return *at;
        }
        let at = self.all.len();
        let name = &settings.streams[usize::from(stream)].name;
        let statement = Arc::new(CountedStatement::new(entry.statement(name)));
        self.shared.push(Arc::clone(&statement));
        self.all.push(statement);
        match &mut self.first[number] {
            first @ None => *first = Some((stream, at)),
            Some(_) => drop(self.others.insert((entry.number, stream), at)),
        }
        at
    }
}
