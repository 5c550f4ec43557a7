//! When frames are drawn: soon, but under load not too often, and not never.

use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// The time between two frames while lines keep coming.
const FRAME: Duration = Duration::from_millis(33);

/// The least time between two frames. What comes together is drawn together.
const LEAST: Duration = Duration::from_millis(4);

/// What is saved up in quiet for frames that come sooner, at most: ten of them.
const MOST_SAVED: Duration = Duration::from_millis(330);

/// Whom a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It answers a key.
    Answer,
    /// It shows what happened by itself.
    News,
}

/// When the next frame is drawn: after everything that waits was taken in, but not too often, and under load not never.
///
/// A frame costs the time of one, which is saved up again as time goes by. As long as there is something saved, lines are drawn as
/// they come; those of a busy tree thirty times a second.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the last frame was drawn, and what was saved up after it.
    drawn: Option<(Instant, Duration)>,
    /// Since when there is something new to draw, and the least time after the last frame.
    wanted: Option<(Instant, Duration)>,
}

impl Pace {
    /// There is something new.
    pub(super) fn wants(&mut self, urgency: Urgency, now: Instant) {
        let spacing = match urgency {
            Urgency::News if self.saved(now) < FRAME => FRAME,
            Urgency::News | Urgency::Answer => LEAST,
        };
        let (since, least) = self.wanted.unwrap_or((now, spacing));
        self.wanted = Some((since, least.min(spacing)));
    }

    /// How long to wait for more before drawing. None is for ever.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        let (_, spacing) = self.wanted?;
        let since_drawn = self
            .drawn
            .map_or(spacing, |(drawn, _)| now.duration_since(drawn));
        Some(spacing.saturating_sub(since_drawn))
    }

    /// Whether the frame must not wait any longer, though there may be more to take in.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.wanted.is_some_and(|(since, spacing)| {
            let earliest = self
                .drawn
                .map_or(since, |(drawn, _)| since.max(drawn + spacing));
            now.saturating_duration_since(earliest) >= spacing
        })
    }

    /// Whether a frame is to be drawn as soon as nothing else is to be taken in.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.patience(now) == Some(Duration::ZERO)
    }

    /// Everything is on the screen. The time the drawing took is not saved: a slow terminal is not drawn to all the time.
    pub(super) fn drew(&mut self, begun: Instant, now: Instant) {
        let left = self.saved(begun).saturating_sub(FRAME);
        (self.drawn, self.wanted) = (Some((now, left)), None);
    }

    fn saved(&self, now: Instant) -> Duration {
        self.drawn.map_or(MOST_SAVED, |(drawn, left)| {
            MOST_SAVED.min(left + now.saturating_duration_since(drawn))
        })
    }
}
