//! The loggers under test, one file each, all behind the same two traits so that every call is compiled as in a program of its own.

mod emit_file;
mod empty;
mod fast_log;
mod flexi_logger;
mod fsync_loop;
mod ftlog;
mod group_commit;
mod log4rs;
mod log_crate;
mod logforth;
mod ours;
mod ours_handle;
mod reference;
mod slog_async;
mod spdlog_rs;
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

/// Records a queue holds where the logger's own default is no bound, or too few for the bursts here.
const QUEUE: usize = 10_000;

/// What is known of the lines after a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// All are in the file.
    InFile,
    /// The logger cannot tell before it has stopped.
    Unknown,
}

/// A logger under test.
pub(crate) trait Peer: Sized {
    /// What one thread or task logs with.
    type Caller: Caller;

    /// Starts the logger below `dir`, for this many callers.
    fn start(dir: &Path, callers: usize) -> Result<Self, Failure>;

    /// The means to log of one caller.
    fn caller(&self) -> Result<Self::Caller, Failure>;

    /// Waits until every byte is in the file, if that can be had before the end.
    fn drain(&self) -> Result<Drained, Failure> {
        Ok(Drained::InFile)
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
    /// The same with numbers by itoa and zmij, everything else copied piece by piece
    ReferenceItoa,
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
    /// spdlog-rs, its pool of one thread, blocking when full
    SpdlogRs,
    /// slog with slog-async, blocking when full
    SlogAsync,
    /// ftlog, blocking when full
    Ftlog,
    /// `fast_log`, blocking when full
    FastLog,
    /// `flexi_logger`, a thread of its own writes
    FlexiAsync,
    /// `flexi_logger`, callers share a buffer
    FlexiBuffered,
    /// log4rs, which has no thread of its own
    Log4rs,
    /// logforth with its asynchronous appender, blocking when full
    Logforth,
    /// emit with `emit_file`, flushed before it would drop lines
    EmitFile,
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
            Self::Reference | Self::ReferenceItoa | Self::TracingAppender => !workload.is_durable(),
            // The peers are called from tasks as from threads, and block them; one of them shows what that costs.
            Self::OursHandle
            | Self::SpdlogRs
            | Self::SlogAsync
            | Self::Ftlog
            | Self::FastLog
            | Self::FlexiAsync
            | Self::FlexiBuffered
            | Self::Log4rs
            | Self::Logforth => !workload.is_durable() && !workload.is_async(),
            Self::EmitFile => !workload.is_async(),
            Self::Ours => true,
            // At full speed the queue is full sooner or later, and then it loses records.
            Self::OursDetached => matches!(workload, Workload::W1One | Workload::W1Four),
            Self::OursAsked | Self::FsyncLoop | Self::GroupCommit => workload.is_durable(),
        }
    }

    /// Runs one workload.
    pub(crate) fn run(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Empty => workloads::run::<empty::Empty>(job),
            Self::Reference => workloads::run::<reference::Reference<reference::ByStd>>(job),
            Self::ReferenceItoa => workloads::run::<reference::Reference<reference::ByHand>>(job),
            Self::Ours if job.workload.is_durable() => {
                workloads::run_durable::<ours::Ours<ours::Synced>>(job)
            }
            Self::Ours => workloads::run::<ours::Ours<ours::Waiting>>(job),
            Self::OursDetached => workloads::run::<ours::Ours<ours::Detached>>(job),
            Self::OursHandle => workloads::run::<ours_handle::OursHandle>(job),
            Self::OursAsked => workloads::run_durable::<ours::Ours<ours::Asked>>(job),
            Self::TracingAppender => workloads::run::<tracing_appender::TracingAppender>(job),
            Self::SpdlogRs => workloads::run::<spdlog_rs::SpdlogRs>(job),
            Self::SlogAsync => workloads::run::<slog_async::SlogAsync>(job),
            Self::Ftlog => workloads::run::<ftlog::Ftlog>(job),
            Self::FastLog => workloads::run::<fast_log::FastLog>(job),
            Self::FlexiAsync => {
                workloads::run::<flexi_logger::FlexiLogger<flexi_logger::ByThread>>(job)
            }
            Self::FlexiBuffered => {
                workloads::run::<flexi_logger::FlexiLogger<flexi_logger::ByCallers>>(job)
            }
            Self::Log4rs => workloads::run::<log4rs::Log4rs>(job),
            Self::Logforth => workloads::run::<logforth::Logforth>(job),
            Self::EmitFile if job.workload.is_durable() => {
                workloads::run_durable::<emit_file::EmitFile>(job)
            }
            Self::EmitFile => workloads::run::<emit_file::EmitFile>(job),
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
