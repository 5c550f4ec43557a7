//! What the kernel's answers mean. No test sets the clock of the machine.

use rustix::io::Errno;

use super::{NEVER, Timerfd, is_expired, once_at, was_clock_set};

#[test]
fn a_clock_that_was_set_is_told_from_one_that_was_not() {
    assert_eq!(was_clock_set(Ok(())), Ok(false));
    assert_eq!(was_clock_set(Err(Errno::CANCELED)), Ok(true));
    assert_eq!(was_clock_set(Err(Errno::BADF)), Err(Errno::BADF));
}

#[test]
fn it_has_expired_when_the_time_has_come_or_the_clock_was_set() {
    assert_eq!(is_expired(Ok(())), Ok(true));
    assert_eq!(is_expired(Err(Errno::CANCELED)), Ok(true));
    assert_eq!(is_expired(Err(Errno::AGAIN)), Ok(false));
    assert_eq!(is_expired(Err(Errno::INTR)), Ok(false));
    let broken = is_expired(Err(Errno::INVAL));
    assert_eq!(broken, Err(Errno::INVAL));
}

#[test]
fn any_time_can_be_asked_for() {
    let parts = |time| {
        let time = once_at(time).it_value;
        (time.tv_sec, time.tv_nsec)
    };
    // Never 0, which would switch it off.
    for past in [i64::MIN, -1, 0, 1] {
        assert_eq!(parts(past), (0, 1));
    }
    assert_eq!(parts(1_746_367_200_000_000_007), (1_746_367_200, 7));
    assert_eq!(parts(i64::MAX), (9_223_372_036, 854_775_807));
}

#[test]
fn it_expires_once_for_a_time_that_is_past_and_can_be_set_again() {
    let mut timerfd = Timerfd::new().unwrap();
    assert_eq!(timerfd.take_expired(), Ok(false));
    for past in [i64::MIN, 0, 1, 1] {
        assert_eq!(timerfd.set(past), Ok(false));
        assert_eq!(timerfd.take_expired(), Ok(true));
        assert_eq!(timerfd.take_expired(), Ok(false));
    }
    assert_eq!(timerfd.set(NEVER), Ok(false));
    assert_eq!(timerfd.take_expired(), Ok(false));
}
