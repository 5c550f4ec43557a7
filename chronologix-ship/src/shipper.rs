//! A run: one thread reads and encodes, another sends and moves the cursor. Between them waits one
//! shipment, so that memory has a bound.

use std::{
    sync::{
        Arc,
        atomic::Ordering::Relaxed,
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    batch::{Collector, Shipment},
    clock::{Clock, Stop},
    error::ShipError,
    metrics::Metrics,
    otlp::RecordEncoder,
    settings::Settings,
    source::{Record, Source},
};

mod sender;

pub(crate) use self::sender::{Report, Sender, SenderParts};

/// How long the end of the tree is waited at before it is looked whether to stop.
const LOOK_UP: Duration = Duration::from_millis(200);

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
    let stop = sender.stop().clone();
    let (shipments, due) = sync_channel::<Marked>(1);
    let (ended, end) = sync_channel(1);
    let spawned = thread::Builder::new()
        .name("chronologix-ship".to_owned())
        .spawn(move || {
            let result = due.iter().try_for_each(|marked| sender.ship(marked));
            // Nobody waits for it any more if the grace time is over.
            let _ = ended.send(result);
        });
    spawned.map_err(ShipError::io(
        "cannot start the thread that sends from",
        &settings.tree,
    ))?;

    let root = settings.tree.to_string_lossy();
    let encoder = RecordEncoder::new(&settings.host, &root);
    let mut collector = Collector::new(settings.limits, encoder, settings.streams.clone());
    let read = collect(
        source,
        &mut collector,
        &shipments,
        once,
        clock,
        metrics,
        &stop,
    );
    // The sender ends after what was handed over.
    drop(shipments);
    let sent = match end.recv_timeout(if stop.is_asked() {
        settings.grace
    } else {
        Duration::MAX
    }) {
        Ok(sent) => sent,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(()),
    };
    sent.and(read)?;
    Ok(Summary {
        records: metrics.records.load(Relaxed),
        set_aside: metrics.set_aside.load(Relaxed),
        rejected: metrics.rejected.load(Relaxed),
    })
}

/// Reads records and hands over shipments, until there is a reason to end.
fn collect(
    source: &mut dyn Source,
    collector: &mut Collector,
    shipments: &SyncSender<Marked>,
    once: bool,
    clock: &Arc<dyn Clock>,
    metrics: &Metrics,
    stop: &Stop,
) -> Result<(), ShipError> {
    while !stop.is_asked() {
        let now = clock.instant();
        let is_end = once && source.is_caught_up();
        let patience = if is_end {
            Duration::ZERO
        } else {
            collector.patience(now).min(LOOK_UP)
        };
        let observed = clock.now().timestamp_nanos_opt().unwrap_or_default();
        let observed = u64::try_from(observed).unwrap_or_default();
        let room = collector.room();
        let mut add = |record: &Record<'_>| collector.add(record, observed, now);
        let read = source.next_batch(room, patience, &mut add)?;
        metrics.lag_bytes.store(source.lag_bytes(), Relaxed);
        let is_end = once && read == 0 && source.is_caught_up();
        if is_end || collector.is_due(clock.instant()) {
            let Some(shipment) = collector.take() else {
                break;
            };
            // The sender is gone if it failed or was stopped: what it says is the result.
            if shipments.send((shipment, source.cursor())).is_err() {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
