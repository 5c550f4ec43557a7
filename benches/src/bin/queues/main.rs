//! A trial of queues for one producer and one consumer: which of them costs the caller least?
//!
//! `double buffer` is what chronologix uses: two vectors behind a lock of std that is contended only for the moment in which the
//! consumer swaps them for empty ones. `byte ring` is one ring of rtrb that carries whole records as bytes; `two rings` has one for
//! headers and one for arguments, which is what a ring would have to be in a crate without `unsafe`, because a header holds
//! references. `no queue` is the timer alone. Stamp and arguments are made beforehand: only the queue is measured.

mod candidates;
#[path = "../../latency.rs"]
mod latency;
mod trials;

use std::{
    error::Error,
    io::{self, Write as _},
};

use clap::Parser;

use self::{
    candidates::{ByteRing, DoubleBuffer, NoQueue, TwoRings},
    trials::{Latencies, Trial},
};

/// Whatever goes wrong ends the trial.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Compares queues. Medians as Markdown on stdout.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each trial is repeated
    #[arg(long, default_value_t = 7)]
    repetitions: usize,
    /// A twentieth of the records
    #[arg(long)]
    quick: bool,
}

/// All repetitions of one queue.
#[derive(Debug, Default)]
struct Results {
    steady: Vec<Latencies>,
    bursts: Vec<Latencies>,
    /// Records a second of one producer and of four.
    full: [Vec<f64>; 2],
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let trial = Trial::new(if arguments.quick { 20 } else { 1 });
    let mut all: [(&str, Results); 4] = ["no queue", "double buffer", "byte ring", "two rings"]
        .map(|name| (name, Results::default()));
    for _ in 0..arguments.repetitions {
        // The queues take turns, so that a busy moment of the machine meets all of them.
        let [none, double, bytes, two] = &mut all;
        none.1
            .add(trial.steady::<NoQueue>()?, trial.bursts::<NoQueue>()?, None);
        trial_of::<DoubleBuffer>(&trial, &mut double.1)?;
        trial_of::<ByteRing>(&trial, &mut bytes.1)?;
        trial_of::<TwoRings>(&trial, &mut two.1)?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "| queue | 2 µs pace p50 / p99 / p99.9 ns | 4 threads in bursts p50 / p99 / p99.9 ns | full speed, 1 thread | 4 threads |\n|---|---|---|---|---|"
    )?;
    for (name, results) in &all {
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} |",
            percentiles(&results.steady),
            percentiles(&results.bursts),
            rate(&results.full[0]),
            rate(&results.full[1]),
        )?;
    }
    Ok(())
}

fn trial_of<Q: candidates::Queue>(trial: &Trial, results: &mut Results) -> Result<(), Failure> {
    let full = [trial.full::<Q>(1)?, trial.full::<Q>(4)?];
    results.add(trial.steady::<Q>()?, trial.bursts::<Q>()?, Some(full));
    Ok(())
}

impl Results {
    fn add(&mut self, steady: Latencies, bursts: Latencies, full: Option<[f64; 2]>) {
        self.steady.push(steady);
        self.bursts.push(bursts);
        for (rates, rate) in self.full.iter_mut().zip(full.into_iter().flatten()) {
            rates.push(rate);
        }
    }
}

fn percentiles(all: &[Latencies]) -> String {
    let at = |which: usize| {
        let mut values = all.iter().map(|each| each[which]).collect::<Vec<_>>();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    format!("{} / {} / {}", at(0), at(1), at(2))
}

fn rate(rates: &[f64]) -> String {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates
        .get(rates.len() / 2)
        .map_or_else(|| "–".to_owned(), |rate| format!("{:.1} M/s", rate / 1e6))
}
