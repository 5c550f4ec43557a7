//! What gets a record besides the files: the console, and hooks.
//!
//! The writer asks whether a record is wanted ([`Sinks::wants`]), hands over its line
//! ([`Sinks::push`]), and passes on what a batch gathered once the files have theirs
//! ([`Sinks::end_batch`]).
//!
//! Invariants: every sink has a thread and a bounded queue of its own, and the writer waits for
//! neither. What finds no room is dropped and counted. A failure here reaches no file and no
//! caller. Without files, the console is what the writer waits for ([`Sinks::write`]).

mod console;
mod hook;
mod record;
mod stats;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use self::{
    console::ConsoleSink,
    hook::{HookSink, RunOn},
};
pub use self::{
    console::Echo,
    hook::{Hook, HookOutcome, HookTask},
    record::Record,
    stats::HookStats,
};
pub(crate) use self::{console::WriteError, stats::SinkStats};
use crate::{Format, Level, error_reporter::ErrorReporter, worker::Worker};

#[cfg(test)]
mod tests;

/// The sinks of a checked configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct SinkSettings {
    pub(crate) echo: Option<Echo>,
    pub(crate) hooks: Vec<Hook>,
    /// There are no files, so the writer waits for the echo.
    pub(crate) echo_waits: bool,
}

/// The streams whose records a sink gets.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamFilter {
    /// `None`: all.
    names: Option<Vec<String>>,
    /// By index of the stream. Empty until the names are resolved.
    wanted: Vec<bool>,
}

/// The writer's end of all sinks.
#[derive(Debug, Default)]
pub(crate) struct Sinks {
    console: Option<ConsoleSink>,
    hooks: Vec<HookSink>,
    /// A line in the other format than that of its stream.
    other: Vec<u8>,
}

/// What decides which sinks get a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordMeta {
    /// Index of its stream.
    pub(crate) stream: u16,
    pub(crate) level: Option<Level>,
}

/// A line as it is written to the file of its stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SinkLine<'a> {
    pub(crate) level: Option<Level>,
    pub(crate) line: &'a [u8],
    pub(crate) is_json: bool,
}

impl SinkSettings {
    /// Has hooks run on the current runtime, if there is one and they do not say where to run.
    pub(crate) fn use_current_runtime(&mut self) {
        for hook in &mut self.hooks {
            if let RunOn::Current(runtime) = hook.run_on {
                hook.run_on = runtime().map_or(RunOn::OwnThread, RunOn::Spawner);
            }
        }
    }

    /// Has hooks run on their own threads: a forked child has no runtime.
    pub(crate) fn leave_runtime(&mut self) {
        for hook in &mut self.hooks {
            hook.run_on = RunOn::OwnThread;
        }
    }
}

impl StreamFilter {
    fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            names: Some(names.into_iter().map(Into::into).collect()),
            wanted: Vec::new(),
        }
    }

    /// Finds the streams among the `known`. Returns the names that are no streams.
    pub(crate) fn resolve(&mut self, known: &[&str]) -> Vec<String> {
        let names = self.names.as_ref();
        let is_named = |known: &&str| names.is_none_or(|names| names.iter().any(|it| it == known));
        self.wanted = known.iter().map(is_named).collect();
        let unknown = names
            .into_iter()
            .flatten()
            .filter(|name| !known.contains(&name.as_str()));
        unknown.cloned().collect()
    }

    #[inline]
    fn wants(&self, record: RecordMeta) -> bool {
        self.wanted[usize::from(record.stream)]
    }
}

impl Sinks {
    /// Starts the threads of all sinks.
    pub(crate) fn open(
        settings: &SinkSettings,
        stats: &SinkStats,
        errors: &Arc<ErrorReporter>,
    ) -> Self {
        let echo = settings.echo.as_ref();
        let hooks = settings.hooks.iter().zip(&stats.hooks);
        Self {
            console: echo
                .map(|echo| ConsoleSink::open(echo, settings.echo_waits, &stats.echo_dropped)),
            hooks: hooks
                .map(|(hook, stats)| (hook.open)(hook, stats, errors))
                .collect(),
            other: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.console.is_none() && self.hooks.is_empty()
    }

    /// Returns whether any sink wants a record and has room for it. For a sink that wants it and
    /// has no room the record is counted as dropped, which is all the work it makes.
    #[inline]
    pub(crate) fn wants(&mut self, record: RecordMeta) -> bool {
        let console = self.console.as_mut();
        let mut is_wanted = console.is_some_and(|console| console.wants(record));
        for hook in &mut self.hooks {
            is_wanted |= hook.wants(record);
        }
        is_wanted
    }

    /// As [`Sinks::wants`], of the console alone: hooks do not get records that were kept.
    pub(crate) fn shows(&mut self, record: RecordMeta) -> bool {
        for hook in &mut self.hooks {
            hook.wants_next = false;
        }
        let console = self.console.as_mut();
        console.is_some_and(|console| console.wants(record))
    }

    /// Takes the line of the record that was asked about last. `write_other` writes it as JSON if
    /// it is text, and as text if it is JSON.
    pub(crate) fn push(&mut self, line: SinkLine<'_>, write_other: impl FnOnce(&mut Vec<u8>)) {
        let on_console = self.console.as_ref().and_then(ConsoleSink::wants_next);
        let is_other = |format| (format == Format::Json) != line.is_json;
        let hooks_want = self.hooks.iter().any(|hook| hook.wants_next);
        if on_console.is_some_and(is_other) || hooks_want && is_other(Format::Json) {
            self.other.clear();
            write_other(&mut self.other);
        }
        let line_as = |format| {
            if is_other(format) {
                &self.other
            } else {
                line.line
            }
        };
        if let (Some(console), Some(format)) = (&mut self.console, on_console) {
            console.push(line.level, line_as(format));
        }
        for hook in self.hooks.iter_mut().filter(|hook| hook.wants_next) {
            hook.push(line_as(Format::Json));
        }
    }

    /// Writes the lines of the batch to a console that is waited for. Returns how many bytes were
    /// written, and the name of the output that failed. After an error, the next call continues.
    pub(crate) fn write(&mut self) -> (u64, Result<(), (&'static str, WriteError)>) {
        let console = self.console.as_mut();
        console.map_or((0, Ok(())), ConsoleSink::write)
    }

    /// Passes on what the batch gathered.
    pub(crate) fn end_batch(&mut self) {
        if let Some(console) = &mut self.console {
            console.end_batch();
        }
        self.hooks.iter_mut().for_each(HookSink::end_batch);
    }

    /// Closes all sinks, and waits until they have passed on everything, for `timeout` at most.
    pub(crate) fn shutdown(mut self, timeout: Duration) {
        self.end_batch();
        let begun = Instant::now();
        let console = self.console.into_iter().flat_map(ConsoleSink::into_workers);
        let console = console.collect::<Vec<_>>();
        // All are closed before the first is waited for.
        console.iter().for_each(Worker::close);
        let hooks = self.hooks.into_iter().filter_map(HookSink::close);
        let hooks = hooks.collect::<Vec<_>>();
        for worker in &console {
            worker.join(timeout.saturating_sub(begun.elapsed()));
        }
        for worker in &hooks {
            worker.join(timeout.saturating_sub(begun.elapsed()));
        }
    }
}
