//! The loop of the screen: event, action, update, effect, draw.

use std::{
    io,
    time::{Duration, Instant},
};

use ratatui::layout::Size;

use crate::{
    action::Effect,
    event::{Event, Inbox},
    follow::Clock,
    home::Home,
    model::{Model, outbox::Order},
    update,
};

#[cfg(test)]
mod tests;

/// The least time between two frames that show new lines.
const FRAME: Duration = Duration::from_millis(33);

/// The least time before a frame that answers a key.
const KEY_FRAME: Duration = Duration::from_millis(16);

/// How often rates are drawn while no lines come.
const SECOND: Duration = Duration::from_secs(1);

/// Rows that are looked at between two looks for something else to do; a fraction of a frame.
const ROWS_AT_A_TIME: usize = 500;

/// Where the screen is shown.
pub(crate) trait Display {
    /// Its size.
    fn size(&self) -> io::Result<Size>;
    /// Shows the model.
    fn draw(&mut self, model: &Model) -> io::Result<()>;
    /// Puts text into the clipboard of the terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Stops until the shell continues the program.
    fn suspend(&mut self) -> io::Result<()>;
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The user quit.
    Quit,
    /// The system asked for it.
    Signal(i32),
}

/// Shows the model and what becomes of it until the user quits.
pub(crate) fn run(
    model: &mut Model,
    inbox: &Inbox,
    display: &mut dyn Display,
    home: &Home,
    clock: Clock,
    order: &dyn Fn(Order),
) -> io::Result<Ending> {
    fit(model, display)?;
    display.draw(model)?;
    let mut pace = Pace::default();
    let mut has_work = false;
    let mut has_ticked = false;
    loop {
        model.outbox.take().into_iter().for_each(order);
        let now = Instant::now();
        let event = if pace.is_overdue(now) {
            None
        } else if has_work {
            inbox.next(Some(Duration::ZERO))
        } else {
            let patience = pace.patience(now);
            // Rates sink by themselves while there are any; otherwise nothing wakes up.
            has_ticked = patience.is_none() && model.is_moving();
            inbox.next(if has_ticked { Some(SECOND) } else { patience })
        };
        has_ticked &= event.is_none();
        match event {
            Some(Event::Key(key)) => {
                pace.wants(KEY_FRAME, Instant::now());
                has_work = true;
                match update::press(model, key) {
                    Effect::Quit => return Ok(Ending::Quit),
                    Effect::Suspend => {
                        display.suspend()?;
                        fit(model, display)?;
                    }
                    Effect::Copy(text) => display.copy(&text)?,
                    Effect::Write(path, text) => model.notice = Some(home.export(&path, &text)),
                    Effect::None => {}
                }
            }
            Some(Event::Paste(text)) => {
                pace.wants(KEY_FRAME, Instant::now());
                has_work = true;
                update::paste(model, &text);
            }
            Some(Event::Mouse(mouse)) => {
                if update::mouse::point(model, mouse) {
                    pace.wants(KEY_FRAME, Instant::now());
                    has_work = true;
                }
            }
            Some(Event::Resize) => {
                pace.wants(KEY_FRAME, Instant::now());
                fit(model, display)?;
            }
            Some(Event::Changes(changes)) => {
                pace.wants(FRAME, Instant::now());
                has_work = true;
                model.second = clock().as_second();
                for change in changes {
                    model.apply(change);
                }
            }
            Some(Event::Reply(reply)) => {
                pace.wants(KEY_FRAME, Instant::now());
                has_work = true;
                update::reaching::answer(model, reply);
            }
            Some(Event::Signal(signal)) => return Ok(Ending::Signal(signal)),
            Some(Event::Lost(error)) => return Err(error),
            None if has_work && !pace.is_due(now) => {
                has_work = update::work(model, ROWS_AT_A_TIME);
                pace.wants(FRAME, Instant::now());
            }
            None if has_ticked => {
                has_ticked = false;
                pace.wants(FRAME, Instant::now());
            }
            None => {
                model.second = clock().as_second();
                display.draw(model)?;
                pace.drew(Instant::now());
            }
        }
    }
}

fn fit(model: &mut Model, display: &dyn Display) -> io::Result<()> {
    model.size = display.size()?;
    Ok(())
}

/// When the next frame is drawn: after everything that waits was taken in, but not too often, and
/// under load not never.
#[derive(Debug, Default)]
struct Pace {
    /// When the last frame was drawn.
    drawn: Option<Instant>,
    /// Since when there is something new to draw, and the least time after the last frame.
    wanted: Option<(Instant, Duration)>,
}

impl Pace {
    /// There is something new.
    fn wants(&mut self, spacing: Duration, now: Instant) {
        let (since, least) = self.wanted.unwrap_or((now, spacing));
        self.wanted = Some((since, least.min(spacing)));
    }

    /// How long to wait for more before drawing. None is for ever.
    fn patience(&self, now: Instant) -> Option<Duration> {
        let (_, spacing) = self.wanted?;
        let since_drawn = self
            .drawn
            .map_or(spacing, |drawn| now.duration_since(drawn));
        Some(spacing.saturating_sub(since_drawn))
    }

    /// Whether the frame must not wait any longer, though there may be more to take in.
    fn is_overdue(&self, now: Instant) -> bool {
        self.wanted.is_some_and(|(since, spacing)| {
            let earliest = self.drawn.map_or(since, |drawn| since.max(drawn + spacing));
            now.saturating_duration_since(earliest) >= spacing
        })
    }

    /// Whether a frame is to be drawn as soon as nothing else is to be taken in.
    fn is_due(&self, now: Instant) -> bool {
        self.patience(now) == Some(Duration::ZERO)
    }

    /// Everything is on the screen.
    fn drew(&mut self, now: Instant) {
        (self.drawn, self.wanted) = (Some(now), None);
    }
}
