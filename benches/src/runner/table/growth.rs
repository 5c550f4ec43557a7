//! Workloads of several sizes: one table a kind, a column a size.

use std::io::{self, Write};

use super::{Cell, columns::whole, name, to_f64};
use crate::report::Report;

/// What is shown of each logger.
const FIGURES: [Figure; 3] = [
    ("called", |report| Some(report.seconds_called)),
    ("in the file", |report| report.seconds_in_file),
    ("stopped", |report| Some(report.seconds_stopped)),
];

/// What the seconds of a report are counted until.
type Figure = (&'static str, fn(&Report) -> Option<f64>);

/// Writes the nanoseconds a record takes until the callers were done, until all was in the file,
/// and until the logger had stopped.
pub(super) fn write(cells: &[Cell], out: &mut impl Write) -> io::Result<()> {
    let mut sizes = Vec::new();
    let mut loggers = Vec::new();
    for cell in cells {
        if !sizes.contains(&cell.workload) {
            sizes.push(cell.workload);
        }
        if !loggers.contains(&cell.logger) {
            loggers.push(cell.logger);
        }
    }
    let heads = sizes.iter().map(name).collect::<Vec<_>>().join(" | ");
    writeln!(out, "\n**Nanoseconds a record**\n")?;
    writeln!(out, "| logger | until | {heads} | last ÷ first |")?;
    writeln!(out, "|---|---|{}---|", "---|".repeat(sizes.len()))?;
    for logger in loggers {
        for (until, seconds) in FIGURES {
            let nanos = cells
                .iter()
                .filter(|cell| cell.logger == logger)
                .map(|cell| {
                    cell.median(|report| Some(seconds(report)? * 1e9 / to_f64(report.records)))
                })
                .collect::<Vec<_>>();
            let figures = nanos.iter().copied().map(whole).collect::<Vec<_>>();
            let growth = match (nanos.first(), nanos.last()) {
                (Some(Some(first)), Some(Some(last))) => format!("{:.2}", last / first),
                _ => "–".to_owned(),
            };
            let logger = name(&logger);
            let figures = figures.join(" | ");
            writeln!(out, "| {logger} | {until} | {figures} | {growth} |")?;
        }
    }
    Ok(())
}
