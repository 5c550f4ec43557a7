//! Lines on the terminal, beside the files.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{Offer, Taken, console_worker::Screen, terminal};
use crate::{Level, UnknownWord};

use crate::Colors;

/// The words that stand for an echo.
const WORDS: &str = "stdout, stderr, split, off";

/// Lines that go to the terminal as well, by level: see [`Config::echo`](crate::Config::echo).
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
/// // In words: `stdout`, `stderr`, `split`, which is by `warn`, or `off`.
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

/// Which lines go to stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Split {
    /// No line goes anywhere.
    Off,
    None,
    All,
    /// Those of this level and more serious ones.
    From(Level),
}

/// An echo whose streams are known.
#[derive(Clone)]
pub(crate) struct EchoSettings {
    echo: Echo,
    /// By index of the stream.
    wanted: Vec<bool>,
}

/// Where a test has its lines go, instead of stdout (0) and stderr (1).
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

    /// To stdout.
    pub fn stdout() -> Self {
        Self::new(Split::None)
    }

    /// To stderr.
    pub fn stderr() -> Self {
        Self::new(Split::All)
    }

    /// Lines of this level and more serious ones to stderr, the others to stdout.
    pub fn split(from: Level) -> Self {
        Self::new(Split::From(from))
    }

    /// Nothing is shown: takes an echo back that was asked for before, by the program or a settings file.
    pub fn off() -> Self {
        Self::new(Split::Off)
    }

    /// Whether nothing is shown.
    pub(crate) fn is_off(&self) -> bool {
        self.split == Split::Off
    }

    /// The lowest level that is echoed. Records without a level always are. Default: all levels.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Only records of these streams. Default: all streams.
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Whether lines are coloured by their level. Default: on a terminal, unless `NO_COLOR` is set; anywhere, if `CLICOLOR_FORCE` is.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    #[cfg(test)]
    pub(crate) fn to(mut self, devices: Devices) -> Self {
        self.devices = Some(devices);
        self
    }

    /// With its streams found among those that are known; the names that are not, if there are any.
    pub(crate) fn settle(&self, known: &[&str]) -> Result<EchoSettings, Vec<String>> {
        let wanted = super::hook::wanted(self.streams.as_deref(), known)?;
        Ok(EchoSettings {
            echo: self.clone(),
            wanted,
        })
    }
}

impl TryFrom<&str> for Echo {
    type Error = UnknownWord;

    fn try_from(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "stdout" => Ok(Self::stdout()),
            "stderr" => Ok(Self::stderr()),
            "split" => Ok(Self::split(Level::Warn)),
            "off" => Ok(Self::off()),
            _ => Err(UnknownWord::new("echo", word, WORDS)),
        }
    }
}

impl EchoSettings {
    /// Which screen a record goes to.
    #[inline]
    fn screen(&self, offer: Offer) -> Option<usize> {
        let is_low = offer.level.is_some() && offer.level < self.echo.min_level;
        if is_low || !self.wanted[usize::from(offer.stream)] {
            return None;
        }
        Some(match self.echo.split {
            Split::Off => return None,
            Split::None => 0,
            Split::All => 1,
            Split::From(level) => usize::from(offer.level >= Some(level)),
        })
    }

    /// Whether any line may go to this screen.
    fn uses(&self, screen: usize) -> bool {
        match self.echo.split {
            Split::Off => false,
            Split::None => screen == 0,
            Split::All => screen == 1,
            Split::From(_) => true,
        }
    }
}

/// The writer's end of the echo.
#[derive(Debug)]
pub(crate) struct EchoFeed {
    settings: EchoSettings,
    /// Stdout and stderr, each with a thread of its own: one that stands still does not stop the other.
    screens: [Option<ScreenFeed>; 2],
    /// The screen that gets the line which comes next.
    next: Option<usize>,
    dropped: Arc<AtomicU64>,
}

/// The writer's end of one screen.
#[derive(Debug)]
struct ScreenFeed {
    screen: Arc<Screen>,
    has_colors: bool,
    /// Lines of this batch, and how many.
    batch: Vec<u8>,
    lines: u64,
    /// There was no room when this batch began, so its lines are only counted.
    is_full: bool,
}

impl EchoFeed {
    pub(crate) fn open(settings: &EchoSettings, dropped: &Arc<AtomicU64>) -> Self {
        let open = |screen| {
            settings
                .uses(screen)
                .then(|| ScreenFeed::open(settings, screen))
        };
        Self {
            screens: [open(0), open(1)],
            next: None,
            settings: settings.clone(),
            dropped: Arc::clone(dropped),
        }
    }

    /// Whether it shows a record, and has room.
    #[inline]
    pub(crate) fn wants(&mut self, offer: Offer) -> bool {
        self.next = None;
        let Some(screen) = self.settings.screen(offer) else {
            return false;
        };
        let Some(feed) = &mut self.screens[screen] else {
            return false;
        };
        if feed.lines == 0 && feed.is_full {
            feed.is_full = !feed.screen.has_room();
        }
        feed.lines += 1;
        self.next = (!feed.is_full).then_some(screen);
        !feed.is_full
    }

    /// Takes the line of the record it was asked about last.
    pub(crate) fn take(&mut self, taken: Taken<'_>) {
        let screen = self.next.take();
        if let Some(feed) = screen.and_then(|screen| self.screens[screen].as_mut()) {
            let paint = if feed.has_colors {
                paint(taken.level)
            } else {
                ""
            };
            push(&mut feed.batch, taken.line, paint);
        }
    }

    pub(crate) fn hand_over(&mut self) {
        for feed in self.screens.iter_mut().flatten() {
            let dropped = feed.hand_over();
            self.dropped.fetch_add(dropped, Ordering::Relaxed);
        }
    }

    pub(crate) fn end(&mut self, deadline: Option<Instant>) {
        let feeds = self.screens.iter().flatten();
        feeds.clone().for_each(|feed| feed.screen.close());
        feeds.for_each(|feed| feed.screen.wait(deadline));
    }
}

impl ScreenFeed {
    fn open(settings: &EchoSettings, screen: usize) -> Self {
        let device = settings.device(screen);
        Self {
            screen: Screen::open(device),
            has_colors: terminal::has_colors(settings.echo.colors, screen),
            batch: Vec::new(),
            lines: 0,
            is_full: false,
        }
    }

    /// Gives the lines that were dropped.
    fn hand_over(&mut self) -> u64 {
        let lines = std::mem::take(&mut self.lines);
        if lines == 0 {
            return 0;
        }
        let dropped = if self.is_full {
            self.screen.skip(lines);
            lines
        } else if self.screen.put(&mut self.batch, lines) {
            0
        } else {
            self.is_full = true;
            lines
        };
        self.batch.clear();
        dropped
    }
}

impl Drop for EchoFeed {
    fn drop(&mut self) {
        // The threads end, also if the writer broke down.
        self.screens
            .iter()
            .flatten()
            .for_each(|feed| feed.screen.close());
    }
}

impl EchoSettings {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "a test has devices of its own")]
    fn device(&self, screen: usize) -> Box<dyn std::io::Write + Send> {
        terminal::device(screen)
    }

    #[cfg(test)]
    fn device(&self, screen: usize) -> Box<dyn std::io::Write + Send> {
        match &self.echo.devices {
            Some(devices) => devices(screen),
            None => terminal::device(screen),
        }
    }
}

/// How a terminal is told the colour of a level.
fn paint(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Trace | Level::Debug) => "\x1b[2m",
        None | Some(Level::Info) => "",
        Some(Level::Warn) => "\x1b[33m",
        Some(Level::Error) => "\x1b[31m",
        Some(Level::Critical) => "\x1b[1;31m",
    }
}

/// Adds a line as it stands in the file, in the colour of its level.
fn push(batch: &mut Vec<u8>, line: &[u8], paint: &str) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    batch.extend_from_slice(paint.as_bytes());
    batch.extend_from_slice(text);
    batch.extend_from_slice(if paint.is_empty() {
        b"\n"
    } else {
        b"\x1b[0m\n"
    });
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

impl fmt::Debug for EchoSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.echo.fmt(f)
    }
}
