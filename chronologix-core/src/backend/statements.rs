//! The statements that the writer has seen, by call site and stream.

use std::sync::Arc;

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
    /// By number of the call site: that with the stream that it was first seen with.
    first: Vec<Slot>,
    /// Those with other streams: call site, stream and index in `all`, in order.
    others: Vec<(u32, u16, usize)>,
    /// The same as `all`, for other threads.
    shared: Arc<CountedStatements>,
}

/// A stream, and the index of the statement with it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    stream: u32,
    at: u32,
}

impl Slot {
    /// Of a call site that was not seen. No stream has that number.
    const EMPTY: Self = Self {
        stream: u32::MAX,
        at: 0,
    };
}

impl StatementTable {
    pub(crate) fn new(shared: Arc<CountedStatements>) -> Self {
        Self {
            all: Vec::new(),
            first: Vec::new(),
            others: Vec::new(),
            shared,
        }
    }

    /// Returns the statement of a record.
    #[inline]
    pub(crate) fn find(
        &mut self,
        settings: &Settings,
        entry: &'static CallsiteEntry,
        stream: u16,
    ) -> &CountedStatement {
        let at = match self.first.get(entry.number as usize) {
            Some(slot) if slot.stream == u32::from(stream) => slot.at as usize,
            _ => self.find_other(settings, entry, stream),
        };
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
            self.first.resize(number + 1, Slot::EMPTY);
        }
        let key = |(number, stream, _): &(u32, u16, usize)| (*number, *stream);
        let in_others = self
            .others
            .binary_search_by_key(&(entry.number, stream), key);
        if let Ok(found) = in_others {
            return self.others[found].2;
        }
        let at = self.all.len();
        let name = &settings.streams[usize::from(stream)].name;
        let statement = Arc::new(CountedStatement::new(
            entry.statement(name),
            entry.is_listed(),
        ));
        self.shared.push(Arc::clone(&statement));
        self.all.push(statement);
        let first = &mut self.first[number];
        match u32::try_from(at) {
            Ok(at) if first.stream == Slot::EMPTY.stream => {
                *first = Slot {
                    stream: stream.into(),
                    at,
                };
            }
            _ => {
                let (Ok(place) | Err(place)) = in_others;
                self.others.insert(place, (entry.number, stream, at));
            }
        }
        at
    }
}
