//! The workloads, and how one of them is run: callers log, the logger is drained and stopped, and each step is timed.

mod awaiting;
mod call_side;
mod durable;
mod throughput;

use std::{
    future::Future,
    path::Path,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use crate::{
    Failure,
    latency::Latency,
    loggers::{Caller, Drained, DurableCaller, Peer},
};

/// The workloads by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// Call-side latency: one thread, one record every 2 µs
    W1One,
    /// Call-side latency: four threads, bursts of 20 every ms
    W1Four,
    /// Throughput without loss: one thread
    W2One,
    /// Throughput without loss: four threads
    W2Four,
    /// Each record on disk before the next: one thread
    W3One,
    /// Each record on disk before the next: 64 threads
    W3Threads,
    /// Each record on disk before the next: 64 tasks on a two-thread runtime
    W3Tasks,
    /// 64 tasks on a two-thread runtime await each record: bursts of 20 every 16 ms
    W5Paced,
    /// 64 tasks on a two-thread runtime await each record: as fast as they can
    W5Full,
}

/// How much of a workload is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Records in all, where their number is given.
    pub(crate) records: u64,
    /// How long it goes on, where the time is given: in workloads whose loggers differ by orders of magnitude.
    pub(crate) duration: Duration,
}

/// One run to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) workload: Workload,
    pub(crate) size: Size,
    /// Empty; the logger writes below it.
    pub(crate) dir: &'a Path,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Records logged by each caller; none if the logger writes no lines.
    pub(crate) records: Vec<u64>,
    pub(crate) latency: Latency,
    pub(crate) called: Duration,
    /// `None` if the logger cannot tell.
    pub(crate) in_file: Option<Duration>,
    pub(crate) stopped: Duration,
}

/// What one caller did.
struct Calls {
    records: u64,
    latency: Latency,
}

impl Workload {
    pub(crate) fn is_durable(self) -> bool {
        matches!(self, Self::W3One | Self::W3Threads | Self::W3Tasks)
    }

    pub(crate) fn is_async(self) -> bool {
        matches!(self, Self::W3Tasks | Self::W5Paced | Self::W5Full)
    }

    /// Whether the time of a call is the result, rather than the records a second.
    pub(crate) fn is_about_latency(self) -> bool {
        matches!(self, Self::W1One | Self::W1Four | Self::W5Paced)
    }

    /// The size of a run, or of a smoke test.
    pub(crate) fn size(self, quick: bool) -> Size {
        let records = match self {
            Self::W2One | Self::W2Four | Self::W5Full => 2_000_000,
            _ => 200_000,
        };
        if quick {
            Size {
                records: records / 20,
                duration: Duration::from_millis(200),
            }
        } else {
            Size {
                records,
                duration: Duration::from_secs(2),
            }
        }
    }
}

/// Runs a workload in which nobody waits for the disk.
pub(crate) fn run<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    match job.workload {
        Workload::W1One => call_side::steady::<P>(job),
        Workload::W1Four => call_side::bursts::<P>(job),
        Workload::W2One => throughput::run::<P>(job, 1),
        Workload::W2Four => throughput::run::<P>(job, 4),
        Workload::W5Paced => awaiting::paced::<P>(job),
        Workload::W5Full => awaiting::full::<P>(job),
        Workload::W3One | Workload::W3Threads | Workload::W3Tasks => {
            Err("this logger cannot wait for the disk".into())
        }
    }
}

/// Runs a workload in which each caller waits until its record is on disk.
pub(crate) fn run_durable<P: Peer<Caller: DurableCaller>>(
    job: &Job<'_>,
) -> Result<Outcome, Failure> {
    match job.workload {
        Workload::W3One => durable::threads::<P>(job, 1),
        Workload::W3Threads => durable::threads::<P>(job, 64),
        Workload::W3Tasks => durable::tasks::<P>(job, 64),
        _ => Err("this logger only takes durable workloads".into()),
    }
}

/// One thread a caller; all begin together.
fn on_threads<P: Peer>(
    dir: &Path,
    callers: usize,
    work: impl Fn(&mut P::Caller, usize) -> Result<Calls, Failure> + Sync,
) -> Result<Outcome, Failure> {
    let peer = P::start(dir, callers)?;
    let mut means = Vec::new();
    for _ in 0..callers {
        means.push(peer.caller()?);
    }
    let barrier = Barrier::new(callers + 1);
    let (begun, calls) = thread::scope(|scope| {
        let (barrier, work) = (&barrier, &work);
        let mut threads = Vec::new();
        for (at, mut caller) in means.into_iter().enumerate() {
            // Named, so that a profile tells callers from the check afterwards.
            let thread = thread::Builder::new().name("caller".to_owned());
            let calls = move || {
                barrier.wait();
                let calls = work(&mut caller, at)?;
                caller.end()?;
                Ok::<_, Failure>(calls)
            };
            threads.push(thread.spawn_scoped(scope, calls)?);
        }
        barrier.wait();
        let begun = Instant::now();
        let calls = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
            .collect::<Result<Vec<_>, _>>()?;
        Ok::<_, Failure>((begun, calls))
    })?;
    finish(peer, begun, &calls)
}

/// One task a caller, on a runtime of two threads.
fn on_tasks<P: Peer, F>(
    dir: &Path,
    callers: usize,
    work: impl Fn(P::Caller, usize) -> F,
) -> Result<Outcome, Failure>
where
    F: Future<Output = Result<Calls, Failure>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?;
    let peer = P::start(dir, callers)?;
    let mut tasks = Vec::new();
    for at in 0..callers {
        tasks.push(work(peer.caller()?, at));
    }
    let begun = Instant::now();
    let calls = runtime.block_on(async {
        let tasks = tasks
            .into_iter()
            .map(|task| runtime.spawn(task))
            .collect::<Vec<_>>();
        let mut calls = Vec::new();
        for task in tasks {
            calls.push(task.await??);
        }
        Ok::<_, Failure>(calls)
    })?;
    drop(runtime);
    finish(peer, begun, &calls)
}

fn finish<P: Peer>(peer: P, begun: Instant, calls: &[Calls]) -> Result<Outcome, Failure> {
    let called = begun.elapsed();
    let drained = peer.drain()?;
    let in_file = (drained == Drained::InFile).then(|| begun.elapsed());
    peer.stop()?;
    let stopped = begun.elapsed();
    let mut latency = Latency::new()?;
    for calls in calls {
        latency.merge(&calls.latency)?;
    }
    Ok(Outcome {
        records: calls.iter().map(|calls| calls.records).collect(),
        latency,
        called,
        in_file,
        stopped,
    })
}

fn panicked() -> Failure {
    "a caller panicked".into()
}
