//! The values of a field that occur most often, and the records with the largest numbers in it.
//! Pure.

use chrono::{DateTime, Utc};

use super::{
    condition::{Field, size, text_of},
    largest::{LargestRecords, RankedRecord},
    record_reader::ReadRecord,
    value_counts::{RankedValues, ValueCounts},
};

/// What is asked about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Top {
    /// The field.
    pub(crate) field: Field,
    /// What comes first.
    pub(crate) ranking: Ranking,
    /// How many values or records are wanted.
    pub(crate) rows: usize,
    /// Only records of this time or later.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Only records before this time.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Ranking {
    /// The value that occurs most often.
    #[default]
    Frequent,
    /// The value that occurs least.
    Rare,
    /// The record with the largest number.
    Largest,
    /// The record with the smallest number.
    Smallest,
}

/// The answer, or what is known of it so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TopAnswer {
    /// Values or records, first ones first.
    pub(crate) rows: TopRows,
    /// The number of records.
    pub(crate) records: u64,
    /// The number of records that have the field.
    pub(crate) with_field: u64,
    /// Bytes read so far.
    pub(crate) read: u64,
    /// Bytes to read.
    pub(crate) total: u64,
    /// Whether the answer is complete.
    pub(crate) is_complete: bool,
}

impl TopAnswer {
    /// Returns the number of values that have no row, and of their records.
    pub(crate) fn others(&self) -> Option<(u64, u64)> {
        let TopRows::Values(values) = &self.rows else {
            return None;
        };
        let counted: u64 = values.rows.iter().map(|(_, count)| count.records).sum();
        let others = values.distinct.saturating_sub(values.rows.len() as u64);
        (others > 0).then_some((others, self.with_field.saturating_sub(counted)))
    }
}

/// The rows of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TopRows {
    /// Values with their counts.
    Values(RankedValues),
    /// Records.
    Records(Vec<RankedRecord>),
}

impl TopRows {
    /// Returns the number of rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.rows.len(),
            Self::Records(records) => records.len(),
        }
    }
}

/// Counts the values of some records, or keeps some of the records.
#[derive(Debug)]
pub(crate) struct Tally {
    kept: Kept,
    records: u64,
    with_field: u64,
}

#[derive(Debug)]
enum Kept {
    Values(ValueCounts),
    Records(LargestRecords),
}

impl Top {
    /// Asks for the values of a field.
    pub(crate) fn new(field: Field, ranking: Ranking, rows: usize) -> Self {
        Self {
            field,
            ranking,
            rows,
            since: None,
            until: None,
        }
    }

    fn contains(&self, time: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

impl Tally {
    /// Starts with no records.
    pub(crate) fn new(top: &Top) -> Self {
        let kept = match top.ranking {
            Ranking::Frequent | Ranking::Rare => Kept::Values(ValueCounts::default()),
            Ranking::Largest => Kept::Records(LargestRecords::new(top.rows, false)),
            Ranking::Smallest => Kept::Records(LargestRecords::new(top.rows, true)),
        };
        Self {
            kept,
            records: 0,
            with_field: 0,
        }
    }

    /// Adds a record of a stream.
    pub(crate) fn add(&mut self, top: &Top, record: &ReadRecord<'_>, stream: &str) {
        if !top.contains(record.own.unwrap_or(record.key.instant)) {
            return;
        }
        self.records += 1;
        let values = record.values().of_stream(Some(stream));
        let Some(value) = top.field.value(&values) else {
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
        }
    }

    /// Adds what another one has.
    pub(crate) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.with_field += other.with_field;
        match (&mut self.kept, other.kept) {
            (Kept::Values(counts), Kept::Values(other)) => counts.merge(other),
            (Kept::Records(largest), Kept::Records(other)) => largest.merge(other),
            _ => debug_assert!(false, "tallies of one query are of one kind"),
        }
    }

    /// Returns the bytes of what is counted.
    pub(crate) fn bytes(&self) -> usize {
        match &self.kept {
            Kept::Values(counts) => counts.bytes(),
            Kept::Records(_) => 0,
        }
    }

    /// Returns the answer after so many bytes.
    pub(crate) fn answer(&self, top: &Top, read: u64, total: u64, is_complete: bool) -> TopAnswer {
        let rows = match &self.kept {
            Kept::Values(counts) => {
                TopRows::Values(counts.ranked(top.rows, top.ranking == Ranking::Rare))
            }
            Kept::Records(largest) => TopRows::Records(largest.records().to_vec()),
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
