//! Measures chronologix next to other loggers.
//!
//! `peers <logger> <workload>` is one run: it prints one line of JSON, and fails if a line in the
//! files is lost, doubled, torn or out of order. `peers` alone runs everything, each run in a
//! process of its own, the loggers taking turns, and prints the medians as Markdown tables. See
//! `README.md` beside `Cargo.toml`.

mod allocations;
mod background;
mod check;
mod counted_file;
mod growing_file;
mod latency;
mod loggers;
mod machine;
mod order;
mod report;
mod runner;
mod time_of_day;
mod workloads;

use std::{error::Error, fs::File, io::Write as _, path::PathBuf, time::Duration};

use clap::Parser;
use rustix::{io::dup, stdio};

use crate::{
    loggers::Logger,
    machine::Usage,
    report::{Percentiles, Report},
    workloads::{Job, Workload},
};

/// Whatever goes wrong ends the run.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Measures chronologix next to other loggers. Without a logger and a workload: all of them, in
/// turns.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The logger of a single run
    #[arg(requires = "workload")]
    logger: Option<Logger>,
    /// The workload of a single run
    workload: Option<Workload>,
    /// A smoke test: few records, each run once
    #[arg(long)]
    quick: bool,
    /// How often each run is repeated
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// How often a run is tried while other processes disturb it; the least disturbed try counts
    #[arg(long, default_value_t = 3)]
    tries: usize,
    /// Seconds a try waits for other processes to become quiet
    #[arg(long, default_value_t = 5)]
    patience: u64,
    /// Only these loggers, and the references
    #[arg(long, value_delimiter = ',')]
    loggers: Vec<Logger>,
    /// Only these workloads
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<Workload>,
    /// Records of a run instead of the workload's own number
    #[arg(long)]
    records: Option<u64>,
    /// Seconds of a durable run
    #[arg(long)]
    seconds: Option<f64>,
    /// Where files are written; they are removed afterwards. Default: next to the executable, for
    /// that is a disk
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leaves the files where they are
    #[arg(long)]
    keep: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    match (arguments.logger, arguments.workload) {
        (Some(logger), Some(workload)) => {
            // A logger may do as it likes with the standard output.
            let mut out = File::from(dup(stdio::stdout())?);
            let report = run(&arguments, logger, workload)?;
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            Ok(())
        }
        _ => runner::run(&arguments),
    }
}

fn run(arguments: &Arguments, logger: Logger, workload: Workload) -> Result<Report, Failure> {
    let mut size = workload.size(arguments.quick);
    if let Some(records) = arguments.records {
        size.records = records;
    }
    if let Some(seconds) = arguments.seconds {
        size.duration = Duration::try_from_secs_f64(seconds)?;
    }
    let base = match &arguments.dir {
        Some(dir) => dir.clone(),
        None => std::env::current_exe()?.with_file_name("peers-files"),
    };
    std::fs::create_dir_all(&base)?;
    let mut dir = tempfile::Builder::new().prefix("run-").tempdir_in(base)?;
    dir.disable_cleanup(arguments.keep);
    machine::make_pages_ready(dir.path(), workload.bytes(size))?;
    let usage = Usage::now();
    let outcome = logger.run(&Job {
        workload,
        size,
        dir: dir.path(),
    })?;
    let others = usage.and_then(Usage::others_since);
    let peak_memory_kib = machine::peak_memory();
    let records = outcome.records.as_slice();
    let mut bytes = 0;
    for lines in workload.lines() {
        let records = if logger == Logger::Empty {
            &[]
        } else {
            records
        };
        let found = check::check(dir.path(), lines, records)
            .map_err(|error| format!("{logger:?} under {workload:?}: {error}"))?;
        bytes += found.bytes;
    }
    let latency = (outcome.latency.at(1.0) > 0).then(|| Percentiles {
        p50: outcome.latency.at(0.5),
        p99: outcome.latency.at(0.99),
        p999: outcome.latency.at(0.999),
        max: outcome.latency.at(1.0),
    });
    Ok(Report {
        logger: runner::name(&logger),
        workload: runner::name(&workload),
        records: outcome.logged,
        seconds_called: outcome.called.as_secs_f64(),
        seconds_in_file: outcome.in_file.as_ref().map(Duration::as_secs_f64),
        seconds_stopped: outcome.stopped.as_secs_f64(),
        latency,
        peak_memory_kib,
        others,
        load: outcome.load,
        bytes,
        allocations_per_record: outcome.allocations.per_record(),
    })
}
