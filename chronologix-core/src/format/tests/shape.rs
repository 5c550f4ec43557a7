//! What the types are, and how large.

use crate::{LogFuture, Receipt, ReceiptFuture};

fn is_send_and_unpin<T: Send + Unpin + 'static>() {}

fn is_sync<T: Sync>() {}

#[test]
fn records_go_wherever_their_tasks_go() {
    is_send_and_unpin::<LogFuture>();
    is_send_and_unpin::<ReceiptFuture>();
    is_send_and_unpin::<Receipt>();
    is_sync::<LogFuture>();
    is_sync::<ReceiptFuture>();
    is_sync::<Receipt>();
}

#[cfg(target_pointer_width = "64")]
#[test]
fn sizes() {
    // What `log!` returns. Larger is slower: think before you change it.
    assert!(size_of::<LogFuture>() <= 48);
    assert!(size_of::<ReceiptFuture>() <= 56);
}
