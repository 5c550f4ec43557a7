//! Hooks of the C library: exits, forks and signals.
//!
//! The functions that handlers of signals call are marked so: they lock nothing and allocate
//! nothing, as `signal-safety(7)` asks for.
#![expect(
    unsafe_code,
    reason = "the C library has these hooks, and no safe form of them"
)]

use std::{
    ffi::{c_int, c_void},
    io, mem, ptr,
    sync::OnceLock,
    time::{Duration, Instant},
};

#[cfg(test)]
mod tests;

/// What a process does at a signal.
pub(crate) struct Disposition(libc::sigaction);

/// What to do at a signal, and whether it came because of what the thread just did, and will come
/// again if that is done again. It may call what `signal-safety(7)` allows, and nothing else.
pub(crate) type SignalHandler = fn(signal: c_int, is_fault: bool);

/// The code of a signal that a process sent. `libc` has no name for that of Apple's systems, which
/// is from their `sys/signal.h`.
#[cfg(not(target_vendor = "apple"))]
const SI_USER: c_int = libc::SI_USER;
#[cfg(target_vendor = "apple")]
const SI_USER: c_int = 0x10001;

/// The one handler of this program.
static HANDLER: OnceLock<SignalHandler> = OnceLock::new();

/// Has `hook` called when the process exits: on the return from `main` and by `exit`, but not by
/// `_exit`, `abort` or a signal.
pub(crate) fn at_exit(hook: extern "C" fn()) -> io::Result<()> {
    // SAFETY: `hook` is a function of this program, and takes nothing.
    match unsafe { libc::atexit(hook) } {
        0 => Ok(()),
        _ => Err(io::ErrorKind::OutOfMemory.into()),
    }
}

/// Has `before` called on a thread that is about to fork, and afterwards, on the same thread,
/// `parent` or `child` in the process it is then.
pub(crate) fn at_fork(
    before: extern "C" fn(),
    parent: extern "C" fn(),
    child: extern "C" fn(),
) -> io::Result<()> {
    /// The C library's own type says that its hooks may do unsafe things; ours do not.
    type Hook = Option<unsafe extern "C" fn()>;
    let hooks: [Hook; 3] = [Some(before), Some(parent), Some(child)];
    // SAFETY: the hooks are functions of this program, and take nothing.
    match unsafe { libc::pthread_atfork(hooks[0], hooks[1], hooks[2]) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Has `handler` called at a signal, on the thread's own stack for signals if it has one. A program
/// has one handler.
pub(crate) fn handle(signal: c_int, handler: SignalHandler) -> io::Result<()> {
    HANDLER.get_or_init(|| handler);
    let mut action = default_action();
    action.sa_sigaction = on_signal as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
    set(signal, &action)
}

extern "C" fn on_signal(signal: c_int, info: *const libc::siginfo_t, _context: *const c_void) {
    // SAFETY: the kernel calls this with what it knows of the signal; null is looked for all the
    // same.
    let code = unsafe { info.as_ref() }.map_or(0, |info| info.si_code);
    let is_fault = code > 0 && code != SI_USER && signal != libc::SIGABRT;
    let number = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    if let Some(handler) = HANDLER.get() {
        handler(signal, is_fault);
    }
    // What was interrupted may yet look at the error of its last call.
    set_errno(number);
}

/// What is done at a signal now.
pub(crate) fn disposition(signal: c_int) -> io::Result<Disposition> {
    let mut now = default_action();
    // SAFETY: with no new action nothing is changed, and `now` is there to be written to.
    checked(unsafe { libc::sigaction(signal, ptr::null(), &raw mut now) })?;
    Ok(Disposition(now))
}

/// Has done at a signal what was done before. Fit for handlers of signals.
pub(crate) fn restore(signal: c_int, before: &Disposition) {
    // It cannot fail for a signal that could be handled.
    let _ = set(signal, &before.0);
}

/// Has done at a signal what the system does by itself. Fit for handlers of signals.
pub(crate) fn set_default(signal: c_int) {
    let _ = set(signal, &default_action());
}

fn default_action() -> libc::sigaction {
    // SAFETY: zeros are a valid `sigaction`: the default action, no flags, an empty mask.
    unsafe { mem::zeroed() }
}

fn set(signal: c_int, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: `action` names a handler that takes what its flags say, or is one that the C library
    // gave us.
    checked(unsafe { libc::sigaction(signal, action, ptr::null_mut()) })
}

fn checked(outcome: c_int) -> io::Result<()> {
    match outcome {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Disposition {
    pub(crate) fn is_to_ignore(&self) -> bool {
        self.0.sa_sigaction == libc::SIG_IGN
    }

    /// What the system does by itself, which for the signals we handle is to end the process.
    pub(crate) fn is_default(&self) -> bool {
        self.0.sa_sigaction == libc::SIG_DFL
    }
}

/// Sends a signal to this thread. Fit for handlers of signals: it comes when they return.
pub fn raise(signal: c_int) {
    // SAFETY: it takes a number and touches no memory of ours.
    unsafe { libc::raise(signal) };
}

/// Sends a signal to this process.
pub(crate) fn send_to_self(signal: c_int) {
    // SAFETY: as in `raise`.
    unsafe { libc::kill(libc::getpid(), signal) };
}

/// The number of this process. Fit for handlers of signals.
pub(crate) fn process_id() -> i32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::getpid() }
}

/// Writes one byte to a descriptor, if that can be done at once. Fit for handlers of signals.
pub(crate) fn write_byte(descriptor: c_int, byte: u8) {
    // SAFETY: the byte is there to be read. A descriptor that is closed gives an error.
    unsafe { libc::write(descriptor, (&raw const byte).cast(), 1) };
}

/// Waits until a descriptor can be read, for `limit` at most. Fit for handlers of signals.
pub(crate) fn wait_until_readable(descriptor: c_int, limit: Duration) {
    let mut polled = libc::pollfd {
        fd: descriptor,
        events: libc::POLLIN,
        revents: 0,
    };
    let begun = Instant::now();
    loop {
        let left = limit.saturating_sub(begun.elapsed());
        let left = c_int::try_from(left.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: one `pollfd` is there to be read and written.
        let ended = unsafe { libc::poll(&raw mut polled, 1, left) };
        let was_interrupted =
            ended < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted;
        if !was_interrupted || left == 0 {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
use libc::__errno_location as errno_location;
#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
use libc::__error as errno_location;

#[cfg(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd"
))]
fn set_errno(number: c_int) {
    // SAFETY: the C library gives the place of this thread's `errno`.
    unsafe { *errno_location() = number };
}

/// Elsewhere nothing of ours runs in a handler that changes it.
#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd"
)))]
fn set_errno(_number: c_int) {}

/// Forks this process. Returns the child's number in the parent, and `None` in the child, which has
/// this thread alone.
///
/// # Errors
///
/// The system's, if it has no room for another process.
#[cfg(any(test, feature = "internals"))]
pub fn fork() -> io::Result<Option<i32>> {
    // SAFETY: the child has one thread, and copies of all there is; what it may do with them is
    // what the tests are about.
    match unsafe { libc::fork() } {
        0 => Ok(None),
        child if child > 0 => Ok(Some(child)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits for the end of a child. Returns its exit code, or the negative number of the signal that
/// ended it.
///
/// # Errors
///
/// The system's, if there is no such child.
#[cfg(any(test, feature = "internals"))]
pub fn wait_for(child: i32) -> io::Result<i32> {
    use rustix::process::{Pid, WaitOptions, waitpid};

    let child = Pid::from_raw(child);
    let ended = rustix::io::retry_on_intr(|| waitpid(child, WaitOptions::empty()))?;
    let (_, status) = ended.ok_or(io::ErrorKind::NotFound)?;
    let signal = || status.terminating_signal().map(|signal| -signal);
    Ok(status.exit_status().or_else(signal).unwrap_or(0))
}

/// Ends this process at once, without any hook.
#[cfg(any(test, feature = "internals"))]
pub fn exit_at_once(code: i32) -> ! {
    // SAFETY: nothing of this process is looked at any more.
    unsafe { libc::_exit(code) }
}

/// Writes to an address that is not mapped.
#[cfg(any(test, feature = "internals"))]
pub fn crash() {
    // SAFETY: there is none: the kernel is to refuse it, as it does a mistake in `unsafe` code of a
    // user.
    unsafe { ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
}
