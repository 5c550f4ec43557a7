//! The console sink: lines on stdout and stderr, beside the files.

mod output;
mod terminal;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
};

use chronologix_schema::settings::{EchoOptions, options::EchoTarget};

pub(crate) use self::output::WriteError;
use self::output::{LineKind, Output};
use super::{RecordMeta, StreamFilter};
use crate::{AtomicU64, Colors, Format, Level, worker::Worker};

/// Which records are also written to the terminal: see [`Config::echo`](crate::Config::echo).
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Colors, Config, Echo, Level};
///
/// // Everything from `info` on: warnings and worse to stderr, the rest to stdout.
/// let echo = Echo::split(Level::Warn).min_level(Level::Info);
/// Config::new().echo(echo).validate()?;
///
/// // Errors alone, never coloured.
/// let echo = Echo::stderr().streams(["errors"]).colors(Colors::Never);
/// Config::new().echo(echo).validate()?;
/// // As text: `stdout`, `stderr`, `split` (at `warn`), or `off`.
/// Config::new().echo("split").validate()?;
/// # Ok::<(), chronologix::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "an echo must be given to a `Config`"]
pub struct Echo {
    split: Split,
    min_level: Option<Level>,
    pub(crate) streams: StreamFilter,
    colors: Colors,
    format: Format,
    #[cfg(test)]
    devices: Option<Devices>,
}

/// Which lines go to stderr rather than stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Split {
    /// Nothing is written to either.
    Off,
    None,
    All,
    /// Those of this level and above.
    From(Level),
}

/// Opens what a test has instead of stdout (0) and stderr (1).
#[cfg(test)]
pub(crate) type Devices = Arc<dyn Fn(usize) -> Box<dyn std::io::Write + Send> + Send + Sync>;

impl Echo {
    fn new(split: Split) -> Self {
        Self {
            split,
            min_level: None,
            streams: StreamFilter::default(),
            colors: Colors::default(),
            format: Format::default(),
            #[cfg(test)]
            devices: None,
        }
    }

    /// Writes all lines to stdout.
    pub fn stdout() -> Self {
        Self::new(Split::None)
    }

    /// Writes all lines to stderr.
    pub fn stderr() -> Self {
        Self::new(Split::All)
    }

    /// Writes lines of this level and above to stderr, the others to stdout.
    pub fn split(from: Level) -> Self {
        Self::new(Split::From(from))
    }

    /// Writes nothing: undoes an echo that the program or a settings file has asked for.
    pub fn off() -> Self {
        Self::new(Split::Off)
    }

    /// Returns whether nothing is written.
    pub(crate) fn is_off(&self) -> bool {
        self.split == Split::Off
    }

    /// Sets the lowest level that is written. Records without a level count as `info`. Default: all
    /// levels.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Writes only records of these streams. Default: all streams.
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = StreamFilter::new(names);
        self
    }

    /// Sets whether lines are coloured by their level. Default: on a terminal, unless `NO_COLOR` is
    /// set, and anywhere if `CLICOLOR_FORCE` is set.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// Sets how lines look: as text, or each as one JSON object. Default: text, also for streams
    /// whose files have JSON.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::{Config, Echo, Format};
    ///
    /// // For a collector that reads stdout.
    /// Config::new().echo(Echo::stdout().format(Format::Json)).validate()?;
    /// # Ok::<(), chronologix::ConfigError>(())
    /// ```
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Returns this echo with the options that were read somewhere.
    pub(crate) fn with(mut self, options: &EchoOptions) -> Self {
        match options.to {
            // At the level that the program says.
            Some(EchoTarget::Split) if matches!(self.split, Split::From(_)) => {}
            Some(target) => self.split = Self::from(target).split,
            None => {}
        }
        self.min_level = options.min_level.or(self.min_level);
        if let Some(names) = &options.streams {
            self.streams = StreamFilter::new(names);
        }
        self.colors = options.colors.unwrap_or(self.colors);
        self.format = options.format.unwrap_or(self.format);
        self
    }

    #[cfg(test)]
    pub(crate) fn to(mut self, devices: Devices) -> Self {
        self.devices = Some(devices);
        self
    }

    /// Returns which output a record goes to.
    #[inline]
    fn output(&self, record: RecordMeta) -> Option<usize> {
        let level = Some(record.level.unwrap_or(Level::Info));
        if level < self.min_level || !self.streams.wants(record) {
            return None;
        }
        match self.split {
            Split::Off => None,
            Split::None => Some(0),
            Split::All => Some(1),
            Split::From(from) => Some(usize::from(level >= Some(from))),
        }
    }
}

impl From<EchoTarget> for Echo {
    fn from(target: EchoTarget) -> Self {
        match target {
            EchoTarget::Stdout => Self::stdout(),
            EchoTarget::Stderr => Self::stderr(),
            EchoTarget::Split => Self::split(Level::Warn),
            _ => Self::off(),
        }
    }
}

/// The writer's end of the console.
#[derive(Debug)]
pub(super) struct ConsoleSink {
    echo: Echo,
    /// Stdout and stderr, each with a thread of its own: one that blocks does not stop the other.
    outputs: [Option<Output>; 2],
    /// The output that gets the line which comes next.
    next: Option<usize>,
    dropped: Arc<AtomicU64>,
}

impl ConsoleSink {
    /// If the writer waits for it (`waits`), no line is dropped.
    pub(super) fn open(echo: &Echo, waits: bool, dropped: &Arc<AtomicU64>) -> Self {
        let (stdout, stderr) = match echo.split {
            Split::Off => (false, false),
            Split::None => (true, false),
            Split::All => (false, true),
            Split::From(_) => (true, true),
        };
        let is_json = echo.format == Format::Json;
        let open = |output| {
            let device = terminal::device(output);
            #[cfg(test)]
            let device = echo
                .devices
                .as_ref()
                .map_or(device, |devices| devices(output));
            let has_colors = terminal::has_colors(echo.colors, output);
            Output::open(
                device,
                LineKind {
                    has_colors,
                    is_json,
                },
                waits,
            )
        };
        Self {
            outputs: [stdout.then(|| open(0)), stderr.then(|| open(1))],
            next: None,
            echo: echo.clone(),
            dropped: Arc::clone(dropped),
        }
    }

    /// Returns whether it shows a record and has room for it.
    #[inline]
    pub(super) fn wants(&mut self, record: RecordMeta) -> bool {
        self.next = None;
        if let Some(number) = self.echo.output(record) {
            let output = self.outputs[number].as_mut();
            let has_room = output.is_some_and(Output::announce);
            self.next = has_room.then_some(number);
        }
        self.next.is_some()
    }

    /// Returns whether it wants the record that it was asked about last, as JSON or as text.
    pub(super) fn wants_next(&self) -> Option<Format> {
        self.next.map(|_| self.echo.format)
    }

    /// Takes the line of that record.
    pub(super) fn push(&mut self, level: Option<Level>, line: &[u8]) {
        let next = self.next.take();
        if let Some(output) = next.and_then(|number| self.outputs[number].as_mut()) {
            output.push(level, line);
        }
    }

    /// See [`Sinks::write`](super::Sinks::write).
    pub(super) fn write(&mut self) -> (u64, Result<(), (&'static str, WriteError)>) {
        let (mut bytes, mut outcome) = (0, Ok(()));
        for (output, name) in self.outputs.iter_mut().zip(["stdout", "stderr"]) {
            let Some(output) = output else { continue };
            // Each is tried, and the first error counts.
            match output.write() {
                Ok(written) => bytes += written,
                Err(error) => outcome = outcome.and(Err((name, error))),
            }
        }
        (bytes, outcome)
    }

    pub(super) fn end_batch(&mut self) {
        for output in self.outputs.iter_mut().flatten() {
            let dropped = output.end_batch();
            self.dropped.fetch_add(dropped, Ordering::Relaxed);
        }
    }

    /// Returns the threads that are to be closed and waited for.
    pub(super) fn into_workers(self) -> impl Iterator<Item = Worker<()>> {
        let outputs = self.outputs.into_iter().flatten();
        // Of an output that the writer waits for, all is shown or given up by now.
        let unseen = outputs.filter(|output| !output.waits);
        unseen.filter_map(|output| output.worker)
    }
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echo")
            .field("split", &self.split)
            .field("min_level", &self.min_level)
            .field("streams", &self.streams.names)
            .field("colors", &self.colors)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
