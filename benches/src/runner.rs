//! Runs everything: each run in a process of its own, the loggers taking turns, so that a busy
//! moment of the machine meets all of them.

mod table;

use std::{
    io::{self, Read as _, Write as _},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use self::table::Cell;
use crate::{
    Arguments, Failure, loggers::Logger, machine, machine::Usage, report::Report,
    workloads::Workload,
};

/// Processors that others may keep busy without disturbing a run.
const QUIET: f64 = 0.15;

/// How long is looked whether they do.
const SAMPLE: Duration = Duration::from_millis(100);

/// After this a run is given up.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs all that was asked for and prints the tables. Fails if a run failed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let repetitions = if arguments.quick {
        1
    } else {
        arguments.repetitions
    };
    let mut cells = plan(arguments);
    let mut failed = false;
    let tries = if arguments.quick {
        1
    } else {
        arguments.tries.max(1)
    };
    for repetition in 0..repetitions {
        for turn in 0..cells.len() {
            // Each time another one begins, so that no logger always runs after the same other.
            let at = (turn + repetition) % cells.len();
            let cell = &mut cells[at];
            progress(&format!(
                "{}/{repetitions} {} {}",
                repetition + 1,
                name(&cell.workload),
                name(&cell.logger)
            ))?;
            match run_undisturbed(arguments, cell, tries) {
                Ok(report) => cell.reports.push(report),
                Err(error) => {
                    failed = true;
                    progress(&format!("FAILED: {error}"))?;
                }
            }
        }
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}.", machine::describe())?;
    table::write(&cells, &mut out)?;
    if failed {
        return Err("a run failed".into());
    }
    Ok(())
}

/// Everything there is to run: workload by workload, and logger by logger in each.
fn plan(arguments: &Arguments) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &workload in Workload::value_variants() {
        if !arguments.workloads.is_empty() && !arguments.workloads.contains(&workload) {
            continue;
        }
        for &logger in Logger::value_variants() {
            let wanted = arguments.loggers.is_empty()
                || arguments.loggers.contains(&logger)
                || logger == Logger::reference(workload)
                || logger == Logger::Empty;
            if wanted && logger.takes(workload) {
                cells.push(Cell::new(workload, logger));
            }
        }
    }
    cells
}

/// Runs until other processes were quiet meanwhile, or else gives the run they disturbed least.
fn run_undisturbed(arguments: &Arguments, cell: &Cell, tries: usize) -> Result<Report, Failure> {
    let mut best: Option<Report> = None;
    for _ in 0..tries {
        if tries > 1 {
            wait_for_quiet(Duration::from_secs(arguments.patience));
        }
        let report = run_once(arguments, cell.logger, cell.workload)?;
        let others = report.others.unwrap_or_default();
        if best
            .as_ref()
            .is_none_or(|best| others < best.others.unwrap_or_default())
        {
            best = Some(report);
        }
        if others < QUIET {
            break;
        }
    }
    best.ok_or_else(|| "not even tried".into())
}

/// Waits until other processes use next to nothing, for `limit` at most.
fn wait_for_quiet(limit: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        let Some(usage) = Usage::now() else { return };
        thread::sleep(SAMPLE);
        if usage.others_since().is_none_or(|others| others < QUIET) {
            return;
        }
    }
}

fn run_once(arguments: &Arguments, logger: Logger, workload: Workload) -> Result<Report, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([name(&logger), name(&workload)]);
    if arguments.quick {
        command.arg("--quick");
    }
    if let Some(records) = arguments.records {
        command.arg("--records").arg(records.to_string());
    }
    if let Some(seconds) = arguments.seconds {
        command.arg("--seconds").arg(seconds.to_string());
    }
    if let Some(dir) = &arguments.dir {
        command.arg("--dir").arg(dir);
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let succeeded = wait(&mut child)?;
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    if !succeeded {
        return Err(format!("{} under {}", name(&logger), name(&workload)).into());
    }
    Ok(serde_json::from_str(&output)?)
}

/// Whether the run succeeded. One that hangs is killed.
fn wait(child: &mut Child) -> Result<bool, Failure> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if begun.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Err(format!("gave up after {LIMIT:?}").into());
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The name of a logger or a workload on the command line.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// A line about the progress; not part of the result.
fn progress(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}
