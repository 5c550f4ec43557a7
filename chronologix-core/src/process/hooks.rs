//! Writes what is queued when the process exits or panics.
//!
//! Every running logger is registered here, so users keep no guard. The hooks are installed when
//! the first logger starts: `atexit`, a panic hook in front of the previous one, the handlers of
//! forks, and that of SIGABRT. Those of other `signals`, or on Windows of events of the console,
//! are installed on request.

use std::{
    panic,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    backend::writer::{MAX_BACKOFF, SharedState, is_writer_thread},
    queue::{block_on::block_on_for, command::Command, oneshot},
    sinks::SinkStats,
    stats::counted,
    stderr,
};

/// Time after the exit timeout in which the writer itself reports what it could not write. It may
/// be in a back-off when the timeout ends.
pub(super) const GRACE: Duration = MAX_BACKOFF.saturating_add(Duration::from_millis(250));

/// How long a panic that unwinds waits for the writer. The process may go on, and then the writer
/// does too.
const PANIC_TIMEOUT: Duration = Duration::from_millis(100);

/// The running loggers of this process.
static RUNNING: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

/// Whether the hooks are installed, or are being installed. A flag and not a lock, because a child
/// forked meanwhile would wait for that lock for ever.
static HAS_HOOKS: AtomicBool = AtomicBool::new(false);

/// A logger that runs, or whose hooks do.
pub(super) struct Registered {
    logger: Weak<SharedState>,
    sinks: SinkStats,
}

/// Installs the hooks, for the first logger of the program. Not while forks are held off: a panic
/// hook that runs, and that this waits for, may fork.
pub(crate) fn install() {
    if !HAS_HOOKS.swap(true, Ordering::SeqCst) {
        #[cfg(unix)]
        {
            // It fails without memory only. A program that stops its loggers loses nothing then.
            let _ = crate::libc_hooks::at_exit(stop_all);
            super::fork::install();
        }
        // It fails without memory only.
        #[cfg(windows)]
        let _ = crate::win32::at_exit(stop_all);
        set_panic_hook();
    }
}

/// Holds off forks of this process while it lives: a fork takes the same lock first.
pub(crate) struct ForksBlocked(MutexGuard<'static, Vec<Registered>>);

pub(crate) fn block_forks() -> ForksBlocked {
    ForksBlocked(running())
}

/// Registers a logger before it takes its first record. From then on its records survive the end of
/// the process.
pub(crate) fn register(shared: &Arc<SharedState>, forks: &mut ForksBlocked) {
    let ForksBlocked(running) = forks;
    running.retain(|it| it.logger.strong_count() > 0 || it.sinks.is_pending());
    running.push(Registered {
        logger: Arc::downgrade(shared),
        sinks: shared.sink_stats.clone(),
    });
    #[cfg(unix)]
    super::signals::arm(&shared.settings, forks);
    #[cfg(windows)]
    if shared.settings.flush_on_signals {
        // If that fails, events do what they did before.
        let _ = crate::win32::on_console_event(on_console_event);
    }
}

pub(super) fn running() -> MutexGuard<'static, Vec<Registered>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the loggers that still run. The caller drops them without the lock, because the last
/// handle of a logger may drop values of the user.
fn all() -> Vec<Arc<SharedState>> {
    let running = running();
    running
        .iter()
        .filter_map(|it| it.logger.upgrade())
        .collect()
}

/// Sends a command to every running logger, then waits for the answers, for `limit` or for the exit
/// timeout of each logger. Reports on stderr what is not written by then.
fn ask_all<T>(command: impl Fn(oneshot::Sender<T>) -> Command, limit: Option<Duration>) {
    if is_writer_thread() {
        // A writer that waits for writers could wait for itself.
        return;
    }
    let ask = |shared: Arc<SharedState>| {
        if shared.queues.channel.is_inherited() {
            return None;
        }
        let answer = shared.send_command(&command)?;
        Some((shared, answer))
    };
    let answers = all().into_iter().filter_map(ask).collect::<Vec<_>>();
    let begun = Instant::now();
    for (shared, answer) in answers {
        let limit = limit.unwrap_or(shared.settings.exit_timeout.saturating_add(GRACE));
        if block_on_for(answer, limit.saturating_sub(begun.elapsed())).is_some() {
            continue;
        }
        let stats = shared.stats();
        let unwritten = stats.queued.saturating_sub(stats.written);
        if unwritten > 0 {
            stderr::print(&format!(
                "timed out after {limit:?}: {unwritten} records are not written to {} yet",
                shared.settings.base.display()
            ));
        }
    }
}

/// Asks every logger to write what its streams have kept in memory, before what it is asked next.
pub(super) fn dump_all(is_limited: bool) {
    if is_writer_thread() {
        return;
    }
    let keeps = |shared: &Arc<SharedState>| {
        !shared.queues.channel.is_inherited() && shared.settings.keeps()
    };
    for shared in all().iter().filter(|shared| keeps(shared)) {
        // What is asked next waits for both.
        drop(shared.send_command(|reply| Command::Dump {
            stream: None,
            is_limited,
            reply,
        }));
    }
}

/// Makes every logger write what is queued. They go on.
pub(super) fn flush_all(limit: Option<Duration>) {
    ask_all(Command::Flush, limit);
}

/// Stops every logger after it wrote what is queued. Later records are refused, so that no caller
/// takes them for queued. Reports what hooks were not called with in time. Also runs when the
/// process exits.
#[cfg(any(unix, windows))]
pub(super) extern "C" fn stop_all() {
    ask_all(Command::Stop, None);
    // Without the lock, which a call of a hook takes if it forks.
    let sinks = running()
        .iter()
        .map(|it| it.sinks.clone())
        .collect::<Vec<_>>();
    for sinks in &sinks {
        for (hook, records) in sinks.take_pending() {
            let records = counted(records, "record");
            stderr::print(&format!(
                "hook {hook:?}: {records} not delivered before the process ended"
            ));
        }
    }
}

/// What is done at an event of a console on Windows, on a thread of the system's. The system waits
/// for it, for 5 s at a close, a logoff or a shutdown, and then ends the process in any case.
#[cfg(windows)]
fn on_console_event(event: u32) {
    use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT};

    if matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT) {
        // A handler that was installed earlier may let the process live.
        flush_all(None);
    } else {
        stop_all();
    }
}

/// Installs a panic hook that writes what was logged before the panic. It calls the previous hook
/// first, which may log the panic.
fn set_panic_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        let is_the_end = cfg!(panic = "abort");
        // A service that catches the panics of its requests may have many.
        dump_all(!is_the_end);
        flush_all((!is_the_end).then_some(PANIC_TIMEOUT));
    }));
}
