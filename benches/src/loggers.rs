//! The loggers under test, one file each, all behind the same two traits so that every call is
//! compiled as in a program of its own.

mod emit_file;
mod empty;
mod fast_log;
mod flexi_logger;
mod ftlog;
mod group_commit;
mod log4rs;
mod log_crate;
mod logforth;
mod mutex_loop;
mod ours;
mod ours_bridges;
mod ours_filtered;
mod ours_handle;
mod ours_kept;
mod ours_many;
mod ours_sinks;
mod ours_streams;
mod reference;
mod reference_many;
mod reference_streams;
mod slog_async;
mod spdlog_rs;
mod spdlog_streams;
mod tracing_appender;
mod tracing_streams;

use std::{
    future::{Future, ready},
    path::Path,
};

use clap::ValueEnum;

use crate::{
    Failure,
    order::Order,
    workloads::{self, Group, Job, Outcome, Workload},
};

/// Records a queue holds where the logger's own default is no bound, or too few for the bursts
/// here.
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

    /// Starts the logger below `dir`, for this many callers, or streams if one caller can have any
    /// number.
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

/// A caller with several streams.
pub(crate) trait StreamsCaller: Caller {
    /// Logs one record to the stream of this number, and to those it is mirrored to.
    fn log_to(&mut self, stream: usize, order: &Order<'_>);
}

/// The loggers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Logger {
    /// Nothing is called: what the timer itself costs
    Empty,
    /// A loop that formats into a vector and writes 64 KiB blocks on the caller's thread; four
    /// threads share it by a mutex
    Reference,
    /// The same with numbers by itoa and zmij, everything else copied piece by piece
    ReferenceItoa,
    /// chronologix; every record waits for room
    Ours,
    /// chronologix, records detached: dropped if there is no room
    OursDetached,
    /// chronologix, records below the level of their stream, which keeps them in memory
    OursKept,
    /// chronologix without macros: `StreamHandle::log(format_args!(…))`
    OursHandle,
    /// chronologix behind the `log` crate, by its bridge
    OursLog,
    /// chronologix behind tracing, by its bridge
    OursTracing,
    /// chronologix with a hook that never comes back
    OursSleepingHook,
    /// chronologix with a hook that panics at each record
    OursPanickingHook,
    /// chronologix with an echo to a standard output without a reader
    OursBlockedStdout,
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
    /// A mutex and a write for each record
    WriteLoop,
    /// Hand-written group commit: one shared buffer, callers wait for its generation, one writer
    /// thread
    GroupCommit,
}

impl Logger {
    /// Whether it makes sense to run it under this workload.
    pub(crate) fn takes(self, workload: Workload) -> bool {
        let group = workload.group();
        let plain = matches!(group, Group::CallSide | Group::Throughput);
        match self {
            // At full speed the queue is full sooner or later, and then `OursDetached` loses
            // records.
            Self::OursDetached | Self::OursKept => group == Group::CallSide,
            Self::Empty => matches!(group, Group::CallSide | Group::Filtered),
            Self::Reference => {
                plain || workload.grows() || matches!(group, Group::Mirrored | Group::Awaiting)
            }
            Self::ReferenceItoa => plain || matches!(group, Group::Mirrored | Group::Awaiting),
            Self::Ours => group != Group::ManyStreams,
            Self::TracingAppender => {
                plain || matches!(group, Group::Mirrored | Group::Awaiting | Group::Idle)
            }
            Self::SpdlogRs => plain || matches!(group, Group::Mirrored | Group::Idle),
            Self::OursHandle => plain || group == Group::ManyStreams,
            Self::OursLog | Self::OursTracing => plain,
            Self::OursSleepingHook | Self::OursPanickingHook | Self::OursBlockedStdout => {
                group == Group::Throughput
            }
            // The peers are called from tasks as from threads, and block them; tracing shows what
            // that costs.
            Self::SlogAsync
            | Self::Ftlog
            | Self::FastLog
            | Self::FlexiAsync
            | Self::FlexiBuffered
            | Self::Log4rs
            | Self::Logforth => plain || group == Group::Idle,
            Self::EmitFile => {
                let synced = group == Group::Synced && !workload.is_on_tasks();
                plain || group == Group::Idle || synced
            }
            Self::WriteLoop => group == Group::Written,
            Self::OursAsked | Self::FsyncLoop => group == Group::Synced,
            Self::GroupCommit => matches!(group, Group::Synced | Group::Written),
        }
    }

    /// Whether it is neither ours nor one of the loops written for comparison.
    pub(crate) fn is_peer(self) -> bool {
        matches!(
            self,
            Self::TracingAppender
                | Self::SpdlogRs
                | Self::SlogAsync
                | Self::Ftlog
                | Self::FastLog
                | Self::FlexiAsync
                | Self::FlexiBuffered
                | Self::Log4rs
                | Self::Logforth
                | Self::EmitFile
        )
    }

    /// Runs one workload.
    pub(crate) fn run(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match job.workload.group() {
            Group::Synced => self.run_durable(job),
            Group::Written => self.run_written(job),
            Group::Mirrored => self.run_mirrored(job),
            Group::ManyStreams => self.run_many_streams(job),
            Group::Filtered if self == Self::Ours => {
                workloads::run::<ours_filtered::OursFiltered>(job)
            }
            _ => self.run_plain(job),
        }
    }

    fn run_plain(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Empty => workloads::run::<empty::Empty>(job),
            Self::Reference => workloads::run::<reference::Reference<reference::ByStd>>(job),
            Self::ReferenceItoa => workloads::run::<reference::Reference<reference::ByHand>>(job),
            Self::Ours => workloads::run::<ours::Ours<ours::Waiting>>(job),
            Self::OursDetached => workloads::run::<ours::Ours<ours::Detached>>(job),
            Self::OursKept => workloads::run::<ours_kept::OursKept>(job),
            Self::OursHandle => workloads::run::<ours_handle::OursHandle>(job),
            Self::OursLog => workloads::run::<ours_bridges::OursLog>(job),
            Self::OursTracing => workloads::run::<ours_bridges::OursTracing>(job),
            Self::OursSleepingHook => {
                workloads::run::<ours_sinks::OursSinks<ours_sinks::SleepingHook>>(job)
            }
            Self::OursPanickingHook => {
                workloads::run::<ours_sinks::OursSinks<ours_sinks::PanickingHook>>(job)
            }
            Self::OursBlockedStdout => {
                workloads::run::<ours_sinks::OursSinks<ours_sinks::Stdout>>(job)
            }
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
            Self::EmitFile => workloads::run::<emit_file::EmitFile>(job),
            Self::OursAsked | Self::FsyncLoop | Self::WriteLoop | Self::GroupCommit => {
                Err("this logger only takes durable workloads".into())
            }
        }
    }

    fn run_durable(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Ours => workloads::run_durable::<ours::Ours<ours::Synced>>(job),
            Self::OursAsked => workloads::run_durable::<ours::Ours<ours::Asked>>(job),
            Self::EmitFile => workloads::run_durable::<emit_file::EmitFile>(job),
            Self::FsyncLoop => workloads::run_durable::<mutex_loop::MutexLoop<true>>(job),
            Self::GroupCommit => workloads::run_durable::<group_commit::GroupCommit<true>>(job),
            _ => Err("this logger cannot wait for the disk".into()),
        }
    }

    fn run_written(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Ours => workloads::run_durable::<ours::Ours<ours::Written>>(job),
            Self::WriteLoop => workloads::run_durable::<mutex_loop::MutexLoop<false>>(job),
            Self::GroupCommit => workloads::run_durable::<group_commit::GroupCommit<false>>(job),
            _ => Err("this logger cannot tell that a record is written".into()),
        }
    }

    fn run_many_streams(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Reference => {
                workloads::run_streams::<reference_many::ManyFiles<reference::ByStd>>(job)
            }
            Self::OursHandle => workloads::run_streams::<ours_many::OursMany>(job),
            _ => Err("this logger has one stream here".into()),
        }
    }

    fn run_mirrored(self, job: &Job<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Reference => {
                workloads::run_streams::<reference_streams::ThreeFiles<reference::ByStd>>(job)
            }
            Self::ReferenceItoa => {
                workloads::run_streams::<reference_streams::ThreeFiles<reference::ByHand>>(job)
            }
            Self::Ours => workloads::run_streams::<ours_streams::OursStreams>(job),
            Self::TracingAppender => workloads::run_streams::<tracing_streams::Tracing>(job),
            Self::SpdlogRs => workloads::run_streams::<spdlog_streams::Spdlog>(job),
            _ => Err("this logger has one stream here".into()),
        }
    }

    /// The logger the others are compared with under this workload.
    pub(crate) fn reference(workload: Workload) -> Self {
        match workload.group() {
            Group::Synced => Self::FsyncLoop,
            Group::Written => Self::WriteLoop,
            Group::Filtered => Self::Empty,
            _ => Self::Reference,
        }
    }
}
