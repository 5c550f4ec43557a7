//! A run: one thread reads and encodes, another sends and moves the cursor. Between them waits one
//! shipment, so that memory has a bound.

use std::{
    sync::{
        Arc,
        atomic::Ordering::Relaxed,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    batch::{Collector, Shipment},
    clock::{Clock, Stop, random},
    error::ShipError,
    metrics::Metrics,
    notice::Notice,
    otlp::RecordEncoder,
    settings::Settings,
    source::{Record, Source},
};

mod sender;

pub(crate) use self::sender::{Report, Sender, SenderParts};

/// How long the end of the tree is waited at before it is looked whether to stop.
const LOOK_UP: Duration = Duration::from_millis(200);

/// The same in a run to the end of the tree, which may be reached at any moment.
const LOOK_FOR_END: Duration = Duration::from_millis(10);

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Records that the receiver answered with success.
    pub(crate) records: u64,
    /// Records that it refused, and that are kept in a file.
    pub(crate) set_aside: u64,
    /// Records that it dropped from requests that it took.
    pub(crate) rejected: u64,
}

/// A shipment, and the place behind its last record.
pub(crate) type Marked = (Shipment, Value);

/// Sends the records of `source` until the run is asked to stop, or, with `once`, until the end of
/// the tree is reached.
///
/// # Errors
///
/// If the tree cannot be read, the cursor cannot be written, or the receiver cannot be used as it
/// is configured. What was answered before is marked, nothing else is.
pub(crate) fn run(
    source: &mut dyn Source,
    mut sender: Sender,
    settings: &Settings,
    once: bool,
    clock: &Arc<dyn Clock>,
    metrics: &Metrics,
) -> Result<Summary, ShipError> {
    let (stop, report) = (sender.stop().clone(), sender.report());
    let (shipments, due) = sync_channel::<Marked>(1);
    let (ended, end) = sync_channel(1);
    let thread = thread::Builder::new().name("chronologix-ship".to_owned());
    let spawned = thread.spawn(move || {
        let result = sender.ship_all(&due);
        // Nothing waits for it any more if the grace time is over.
        let _ = ended.send(result);
    });
    let doing = "cannot start the thread that sends from";
    spawned.map_err(ShipError::io(doing, &settings.tree))?;

    let root = settings.tree.to_string_lossy();
    let encoder = RecordEncoder::new(&settings.host, &root);
    let mut reading = Reading {
        source,
        collector: Collector::new(
            settings.limits,
            encoder,
            settings.streams.clone(),
            Box::new(random),
        ),
        once,
        clock,
        metrics,
        stop: &stop,
        report: &report,
    };
    let read = reading.until_end(&shipments);
    // The sender ends after what was handed over.
    drop(shipments);
    sent_within_grace(&end, &stop, settings.grace).and(read)?;
    Ok(Summary {
        records: metrics.records.load(Relaxed),
        set_aside: metrics.set_aside.load(Relaxed),
        rejected: metrics.rejected.load(Relaxed),
    })
}

/// Waits for what the sender came to; after the run was asked to stop, for the grace time only.
fn sent_within_grace(
    end: &Receiver<Result<(), ShipError>>,
    stop: &Stop,
    grace: Duration,
) -> Result<(), ShipError> {
    loop {
        let is_asked = stop.is_asked();
        match end.recv_timeout(if is_asked { grace } else { LOOK_UP }) {
            Ok(sent) => return sent,
            Err(RecvTimeoutError::Timeout) if !is_asked => {}
            // The request in flight is not marked, and the next run sends it again.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// The half of a run that reads.
struct Reading<'a> {
    source: &'a mut dyn Source,
    collector: Collector,
    /// The end of the tree is the end of the run.
    once: bool,
    clock: &'a Arc<dyn Clock>,
    metrics: &'a Metrics,
    stop: &'a Stop,
    report: &'a Report,
}

impl Reading<'_> {
    /// Reads records and hands over shipments, until there is a reason to end.
    fn until_end(&mut self, shipments: &SyncSender<Marked>) -> Result<(), ShipError> {
        while !self.stop.is_asked() {
            let read = self.read()?;
            let is_end = self.once && read == 0 && self.source.is_caught_up();
            if is_end || self.collector.is_due(self.clock.instant()) {
                let Some(shipment) = self.collector.take() else {
                    break;
                };
                // The sender is gone if it failed or was stopped: what it says is the result.
                if shipments.send((shipment, self.source.cursor())).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads some records, and returns their number.
    fn read(&mut self) -> Result<usize, ShipError> {
        let now = self.clock.instant();
        let is_end = self.once && self.source.is_caught_up();
        let longest = if self.once { LOOK_FOR_END } else { LOOK_UP };
        let patience = self.collector.patience(now).min(longest);
        let patience = if is_end { Duration::ZERO } else { patience };
        let observed = self.clock.now().timestamp_nanos_opt().unwrap_or_default();
        let observed = u64::try_from(observed).unwrap_or_default();
        let (room, collector) = (self.collector.room(), &mut self.collector);
        let mut add = |record: &Record<'_>| collector.add(record, observed, now);
        let read = self.source.next_batch(room, patience, &mut add)?;
        self.metrics
            .lag_bytes
            .store(self.source.lag_bytes(), Relaxed);
        for incident in self.source.take_incidents() {
            (self.report)(&Notice::Unread { incident });
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
