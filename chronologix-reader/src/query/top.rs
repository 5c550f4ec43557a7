//! The values of a field that occur most often, the records with the largest numbers in it, and
//! the patterns of messages. Pure.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    condition::{Field, size, text_of},
    largest::{LargestRecords, RankedRecord},
    record_reader::ReadRecord,
    value_counts::{RankedValues, ValueCounts},
};
use crate::patterns::{Catalogue, Exposure, Pattern, PatternChange, PatternTable, Patterns, diff};

/// A question about all records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// What it is about.
    pub of: TopOf,
    /// What comes first.
    pub ranking: Ranking,
    /// How many values or records are wanted.
    pub rows: usize,
    /// Only records of this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only records before this time.
    pub until: Option<DateTime<Utc>>,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopOf {
    /// The values of a field.
    Field(Field),
    /// The patterns of the messages.
    Patterns,
    /// The patterns that changed from one window to the other.
    Changes(Windows),
}

/// Two windows of time of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The first time of the later window.
    pub since: DateTime<Utc>,
    /// The first time after it.
    pub until: DateTime<Utc>,
    /// By how much the other one is earlier.
    pub earlier: TimeDelta,
}

impl Windows {
    /// Returns the earlier window.
    pub fn before(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let earlier = |time: DateTime<Utc>| {
            let time = time.checked_sub_signed(self.earlier);
            time.unwrap_or(DateTime::<Utc>::MIN_UTC)
        };
        (earlier(self.since), earlier(self.until))
    }

    fn both(&self) -> [(DateTime<Utc>, DateTime<Utc>); 2] {
        [(self.since, self.until), self.before()]
    }
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ranking {
    /// The value or the pattern that occurs most often.
    #[default]
    Frequent,
    /// The value or the pattern that occurs least.
    Rare,
    /// The record with the largest number.
    Largest,
    /// The record with the smallest number.
    Smallest,
}

/// The answer, or what is known of it so far.
#[derive(Clone, Debug, PartialEq)]
pub struct TopAnswer {
    /// Values or records, first ones first.
    pub rows: TopRows,
    /// The number of records.
    pub records: u64,
    /// The number of records that have the field.
    pub with_field: u64,
    /// Bytes read so far.
    pub read: u64,
    /// Bytes to read.
    pub total: u64,
    /// Whether the answer is complete.
    pub is_complete: bool,
}

impl TopAnswer {
    /// Returns the number of values or patterns that have no row, and of their records.
    pub fn others(&self) -> Option<(u64, u64)> {
        let (distinct, counted): (u64, u64) = match &self.rows {
            TopRows::Values(values) => {
                let records = values.rows.iter().map(|(_, count)| count.records);
                (values.distinct, records.sum())
            }
            TopRows::Patterns(patterns) => {
                let records = patterns.rows.iter().map(|row| row.count.records);
                (patterns.distinct, records.sum())
            }
            TopRows::Records(_) | TopRows::Changes(_) => return None,
        };
        let others = distinct.saturating_sub(self.rows.len() as u64);
        (others > 0).then_some((others, self.with_field.saturating_sub(counted)))
    }
}

/// The rows of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum TopRows {
    /// Values with their counts.
    Values(RankedValues),
    /// Records.
    Records(Vec<RankedRecord>),
    /// Patterns.
    Patterns(RankedPatterns),
    /// Patterns that changed, the least likely change first.
    Changes(RankedChanges),
}

/// Patterns in the order that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankedPatterns {
    /// The first ones.
    pub rows: Vec<Pattern>,
    /// The number of patterns.
    pub distinct: u64,
    /// The statements that are known.
    pub catalogue: Arc<Catalogue>,
}

/// Patterns that changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankedChanges {
    /// The changes.
    pub rows: Vec<PatternChange>,
    /// The number of records in the earlier window.
    pub before: u64,
    /// The statements that are known.
    pub catalogue: Arc<Catalogue>,
}

impl TopRows {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.rows.len(),
            Self::Records(records) => records.len(),
            Self::Patterns(patterns) => patterns.rows.len(),
            Self::Changes(changes) => changes.rows.len(),
        }
    }
}

/// Counts the values of some records, or keeps some of the records.
#[derive(Debug)]
pub struct Tally {
    kept: Kept,
    records: u64,
    with_field: u64,
}

#[derive(Debug)]
enum Kept {
    Values(ValueCounts),
    Records(LargestRecords),
    Patterns(Box<Grouped>),
}

/// The messages of one window, or of two.
#[derive(Debug)]
struct Grouped {
    now: PatternTable,
    before: PatternTable,
}

impl Top {
    /// Asks for the values of a field.
    pub fn new(field: Field, ranking: Ranking, rows: usize) -> Self {
        Self::about(TopOf::Field(field), ranking, rows)
    }

    /// Asks about something.
    pub fn about(of: TopOf, ranking: Ranking, rows: usize) -> Self {
        Self {
            of,
            ranking,
            rows,
            since: None,
            until: None,
        }
    }

    /// Returns the field, if it is about one.
    pub fn field(&self) -> Option<&Field> {
        match &self.of {
            TopOf::Field(field) => Some(field),
            TopOf::Patterns | TopOf::Changes(_) => None,
        }
    }

    /// Returns whether a folder that begins at `start`, before `next` begins, may have records of
    /// the time that is asked for.
    pub(super) fn may_meet(&self, start: DateTime<Utc>, next: Option<DateTime<Utc>>) -> bool {
        let meets = |since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>| {
            let begins_after = until.is_some_and(|until| start >= until);
            let ends_before = since.zip(next).is_some_and(|(since, next)| next <= since);
            !begins_after && !ends_before
        };
        match &self.of {
            TopOf::Changes(windows) => {
                let mut both = windows.both().into_iter();
                both.any(|(since, until)| meets(Some(since), Some(until)))
            }
            TopOf::Field(_) | TopOf::Patterns => meets(self.since, self.until),
        }
    }

    fn contains(&self, time: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

impl Tally {
    /// Takes the counts of all messages.
    pub(super) fn of_patterns(table: PatternTable) -> Self {
        let records = table.records();
        let before = PatternTable::new(Arc::clone(table.catalogue()));
        Self {
            kept: Kept::Patterns(Box::new(Grouped { now: table, before })),
            records,
            with_field: records,
        }
    }

    /// Starts with no records. The statements are those that are known.
    pub fn new(top: &Top, catalogue: &Arc<Catalogue>) -> Self {
        let table = || PatternTable::new(Arc::clone(catalogue));
        let kept = match (&top.of, top.ranking) {
            (TopOf::Patterns | TopOf::Changes(_), _) => Kept::Patterns(Box::new(Grouped {
                now: table(),
                before: table(),
            })),
            (_, Ranking::Frequent | Ranking::Rare) => Kept::Values(ValueCounts::default()),
            (_, Ranking::Largest) => Kept::Records(LargestRecords::new(top.rows, false)),
            (_, Ranking::Smallest) => Kept::Records(LargestRecords::new(top.rows, true)),
        };
        Self {
            kept,
            records: 0,
            with_field: 0,
        }
    }

    /// Adds a record of a stream.
    pub fn add(&mut self, top: &Top, record: &ReadRecord<'_>, stream: &str) {
        let time = record.own.unwrap_or(record.key.instant);
        let field = match &top.of {
            TopOf::Field(field) if top.contains(time) => field,
            TopOf::Patterns if top.contains(time) => {
                return self.add_message(record, stream, true);
            }
            TopOf::Changes(windows) => {
                let mut both = windows.both().into_iter();
                let window = both.position(|(since, until)| since <= time && time < until);
                if let Some(window) = window {
                    self.add_message(record, stream, window == 0);
                }
                return;
            }
            TopOf::Field(_) | TopOf::Patterns => return,
        };
        self.records += 1;
        let values = record.values().of_stream(Some(stream));
        let Some(value) = field.value(&values) else {
            return;
        };
        let text = text_of(&value);
        match &mut self.kept {
            Kept::Values(counts) => {
                self.with_field += 1;
                counts.add(&text, record.own);
            }
            Kept::Records(largest) => {
                let Some(number) = value.as_f64().or_else(|| size(&text)) else {
                    return;
                };
                self.with_field += 1;
                if largest.may_take(number) {
                    largest.add(RankedRecord {
                        number,
                        value: text.into(),
                        lines: (record.lines)(),
                    });
                }
            }
            Kept::Patterns(_) => {}
        }
    }

    /// Adds a record by its message, to those of now or to those before.
    fn add_message(&mut self, record: &ReadRecord<'_>, stream: &str, is_now: bool) {
        let Kept::Patterns(grouped) = &mut self.kept else {
            return;
        };
        let table = if is_now {
            self.records += 1;
            self.with_field += 1;
            &mut grouped.now
        } else {
            &mut grouped.before
        };
        let values = record.values();
        table.add_message(stream, &values.message(), record.own, values.level());
    }

    /// Adds what another one has.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.with_field += other.with_field;
        match (&mut self.kept, other.kept) {
            (Kept::Values(counts), Kept::Values(other)) => counts.merge(other),
            (Kept::Records(largest), Kept::Records(other)) => largest.merge(other),
            (Kept::Patterns(grouped), Kept::Patterns(other)) => {
                grouped.now.add(other.now);
                grouped.before.add(other.before);
            }
            _ => debug_assert!(false, "tallies of one query are of one kind"),
        }
    }

    /// Returns the bytes of what is counted.
    pub fn bytes(&self) -> usize {
        match &self.kept {
            Kept::Values(counts) => counts.bytes(),
            // The tables are bounded.
            Kept::Records(_) | Kept::Patterns(_) => 0,
        }
    }

    /// Returns the answer after so many bytes.
    pub fn answer(&self, top: &Top, read: u64, total: u64, is_complete: bool) -> TopAnswer {
        let rows = match &self.kept {
            Kept::Values(counts) => {
                TopRows::Values(counts.ranked(top.rows, top.ranking == Ranking::Rare))
            }
            Kept::Records(largest) => TopRows::Records(largest.records().to_vec()),
            Kept::Patterns(grouped) if matches!(top.of, TopOf::Patterns) => {
                TopRows::Patterns(grouped.patterns(top))
            }
            Kept::Patterns(grouped) => TopRows::Changes(grouped.changes(top.rows)),
        };
        TopAnswer {
            rows,
            records: self.records,
            with_field: self.with_field,
            read,
            total,
            is_complete,
        }
    }
}

impl Grouped {
    fn patterns(&self, top: &Top) -> RankedPatterns {
        let patterns = Patterns::of(self.now.clone());
        let rows = patterns.rows();
        let first =
            |rows: &mut dyn Iterator<Item = &Pattern>| rows.take(top.rows).cloned().collect();
        RankedPatterns {
            distinct: rows.len() as u64,
            rows: match top.ranking {
                Ranking::Rare => first(&mut rows.iter().rev()),
                _ => first(&mut rows.iter()),
            },
            catalogue: Arc::clone(self.now.catalogue()),
        }
    }

    fn changes(&self, most: usize) -> RankedChanges {
        // The windows are equally long.
        let exposure = Exposure {
            now: 1.0,
            before: 1.0,
        };
        let mut rows = diff(&self.now, &self.before, exposure);
        rows.truncate(most);
        RankedChanges {
            rows,
            before: self.before.records(),
            catalogue: Arc::clone(self.now.catalogue()),
        }
    }
}
