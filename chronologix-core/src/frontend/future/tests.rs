//! What the types are, how large, and what a caller gets.

use super::Receipt;
use crate::{Config, LogError, LogFuture, Overflow, ReceiptFuture, StreamConfig};

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

#[test]
fn a_receipt_is_a_result_in_three_ways() {
    let good = Receipt(Ok(()));
    assert!(good.is_ok());
    good.clone().into_result().unwrap();
    assert!(Result::from(good).is_ok());

    let bad = Receipt(Err(LogError::Dropped));
    assert!(!bad.is_ok());
    assert!(matches!(Result::from(bad), Err(LogError::Dropped)));
}

#[test]
fn what_is_enqueued_in_a_full_queue_waits_for_room_and_is_written() {
    const RECORDS: usize = 2_000;
    let dir = tempfile::tempdir().unwrap();
    let logger = Config::new()
        .base_log_dir(dir.path())
        .queue_capacity(4 << 10)
        .stream("app")
        .start_blocking()
        .unwrap();
    let app = logger.stream("app").unwrap();
    for number in 0..RECORDS {
        app.log(format_args!("{number:0100}")).enqueue();
    }
    logger.stop_blocking().unwrap();
    let stats = logger.stats();
    assert_eq!((stats.written, stats.dropped), (RECORDS as u64, 0));
    // Without a logger it returns all the same, and the record is counted.
    app.log(format_args!("too late")).enqueue();
    assert_eq!(logger.stats().refused, 1);
}

#[test]
fn what_is_enqueued_is_not_waited_for_on_disk_and_may_be_dropped_by_its_stream() {
    let dir = tempfile::tempdir().unwrap();
    let dropping = StreamConfig::new("app").overflow(Overflow::Drop);
    let logger = Config::new()
        .base_log_dir(dir.path())
        .streams([dropping])
        .start_blocking()
        .unwrap();
    let app = logger.stream("app").unwrap();
    LogFuture::filtered().enqueue();
    LogFuture::refused(LogError::Dropped).enqueue();
    app.log(format_args!("queued")).enqueue();
    assert_eq!(logger.stats().queued, 1);
    logger.stop_blocking().unwrap();
}
