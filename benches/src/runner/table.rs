//! Medians of many runs as Markdown tables.

mod columns;
mod growth;

use std::io::{self, Write};

use super::name;
use crate::{
    loggers::Logger,
    report::{Percentiles, Report},
    workloads::{Group, Workload},
};

#[cfg(test)]
mod tests;

/// All runs of one logger under one workload.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) workload: Workload,
    pub(super) logger: Logger,
    pub(super) reports: Vec<Report>,
}

/// What the others of a table are compared with.
#[derive(Clone, Copy, Debug)]
struct Rivals {
    reference: Option<f64>,
    best_peer: Option<f64>,
}

impl Cell {
    pub(super) fn new(workload: Workload, logger: Logger) -> Self {
        Self {
            workload,
            logger,
            reports: Vec::new(),
        }
    }

    fn median(&self, value: impl Fn(&Report) -> Option<f64>) -> Option<f64> {
        median(self.reports.iter().filter_map(value).collect())
    }

    fn latency(&self, value: impl Fn(&Percentiles) -> u64) -> Option<f64> {
        self.median(|report| {
            report
                .latency
                .as_ref()
                .map(|latency| to_f64(value(latency)))
        })
    }

    fn per_second(&self, seconds: impl Fn(&Report) -> Option<f64>) -> Option<f64> {
        self.median(|report| seconds(report).map(|seconds| to_f64(report.records) / seconds))
    }

    /// What the logger is compared by: the more, the better.
    fn merit(&self) -> Option<f64> {
        if self.workload.group() == Group::Filtered {
            self.per_second(|report| Some(report.seconds_called))
        } else if self.workload.is_about_latency() {
            self.latency(|latency| latency.p50).map(|nanos| 1.0 / nanos)
        } else {
            self.per_second(|report| Some(report.seconds_stopped))
        }
    }
}

impl Rivals {
    /// Among the cells of one workload.
    fn of(cells: &[Cell]) -> Self {
        let reference = cells
            .iter()
            .find(|cell| cell.logger == Logger::reference(cell.workload));
        let peers = cells.iter().filter(|cell| cell.logger.is_peer());
        Self {
            reference: reference.and_then(Cell::merit),
            best_peer: peers.filter_map(Cell::merit).max_by(f64::total_cmp),
        }
    }
}

/// Writes one table a workload, but one for all sizes of a workload that grows. The last column is
/// how many processors other processes kept busy.
pub(super) fn write(cells: &[Cell], out: &mut impl Write) -> io::Result<()> {
    let together = |a: &Cell, b: &Cell| {
        let kinds = (a.workload.group(), b.workload.group());
        a.workload == b.workload || a.workload.grows() && kinds.0 == kinds.1
    };
    for cells in cells.chunk_by(together) {
        if cells[0].workload.grows() {
            growth::write(cells, out)?;
            continue;
        }
        let workload = cells[0].workload;
        let rivals = Rivals::of(cells);
        let columns = columns::of(workload);
        writeln!(out, "\n**{}**\n", name(&workload))?;
        let heads = columns.iter().map(|column| column.head).collect::<Vec<_>>();
        writeln!(out, "| logger | {} |", heads.join(" | "))?;
        writeln!(out, "|---|{}", "---|".repeat(columns.len()))?;
        for cell in cells {
            let values = columns
                .iter()
                .map(|column| (column.value)(cell, rivals))
                .collect::<Vec<_>>();
            writeln!(out, "| {} | {} |", name(&cell.logger), values.join(" | "))?;
        }
    }
    Ok(())
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(f64::midpoint(values[values.len() / 2 - 1], upper))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds stay far below 2^52"
)]
fn to_f64(number: u64) -> f64 {
    number as f64
}
