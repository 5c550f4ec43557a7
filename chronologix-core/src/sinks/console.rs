//! The console sink: lines on stdout and stderr, beside the files.

mod output;
mod terminal;

use std::{
    fmt, mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use chronologix_schema::settings::options::EchoTarget;

use self::output::Output;
use super::{RecordMeta, SinkLine, resolve_streams};
use crate::{Colors, Level};

/// Which records are also written to the terminal: see [`Config::echo`](crate::Config::echo).
///
/// ```
/// use chronologix_core::{Colors, Config, Echo, Level};
///
/// // Everything from `info` on: warnings and worse to stderr, the rest to stdout.
/// let echo = Echo::split(Level::Warn).min_level(Level::Info);
/// Config::new().echo(echo).validate()?;
///
/// // Errors alone, never coloured.
/// let echo = Echo::stderr().streams(["errors"]).colors(Colors::Never);
/// Config::new().echo(echo).validate()?;
///
/// // As text: `stdout`, `stderr`, `split` (at `warn`), or `off`.
/// Config::new().echo("split").validate()?;
/// # Ok::<(), chronologix_core::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "an echo must be given to a `Config`"]
pub struct Echo {
    split: Split,
    min_level: Option<Level>,
    /// `None`: all.
    streams: Option<Vec<String>>,
    colors: Colors,
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

/// An echo whose streams are resolved.
#[derive(Clone, Debug)]
pub(crate) struct EchoSettings {
    echo: Echo,
    /// By index of the stream.
    wanted: Vec<bool>,
}

/// Opens what a test has instead of stdout (0) and stderr (1).
#[cfg(test)]
pub(crate) type Devices = Arc<dyn Fn(usize) -> Box<dyn std::io::Write + Send> + Send + Sync>;

impl Echo {
    fn new(split: Split) -> Self {
        Self {
            split,
            min_level: None,
            streams: None,
            colors: Colors::default(),
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

    /// Sets the lowest level that is written. Records without a level always are. Default: all
    /// levels.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Writes only records of these streams. Default: all streams.
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets whether lines are coloured by their level. Default: on a terminal, unless `NO_COLOR` is
    /// set, and anywhere if `CLICOLOR_FORCE` is set.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    #[cfg(test)]
    pub(crate) fn to(mut self, devices: Devices) -> Self {
        self.devices = Some(devices);
        self
    }

    /// Resolves its streams, or returns the names that are no streams.
    pub(crate) fn resolve(&self, known: &[&str]) -> Result<EchoSettings, Vec<String>> {
        let wanted = resolve_streams(self.streams.as_deref(), known)?;
        let echo = self.clone();
        Ok(EchoSettings { echo, wanted })
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
    settings: EchoSettings,
    /// Stdout and stderr, each with a thread of its own: one that blocks does not stop the other.
    outputs: [Option<OutputSink>; 2],
    /// The output that gets the line which comes next.
    next: Option<usize>,
    dropped: Arc<AtomicU64>,
}

/// The writer's end of stdout or stderr.
#[derive(Debug)]
struct OutputSink {
    output: Output,
    has_colors: bool,
    /// Lines of this batch, and how many.
    batch: Vec<u8>,
    lines: u64,
    /// There was no room when this batch began, so its lines are only counted.
    is_full: bool,
}

impl EchoSettings {
    /// Returns which output a record goes to.
    #[inline]
    fn output(&self, record: RecordMeta) -> Option<usize> {
        let is_low = record.level.is_some() && record.level < self.echo.min_level;
        if is_low || !self.wanted[usize::from(record.stream)] {
            return None;
        }
        match self.echo.split {
            Split::Off => None,
            Split::None => Some(0),
            Split::All => Some(1),
            Split::From(level) => Some(usize::from(record.level >= Some(level))),
        }
    }

    #[cfg_attr(
        not(test),
        expect(clippy::unused_self, reason = "a test brings devices of its own")
    )]
    fn device(&self, output: usize) -> Box<dyn std::io::Write + Send> {
        #[cfg(test)]
        if let Some(devices) = &self.echo.devices {
            return devices(output);
        }
        terminal::device(output)
    }
}

impl ConsoleSink {
    pub(super) fn open(settings: &EchoSettings, dropped: &Arc<AtomicU64>) -> Self {
        let (stdout, stderr) = match settings.echo.split {
            Split::Off => (false, false),
            Split::None => (true, false),
            Split::All => (false, true),
            Split::From(_) => (true, true),
        };
        let open = |output| OutputSink::open(settings, output);
        Self {
            outputs: [stdout.then(|| open(0)), stderr.then(|| open(1))],
            next: None,
            settings: settings.clone(),
            dropped: Arc::clone(dropped),
        }
    }

    /// Returns whether it shows a record and has room for it.
    #[inline]
    pub(super) fn wants(&mut self, record: RecordMeta) -> bool {
        self.next = None;
        let Some(number) = self.settings.output(record) else {
            return false;
        };
        let Some(sink) = &mut self.outputs[number] else {
            return false;
        };
        if sink.lines == 0 && sink.is_full {
            sink.is_full = !sink.output.has_room();
        }
        sink.lines += 1;
        self.next = (!sink.is_full).then_some(number);
        !sink.is_full
    }

    /// Takes the line of the record that it was asked about last.
    pub(super) fn push(&mut self, line: SinkLine<'_>) {
        let next = self.next.take();
        if let Some(sink) = next.and_then(|number| self.outputs[number].as_mut()) {
            let level = line.level.filter(|_| sink.has_colors);
            push(&mut sink.batch, line.line, color(level));
        }
    }

    pub(super) fn end_batch(&mut self) {
        for sink in self.outputs.iter_mut().flatten() {
            let dropped = sink.end_batch();
            self.dropped.fetch_add(dropped, Ordering::Relaxed);
        }
    }

    pub(super) fn close(&mut self) {
        self.outputs
            .iter_mut()
            .flatten()
            .for_each(|sink| sink.output.close());
    }

    pub(super) fn join(&self, deadline: Option<Instant>) {
        self.outputs
            .iter()
            .flatten()
            .for_each(|sink| sink.output.join(deadline));
    }
}

impl OutputSink {
    fn open(settings: &EchoSettings, output: usize) -> Self {
        Self {
            output: Output::open(settings.device(output)),
            has_colors: terminal::has_colors(settings.echo.colors, output),
            batch: Vec::new(),
            lines: 0,
            is_full: false,
        }
    }

    /// Passes on the batch. Returns how many of its lines were dropped.
    fn end_batch(&mut self) -> u64 {
        let lines = mem::take(&mut self.lines);
        if lines == 0 {
            return 0;
        }
        let dropped = if self.is_full {
            self.output.skip(lines);
            lines
        } else if self.output.push(&mut self.batch, lines) {
            0
        } else {
            self.is_full = true;
            lines
        };
        self.batch.clear();
        dropped
    }
}

/// Returns the escape sequence that turns on the colour of a level.
fn color(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Trace | Level::Debug) => "\x1b[2m",
        None | Some(Level::Info) => "",
        Some(Level::Warn) => "\x1b[33m",
        Some(Level::Error) => "\x1b[31m",
        Some(Level::Critical) => "\x1b[1;31m",
    }
}

/// Adds a line as it is written to the file, in the colour of its level.
fn push(batch: &mut Vec<u8>, line: &[u8], color: &str) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    batch.extend_from_slice(color.as_bytes());
    batch.extend_from_slice(text);
    let reset = if color.is_empty() { "" } else { "\x1b[0m" };
    batch.extend_from_slice(reset.as_bytes());
    batch.push(b'\n');
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echo")
            .field("split", &self.split)
            .field("min_level", &self.min_level)
            .field("streams", &self.streams)
            .field("colors", &self.colors)
            .finish_non_exhaustive()
    }
}
