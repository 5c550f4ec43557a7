//! Room of what gets a record besides its files: the echo on the terminal, and hooks.
//!
//! The writer asks who wants a record ([`Outlets::want`]), gives them its line ([`Outlets::take`]), and lets what gathered of a batch go once
//! the files have theirs ([`Outlets::hand_over`]).
//!
//! Invariants: every outlet has a thread and a bounded queue of its own, and the writer never waits for either; what finds no room is
//! dropped and counted. Nothing that goes wrong here reaches a file, or a caller.

pub(crate) mod console;
pub(crate) mod console_worker;
pub(crate) mod record;
pub(crate) mod stats;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub use self::{
    console::Echo,
    hook::{Hook, HookOutcome, HookTask},
    record::HookRecord,
    stats::HookStats,
};
use self::{
    console::EchoFeed,
    hook::{HookFeed, Spawner},
};
pub(crate) use self::{console::EchoSettings, hook::HookSettings, stats::Tally};
use crate::{Error, Level};

mod hook;
mod terminal;

#[cfg(test)]
mod tests;

/// Where failures of hooks are told. Never blocks.
pub(crate) type Tell = Arc<dyn Fn(Error) + Send + Sync>;

/// The outlets of a checked configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct OutletSettings {
    pub(crate) echo: Option<EchoSettings>,
    pub(crate) hooks: Vec<HookSettings>,
}

/// The writer's end of all outlets.
#[derive(Debug, Default)]
pub(crate) struct Outlets {
    echo: Option<EchoFeed>,
    hooks: Vec<HookFeed>,
    /// A line as JSON, if the stream's own is not.
    json: Vec<u8>,
}

/// What decides who gets a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// Index of its stream.
    pub(crate) stream: u16,
    pub(crate) level: Option<Level>,
}

/// A line that stands in the file of its stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'a> {
    pub(crate) level: Option<Level>,
    pub(crate) line: &'a [u8],
    /// Whether it is JSON.
    pub(crate) is_json: bool,
}

impl OutletSettings {
    /// Has hooks run on the runtime that is there now, if there is one and they were not told where to run.
    pub(crate) fn settle_on_runtime(&mut self) {
        if let Some(runtime) = Spawner::current() {
            self.hooks.iter_mut().for_each(|hook| hook.prefer(&runtime));
        }
    }

    /// There is no runtime in a forked child.
    pub(crate) fn leave_runtime(&mut self) {
        self.hooks.iter_mut().for_each(HookSettings::leave_runtime);
    }
}

impl Outlets {
    /// Starts their threads.
    pub(crate) fn open(settings: &OutletSettings, tally: &Tally, tell: &Tell) -> Self {
        let echo = settings.echo.as_ref();
        let hooks = settings.hooks.iter().zip(&tally.hooks);
        Self {
            echo: echo.map(|echo| EchoFeed::open(echo, &tally.echo_dropped)),
            hooks: hooks
                .map(|(hook, tally)| HookFeed::open(hook, tally, tell))
                .collect(),
            json: Vec::new(),
        }
    }

    /// Whether there are any.
    #[inline]
    pub(crate) fn are_there(&self) -> bool {
        self.echo.is_some() || !self.hooks.is_empty()
    }

    /// Whether any has a use for a record, and room. For those that have a use and no room it is counted, and that is all the work it makes.
    #[inline]
    pub(crate) fn want(&mut self, offer: Offer) -> bool {
        let Self { echo, hooks, .. } = self;
        let mut is_wanted = echo.as_mut().is_some_and(|echo| echo.wants(offer));
        for hook in hooks {
            is_wanted |= hook.wants(offer);
        }
        is_wanted
    }

    /// Takes the line of a record that is wanted; `as_json` writes it as JSON.
    pub(crate) fn take(&mut self, taken: Taken<'_>, as_json: impl FnOnce(&mut Vec<u8>)) {
        if let Some(echo) = &mut self.echo {
            echo.take(taken);
        }
        let mut wanting = self.hooks.iter_mut().filter(|hook| hook.has_said_so());
        let Some(first) = wanting.next() else { return };
        let line = if taken.is_json {
            taken.line
        } else {
            self.json.clear();
            as_json(&mut self.json);
            &self.json
        };
        first.take(line);
        wanting.for_each(|hook| hook.take(line));
    }

    /// Lets what was taken go its way.
    pub(crate) fn hand_over(&mut self) {
        if let Some(echo) = &mut self.echo {
            echo.hand_over();
        }
        self.hooks.iter_mut().for_each(HookFeed::hand_over);
    }

    /// Nothing more comes. Waits until everything has gone its way, but no longer than this.
    pub(crate) fn end(mut self, patience: Duration) {
        self.hand_over();
        let deadline = Instant::now().checked_add(patience);
        for hook in &mut self.hooks {
            hook.close();
        }
        if let Some(echo) = &mut self.echo {
            echo.end(deadline);
        }
        for hook in &self.hooks {
            hook.wait(deadline);
        }
    }
}

/// What is left until a deadline; one that no clock reaches is far away.
fn left(deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |deadline| {
        deadline.saturating_duration_since(Instant::now())
    })
}
