//! The counts of log statements.

use std::{
    fmt, slice,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    vec,
};

use chronologix_schema::layout::Statement;

use super::counted;
use crate::AtomicU64;

/// How many statements `Display` names.
const SHOWN: usize = 10;

/// What one log statement has logged since the logger was started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementStats {
    /// The statement. Records that were made without a macro, by a handle, are counted together by
    /// stream and level: their statement has an empty id and no place. Records of other facades
    /// whose text is not known before are counted together by stream, level, target and keys of
    /// fields. Their statement has the target as its module, and no file.
    pub statement: Arc<Statement>,
    /// Records that became lines.
    pub records: u64,
    /// Bytes of these lines, in the files of the stream and of each mirror.
    pub bytes: u64,
    /// Records dropped because the queue was full.
    pub dropped: u64,
    /// Records that were only counted: left out by `every`, or repeats by `dedup`. Those that
    /// `every` has left out since the last line are not among them yet.
    pub suppressed: u64,
}

impl fmt::Display for StatementStats {
    /// Writes the counts, then the statement, its place, and its id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            statement,
            records,
            bytes,
            dropped,
            suppressed,
        } = self;
        write!(f, "{bytes} bytes, {}", counted(*records, "record"))?;
        for (records, what) in [(dropped, "dropped"), (suppressed, "suppressed")] {
            if *records > 0 {
                write!(f, ", {records} {what}")?;
            }
        }
        write!(f, ": {}", statement.stream)?;
        if let Some(level) = statement.level {
            write!(f, " {level}")?;
        }
        write!(f, " {:?}", statement.template)?;
        if !statement.file.is_empty() {
            let Statement { file, line, id, .. } = &**statement;
            write!(f, " at {file}:{line}, id {id}")?;
        } else if !statement.id.is_empty() {
            write!(f, " of {}, id {}", statement.module, statement.id)?;
        }
        Ok(())
    }
}

/// All log statements that have logged, those with the most bytes first.
///
/// `Display` names the first ten: which statements fill the disk.
///
/// ```
/// # use chronologix_core::Config;
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// logger.stream("all")?.log(format_args!("two words")).written().wait()?;
/// let statements = logger.statements();
/// println!("{statements}");
/// let first = statements.iter().next().unwrap();
/// assert_eq!((first.records, first.bytes), (1, "[12:00:00] two words\n".len() as u64));
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements(Vec<StatementStats>);

impl Statements {
    /// Returns the statements, those with the most bytes first.
    pub fn iter(&self) -> slice::Iter<'_, StatementStats> {
        self.0.iter()
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether nothing was logged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Statements {
    type Item = StatementStats;
    type IntoIter = vec::IntoIter<StatementStats>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Statements {
    type Item = &'a StatementStats;
    type IntoIter = slice::Iter<'a, StatementStats>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, statement) in self.iter().take(SHOWN).enumerate() {
            let newline = if at > 0 { "\n" } else { "" };
            write!(f, "{newline}{statement}")?;
        }
        match self.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// A statement and its counters, to which the writer alone adds.
#[derive(Debug)]
pub(crate) struct CountedStatement {
    pub(crate) statement: Arc<Statement>,
    /// It stands in the catalogue.
    pub(crate) is_listed: bool,
    records: AtomicU64,
    bytes: AtomicU64,
    dropped: AtomicU64,
    suppressed: AtomicU64,
}

impl CountedStatement {
    pub(crate) fn new(statement: Statement, is_listed: bool) -> Self {
        Self {
            statement: Arc::new(statement),
            is_listed,
            records: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            suppressed: AtomicU64::new(0),
        }
    }

    /// Counts a record whose lines have so many bytes.
    #[inline]
    pub(crate) fn count_record(&self, bytes: usize) {
        add(&self.records, 1);
        add(&self.bytes, bytes as u64);
    }

    #[cold]
    pub(crate) fn count_dropped(&self, records: u64) {
        add(&self.dropped, records);
    }

    #[cold]
    pub(crate) fn count_suppressed(&self, records: u64) {
        add(&self.suppressed, records);
    }

    fn snapshot(&self) -> StatementStats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StatementStats {
            statement: Arc::clone(&self.statement),
            records: count(&self.records),
            bytes: count(&self.bytes),
            dropped: count(&self.dropped),
            suppressed: count(&self.suppressed),
        }
    }
}

/// Adds to a counter that no other thread adds to. That costs no locked instruction.
#[inline]
fn add(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Ordering::Relaxed) + by, Ordering::Relaxed);
}

/// All counted statements of a logger. The writer adds to the list, in the order in which it sees
/// them.
#[derive(Debug, Default)]
pub(crate) struct CountedStatements(Mutex<Vec<Arc<CountedStatement>>>);

impl CountedStatements {
    pub(crate) fn push(&self, statement: Arc<CountedStatement>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(statement);
    }

    pub(crate) fn snapshot(&self) -> Statements {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<_> = all.iter().map(|it| it.snapshot()).collect();
        drop(all);
        found.sort_by_key(|it| std::cmp::Reverse(it.bytes));
        Statements(found)
    }
}
