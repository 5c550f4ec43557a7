//! The event loop with a fake display.

use std::sync::Mutex;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::tail::{Change, Waiting};

/// A clock that stands still.
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::UNIX_EPOCH
}

#[derive(Default)]
struct Counter {
    frames: usize,
    suspended: usize,
    copied: Vec<String>,
    /// The state that the last frame was drawn from.
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
            // There is room only once the first of these is taken.
            for _ in 0..4 {
                watched.push_changes(vec![Change::Waiting(Waiting::Empty)]);
            }
            watched.push(Event::Signal(1));
        });
        run(
            &mut Model::new("logs".into()),
            &inbox,
            &mut counter,
            now,
            &drop,
        )
        .unwrap();
    });
    assert!(counter.frames <= 3, "{}", counter.frames);
}

/// Records what the loop does.
#[derive(Default)]
struct Doings(Mutex<Vec<&'static str>>);

impl Doings {
    fn add(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }
}

impl Display for &Doings {
    fn size(&self) -> io::Result<Size> {
        Ok(Size::new(80, 24))
    }

    fn draw(&mut self, _model: &Model) -> io::Result<()> {
        self.add("frame");
        Ok(())
    }

    fn copy(&mut self, _text: &str) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns what the loop does for each of these changes, after it was idle.
fn one_by_one(changes: Vec<Change>) -> Vec<&'static str> {
    let (inbox, doings) = (Inbox::default(), Doings::default());
    std::thread::scope(|scope| {
        let inbox = &inbox;
        scope.spawn(move || {
            let rest = |times| {
                while inbox.rests() < times {
                    std::thread::yield_now();
                }
            };
            let times = (1..).zip(changes).map(|(times, change)| {
                rest(times);
                inbox.push_changes(vec![change]);
                times
            });
            rest(times.last().unwrap_or(0) + 1);
            inbox.push(Event::Signal(1));
        });
        let mut model = Model::new("logs".into());
        model.queries.is_open = true;
        let order = |_order| doings.add("order");
        let mut display = &doings;
        run(&mut model, inbox, &mut display, now, &order).unwrap();
    });
    doings.0.into_inner().unwrap()
}

#[test]
fn an_event_that_needs_little_work_is_drawn_once() {
    let changes = (0..5).map(|_| Change::Waiting(Waiting::Empty)).collect();
    let mut doings = one_by_one(changes);
    doings.retain(|doing| *doing == "frame");
    assert_eq!(doings.len(), 6);
}

#[test]
fn queries_are_sent_after_the_frame() {
    let doings = one_by_one(vec![Change::Opened(Vec::new())]);
    assert_eq!(doings[..3], ["frame", "frame", "order"]);
}
