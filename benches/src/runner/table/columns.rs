//! The columns of each workload's table, and how their figures look.

use super::{Cell, Rivals, to_f64};
use crate::workloads::{Group, Workload};

/// A column.
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) value: fn(&Cell, Rivals) -> String,
}

const fn column(head: &'static str, value: fn(&Cell, Rivals) -> String) -> Column {
    Column { head, value }
}

const LATENCY: [Column; 6] = [
    column("p50 ns", |cell, _| whole(cell.latency(|it| it.p50))),
    column("p99 ns", |cell, _| whole(cell.latency(|it| it.p99))),
    column("p99.9 ns", |cell, _| whole(cell.latency(|it| it.p999))),
    column("longest µs", |cell, _| {
        whole(cell.latency(|it| it.max / 1_000))
    }),
    column("p50 × reference", |cell, rivals| {
        ratio(quotient(rivals.reference, cell.merit()))
    }),
    column("p50 × best peer", |cell, rivals| {
        ratio(quotient(rivals.best_peer, cell.merit()))
    }),
];

const THROUGHPUT: [Column; 7] = [
    column("records/s called", |cell, _| {
        rate(cell.per_second(|report| Some(report.seconds_called)))
    }),
    column("in the file", |cell, _| {
        rate(cell.per_second(|report| report.seconds_in_file))
    }),
    column("stopped", |cell, _| {
        rate(cell.per_second(|report| Some(report.seconds_stopped)))
    }),
    column("× reference", |cell, rivals| {
        ratio(quotient(cell.merit(), rivals.reference))
    }),
    column("× best peer", |cell, rivals| {
        ratio(quotient(cell.merit(), rivals.best_peer))
    }),
    column("p50 µs", |cell, _| micros(cell.latency(|it| it.p50))),
    column("p99 µs", |cell, _| micros(cell.latency(|it| it.p99))),
];

const IDLE: [Column; 5] = [
    column("wake-ups/s", |cell, _| {
        ratio(cell.median(|report| Some(report.load?.wake_ups_per_second)))
    }),
    column("% of a core", |cell, _| {
        ratio(cell.median(|report| Some(report.load?.processors * 100.0)))
    }),
    column("in sight p50 µs", |cell, _| {
        micros(cell.latency(|it| it.p50))
    }),
    column("p99 µs", |cell, _| micros(cell.latency(|it| it.p99))),
    column("longest µs", |cell, _| micros(cell.latency(|it| it.max))),
];

const FILTERED: [Column; 2] = [
    column("ns/call", |cell, _| fraction(nanos(cell))),
    column("ns more than empty", |cell, rivals| {
        let empty = rivals.reference.map(|calls| 1e9 / calls);
        fraction(nanos(cell).zip(empty).map(|(own, empty)| own - empty))
    }),
];

/// At the end of every table.
const RUN: [Column; 4] = [
    column("allocations/record", |cell, _| {
        allocations(cell.median(|report| report.allocations_per_record))
    }),
    column("peak MiB", |cell, _| {
        let kib = cell.median(|report| report.peak_memory_kib.map(to_f64));
        show(kib, |kib| format!("{:.1}", kib / 1024.0))
    }),
    column("runs", |cell, _| cell.reports.len().to_string()),
    column("others", |cell, _| {
        ratio(cell.median(|report| report.others))
    }),
];

/// The columns behind the logger's name.
pub(super) fn of(workload: Workload) -> Vec<&'static Column> {
    let own = match workload.group() {
        Group::Idle => IDLE.as_slice(),
        Group::Filtered => FILTERED.as_slice(),
        _ if workload.is_about_latency() => LATENCY.as_slice(),
        _ => THROUGHPUT.as_slice(),
    };
    own.iter().chain(&RUN).collect()
}

fn quotient(upper: Option<f64>, lower: Option<f64>) -> Option<f64> {
    Some(upper? / lower?)
}

fn show(value: Option<f64>, format: impl FnOnce(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), format)
}

fn nanos(cell: &Cell) -> Option<f64> {
    cell.merit().map(|calls| 1e9 / calls)
}

fn fraction(value: Option<f64>) -> String {
    show(value, |value| format!("{value:.3}"))
}

pub(super) fn whole(value: Option<f64>) -> String {
    show(value, |value| format!("{value:.0}"))
}

fn ratio(value: Option<f64>) -> String {
    show(value, |value| format!("{value:.2}"))
}

fn micros(nanos: Option<f64>) -> String {
    show(nanos, |nanos| format!("{:.1}", nanos / 1e3))
}

/// Few are not none: `0`, `4e-4`, `3.00`.
pub(super) fn allocations(value: Option<f64>) -> String {
    show(value, |value| match value {
        0.0 => "0".to_owned(),
        value if value < 0.01 => format!("{value:.0e}"),
        value => format!("{value:.2}"),
    })
}

/// Records a second: `5.12 M`, `115 k`, `90`.
pub(super) fn rate(value: Option<f64>) -> String {
    show(value, |value| match value {
        value if value >= 1e6 => format!("{:.2} M", value / 1e6),
        value if value >= 1e4 => format!("{:.0} k", value / 1e3),
        value if value >= 1e3 => format!("{:.1} k", value / 1e3),
        value => format!("{value:.0}"),
    })
}
