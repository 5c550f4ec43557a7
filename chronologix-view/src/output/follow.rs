//! Prints new lines as they come.

use std::ops::ControlFlow;

use super::{OutputError, TimeRange, printer::Printer};
use crate::{
    line::LogLine,
    merge::Fold,
    query::View,
    streams::Streams,
    tail::{Change, Follower, pump},
    tree::Clock,
};

/// Selects and prints new lines.
pub(super) struct FollowPrinter {
    view: View,
    range: TimeRange,
    streams: Streams,
}

impl FollowPrinter {
    /// Prints lines of this view and time range.
    pub(super) fn new(view: View, range: TimeRange, streams: Streams) -> Self {
        Self {
            view,
            range,
            streams,
        }
    }

    /// Prints new lines until the output is closed.
    pub(super) fn follow(
        mut self,
        follower: Follower,
        clock: Clock,
        fold: &mut Fold,
        printer: &mut Printer<'_>,
    ) -> Result<(), OutputError> {
        let base = follower.tree().base().path().display().to_string();
        let mut result = Ok(());
        pump(follower, clock, |changes| {
            for change in changes {
                let outcome = match change {
                    Change::Lines(lines) => print_lines(lines, &self, fold, printer),
                    Change::Unfinished(lines) => print_unfinished(lines, &self, printer),
                    Change::Streams(now, _) => {
                        self.streams = now;
                        Ok(())
                    }
                    Change::Waiting(waiting) => {
                        printer.note(format_args!("{base}: {waiting}; waiting"));
                        Ok(())
                    }
                    Change::Incident(key, name, incident) => {
                        printer.note(format_args!("{}/{name} {incident}", key.folder));
                        Ok(())
                    }
                    Change::Polling(reason) => {
                        printer.note(format_args!("no file events ({reason}); polling"));
                        Ok(())
                    }
                    Change::Opened(_) | Change::Current(_) => Ok(()),
                };
                if let Err(failure) = outcome {
                    result = Err(failure);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        result
    }
    fn takes(&self, line: &LogLine) -> bool {
        let is_of_stream = match &self.view.streams {
            None => true,
            Some(streams) => streams.contains(&line.key.stream),
        };
        is_of_stream && self.range.contains(line) && self.view.filter.takes(line)
    }
}

/// Prints the lines of one scan.
fn print_lines(
    lines: Vec<LogLine>,
    live: &FollowPrinter,
    fold: &mut Fold,
    printer: &mut Printer<'_>,
) -> Result<(), OutputError> {
    let lines = lines.into_iter().filter(|line| live.takes(line)).collect();
    for record in fold.records(lines, &live.streams) {
        printer.record(&record.line, &record.streams, &live.streams)?;
    }
    printer.flush()
}

/// Prints last lines without a line end. They are printed again when they are finished.
fn print_unfinished(
    lines: Vec<LogLine>,
    live: &FollowPrinter,
    printer: &mut Printer<'_>,
) -> Result<(), OutputError> {
    for line in lines.into_iter().filter(|line| live.takes(line)) {
        printer.unfinished(&line, &live.streams)?;
    }
    printer.flush()
}
