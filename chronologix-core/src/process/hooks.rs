//! Room of endings: what loggers do when the process exits, panics, is told to go, or forks.
//!
//! Every running logger is known here, so that no guard has to be kept for anything. The hooks are
//! set when the first logger starts: `atexit`, a panic hook in front of the one that was there, and
//! what a fork needs; [`signals`] only if asked for.

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
    stderr,
};

/// How long a writer that has given up gets to say so, before others say it: it may have to wake up
/// for that.
pub(super) const GRACE: Duration = MAX_BACKOFF.saturating_add(Duration::from_millis(250));

/// How long a panic that will be survived waits for the writer: the process goes on, and so does
/// the writer.
const PANIC_TIMEOUT: Duration = Duration::from_millis(100);

/// The loggers that run in this process.
static RUNNING: Mutex<Vec<Weak<SharedState>>> = Mutex::new(Vec::new());

/// The hooks are set, or are being set: nothing waits for that, for a child forked meanwhile would
/// wait for ever.
static HAS_HOOKS: AtomicBool = AtomicBool::new(false);

/// A logger starts: from now on its records survive the end of the process.
pub(crate) fn register(shared: &Arc<SharedState>) {
    let known = all();
    let ended = known.iter().filter(|logger| logger.has_ended());
    let ended = ended.map(Arc::as_ptr).collect::<Vec<_>>();
    {
        let mut running = running();
        running.retain(|logger| logger.strong_count() > 0 && !ended.contains(&logger.as_ptr()));
        running.push(Arc::downgrade(shared));
    }
    if !HAS_HOOKS.swap(true, Ordering::SeqCst) {
        #[cfg(unix)]
        {
            // Without memory for a hook there is none: whoever stops the logger loses nothing.
            let _ = crate::process::libc_hooks::at_exit(on_exit);
            super::fork::install();
        }
        set_panic_hook();
    }
    #[cfg(unix)]
    if shared.settings.flush_on_signals {
        super::signals::arm(shared.settings.exit_timeout);
    }
}

/// As long as it is held, this process does not fork: a fork takes the same lock first.
pub(crate) fn block_forks() -> impl Drop {
    running()
}

pub(super) fn running() -> MutexGuard<'static, Vec<Weak<SharedState>>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Those that have not gone. Not under the lock when they are dropped: the last of a logger may
/// take something of the user's with it.
fn all() -> Vec<Arc<SharedState>> {
    running().iter().filter_map(Weak::upgrade).collect()
}

/// Asks every running logger for something. Gives those that will answer.
fn ask_all<T>(
    command: impl Fn(oneshot::Sender<T>) -> Command,
) -> Vec<(Arc<SharedState>, oneshot::Receiver<T>)> {
    let ask = |shared: Arc<SharedState>| {
        if shared.queues.channel.is_inherited() {
            return None;
        }
        let answer = shared.send_command(&command)?;
        Some((shared, answer))
    };
    all().into_iter().filter_map(ask).collect()
}

/// Waits for the answers, each for as long as its logger may take, or for `limit`. Says on stderr
/// what is not written by then.
fn wait_for<T>(answers: Vec<(Arc<SharedState>, oneshot::Receiver<T>)>, limit: Option<Duration>) {
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
                "{unwritten} records for {} are not written yet, and no longer waited for",
                shared.settings.base.display()
            ));
        }
    }
}

/// Has every logger write what is queued, and go on.
pub(super) fn flush_all(limit: Option<Duration>) {
    if is_writer_thread() {
        // It would wait for itself, or another writer for it.
        return;
    }
    wait_for(ask_all(Command::Flush), limit);
}

/// Has every logger write what is queued, and end: what is logged after that is refused, and nobody
/// takes it for queued.
#[cfg(unix)]
pub(super) fn stop_all() {
    if !is_writer_thread() {
        wait_for(ask_all(Command::Stop), None);
    }
}

/// The process exits.
#[cfg(unix)]
extern "C" fn on_exit() {
    stop_all();
}

/// Has what was logged before a panic written, whatever becomes of the process then. The panic is
/// told first, for whoever tells it may do so by a logger.
fn set_panic_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        let is_the_end = cfg!(panic = "abort");
        flush_all((!is_the_end).then_some(PANIC_TIMEOUT));
    }));
}
