//! Signals that end the process: every logger writes what is queued and ends, then the process ends
//! by the signal. If the program had a handler of its own, the process may live on, so the loggers
//! go on as well.
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
        atomic::{AtomicI32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::{
    fd::{AsFd, IntoRawFd, OwnedFd},
    io::{ioctl_fionbio, retry_on_intr},
};

use super::hooks::{ForksBlocked, GRACE, flush_all, stop_all};
use crate::{
    backend::writer::is_writer_thread,
    process::libc_hooks::{self, Disposition},
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

/// The numbers of signals are smaller on every system.
const MOST_SIGNALS: usize = 65;

/// The previous action of each signal, or none for signals that are not handled.
static BEFORE: [OnceLock<Disposition>; MOST_SIGNALS] = [const { OnceLock::new() }; MOST_SIGNALS];

/// The process that owns the pipes. A forked child has copies.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// The pipe to the thread.
static TO_THREAD: AtomicI32 = AtomicI32::new(-1);
/// The pipe that can be read when all is written.
static ALL_WRITTEN: AtomicI32 = AtomicI32::new(-1);
/// Milliseconds that a crash waits for that.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Installs the handlers. Loggers are drained for `timeout` at most, or for the longest timeout
/// that a logger asked for. If it fails, signals keep their previous action. One thread at a time
/// does this, which is the one that holds off forks.
pub(super) fn arm(timeout: Duration, _forks: &ForksBlocked) {
    let limit = u64::try_from(timeout.saturating_add(2 * GRACE).as_millis()).unwrap_or(u64::MAX);
    LIMIT.fetch_max(limit, Ordering::SeqCst);
    if OWNER.load(Ordering::SeqCst) == libc_hooks::process_id() {
        return;
    }
    if start_thread().is_ok() {
        OWNER.store(libc_hooks::process_id(), Ordering::SeqCst);
        REQUESTS.into_iter().chain(CRASHES).for_each(take_over);
    }
}

/// Creates new pipes in a child that was forked from a process with pipes.
fn start_thread() -> io::Result<()> {
    let (signals, to_thread) = pipe()?;
    let (all_written, tell) = pipe()?;
    for end in [&all_written, &tell] {
        ioctl_fionbio(end, true)?;
    }
    let thread = thread::Builder::new().name("chronologix-signals".to_owned());
    thread.spawn(move || serve(&signals, &tell))?;
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

fn take_over(signal: c_int) {
    let Some(before) = BEFORE.get(signal.unsigned_abs() as usize) else {
        return;
    };
    // Stored before the handler can run. A program in the background keeps ignoring SIGHUP.
    let now = libc_hooks::disposition(signal);
    if let Some(now) = now.ok().filter(|now| !now.is_to_ignore()) {
        let _ = before.set(now);
        let _ = libc_hooks::handle(signal, on_signal);
    }
}

/// Runs as the signal handler. Nothing here locks or allocates.
fn on_signal(signal: c_int, is_fault: bool) {
    let is_ours = OWNER.load(Ordering::SeqCst) == libc_hooks::process_id();
    let is_crash = CRASHES.contains(&signal);
    if is_ours {
        let number = u8::try_from(signal).unwrap_or(0);
        libc_hooks::write_byte(TO_THREAD.load(Ordering::SeqCst), number);
        // A crashed writer will not answer.
        if is_crash && !is_writer_thread() {
            let limit = Duration::from_millis(LIMIT.load(Ordering::SeqCst));
            libc_hooks::wait_until_readable(ALL_WRITTEN.load(Ordering::SeqCst), limit);
        }
    }
    if is_crash || !is_ours {
        if !is_fault && OF_STD.contains(&signal) {
            libc_hooks::set_default(signal);
        } else {
            give_back(signal);
        }
        if !is_fault {
            libc_hooks::raise(signal);
        }
    }
}

/// Restores the previous action of the signal.
fn give_back(signal: c_int) {
    if let Some(before) = before(signal) {
        libc_hooks::restore(signal, before);
    }
}

/// Returns the previous action of a signal, if it is handled.
fn before(signal: c_int) -> Option<&'static Disposition> {
    BEFORE.get(signal.unsigned_abs() as usize)?.get()
}

/// The thread that does the work of the handlers.
fn serve(signals: &OwnedFd, tell: &OwnedFd) {
    let mut signal = [0];
    while let Ok(1) = retry_on_intr(|| rustix::io::read(signals.as_fd(), &mut signal)) {
        let signal = c_int::from(signal[0]);
        let is_crash = CRASHES.contains(&signal);
        // A previous handler may let the process live, but not after a crash.
        if is_crash || before(signal).is_some_and(Disposition::is_default) {
            // Other threads may log on until the signal is let through.
            stop_all();
        } else {
            flush_all(None);
        }
        if is_crash {
            // Never read, so that a thread that crashes later finds the pipe readable too.
            let _ = rustix::io::write(tell, b"!");
        } else {
            give_back(signal);
            libc_hooks::send_to_self(signal);
        }
    }
}
