//! What the program does with a tree: sends its records, or says what it would send.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use chronologix_reader::LogTree;
use chronologix_schema::settings::options::ContentEncoding;

use crate::{
    clock::{Clock, Stop, SystemClock},
    cursor::StateDir,
    error::ShipError,
    figures::{bytes, grouped},
    metrics::Metrics,
    monitoring::listen,
    otlp::Resource,
    settings::Settings,
    shipper::{Report, Sender, SenderParts, Summary, run},
    source::Source as _,
    transport::{HttpTransport, Transport},
    tree_source::{TreeSource, unsent},
};

/// How long a run to the end of the tree waits for a receiver that is away.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends the records of a tree until the run is asked to stop, or, with `once`, to its end.
///
/// # Errors
///
/// If the tree cannot be read, another process sends its records, the cursor cannot be used, or the
/// receiver cannot be used as it is configured.
pub(crate) fn ship(
    settings: &Settings,
    once: bool,
    stop: &Stop,
    report: Report,
    metrics: &Arc<Metrics>,
) -> Result<Summary, ShipError> {
    let state = StateDir::new(&settings.state_dir);
    // Before anything is made: a wrong folder gets no state.
    let tree = TreeSource::tree(settings)?;
    let _lock = state.lock()?;
    let run = ShipRun {
        state,
        once,
        clock: Arc::new(SystemClock),
        stop: stop.clone(),
        report,
        metrics: Arc::clone(metrics),
    };
    run.start(settings, &tree, || {
        let transport = HttpTransport::new(&settings.receiver)?;
        if let Some(address) = settings.listen {
            listen(address, Arc::<Metrics>::clone(metrics))?;
        }
        Ok(Box::new(transport))
    })
}

/// What a run is made of, but for its tree and its receiver.
struct ShipRun {
    /// Locked for this run.
    state: StateDir,
    once: bool,
    clock: Arc<dyn Clock>,
    stop: Stop,
    report: Report,
    metrics: Arc<Metrics>,
}

impl ShipRun {
    /// Goes on from the cursor, or begins, and sends until there is a reason to end. Connects to
    /// the receiver when it is known that the cursor can be used.
    fn start(
        self,
        settings: &Settings,
        tree: &LogTree,
        connect: impl FnOnce() -> Result<Box<dyn Transport>, ShipError>,
    ) -> Result<Summary, ShipError> {
        let Self {
            state,
            once,
            clock,
            stop,
            report,
            metrics,
        } = self;
        state.check()?;
        let kept = state.load()?;
        let mut source = TreeSource::follow(tree, settings, &state, kept.as_ref())?;
        let is_first = kept.is_none();
        let mut progress = kept.unwrap_or_default();
        let transport = connect()?;
        if is_first {
            // The next run goes on from here, also if nothing was sent by then.
            progress.cursor = source.cursor();
            progress.written = clock.now();
            state.save(&progress)?;
        }
        let resource = settings.resource.iter();
        let sender = Sender::new(SenderParts {
            transport,
            endpoint: settings.receiver.endpoint.clone(),
            resource: Resource::new(resource.map(|(name, value)| (name.as_str(), value.as_str()))),
            state,
            progress,
            clock: Arc::clone(&clock),
            stop,
            metrics: Arc::clone(&metrics),
            report,
            is_encoding_rare: settings.receiver.compression == ContentEncoding::Zstd,
            give_up_after: once.then_some(PATIENCE),
        });
        run(&mut source, sender, settings, once, &clock, &metrics)
    }
}

/// Returns what would be sent, as a table. Sends and writes nothing.
///
/// # Errors
///
/// As [`ship`].
pub(crate) fn dry_run(settings: &Settings) -> Result<String, ShipError> {
    let state = StateDir::new(&settings.state_dir);
    let progress = state.load()?;
    let streams = unsent(settings, &state, progress.as_ref())?;
    let mut text = format!("would send to {}\n", settings.receiver.endpoint);
    for it in &streams {
        let (records, size) = (grouped(it.records), bytes(it.bytes));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:<20} {records:>14} records {size:>12}", it.stream);
    }
    if streams.is_empty() {
        text.push_str("nothing: all records are sent\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
