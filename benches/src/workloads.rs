//! The workloads, and how one of them is run: callers log, the logger is drained and stopped, and
//! each step is timed.

mod awaiting;
mod call_side;
mod durable;
mod filtered;
mod idle;
pub(crate) mod mirrored;
mod throughput;
mod workload;

use std::{
    future::Future,
    path::Path,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

pub(crate) use self::workload::{Group, Size, Workload};
use crate::{
    Failure,
    allocations::Allocations,
    latency::Latency,
    loggers::{Caller, Drained, DurableCaller, Peer, StreamsCaller},
    report::Load,
};

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
    /// How often the logger was called.
    pub(crate) logged: u64,
    /// Records of each caller that shall be in the files.
    pub(crate) records: Vec<u64>,
    pub(crate) latency: Latency,
    /// Of the calling threads, after warm-up.
    pub(crate) allocations: Allocations,
    pub(crate) called: Duration,
    /// `None` if the logger cannot tell.
    pub(crate) in_file: Option<Duration>,
    pub(crate) stopped: Duration,
    /// What the logger's threads did while nothing or little was logged.
    pub(crate) load: Option<Load>,
}

/// What one caller did.
struct Calls {
    records: u64,
    latency: Latency,
    allocations: Allocations,
}

/// Runs a workload in which no caller waits for the disk.
pub(crate) fn run<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    match job.workload {
        Workload::W1One => call_side::steady::<P>(job),
        Workload::W1Four => call_side::bursts::<P>(job),
        Workload::W2One | Workload::W8Threads1 => throughput::run::<P>(job, 1, 0),
        Workload::W2Four | Workload::W8Threads4 => throughput::run::<P>(job, 4, 0),
        Workload::W8Threads16 => throughput::run::<P>(job, 16, 0),
        Workload::W8Threads64 => throughput::run::<P>(job, 64, 0),
        Workload::W8Bytes40 | Workload::W8Bytes400 | Workload::W8Bytes4K | Workload::W8Bytes64K => {
            throughput::run::<P>(job, 1, job.workload.message_bytes())
        }
        Workload::W6Idle => idle::nothing::<P>(job),
        Workload::W6Slow => idle::little::<P>(job),
        Workload::W7 => filtered::run::<P>(job),
        Workload::W5Paced => awaiting::paced::<P>(job),
        Workload::W5Full => awaiting::full::<P>(job),
        _ => Err("this logger cannot do that".into()),
    }
}

/// Runs a workload in which each caller waits until its record is on disk.
pub(crate) fn run_durable<P: Peer<Caller: DurableCaller>>(
    job: &Job<'_>,
) -> Result<Outcome, Failure> {
    match job.workload {
        Workload::W3One | Workload::W3WrittenOne => durable::threads::<P>(job, 1),
        Workload::W3Threads | Workload::W3WrittenThreads => durable::threads::<P>(job, 64),
        Workload::W3Tasks | Workload::W3WrittenTasks => durable::tasks::<P>(job, 64),
        _ => Err("this logger only takes durable workloads".into()),
    }
}

/// Runs the workload in which a caller has several streams.
pub(crate) fn run_streams<P: Peer<Caller: StreamsCaller>>(
    job: &Job<'_>,
) -> Result<Outcome, Failure> {
    match job.workload {
        Workload::W4 => mirrored::run::<P>(job),
        Workload::W8Streams1 => throughput::over_streams::<P>(job, 1),
        Workload::W8Streams10 => throughput::over_streams::<P>(job, 10),
        Workload::W8Streams100 => throughput::over_streams::<P>(job, 100),
        Workload::W8Streams1000 => throughput::over_streams::<P>(job, 1_000),
        _ => Err("this logger only takes workloads of several streams".into()),
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
    let (begun, calls): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let (barrier, work) = (&barrier, &work);
        let mut threads = Vec::new();
        for (at, mut caller) in means.into_iter().enumerate() {
            // Named, so that a profile tells callers from the check afterwards.
            let thread = thread::Builder::new().name("caller".to_owned());
            let calls = move || {
                barrier.wait();
                let begun = Instant::now();
                let calls = work(&mut caller, at)?;
                caller.end()?;
                Ok::<_, Failure>((begun, calls))
            };
            threads.push(thread.spawn_scoped(scope, calls)?);
        }
        barrier.wait();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
            .collect::<Result<_, Failure>>()
    })?;
    // This thread may have got its turn later than the callers.
    let begun = begun.into_iter().min().ok_or("nobody called")?;
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
    let mut allocations = Allocations::default();
    for calls in calls {
        latency.merge(&calls.latency)?;
        allocations = allocations.and(calls.allocations);
    }
    Ok(Outcome {
        logged: calls.iter().map(|calls| calls.records).sum(),
        records: calls.iter().map(|calls| calls.records).collect(),
        latency,
        allocations,
        called,
        in_file,
        stopped,
        load: None,
    })
}

fn panicked() -> Failure {
    "a caller panicked".into()
}
