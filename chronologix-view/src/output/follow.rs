//! Prints new lines as they come.

use std::ops::ControlFlow;

use super::{OutputError, TimeRange, printer::Printer};
use crate::{
    line::LogLine,
    merge::Fold,
    query::{Direction, LiveRecords, View, WholeRecords},
    streams::Streams,
    tail::{Change, Follower, Incident, pump},
    tree::Clock,
};

/// Selects and prints new lines.
pub(super) struct FollowPrinter {
    view: View,
    range: TimeRange,
    streams: Streams,
    records: LiveRecords,
}

impl FollowPrinter {
    /// Prints lines of this view and time range.
    pub(super) fn new(view: View, range: TimeRange, streams: Streams) -> Self {
        Self {
            view,
            range,
            streams,
            records: LiveRecords::default(),
        }
    }

    /// Prints new lines until the output is closed, or the input has ended.
    pub(super) fn follow(
        mut self,
        follower: Follower,
        clock: Clock,
        fold: &mut Fold,
        printer: &mut Printer<'_>,
    ) -> Result<(), OutputError> {
        let path = follower.tree().root().path_in_messages();
        let base = path.display().to_string();
        let mut result = Ok(());
        pump(follower, clock, |changes| {
            for change in changes {
                let outcome = match change {
                    Change::Ended => return ControlFlow::Break(()),
                    Change::Lines(lines) => print_lines(lines, &mut self, fold, printer),
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
                        let is_missed =
                            matches!(incident, Incident::Unreadable(_) | Incident::Damaged(_));
                        printer.is_incomplete |= is_missed;
                        if printer.has_folders {
                            printer.note(format_args!("{}/{name} {incident}", key.folder));
                        } else {
                            printer.note(format_args!("{name} {incident}"));
                        }
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

    /// Returns whether a line is of the selected streams and times.
    fn selects(&self, line: &LogLine) -> bool {
        let streams = self.view.streams.as_ref();
        let is_of_stream = streams.is_none_or(|streams| streams.contains(&line.key.stream));
        is_of_stream && self.range.contains(line)
    }
}

/// Prints the lines of one scan.
fn print_lines(
    lines: Vec<LogLine>,
    live: &mut FollowPrinter,
    fold: &mut Fold,
    printer: &mut Printer<'_>,
) -> Result<(), OutputError> {
    let mut shown = Vec::new();
    for line in lines {
        if live.selects(&line) {
            shown.extend(live.records.add(line, &live.view.filter));
        }
    }
    let mut whole = WholeRecords::new(Direction::Newer);
    for line in fold.records(shown, &live.streams) {
        if let Some(record) = whole.add(line) {
            printer.record(record, &live.streams)?;
        }
    }
    if let Some(record) = whole.finish() {
        printer.record(record, &live.streams)?;
    }
    printer.flush()
}

/// Prints last lines without a line end. The rest of them is printed when they are finished.
fn print_unfinished(
    lines: Vec<LogLine>,
    live: &FollowPrinter,
    printer: &mut Printer<'_>,
) -> Result<(), OutputError> {
    let is_shown = |line: &LogLine| live.selects(line) && live.view.filter.takes(line);
    for line in lines.into_iter().filter(is_shown) {
        printer.unfinished(&line, &live.streams)?;
    }
    printer.flush()
}
