//! Records that threads keep in memory while the writer takes them.

use loom::thread;

use super::model;
use crate::{
    clock::Clock,
    queue::{
        sync::Arc,
        tests::recorder::{keep, names, queues, recorder},
    },
};

/// Bytes of two of the smallest segments. Each has room for one record.
const TWO: u64 = 2 * 4 * 8;

#[test]
fn records_are_taken_whole_once_and_in_order() {
    model(3, || {
        let queues = Arc::new(queues(1 << 10, Clock::default()));
        let mut producer = queues.join().unwrap();
        let threads = Arc::clone(&queues);
        let kept = thread::spawn(move || {
            keep(&mut producer, b"1111111122222222");
            keep(&mut producer, b"3");
            threads.leave(producer);
        });
        let mut got = names(recorder(&queues).take(u64::MAX));
        kept.join().unwrap();
        let rest = recorder(&queues).take(u64::MAX);
        assert_eq!(rest.lost, 0);
        got.extend(names(rest));
        assert_eq!(got, [&b"1111111122222222"[..], b"3"]);
        assert_eq!(recorder(&queues).bytes(), 0);
    });
}

#[test]
fn each_record_is_taken_or_counted_as_lost() {
    model(2, || {
        let queues = Arc::new(queues(TWO, Clock::default()));
        let [mut a, mut b] = [queues.join().unwrap(), queues.join().unwrap()];
        let threads = [
            thread::spawn(move || {
                keep(&mut a, b"1");
                keep(&mut a, b"2");
            }),
            thread::spawn(move || keep(&mut b, b"3")),
        ];
        let first = recorder(&queues).take(u64::MAX);
        let mut lost = first.lost;
        let mut got = names(first);
        for thread in threads {
            thread.join().unwrap();
        }
        let rest = recorder(&queues).take(u64::MAX);
        lost += rest.lost;
        got.extend(names(rest));
        got.sort();
        got.dedup();
        assert_eq!(got.len() as u64 + lost, 3);
        assert!(
            got.contains(&b"2".to_vec()),
            "it is the newest of its thread"
        );
    });
}
