//! How messages are compared.

use super::*;
use crate::patterns::mask::{mask, shown};

/// Returns the words of a message as they are compared.
fn compared(message: &str) -> String {
    let mut masked = Vec::new();
    mask(message.as_bytes(), &mut masked);
    let mut words = Words::default();
    let skeleton = words.skeleton(&masked);
    shown(&words.text(&skeleton.words))
}

#[test]
fn kinds_and_numbers_of_values_do_not_matter() {
    let cases = [
        ("iar 003a90fc dear 00360", "iar <*> dear <*>"),
        ("delete 1 2 3", "delete <*>"),
        ("delete 1, 2, 3", "delete <*>"),
        ("from 10.0.0.1 (a.example.com) at 3", "from <*> at <*>"),
        ("from 10.0.0.1 () at 3", "from <*> at <*>"),
        ("read rdd_2_0, again", "read <*>, again"),
        ("task_1 task_2", "task_<*> task_<*>"),
        ("node:17 is up", "node:<*> is up"),
        ("trap enable....0", "trap enable....<*>"),
        ("user root logged in", "user <*> logged in"),
        ("user user unknown", "user <*> unknown"),
        ("", ""),
    ];
    for (message, expected) in cases {
        assert_eq!(compared(message), expected, "{message}");
    }
}

#[test]
fn values_side_by_side_are_shown_as_they_are() {
    let mut masked = Vec::new();
    mask(b"took 3 ms (2 MB), 7", &mut masked);
    let mut words = Words::default();
    let skeleton = words.skeleton(&masked);
    assert_eq!(
        shown(&words.text(&skeleton.shown)),
        "took <duration> (<size>), <number>"
    );
}
