//! What the types are, and how large.

use crate::{Receipt, Record, RecordUntil};

fn is_send_and_unpin<T: Send + Unpin + 'static>() {}

fn is_sync<T: Sync>() {}

#[test]
fn records_go_wherever_their_tasks_go() {
    is_send_and_unpin::<Record>();
    is_send_and_unpin::<RecordUntil>();
    is_send_and_unpin::<Receipt>();
    is_sync::<Record>();
    is_sync::<RecordUntil>();
    is_sync::<Receipt>();
}

#[cfg(target_pointer_width = "64")]
#[test]
fn sizes() {
    // What `log!` returns. Larger is slower: think before you change it.
    assert!(size_of::<Record>() <= 48);
    assert!(size_of::<RecordUntil>() <= 56);
}
