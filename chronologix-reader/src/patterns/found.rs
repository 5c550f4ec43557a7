//! The patterns that were found.

use std::{collections::HashMap, sync::Arc};

use chronologix_schema::{Level, layout::Statement};

use super::{
    catalogue::{Catalogue, SourceLine},
    mask::{mask, shown},
    table::{PatternCount, PatternTable},
};

#[cfg(test)]
mod tests;

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The id of the statement, or else the hash of the text: the id that a statement with this
    /// template would have.
    pub id: Box<str>,
    /// What its messages have in common.
    pub text: Box<str>,
    /// Where the statement stands, if it is known.
    pub source: Option<SourceLine>,
    /// The counts of its records.
    pub count: PatternCount,
}

/// The patterns of some records.
#[derive(Debug, Default)]
pub struct Patterns {
    /// The patterns, the one with the most records first.
    rows: Vec<Pattern>,
    /// The pattern of each masked message.
    of_masked: HashMap<Box<[u8]>, usize>,
    /// The pattern of each statement, by its id.
    of_statement: HashMap<Box<str>, usize>,
    /// The statements that are known.
    catalogue: Arc<Catalogue>,
    /// The number of records.
    records: u64,
}

impl Patterns {
    /// Returns the patterns of the messages that were counted.
    pub fn of(table: PatternTable) -> Self {
        let catalogue = Arc::clone(table.catalogue());
        let statements = table.statements().map(|(shown, count)| Pattern {
            id: shown.id.clone(),
            text: shown.text.clone(),
            source: Some(shown.source.clone()),
            count: count.clone(),
        });
        let statements: Vec<Pattern> = statements.collect();
        let (messages, groups) = PatternTable::grouped(table.into_counts());
        let texts = groups.patterns.iter().map(|pattern| shown(pattern));
        let mut rows: Vec<Pattern> = Vec::new();
        // What has the same text has one id, and so is one pattern.
        let mut known: HashMap<String, usize> = HashMap::new();
        let row_of: Vec<usize> = texts
            .map(|text| {
                let next = known.len();
                *known.entry(text).or_insert(next)
            })
            .collect();
        let mut texts: Vec<(String, usize)> = known.into_iter().collect();
        texts.sort_unstable_by_key(|(_, row)| *row);
        rows.extend(texts.into_iter().map(|(text, _)| Pattern {
            id: Statement::id_of("", "", &text).into(),
            text: text.into(),
            source: None,
            count: PatternCount::default(),
        }));
        for ((_, count), group) in messages.iter().zip(&groups.of) {
            rows[row_of[*group]].count.add(count);
        }
        let first = rows.len();
        rows.extend(statements);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|one, other| {
            let (one, other) = (&rows[*one], &rows[*other]);
            let records = other.count.records.cmp(&one.count.records);
            let texts = || one.text.cmp(&other.text);
            records.then_with(texts).then_with(|| one.id.cmp(&other.id))
        });
        let mut place = vec![0; rows.len()];
        for (to, from) in order.iter().enumerate() {
            place[*from] = to;
        }
        let masked = messages.into_iter().map(|(masked, _)| masked);
        let of_masked = masked.zip(groups.of);
        let of_statement = rows.iter().zip(&place).skip(first);
        Self {
            of_statement: of_statement
                .map(|(row, place)| (row.id.clone(), *place))
                .collect(),
            catalogue,
            of_masked: of_masked
                .map(|(masked, group)| (masked, place[row_of[group]]))
                .collect(),
            records: rows.iter().map(|row| row.count.records).sum(),
            rows: order.into_iter().map(|from| rows[from].clone()).collect(),
        }
    }

    /// Returns the patterns, the one with the most records first.
    pub fn rows(&self) -> &[Pattern] {
        &self.rows
    }

    /// Returns the counts of a table whose messages are among those of the patterns, for each
    /// pattern.
    pub(super) fn counts_of(&self, table: &PatternTable) -> Vec<PatternCount> {
        let mut counts = vec![PatternCount::default(); self.rows.len()];
        let mut messages: Vec<_> = table.counts().collect();
        // So that the example does not depend on the order of a table of hashes.
        messages.sort_unstable_by_key(|(masked, _)| *masked);
        for (masked, count) in messages {
            if let Some(row) = self.of_masked.get(masked) {
                counts[*row].add(count);
            }
        }
        for (shown, count) in table.statements() {
            if let Some(row) = self.of_statement.get(&shown.id) {
                counts[*row].add(count);
            }
        }
        counts
    }

    /// Returns the number of records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Returns the pattern of a message of a stream and a level. `None` if it was not among those
    /// that were counted.
    pub fn find(&self, stream: &str, level: Option<Level>, message: &str) -> Option<&Pattern> {
        if let Some(number) = self.catalogue.number_of(stream, level, message) {
            let id = &self.catalogue.shown(number).id;
            return self.rows.get(*self.of_statement.get(id)?);
        }
        let mut masked = Vec::new();
        mask(message.as_bytes(), &mut masked);
        let known = PatternTable::shorter(&masked).find_map(|key| self.of_masked.get(&key));
        self.rows.get(*known?)
    }
}
