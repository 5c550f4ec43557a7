//! Decides when frames are drawn.

use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// The time between frames while lines keep coming.
const FRAME: Duration = Duration::from_millis(33);

/// The least time between two frames. Changes in between share a frame.
const LEAST: Duration = Duration::from_millis(4);

/// The most time that can be saved up for earlier frames: enough for ten.
const MOST_SAVED: Duration = Duration::from_millis(330);

/// The reason for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// A key was pressed.
    Answer,
    /// New lines came.
    News,
}

/// A token bucket for frames, so that a quiet tree is drawn at once and a busy one thirty times a
/// second.
///
/// A frame costs its time, which is refilled as time goes by. While there is some left, lines are
/// drawn as they come.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The time of the last frame, and what was left in the bucket after it.
    drawn: Option<(Instant, Duration)>,
    /// Since when a frame is wanted, and the least time after the last frame.
    wanted: Option<(Instant, Duration)>,
}

impl Pace {
    /// Requests a frame.
    pub(super) fn wants(&mut self, urgency: Urgency, now: Instant) {
        let spacing = match urgency {
            Urgency::News if self.saved(now) < FRAME => FRAME,
            Urgency::News | Urgency::Answer => LEAST,
        };
        let (since, least) = self.wanted.unwrap_or((now, spacing));
        self.wanted = Some((since, least.min(spacing)));
    }

    /// Returns how long to wait for more events before drawing. `None` is without limit.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        let (_, spacing) = self.wanted?;
        let since_drawn = self
            .drawn
            .map_or(spacing, |(drawn, _)| now.duration_since(drawn));
        Some(spacing.saturating_sub(since_drawn))
    }

    /// Returns whether the frame must be drawn even if more events are pending.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.wanted.is_some_and(|(since, spacing)| {
            let earliest = self
                .drawn
                .map_or(since, |(drawn, _)| since.max(drawn + spacing));
            now.saturating_duration_since(earliest) >= spacing
        })
    }

    /// Returns whether the frame must be drawn once no events are pending.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.patience(now) == Some(Duration::ZERO)
    }

    /// Records a frame. The time of drawing refills nothing, so that a slow terminal is not drawn
    /// to all the time.
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
