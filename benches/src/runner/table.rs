//! Medians of many runs as Markdown tables.

use std::io::{self, Write};

use super::name;
use crate::{
    loggers::Logger,
    report::{Percentiles, Report},
    workloads::Workload,
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
        if self.workload.is_about_latency() {
            self.latency(|latency| latency.p50).map(|nanos| 1.0 / nanos)
        } else {
            self.per_second(|report| Some(report.seconds_stopped))
        }
    }
}

/// Writes one table a workload. The last column is how many processors other processes kept busy.
pub(super) fn write(cells: &[Cell], out: &mut impl Write) -> io::Result<()> {
    for cells in cells.chunk_by(|a, b| a.workload == b.workload) {
        let workload = cells[0].workload;
        let reference = cells
            .iter()
            .find(|cell| cell.logger == Logger::reference(workload))
            .and_then(Cell::merit);
        writeln!(out, "\n**{}**\n", name(&workload))?;
        if workload.is_about_latency() {
            write_latency(cells, reference, out)?;
        } else {
            write_throughput(cells, reference, out)?;
        }
    }
    Ok(())
}

fn write_latency(cells: &[Cell], reference: Option<f64>, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "| logger | p50 ns | p99 ns | p99.9 ns | longest µs | p50 × reference | peak MiB | runs | others |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for cell in cells {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            name(&cell.logger),
            whole(cell.latency(|latency| latency.p50)),
            whole(cell.latency(|latency| latency.p99)),
            whole(cell.latency(|latency| latency.p999)),
            whole(cell.latency(|latency| latency.max / 1_000)),
            ratio(
                reference
                    .zip(cell.merit())
                    .map(|(reference, own)| reference / own)
            ),
            memory(cell),
            cell.reports.len(),
            ratio(cell.median(|report| report.others)),
        )?;
    }
    Ok(())
}

fn write_throughput(
    cells: &[Cell],
    reference: Option<f64>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        out,
        "| logger | records/s called | in the file | stopped | × reference | p50 µs | p99 µs | peak MiB | runs | others |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|")?;
    for cell in cells {
        let micros = |nanos: Option<f64>| {
            nanos.map_or_else(|| "–".to_owned(), |nanos| format!("{:.1}", nanos / 1e3))
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            name(&cell.logger),
            rate(cell.per_second(|report| Some(report.seconds_called))),
            rate(cell.per_second(|report| report.seconds_in_file)),
            rate(cell.per_second(|report| Some(report.seconds_stopped))),
            ratio(
                reference
                    .zip(cell.merit())
                    .map(|(reference, own)| own / reference)
            ),
            micros(cell.latency(|latency| latency.p50)),
            micros(cell.latency(|latency| latency.p99)),
            memory(cell),
            cell.reports.len(),
            ratio(cell.median(|report| report.others)),
        )?;
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

fn whole(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"))
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

/// Records a second: `5.12 M`, `115 k`, `90`.
fn rate(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value >= 1e6 => format!("{:.2} M", value / 1e6),
        Some(value) if value >= 1e4 => format!("{:.0} k", value / 1e3),
        Some(value) if value >= 1e3 => format!("{:.1} k", value / 1e3),
        Some(value) => format!("{value:.0}"),
    }
}

fn memory(cell: &Cell) -> String {
    let mib = cell.median(|report| report.peak_memory_kib.map(|kib| to_f64(kib) / 1024.0));
    mib.map_or_else(|| "–".to_owned(), |mib| format!("{mib:.1}"))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds stay far below 2^52"
)]
fn to_f64(number: u64) -> f64 {
    number as f64
}
