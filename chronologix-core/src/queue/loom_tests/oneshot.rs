//! The ways back to the callers: the watermark of a queue, and replies.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use loom::thread;

use super::wait_for;
use crate::queue::{
    ack::{AckWatermark, RecordId},
    oneshot,
    sync::Arc,
    tests::samples::{WAITS, WakeCounter},
};
use crate::{Durability, LogError};

const RECORD_ID: RecordId = RecordId {
    sequence: 1,
    stream: WAITS,
};

#[test]
fn whoever_waits_for_progress_hears_of_it() {
    loom::model(|| {
        let watermark = Arc::new(AckWatermark::new());
        let waiting = [Durability::Written, Durability::Synced].map(|durability| {
            let watermark = Arc::clone(&watermark);
            thread::spawn(move || {
                let mut again = false;
                wait_for(|waker| {
                    watermark.poll(
                        RECORD_ID,
                        durability,
                        waker,
                        std::mem::replace(&mut again, true),
                    )
                })
            })
        });
        watermark.advance(1, 0);
        watermark.advance(1, 1);
        for caller in waiting {
            assert!(matches!(caller.join().unwrap(), Ok(())));
        }
    });
}

#[test]
fn whoever_waits_for_progress_hears_of_a_failure_told_before_it() {
    loom::model(|| {
        let watermark = Arc::new(AckWatermark::new());
        let caller = {
            let watermark = Arc::clone(&watermark);
            thread::spawn(move || {
                let mut again = false;
                wait_for(|waker| {
                    let again = std::mem::replace(&mut again, true);
                    watermark.poll(RECORD_ID, Durability::Synced, waker, again)
                })
            })
        };
        watermark.fail((1, 1), Some(WAITS), Durability::Synced, &LogError::Stopped);
        watermark.advance(1, 1);
        assert!(caller.join().unwrap().is_err());
    });
}

#[test]
fn of_two_wakers_of_one_caller_the_later_is_woken() {
    loom::model(|| {
        let watermark = Arc::new(AckWatermark::new());
        let caller = {
            let watermark = Arc::clone(&watermark);
            thread::spawn(move || {
                let (_old_counter, old) = WakeCounter::new();
                let (counter, new) = WakeCounter::new();
                for (waker, again) in [(&old, false), (&new, true)] {
                    if watermark
                        .poll(RECORD_ID, Durability::Written, waker, again)
                        .is_some()
                    {
                        return;
                    }
                }
                counter.wait();
                let outcome = watermark.poll(RECORD_ID, Durability::Written, &new, true);
                assert!(matches!(outcome, Some(Ok(()))));
            })
        };
        watermark.advance(1, 0);
        caller.join().unwrap();
    });
}

fn answered<T>(mut answer: oneshot::Receiver<T>) -> Option<T> {
    wait_for(
        |waker| match Pin::new(&mut answer).poll(&mut Context::from_waker(waker)) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        },
    )
}

#[test]
fn an_answer_is_heard() {
    loom::model(|| {
        let (reply, answer) = oneshot::channel();
        let caller = thread::spawn(move || answered(answer));
        reply.send(7);
        assert_eq!(caller.join().unwrap(), Some(7));
    });
}

#[test]
fn an_answer_that_will_never_come_is_heard_of() {
    loom::model(|| {
        let (reply, answer) = oneshot::channel::<u8>();
        let caller = thread::spawn(move || answered(answer));
        drop(reply);
        assert_eq!(caller.join().unwrap(), None);
    });
}

#[test]
fn a_caller_may_go_away_while_it_is_answered() {
    loom::model(|| {
        let (reply, mut answer) = oneshot::channel();
        let caller = thread::spawn(move || {
            let (_counter, waker) = WakeCounter::new();
            let _ = Pin::new(&mut answer).poll(&mut Context::from_waker(&waker));
        });
        reply.send(7);
        caller.join().unwrap();
    });
}
