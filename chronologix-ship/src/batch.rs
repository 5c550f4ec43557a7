//! Records that are collected until there are enough of them, or the first has waited long enough.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::{
    otlp::{Batch, RecordEncoder},
    source::Record,
};

/// When a shipment is complete, and where it is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Records of a shipment and of a request.
    pub(crate) records: usize,
    /// Encoded bytes of a shipment and of a request.
    pub(crate) bytes: usize,
    /// How long the first record of a shipment waits for others, at most.
    pub(crate) age: Duration,
}

/// Returns how long the first record of a shipment waits for others: a random time, from half the
/// limit to all of it. With one and the same time for all, shippers that started at one moment
/// would send at one moment for ever.
pub(crate) fn shipment_age(limit: Duration, random: u64) -> Duration {
    let half = limit / 2;
    let range = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
    let less = Duration::from_nanos(random % range.saturating_add(1));
    limit.saturating_sub(less)
}

/// Requests that are marked as answered together, because the cursor is known behind the last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shipment {
    pub(crate) batches: Vec<Batch>,
    /// How far each stream has come.
    pub(crate) reached: Vec<Reached>,
}

/// The last record of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) stream: String,
    /// Records since the last shipment.
    pub(crate) records: u64,
    /// Bytes of those in the tree.
    pub(crate) bytes: u64,
    /// Nanoseconds since 1970.
    pub(crate) time: Option<i64>,
    pub(crate) folder: String,
    pub(crate) file: String,
    pub(crate) offset: u64,
}

/// A shipment that is being collected.
pub(crate) struct Collector {
    limits: Limits,
    encoder: RecordEncoder,
    /// Those that are sent. `None`: all.
    streams: Option<Vec<String>>,
    shipment: Shipment,
    records: usize,
    bytes: usize,
    /// When the first record was collected.
    since: Option<Instant>,
    /// How long that one waits.
    age: Duration,
    /// Random numbers.
    random: Box<dyn FnMut() -> u64>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector")
            .field("limits", &self.limits)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Collector {
    pub(crate) fn new(
        limits: Limits,
        encoder: RecordEncoder,
        streams: Option<Vec<String>>,
        mut random: Box<dyn FnMut() -> u64>,
    ) -> Self {
        Self {
            age: shipment_age(limits.age, random()),
            random,
            limits,
            encoder,
            streams,
            shipment: Shipment::default(),
            records: 0,
            bytes: 0,
            since: None,
        }
    }

    /// Adds a record. `observed` is the time of reading in nanoseconds since 1970, `now` the same
    /// by a clock that does not jump.
    pub(crate) fn add(&mut self, record: &Record<'_>, observed: u64, now: Instant) {
        self.since.get_or_insert(now);
        let is_sent = |streams: &Vec<String>| streams.iter().any(|it| it == record.stream);
        if !self.streams.as_ref().is_none_or(is_sent) {
            return;
        }
        self.note(record);
        let is_open = |batch: &Batch| batch.count < self.limits.records;
        if !self.shipment.batches.last().is_some_and(is_open) {
            self.open();
        }
        let Some(batch) = self.shipment.batches.last_mut() else {
            return;
        };
        let before = batch.records.len();
        self.encoder.encode(record, observed, &mut batch.records);
        batch.count += 1;
        let added = batch.records.len() - before;
        self.records += 1;
        self.bytes += added;
        if before > 0 && before + added > self.limits.bytes {
            // The last record goes to a request of its own, with those that follow.
            let record = batch.records.split_off(before);
            batch.count -= 1;
            let next = self.open();
            next.records.extend_from_slice(&record);
            next.count = 1;
        }
    }

    /// Begins a request. The buffer is as large as it will get, so that it does not move.
    fn open(&mut self) -> &mut Batch {
        let room = self
            .limits
            .bytes
            .min(self.limits.records.saturating_mul(512));
        self.shipment.batches.push(Batch {
            records: Vec::with_capacity(room),
            count: 0,
        });
        let last = self.shipment.batches.len() - 1;
        &mut self.shipment.batches[last]
    }

    fn note(&mut self, record: &Record<'_>) {
        let reached = &mut self.shipment.reached;
        let known = reached.iter().position(|it| it.stream == record.stream);
        let at = known.unwrap_or_else(|| {
            reached.push(Reached {
                stream: record.stream.to_owned(),
                ..Reached::default()
            });
            reached.len() - 1
        });
        let reached = &mut reached[at];
        reached.records += 1;
        reached.bytes += record.bytes as u64;
        reached.time = record.time.or(reached.time);
        record.place.folder.clone_into(&mut reached.folder);
        record.place.file.clone_into(&mut reached.file);
        reached.offset = record.place.offset;
    }

    /// Returns how many records may be read before it must be asked again whether it is due.
    pub(crate) fn room(&self) -> usize {
        /// So few that their bytes do not matter beside the limit of bytes.
        const AT_ONCE: usize = 1024;
        self.limits
            .records
            .saturating_sub(self.records)
            .clamp(1, AT_ONCE)
    }

    /// Returns how long the next record may be waited for.
    pub(crate) fn patience(&self, now: Instant) -> Duration {
        let waited = self.since.map(|since| now.saturating_duration_since(since));
        self.age.saturating_sub(waited.unwrap_or_default())
    }

    /// Returns whether the shipment is complete.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let is_full = self.records >= self.limits.records || self.bytes >= self.limits.bytes;
        self.since.is_some() && (is_full || self.patience(now).is_zero())
    }

    /// Takes what was collected, if anything was read since the last time.
    pub(crate) fn take(&mut self) -> Option<Shipment> {
        self.since.take()?;
        self.age = shipment_age(self.limits.age, (self.random)());
        (self.records, self.bytes) = (0, 0);
        Some(std::mem::take(&mut self.shipment))
    }
}

#[cfg(test)]
mod tests;
