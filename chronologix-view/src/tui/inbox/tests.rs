//! Priorities and bounds.

use std::{sync::Arc, thread};

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;

#[test]
fn keys_come_before_changes() {
    let inbox = Inbox::default();
    inbox.push_changes(Vec::new());
    inbox.push(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE)));
    inbox.push(Event::Resize);
    assert!(matches!(inbox.next(None), Some(Event::Key(_))));
    assert!(matches!(inbox.next(None), Some(Event::Resize)));
    assert!(matches!(inbox.next(None), Some(Event::Changes(_))));
    assert!(inbox.next(Some(Duration::ZERO)).is_none());
}

#[test]
fn a_follower_that_is_ahead_waits() {
    let inbox = Arc::new(Inbox::default());
    let follower = {
        let inbox = Arc::clone(&inbox);
        thread::spawn(move || (0..50).for_each(|_| inbox.push_changes(Vec::new())))
    };
    for _ in 0..50 {
        assert!(matches!(inbox.next(None), Some(Event::Changes(_))));
        assert!(inbox.queues().changes.len() <= WAITING_CHANGES);
    }
    follower.join().unwrap();
}
