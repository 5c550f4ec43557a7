//! The loggers under test, one file each, all behind the same two traits so that every call is compiled as in a program of its own.

mod empty;
mod fsync_loop;
mod group_commit;
mod ours;
mod ours_handle;
mod reference;
mod tracing_appender;

use std::{
    future::{Future, ready},
    path::Path,
};

use clap::ValueEnum;

use crate::{
    Failure,
    order::Order,
    workloads::{self, Job, Outcome, Workload},
};

/// A logger under test.
pub(crate) trait Peer: Sized {
    /// What one thread or task logs with.
    type Caller: Caller;

    /// Starts the logger below `dir`, for this many callers.
    fn start(dir: &Path, callers: usize) -> Result<Self, Failure>;

    /// The means to log of one caller.
    fn caller(&self) -> Result<Self::Caller, Failure>;

    /// Waits until every byte is in the file, if that can be had before the end.
    fn drain(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Ends the logger; all is in the file afterwards.
    fn stop(self) -> Result<(), Failure>;
}

/// One thread or task that logs.
pub(crate) trait Caller: Sized + Send + 'static {
    /// Logs one record without loss, waiting for room if there is none.
    fn log(&mut self, order: &Order<'_>);

    /// The same from a task.
    fn log_async(&mut self, order: &Order<'_>) -> impl Future<Output = ()> + Send {
        self.log(order);
        ready(())
    }

    /// Called after the last record.
    fn end(self) -> Result<(), Failure> {
        drop(self);
        Ok(())
    }
}

/// A caller whose records can be on disk before it goes on.
pub(crate) trait DurableCaller: Caller {
    /// Logs one record and waits until it is on disk.
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure>;

    /// The same from a task.
    fn sync_async(&mut self, order: &Order<'_>)
    -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The loggers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Logger {
    /// Nothing is called: what the timer itself costs
    Empty,
    /// A loop that formats into a vector and writes 64 KiB blocks on the caller's thread; four threads share it by a mutex
    Reference,
    /// chronologix; every record waits for room
    Ours,
    /// chronologix, records detached: dropped if there is no room
    OursDetached,
    /// chronologix without macros: `StreamHandle::log(format_args!(…))`
    OursHandle,
    /// chronologix, a stream that is not synced, each record asked for `.synced()`
    OursAsked,
    /// tracing with tracing-appender, set to lose nothing
    TracingAppender,
    /// A mutex, a write and an fdatasync for each record
    FsyncLoop,
    /// Hand-written group commit: one shared buffer, callers wait for its generation, one writer thread
    GroupCommit,
}

impl Logger {
    /// Whether it makes sense to run it under this workload.
    pub(crate) fn takes(self, workload: Workload) -> bool {
        match self {
            Self::Empty => matches!(workload, Workload::W1One | Workload::W1Four),
            Self::Reference | Self::TracingAppender => !workload.is_durable(),
            Self::Ours => true,
            // At full speed the queue is full sooner or later, and then it loses records.
            Self::OursDetached => matches!(workload, Workload::W1One | Workload::W1Four),
            Self::OursHandle => !workload.is_durable() && !workload.is_async(),
            Self::OursAsked | Self::FsyncLoop | Self::GroupCommit => workload.is_durable(),
        }
    }

    /// Runs one workload.
    pub(crate) fn run(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Empty => workloads::run::<empty::Empty>(job),
            Self::Reference => workloads::run::<reference::Reference>(job),
            Self::Ours if job.workload.is_durable() => {
                workloads::run_durable::<ours::Ours<ours::Synced>>(job)
            }
            Self::Ours => workloads::run::<ours::Ours<ours::Waiting>>(job),
            Self::OursDetached => workloads::run::<ours::Ours<ours::Detached>>(job),
            Self::OursHandle => workloads::run::<ours_handle::OursHandle>(job),
            Self::OursAsked => workloads::run_durable::<ours::Ours<ours::Asked>>(job),
            Self::TracingAppender => workloads::run::<tracing_appender::TracingAppender>(job),
            Self::FsyncLoop => workloads::run_durable::<fsync_loop::FsyncLoop>(job),
            Self::GroupCommit => workloads::run_durable::<group_commit::GroupCommit>(job),
        }
    }

    /// The logger the others are compared with under this workload.
    pub(crate) fn reference(workload: Workload) -> Self {
        if workload.is_durable() {
            Self::FsyncLoop
        } else {
            Self::Reference
        }
    }
}
