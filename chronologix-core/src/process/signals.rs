//! Signals that end the process: every logger writes what is queued and ends, then the process ends
//! by the signal. If the program had a handler of its own, the process may live on, so the loggers
//! go on as well. If it installed one since, which calls ours, that one decides what happens then.
//!
//! SIGABRT is handled in every program that has no handler of it: panics may end by it, whatever
//! hooks there are.
//!
//! A signal handler may call few functions (signal-safety(7)). It writes the number of the signal
//! to a pipe, and a thread does the rest. At a signal from outside the handler returns, and the
//! thread repeats the signal when all is written. At a crash the crashed thread must not go on: its
//! handler waits for the other thread, then lets the crash happen again.

use std::{
    ffi::c_int,
    io,
    sync::{
        OnceLock,
        atomic::{AtomicI32, AtomicU32, Ordering},
    },
    time::Duration,
};

use rustix::{
    fd::{AsFd, IntoRawFd, OwnedFd},
    io::{ioctl_fionbio, retry_on_intr},
};

use super::hooks::{ForksBlocked, GRACE, dump_all, flush_all, stop_all};
use crate::{
    backend::writer::is_writer_thread,
    config::Settings,
    libc_hooks::{self, Disposition, MOST_SIGNALS},
    worker,
};

/// Signals that other processes send.
const REQUESTS: [c_int; 4] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT];

/// Signals of a thread that cannot go on.
const CRASHES: [c_int; 5] = [
    libc::SIGABRT,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
];

/// Crashes that std handles, to report an overflow of the stack. Its handler returns from any other
/// fault so that the fault happens again. A signal that was sent does not happen again, so these
/// end the process without that handler.
const OF_STD: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// Goes with the number of a signal to the thread: another handler called ours.
const IS_CHAINED: u8 = 0x80;

/// The previous action of each signal, or none for signals that were never handled. Boxed, because
/// an action is large, and few signals are handled.
static BEFORE: [OnceLock<Box<Disposition>>; MOST_SIGNALS] =
    [const { OnceLock::new() }; MOST_SIGNALS];

/// The process that owns the pipes. A forked child has copies.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// The pipe to the thread.
static TO_THREAD: AtomicI32 = AtomicI32::new(-1);
/// The pipe that can be read when all is written.
static ALL_WRITTEN: AtomicI32 = AtomicI32::new(-1);
/// Milliseconds that a crash waits for that. No more than 32 bits: on processors without atomics of
/// 64 the handler would take a lock.
static LIMIT: AtomicU32 = AtomicU32::new(0);

/// Installs the handlers that a logger needs. Loggers are drained for the longest exit timeout of
/// all. If it fails, signals keep their previous action. One thread at a time does this, which is
/// the one that holds off forks.
pub(super) fn arm(settings: &Settings, _forks: &ForksBlocked) {
    let timeout = settings.exit_timeout.saturating_add(2 * GRACE);
    let limit = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
    LIMIT.fetch_max(limit, Ordering::SeqCst);
    if !is_owner() {
        if start_thread().is_err() {
            return;
        }
        OWNER.store(libc_hooks::process_id(), Ordering::SeqCst);
    }
    if settings.flush_on_signals {
        let signals = REQUESTS.into_iter().chain(CRASHES);
        signals.for_each(|signal| take_over(signal, |now| !now.is_to_ignore()));
    } else {
        take_over(libc::SIGABRT, Disposition::is_default);
    }
}

/// Whether the pipes are those of this process. Fit for handlers of signals.
fn is_owner() -> bool {
    OWNER.load(Ordering::SeqCst) == libc_hooks::process_id()
}

/// Creates new pipes in a child that was forked from a process with pipes.
fn start_thread() -> io::Result<()> {
    let (signals, to_thread) = pipe()?;
    let (all_written, tell) = pipe()?;
    for end in [&all_written, &tell] {
        ioctl_fionbio(end, true)?;
    }
    worker::spawn(
        "chronologix-signals",
        Box::new(move || serve(&signals, &tell)),
    )?;
    // They stay open as long as the process lives, because a handler may be using them.
    TO_THREAD.store(to_thread.into_raw_fd(), Ordering::SeqCst);
    ALL_WRITTEN.store(all_written.into_raw_fd(), Ordering::SeqCst);
    Ok(())
}

/// Creates a pipe that is closed on exec.
#[cfg(not(target_vendor = "apple"))]
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    use rustix::pipe::{PipeFlags, pipe_with};

    Ok(pipe_with(PipeFlags::CLOEXEC)?)
}

/// Creates a pipe that is closed on exec. There is no single call for that here, so a program that
/// is started at this very moment inherits it.
#[cfg(target_vendor = "apple")]
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    use rustix::io::{FdFlags, fcntl_setfd};

    let (read, write) = rustix::pipe::pipe()?;
    for end in [&read, &write] {
        fcntl_setfd(end, FdFlags::CLOEXEC)?;
    }
    Ok((read, write))
}

/// Handles a signal from now on, if `may` says so of what is done at it now. Once: a handler that
/// was installed since stays.
fn take_over(signal: c_int, may: impl Fn(&Disposition) -> bool) {
    let Some(before) = BEFORE.get(signal.unsigned_abs() as usize) else {
        return;
    };
    let now = libc_hooks::disposition(signal).ok().filter(may);
    // Stored before the handler can run. A program in the background keeps ignoring SIGHUP.
    if now.is_some_and(|now| before.set(Box::new(now)).is_ok()) {
        let _ = libc_hooks::handle(signal, on_signal);
    }
}

/// Runs as the signal handler. Nothing here locks or allocates. Returns the handler to call next.
fn on_signal(signal: c_int, is_fault: bool) -> Option<&'static Disposition> {
    let is_crash = CRASHES.contains(&signal);
    // A fault that comes to us is handled by none of those that were installed since.
    let is_chained = !is_fault && !libc_hooks::is_handled(signal);
    let is_owner = is_owner();
    if is_owner {
        let number = u8::try_from(signal).unwrap_or(0);
        let flag = if is_chained { IS_CHAINED } else { 0 };
        libc_hooks::write_byte(TO_THREAD.load(Ordering::SeqCst), number | flag);
        // A crashed writer will not answer.
        if is_crash && !is_writer_thread() {
            let limit = Duration::from_millis(LIMIT.load(Ordering::SeqCst).into());
            let all_written = ALL_WRITTEN.load(Ordering::SeqCst);
            libc_hooks::wait_until_readable(all_written, limit);
            if is_chained {
                // The next crash waits for itself.
                libc_hooks::take_byte(all_written);
            }
        }
    }
    if is_chained {
        return before(signal);
    }
    if is_fault {
        give_back(signal);
    } else if is_crash || !is_owner {
        if !is_ended_by(signal) {
            give_back(signal);
        } else if is_owner {
            libc_hooks::end_by(signal);
        } else {
            libc_hooks::set_default(signal);
        }
        libc_hooks::raise(signal);
    }
    None
}

/// Whether the process ends by the signal, as far as it is not handled by us.
fn is_ended_by(signal: c_int) -> bool {
    OF_STD.contains(&signal) || before(signal).is_some_and(Disposition::is_default)
}

/// Restores the previous action of the signal.
fn give_back(signal: c_int) {
    if let Some(before) = before(signal) {
        libc_hooks::restore(signal, before);
    }
}

/// Returns the previous action of a signal, if it is handled.
fn before(signal: c_int) -> Option<&'static Disposition> {
    let before = BEFORE.get(signal.unsigned_abs() as usize)?;
    before.get().map(|before| &**before)
}

/// The thread that does the work of the handlers.
fn serve(signals: &OwnedFd, tell: &OwnedFd) {
    let mut byte = [0];
    while let Ok(1) = retry_on_intr(|| rustix::io::read(signals.as_fd(), &mut byte)) {
        let is_chained = byte[0] & IS_CHAINED != 0;
        let signal = c_int::from(byte[0] & !IS_CHAINED);
        let is_crash = CRASHES.contains(&signal);
        if is_crash {
            dump_all(false);
        }
        // Other handlers may let the process live, but not after a crash.
        if !is_chained && (is_crash || is_ended_by(signal)) {
            // Other threads may log on until the signal is let through.
            stop_all();
        } else {
            flush_all(None);
        }
        if is_crash {
            // Not read after the last, so that a thread that crashes later finds it as well.
            let _ = rustix::io::write(tell, b"!");
        } else if !is_chained {
            repeat(signal);
        }
    }
}

/// Lets the signal do what it would have done without us.
fn repeat(signal: c_int) {
    // A handler that was installed while all was written has not seen it.
    if libc_hooks::is_handled(signal) {
        if is_ended_by(signal) {
            libc_hooks::end_by(signal);
        }
        give_back(signal);
    }
    libc_hooks::send_to_self(signal);
}
