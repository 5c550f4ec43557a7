//! The hooks themselves, each in a process of its own.

use std::{
    ffi::{c_int, c_void},
    sync::OnceLock,
    time::Duration,
};

use super::{
    Disposition, at_exit, block_signals, disposition, end_by, exit_at_once, fork, handle,
    is_handled, raise, restore, set_default, wait_for,
};

/// Runs `work` in a forked child. Gives how it ended.
#[track_caller]
fn in_child(work: impl FnOnce() -> i32) -> i32 {
    match fork().unwrap() {
        Some(child) => wait_for(child).unwrap(),
        None => exit_at_once(work()),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_gets_a_larger_stack_for_handlers_once() {
    use super::SignalStack;

    let thread = std::thread::spawn(|| {
        let now = || SignalStack::now().unwrap();
        // A sanitizer gives threads stacks of its own.
        let Some(stack) = SignalStack::enlarge() else {
            assert!(now().ss_size >= SignalStack::BYTES);
            return;
        };
        assert_eq!(now().ss_size, SignalStack::BYTES);
        assert!(SignalStack::enlarge().is_none());
        drop(stack);
        assert_eq!(now().ss_flags & libc::SS_DISABLE, libc::SS_DISABLE);
        assert!(SignalStack::enlarge().is_none());
    });
    thread.join().unwrap();
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
    fn handler(signal: c_int, is_fault: bool) -> Option<&'static Disposition> {
        if signal == libc::SIGTERM && !is_fault {
            super::write_byte(-1, 0);
        } else {
            exit_at_once(1);
        }
        None
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
    fn handler(_signal: c_int, _is_fault: bool) -> Option<&'static Disposition> {
        super::write_byte(-1, 0);
        None
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
    fn handler(_signal: c_int, is_fault: bool) -> Option<&'static Disposition> {
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

#[test]
fn what_the_handler_returns_is_called_next_in_either_form() {
    extern "C" fn short(signal: c_int) {
        exit_at_once(signal);
    }
    extern "C" fn long(signal: c_int, info: *const libc::siginfo_t, _context: *const c_void) {
        exit_at_once(if info.is_null() { 1 } else { signal });
    }
    fn handler(_signal: c_int, _is_fault: bool) -> Option<&'static Disposition> {
        BEFORE.get()
    }
    static BEFORE: OnceLock<Disposition> = OnceLock::new();
    for (address, flags) in [
        (short as *const () as usize, 0),
        (long as *const () as usize, libc::SA_SIGINFO),
    ] {
        let ended = in_child(|| {
            let mut before = disposition(libc::SIGTERM).unwrap();
            assert!(before.is_default() && !is_handled(libc::SIGTERM));
            (before.0.sa_sigaction, before.0.sa_flags) = (address, flags);
            assert!(BEFORE.set(before).is_ok());
            handle(libc::SIGTERM, handler).unwrap();
            assert!(is_handled(libc::SIGTERM));
            raise(libc::SIGTERM);
            2
        });
        assert_eq!(ended, libc::SIGTERM);
    }
}

#[test]
fn signals_from_elsewhere_are_blocked_for_a_while() {
    let ended = in_child(|| {
        let mask = block_signals();
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGUSR1, libc::SIGPROF] {
            raise(signal);
        }
        // Those come at last.
        set_default(libc::SIGTERM);
        drop(mask);
        1
    });
    assert!(ended < 0, "{ended}");
    let ended = in_child(|| {
        let _mask = block_signals();
        raise(libc::SIGABRT);
        1
    });
    assert_eq!(ended, -libc::SIGABRT);
}

#[test]
fn a_process_ends_by_a_signal_that_is_blocked_or_handled() {
    fn handler(_signal: c_int, _is_fault: bool) -> Option<&'static Disposition> {
        exit_at_once(1)
    }
    let ended = in_child(|| {
        handle(libc::SIGTERM, handler).unwrap();
        let _mask = block_signals();
        end_by(libc::SIGTERM)
    });
    assert_eq!(ended, -libc::SIGTERM);
}

#[test]
fn a_byte_is_taken_if_there_is_one() {
    let (read, write) = rustix::pipe::pipe().unwrap();
    rustix::io::ioctl_fionbio(&read, true).unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&read);
    rustix::io::write(&write, b"!").unwrap();
    super::take_byte(number);
    super::take_byte(number);
    super::wait_until_readable(number, Duration::from_millis(1));
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernels_clock_is_read_and_one_that_does_not_exist_is_not() {
    let shown = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_nanos();
    let kernel = super::kernel_clock(libc::CLOCK_REALTIME).unwrap();
    let apart = u128::try_from(kernel).unwrap().abs_diff(shown);
    assert!(apart < 1_000_000_000, "{apart} ns");
    assert_eq!(super::kernel_clock(libc::clockid_t::MAX), None);
}

#[cfg(all(target_os = "linux", feature = "tracing"))]
#[test]
fn constants_are_what_nothing_writes_to() {
    static WRITTEN: std::sync::Mutex<[u8; 7]> = std::sync::Mutex::new(*b"written");
    let constants = super::constants();
    assert!(constants.is_sorted_by_key(|it| it.start));
    let has = |bytes: &[u8]| {
        let place = bytes.as_ptr_range();
        let (from, to) = (place.start.addr(), place.end.addr());
        constants.iter().any(|it| it.start <= from && to <= it.end)
    };
    assert!(has(b"a literal"));
    // Of another crate, and of a part of a text.
    assert!(has(&std::env::consts::OS.as_bytes()[1..]));
    assert!(!has("on the heap".to_owned().as_bytes()));
    assert!(!has(&std::hint::black_box(*b"on the stack")));
    assert!(!has(&*WRITTEN.lock().unwrap()));
}
