//! Wakers are code of the executor's, or of the user's: they run, and end, while no lock of ours is held.

use std::{
    pin::Pin,
    sync::mpsc,
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use super::{Arc, FULL_WITH_ONE, WAITS, lane, offer, parked};
use crate::{
    Durability,
    queue::{
        ack::{Place, Progress},
        oneshot::reply,
    },
};

/// Does something when it is woken, and when the last of its wakers is gone: as the task of a simple executor, whose future may
/// hold a record.
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
        let progress = Arc::new(Progress::new());
        let place = Place {
            record: 1,
            stream: 0,
        };
        let looks = {
            let progress = Arc::clone(&progress);
            move || drop(progress.failure(place, Durability::Written))
        };
        assert!(
            progress
                .poll(place, Durability::Written, &waker(looks), false)
                .is_none()
        );
        assert!(
            progress
                .poll(place, Durability::Written, Waker::noop(), true)
                .is_none()
        );
        progress.advance(1, 1);
    });
}

#[test]
fn of_a_record_that_waits_for_room() {
    comes_to_an_end(|| {
        let (mut producer, _consumer) = lane(FULL_WITH_ONE);
        offer(&mut producer, WAITS, b"full");
        let [first, second] = [0, 1].map(|_| parked(offer(&mut producer, WAITS, b"")));
        let lane = Arc::clone(producer.lane());
        let goes = {
            let (lane, first) = (Arc::clone(&lane), Arc::clone(&first));
            move || {
                lane.abandon(&second);
                let _ = first.poll(Waker::noop());
            }
        };
        assert!(first.poll(&waker(goes)).is_none());
        assert!(first.poll(Waker::noop()).is_none());
        assert_eq!(lane.depth().dropped, 1);
    });
}

#[test]
fn of_an_answer() {
    comes_to_an_end(|| {
        let (reply, mut answer) = reply::<()>();
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
