//! Counts of masked messages, and of their patterns.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::Level;
use foldhash::fast::FixedState;

use super::{
    catalogue::{Catalogue, ShownStatement},
    grouping::{Groups, group},
    mask::Mask,
    masking::Masking,
    spread::TimeSpread,
};

#[cfg(test)]
mod tests;

/// The most masked messages that are kept. If there are more, they are grouped.
const MOST: usize = 8_192;

/// How many words are kept of messages that have nothing in common, as long as there are too many.
const FIRST_WORDS: [usize; 3] = [4, 1, 0];

/// The most bytes of an example.
const LONGEST_EXAMPLE: usize = 1_024;

/// The counts of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternCount {
    /// The number of records.
    pub records: u64,
    /// Records by level. Index 0 is for records without a level.
    pub levels: [u64; 7],
    /// The earliest time.
    pub first: Option<DateTime<Utc>>,
    /// The latest time.
    pub last: Option<DateTime<Utc>>,
    /// How they spread over time.
    pub spread: TimeSpread,
    /// The message that was read first.
    pub example: Box<str>,
}

impl PatternCount {
    /// Counts a record.
    pub fn add_record(&mut self, own: Option<DateTime<Utc>>, level: Option<Level>) {
        self.records += 1;
        self.levels[level.map_or(0, |level| level as usize)] += 1;
        if let Some(time) = own {
            if self.first.is_none_or(|first| time < first) {
                self.first = own;
            }
            if self.last.is_none_or(|last| last < time) {
                self.last = own;
            }
            self.spread.add_record(time);
        }
    }

    /// Adds other counts, whose records were read later.
    pub fn add(&mut self, other: &Self) {
        if self.records == 0 {
            self.example.clone_from(&other.example);
        }
        self.records += other.records;
        for (own, other) in self.levels.iter_mut().zip(&other.levels) {
            *own += other;
        }
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.spread.add(&other.spread);
    }

    /// Returns the highest level of the records.
    pub fn highest_level(&self) -> Option<Level> {
        let mut levels = Level::ALL.into_iter().rev();
        levels.find(|level| self.levels[*level as usize] > 0)
    }
}

/// Masked messages with their counts, in the order of their bytes.
pub(super) type MaskedCounts = Vec<(Box<[u8]>, PatternCount)>;

/// The counts of masked messages. A look for each record, so the hash is a quick one.
pub(super) type CountsByMessage = HashMap<Box<[u8]>, PatternCount, FixedState>;

/// Masked messages with their counts. Bounded: if there are too many, patterns take their place.
#[derive(Clone, Debug)]
pub struct PatternTable {
    /// The statements that are known.
    catalogue: Arc<Catalogue>,
    /// The counts of their records, by their numbers in the catalogue.
    statements: Vec<PatternCount>,
    /// The counts of all other messages.
    counts: CountsByMessage,
    masking: Masking,
    /// The most masked messages that are kept.
    most: usize,
}

impl Default for PatternTable {
    fn default() -> Self {
        Self::new(Arc::default())
    }
}

impl PatternTable {
    /// Starts without records of these statements and others.
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            statements: Vec::new(),
            counts: CountsByMessage::default(),
            masking: Masking::default(),
            most: MOST,
        }
    }

    /// Exchanges the masked messages that were seen last, so that a thread can hand them on to its
    /// next table.
    pub(crate) fn swap_masking(&mut self, masking: &mut Masking) {
        std::mem::swap(&mut self.masking, masking);
    }

    /// Counts a record of a stream, by its statement or else by its masked message.
    pub fn add_message(
        &mut self,
        stream: &str,
        message: &str,
        own: Option<DateTime<Utc>>,
        level: Option<Level>,
    ) {
        let number = self.catalogue.number_of(stream, level, message);
        self.add_found(number, message.as_bytes(), own, level);
    }

    /// Counts a record by the number of its statement, or else by its masked message.
    pub(crate) fn add_found(
        &mut self,
        number: Option<usize>,
        message: &[u8],
        own: Option<DateTime<Utc>>,
        level: Option<Level>,
    ) {
        let Some(number) = number else {
            let mut masking = std::mem::take(&mut self.masking);
            self.add_record(masking.masked(message), message, own, level);
            self.masking = masking;
            return;
        };
        let count = self.statement(number);
        if count.records == 0 {
            count.example = shortened(message);
        }
        count.add_record(own, level);
    }

    fn statement(&mut self, number: usize) -> &mut PatternCount {
        if self.statements.len() <= number {
            let counts = self.statements.len().max(number + 1);
            self.statements.resize_with(counts, PatternCount::default);
        }
        &mut self.statements[number]
    }

    /// Counts a record by its masked message.
    pub(super) fn add_record(
        &mut self,
        masked: &[u8],
        message: &[u8],
        own: Option<DateTime<Utc>>,
        level: Option<Level>,
    ) {
        if let Some(count) = self.counts.get_mut(masked) {
            return count.add_record(own, level);
        }
        let mut count = PatternCount {
            example: shortened(message),
            ..PatternCount::default()
        };
        count.add_record(own, level);
        self.counts.insert(masked.into(), count);
        self.bound();
    }

    /// Adds another table, whose records were read later.
    pub fn add(&mut self, other: Self) {
        self.take_in(other);
        self.bound();
    }

    /// Returns this table with the records of another, which were read later, and with the masked
    /// messages of both.
    pub(super) fn with_all(mut self, other: Self) -> Self {
        self.take_in(other);
        self
    }

    fn take_in(&mut self, other: Self) {
        debug_assert!(
            other.statements.is_empty() || Arc::ptr_eq(&self.catalogue, &other.catalogue),
            "numbers are those of one catalogue"
        );
        for (number, count) in other.statements.into_iter().enumerate() {
            if count.records > 0 {
                self.statement(number).add(&count);
            }
        }
        for (masked, count) in other.counts {
            self.counts.entry(masked).or_default().add(&count);
        }
    }

    /// Returns the statements that are known.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Returns the statements that have records, with their counts.
    pub(super) fn statements(&self) -> impl Iterator<Item = (&ShownStatement, &PatternCount)> {
        let counted = self.statements.iter().enumerate();
        let counted = counted.filter(|(_, count)| count.records > 0);
        counted.map(|(number, count)| (self.catalogue.shown(number), count))
    }

    /// Returns the masked messages with their counts.
    pub(super) fn into_counts(self) -> CountsByMessage {
        self.counts
    }

    /// Returns the counts of the masked messages.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&[u8], &PatternCount)> {
        self.counts.iter().map(|(masked, count)| (&**masked, count))
    }

    /// Returns the number of records.
    pub fn records(&self) -> u64 {
        let counts = self.counts.values().chain(&self.statements);
        counts.map(|count| count.records).sum()
    }

    /// Groups the messages, in the order of their bytes.
    pub(super) fn grouped(counts: CountsByMessage) -> (MaskedCounts, Groups) {
        let mut messages: Vec<_> = counts.into_iter().collect();
        messages.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let groups = group(messages.iter().map(|(masked, it)| (&**masked, it.records)));
        (messages, groups)
    }

    /// Returns what a masked message is counted as: itself, or its first words if there were too
    /// many.
    pub(super) fn shorter(masked: &[u8]) -> impl Iterator<Item = Box<[u8]>> {
        let shorter = FIRST_WORDS
            .into_iter()
            .map(|words| first_words(masked, words));
        std::iter::once(masked.into()).chain(shorter)
    }

    /// Puts patterns in the place of messages, if there are too many.
    fn bound(&mut self) {
        let most = self.most;
        if self.counts.len() <= most {
            return;
        }
        let counts = std::mem::take(&mut self.counts);
        let (messages, Groups { of, patterns }) = Self::grouped(counts);
        for ((_, count), group) in messages.iter().zip(of) {
            let pattern = patterns[group].as_slice().into();
            self.counts.entry(pattern).or_default().add(count);
        }
        // Messages that have nothing in common: of the rare ones, the first words count.
        for words in FIRST_WORDS {
            if self.counts.len() <= most / 2 {
                return;
            }
            let mut messages: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
            messages.sort_unstable_by(|(one, count), (other, another)| {
                let records = another.records.cmp(&count.records);
                records.then_with(|| one.cmp(other))
            });
            for (index, (masked, count)) in messages.into_iter().enumerate() {
                let is_rare = index >= most / 4;
                let key = if is_rare {
                    first_words(&masked, words)
                } else {
                    masked
                };
                self.counts.entry(key).or_default().add(&count);
            }
        }
    }
}

/// Returns the first letters of a message.
fn shortened(message: &[u8]) -> Box<str> {
    let mut end = message.len().min(LONGEST_EXAMPLE);
    // Bytes after the first one of a letter.
    let is_inside = |end: usize| message.get(end).is_some_and(|byte| byte & 0xc0 == 0x80);
    while end > 0 && is_inside(end) {
        end -= 1;
    }
    String::from_utf8_lossy(&message[..end]).into()
}

/// Returns a masked message with only this many words.
fn first_words(masked: &[u8], words: usize) -> Box<[u8]> {
    let mut kept: Vec<&[u8]> = masked.split(|byte| *byte == b' ').take(words + 1).collect();
    if kept.len() > words {
        kept[words] = &[Mask::Rest as u8];
    }
    kept.join(&b' ').into()
}
