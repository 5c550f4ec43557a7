//! Wakers are code of the executor's, or of the user's: they run, and end, while no lock of ours is
//! held.

use std::{
    pin::Pin,
    sync::mpsc,
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use super::{Arc, FULL_WITH_ONE, WAITS, deferred, offer, queue};
use crate::{
    Durability,
    queue::{
        ack::{AckWatermark, RecordId},
        oneshot,
    },
};

/// Does something when it is woken, and when the last of its wakers is gone: as the task of a
/// simple executor, whose future may hold a record.
struct Task<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Wake for Task<F> {
    fn wake(self: Arc<Self>) {}
}

impl<F: Fn() + Send + Sync> Drop for Task<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn waker(at_the_end: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(Task(at_the_end)))
}

/// Fails if `run` waits for itself.
fn comes_to_an_end(run: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        run();
        done.send(()).unwrap();
    });
    is_done
        .recv_timeout(Duration::from_secs(20))
        .expect("a lock was held while a waker was dropped");
}

#[test]
fn of_a_record_that_waits_for_progress() {
    comes_to_an_end(|| {
        let watermark = Arc::new(AckWatermark::new());
        let record_id = RecordId {
            sequence: 1,
            stream: 0,
        };
        let looks = {
            let watermark = Arc::clone(&watermark);
            move || drop(watermark.failure(record_id, Durability::Written))
        };
        assert!(
            watermark
                .poll(record_id, Durability::Written, &waker(looks), false)
                .is_none()
        );
        assert!(
            watermark
                .poll(record_id, Durability::Written, Waker::noop(), true)
                .is_none()
        );
        watermark.advance(1, 1);
    });
}

#[test]
fn of_a_record_that_waits_for_room() {
    comes_to_an_end(|| {
        let (mut producer, _consumer) = queue(FULL_WITH_ONE);
        offer(&mut producer, WAITS, b"full");
        let [first, second] = [0, 1].map(|_| deferred(offer(&mut producer, WAITS, b"")));
        let queue = Arc::clone(producer.queue());
        let goes = {
            let (queue, first) = (Arc::clone(&queue), Arc::clone(&first));
            move || {
                queue.abandon(&second);
                let _ = first.poll(Waker::noop());
            }
        };
        assert!(first.poll(&waker(goes)).is_none());
        assert!(first.poll(Waker::noop()).is_none());
        assert_eq!(queue.depth().dropped, 1);
    });
}

#[test]
fn of_an_answer() {
    comes_to_an_end(|| {
        let (reply, mut answer) = oneshot::channel::<()>();
        let answers = {
            let reply = std::sync::Mutex::new(Some(reply));
            // The end of one caller's task may be what another one waits for.
            move || drop(reply.lock().unwrap().take())
        };
        let mut is_pending = |waker: &Waker| {
            let mut cx = Context::from_waker(waker);
            Pin::new(&mut answer).poll(&mut cx).is_pending()
        };
        assert!(is_pending(&waker(answers)));
        assert!(is_pending(Waker::noop()));
        assert!(!is_pending(Waker::noop()));
    });
}
