//! The loop with a display that counts.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::follow::{Change, Waiting};

/// A clock that stands still.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

#[derive(Default)]
struct Counter {
    frames: usize,
    suspended: usize,
    copied: Vec<String>,
    /// What the last frame was drawn from.
    waiting: Option<Waiting>,
}

impl Display for Counter {
    fn size(&self) -> io::Result<Size> {
        Ok(Size::new(80, 24))
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        self.frames += 1;
        self.waiting.clone_from(&model.waiting);
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.copied.push(text.to_owned());
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.suspended += 1;
        Ok(())
    }
}

fn key(letter: char, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char(letter), modifiers))
}

fn run_with(events: impl IntoIterator<Item = Event>) -> (io::Result<Ending>, Counter) {
    let inbox = Inbox::default();
    events.into_iter().for_each(|event| inbox.push(event));
    let mut counter = Counter::default();
    (
        run(
            &mut Model::new("logs".into()),
            &inbox,
            &mut counter,
            &Home::default(),
            now,
            &drop,
        ),
        counter,
    )
}

#[test]
fn ends_by_key_signal_or_error() {
    let quit = |event| run_with([event]).0;
    assert_eq!(quit(key('q', KeyModifiers::NONE)).unwrap(), Ending::Quit);
    assert_eq!(quit(key('c', KeyModifiers::CONTROL)).unwrap(), Ending::Quit);
    assert_eq!(quit(Event::Signal(15)).unwrap(), Ending::Signal(15));
    assert!(quit(Event::Lost(io::Error::other("gone"))).is_err());
}

#[test]
fn suspends_and_goes_on() {
    let (ending, counter) = run_with([
        key('z', KeyModifiers::CONTROL),
        key('q', KeyModifiers::NONE),
    ]);
    assert_eq!((ending.unwrap(), counter.suspended), (Ending::Quit, 1));
}

#[test]
fn what_waits_is_taken_in_before_one_frame_is_drawn() {
    let inbox = Inbox::default();
    inbox.push_changes(vec![Change::Waiting(Waiting::Missing)]);
    inbox.push_changes(vec![Change::Waiting(Waiting::Empty)]);
    let mut counter = Counter::default();
    std::thread::scope(|scope| {
        let watched = &inbox;
        scope.spawn(move || {
            // Room comes only when the first of these is taken.
            for _ in 0..4 {
                watched.push_changes(vec![Change::Waiting(Waiting::Empty)]);
            }
            watched.push(Event::Signal(1));
        });
        run(
            &mut Model::new("logs".into()),
            &inbox,
            &mut counter,
            &Home::default(),
            now,
            &drop,
        )
        .unwrap();
    });
    assert!(counter.frames <= 3, "{}", counter.frames);
}

#[test]
fn frames_have_a_pace() {
    let start = Instant::now();
    let at = |millis| start + Duration::from_millis(millis);
    let millis = |pace: &Pace, now| pace.patience(at(now)).map(|patience| patience.as_millis());
    let mut pace = Pace::default();
    assert_eq!(millis(&pace, 0), None, "idle");
    // The first lines are drawn at once.
    pace.wants(FRAME, at(5));
    assert_eq!(millis(&pace, 5), Some(0));
    pace.drew(at(6));
    assert_eq!(millis(&pace, 7), None);
    // Then not more often than thirty times a second.
    pace.wants(FRAME, at(10));
    assert_eq!(millis(&pace, 10), Some(29));
    // A key does not wait that long.
    pace.wants(KEY_FRAME, at(12));
    assert_eq!(millis(&pace, 12), Some(10));
    // Under load there is always more to take in.
    assert!(!pace.is_overdue(at(22)));
    assert!(pace.is_overdue(at(38)));
}
