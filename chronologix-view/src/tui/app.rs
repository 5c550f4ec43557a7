//! The event loop: event, action, update, effect, draw.

use std::{
    io,
    time::{Duration, Instant},
};

use ratatui::layout::{Position, Size};

use self::pace::{Pace, Urgency};
use super::inbox::{Event, Inbox};
use crate::{
    action::Effect,
    model::{Model, pending_queries::QueryCommand},
    tree::Clock,
    ui, update,
};

mod pace;
#[cfg(test)]
mod tests;

/// Rows that are matched between two events: a fraction of a frame.
const ROWS_AT_A_TIME: usize = 500;

/// A screen.
pub(crate) trait Display {
    /// Returns the size.
    fn size(&self) -> io::Result<Size>;
    /// Draws the model.
    fn draw(&mut self, model: &Model) -> io::Result<()>;
    /// Copies text to the clipboard of the terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Suspends the program until the shell continues it.
    fn suspend(&mut self) -> io::Result<()>;
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The user quit.
    Quit,
    /// The system sent a signal.
    Signal(i32),
}

/// The state of matching rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PendingWork {
    /// Nothing.
    None,
    /// An event may have changed something.
    New,
    /// More than one step is left.
    Left,
}

/// Runs until the user quits.
pub(crate) fn run(
    model: &mut Model,
    inbox: &Inbox,
    display: &mut dyn Display,
    clock: Clock,
    order: &dyn Fn(QueryCommand),
) -> io::Result<Ending> {
    fit(model, display)?;
    display.draw(model)?;
    let mut pace = Pace::default();
    let mut work = PendingWork::None;
    let mut has_ticked = false;
    loop {
        let now = Instant::now();
        // Queries keep the processors busy. The screen comes first.
        if !pace.is_due(now) {
            model.queries.take().into_iter().for_each(order);
        }
        let event = if pace.is_overdue(now) {
            None
        } else if work != PendingWork::None {
            inbox.next(Some(Duration::ZERO))
        } else {
            let patience = pace.patience(now);
            // What is on the screen may become wrong by itself. Otherwise nothing wakes up.
            let fresh_for = model.fresh_for();
            has_ticked = patience.is_none() && fresh_for.is_some();
            inbox.next(patience.or(fresh_for))
        };
        has_ticked &= event.is_none();
        match event {
            Some(Event::Key(key)) => {
                pace.wants(Urgency::Answer, Instant::now());
                work = PendingWork::New;
                match update::press(model, key) {
                    Effect::Quit => return Ok(Ending::Quit),
                    Effect::Suspend => {
                        display.suspend()?;
                        fit(model, display)?;
                    }
                    Effect::Copy(text) => display.copy(&text)?,
                    Effect::None => {}
                }
            }
            Some(Event::Paste(text)) => {
                pace.wants(Urgency::Answer, Instant::now());
                work = PendingWork::New;
                update::paste(model, &text);
            }
            Some(Event::Mouse(mouse)) => {
                let at = Position::new(mouse.column, mouse.row);
                if update::mouse::point(model, mouse.kind, |model| ui::target_at(model, at)) {
                    pace.wants(Urgency::Answer, Instant::now());
                    work = PendingWork::New;
                }
            }
            Some(Event::Resize) => {
                pace.wants(Urgency::Answer, Instant::now());
                fit(model, display)?;
            }
            Some(Event::Changes(changes)) => {
                pace.wants(Urgency::News, Instant::now());
                work = PendingWork::New;
                model.second = clock().timestamp();
                for change in changes {
                    update::apply(model, change);
                }
            }
            Some(Event::Reply(reply)) => {
                pace.wants(Urgency::Answer, Instant::now());
                work = PendingWork::New;
                if let Effect::Copy(text) = update::fetch::answer(model, reply) {
                    display.copy(&text)?;
                }
            }
            Some(Event::Signal(signal)) => return Ok(Ending::Signal(signal)),
            Some(Event::Lost(error)) => return Err(error),
            None if work == PendingWork::New
                || (work == PendingWork::Left && !pace.is_due(now)) =>
            {
                let has_more = update::work(model, ROWS_AT_A_TIME);
                // The result of a single step is drawn with its event.
                if has_more || work == PendingWork::Left {
                    pace.wants(Urgency::News, Instant::now());
                }
                work = if has_more {
                    PendingWork::Left
                } else {
                    PendingWork::None
                };
            }
            None if has_ticked => {
                has_ticked = false;
                pace.wants(Urgency::News, Instant::now());
            }
            None => {
                let begun = Instant::now();
                model.second = clock().timestamp();
                display.draw(model)?;
                pace.drew(begun, Instant::now());
            }
        }
    }
}

fn fit(model: &mut Model, display: &dyn Display) -> io::Result<()> {
    model.size = display.size()?;
    Ok(())
}
