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
fn an_event_that_needs_little_work_is_drawn_once() {
    let inbox = Inbox::default();
    let counter = std::sync::Mutex::new(Counter::default());
    std::thread::scope(|scope| {
        let (inbox, frames) = (&inbox, &counter);
        scope.spawn(move || {
            let wait_for = |wanted| {
                while frames.lock().unwrap().frames < wanted {
                    std::thread::yield_now();
                }
            };
            for count in 1..=5 {
                wait_for(count);
                inbox.push_changes(vec![Change::Waiting(Waiting::Empty)]);
            }
            wait_for(6);
            inbox.push(Event::Signal(1));
        });
        let mut display = Shared(frames);
        let model = &mut Model::new("logs".into());
        run(model, inbox, &mut display, &Home::default(), now, &drop).unwrap();
    });
    assert_eq!(counter.into_inner().unwrap().frames, 6);
}

/// A counter that others look at meanwhile.
struct Shared<'c>(&'c std::sync::Mutex<Counter>);

impl Display for Shared<'_> {
    fn size(&self) -> io::Result<Size> {
        self.0.lock().unwrap().size()
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        self.0.lock().unwrap().draw(model)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().copy(text)
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.0.lock().unwrap().suspend()
    }
}
