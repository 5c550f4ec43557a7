//! The hooks themselves, each in a process of its own.

use std::{ffi::c_int, time::Duration};

use super::{at_exit, disposition, exit_at_once, fork, handle, raise, restore, wait_for};

/// Runs `work` in a forked child. Gives how it ended.
#[track_caller]
fn in_child(work: impl FnOnce() -> i32) -> i32 {
    match fork().unwrap() {
        Some(child) => wait_for(child).unwrap(),
        None => exit_at_once(work()),
    }
}

#[test]
fn an_exit_calls_the_hook() {
    extern "C" fn hook() {
        exit_at_once(7);
    }
    let ended = in_child(|| {
        at_exit(hook).unwrap();
        std::process::exit(1)
    });
    assert_eq!(ended, 7);
}

#[test]
fn a_signal_calls_the_handler_until_it_is_given_back() {
    fn handler(signal: c_int, is_fault: bool) {
        if signal == libc::SIGTERM && !is_fault {
            super::write_byte(-1, 0);
        } else {
            exit_at_once(1);
        }
    }
    let ended = in_child(|| {
        let before = disposition(libc::SIGTERM).unwrap();
        handle(libc::SIGTERM, handler).unwrap();
        raise(libc::SIGTERM);
        restore(libc::SIGTERM, &before);
        raise(libc::SIGTERM);
        2
    });
    assert_eq!(ended, -libc::SIGTERM);
}

#[test]
fn a_handler_leaves_the_error_of_an_interrupted_call_alone() {
    fn handler(_signal: c_int, _is_fault: bool) {
        super::write_byte(-1, 0);
    }
    let ended = in_child(|| {
        handle(libc::SIGUSR1, handler).unwrap();
        super::set_errno(libc::ENOSPC);
        raise(libc::SIGUSR1);
        let error = std::io::Error::last_os_error().raw_os_error();
        i32::from(error != Some(libc::ENOSPC))
    });
    assert_eq!(ended, 0);
}

#[test]
fn a_crash_is_told_from_a_signal_that_somebody_sent() {
    fn handler(_signal: c_int, is_fault: bool) {
        exit_at_once(if is_fault { 3 } else { 4 });
    }
    let armed = |end: fn()| {
        in_child(|| {
            handle(libc::SIGSEGV, handler).unwrap();
            end();
            5
        })
    };
    assert_eq!(armed(super::crash), 3);
    assert_eq!(armed(|| raise(libc::SIGSEGV)), 4);
}

#[test]
fn waiting_for_a_descriptor_ends_when_it_can_be_read_or_in_time() {
    let (read, write) = rustix::pipe::pipe().unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&read);
    super::wait_until_readable(number, Duration::from_millis(1));
    rustix::io::write(&write, b"!").unwrap();
    super::wait_until_readable(number, Duration::from_secs(3600));
}
