//! What a logger loses by a shipper beside it: `cargo bench -p chronologix-ship --bench beside`.
//!
//! The logger writes as fast as it can, and then at a fixed rate. The shipper is the program, in a
//! process of its own, and sends to a receiver that throws everything away. Rounds without it, with
//! it and with it at the lowest priority take turns, and medians are compared.
//! `CHRONOLOGIX_ROUNDS` is the number of rounds, 5 unless set.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures, and fails with a panic"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use chronologix_core::{Config, Level, Logger};

/// Records of a round at full speed.
const RECORDS: u32 = 1_000_000;

/// Records a second of a round at a fixed rate.
const RATE: u32 = 50_000;

/// Records between two pauses at a fixed rate.
const BURST: u32 = 500;

/// Records of a round at a fixed rate.
const AT_RATE: u32 = 150_000;

/// What runs beside the logger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Beside {
    Nothing,
    Shipper,
    ShipperAtLowestPriority,
}

fn main() {
    let rounds = std::env::var("CHRONOLOGIX_ROUNDS").ok();
    let rounds = rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    // `cargo test` runs benches for their sake alone.
    let is_test = !std::env::args().any(|it| it == "--bench");
    let (rounds, records, at_rate) = if is_test {
        (1, 1_000, 1_000)
    } else {
        (rounds, RECORDS, AT_RATE)
    };
    let url = receiver();
    let mut rates = BTreeMap::<(bool, Beside), Vec<f64>>::new();
    let all = [
        Beside::Nothing,
        Beside::Shipper,
        Beside::ShipperAtLowestPriority,
    ];
    for round in 0..rounds {
        for turn in 0..all.len() {
            let beside = all[(turn + round) % all.len()];
            for is_limited in [false, true] {
                let records = if is_limited { at_rate } else { records };
                let rate = log_beside(beside, &url, records, is_limited);
                rates.entry((is_limited, beside)).or_default().push(rate);
            }
        }
    }
    let mut alone = 0.0;
    for ((is_limited, beside), mut rates) in rates {
        rates.sort_by(f64::total_cmp);
        let median = rates[rates.len() / 2];
        if beside == Beside::Nothing {
            alone = median;
        }
        let speed = if is_limited {
            "fixed rate"
        } else {
            "full speed"
        };
        println!(
            "{speed}, beside {beside:?}: {median:.0} records/s ({:.0} to {:.0}), {:.3} of that alone",
            rates[0],
            rates[rates.len() - 1],
            median / alone
        );
    }
}

/// Logs records, and returns how many were written in a second.
fn log_beside(beside: Beside, url: &str, records: u32, is_limited: bool) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    let logger = Config::new()
        .base_log_dir(&base)
        .stream("app")
        .start_blocking()
        .unwrap();
    let mut shipper = start(beside, &base, url);
    // It has read the tree once when its cursor is there.
    let cursor = base.join(".chronologix-ship/cursor.json");
    while shipper.is_some() && !cursor.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    let begun = Instant::now();
    log(&logger, records, is_limited);
    let flushed = logger.flush_blocking(Duration::from_secs(600));
    let took = begun.elapsed();
    assert!(flushed.error.is_none());
    if let Some(mut shipper) = shipper.take() {
        shipper.kill().unwrap();
        shipper.wait().unwrap();
    }
    f64::from(records) / took.as_secs_f64()
}

fn log(logger: &Logger, records: u32, is_limited: bool) {
    let stream = logger.stream("app").unwrap();
    let begun = Instant::now();
    for number in 0..records {
        if is_limited && number % BURST == 0 {
            let due = Duration::from_secs(1) * number / RATE;
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        let message = format_args!("request {number} of a client took 12 ms, all is well");
        stream.log_at(Level::Info, message).wait();
    }
}

fn start(beside: Beside, base: &std::path::Path, url: &str) -> Option<Child> {
    let program = env!("CARGO_BIN_EXE_chronologix-ship");
    let mut command = match beside {
        Beside::Nothing => return None,
        Beside::Shipper => Command::new(program),
        Beside::ShipperAtLowestPriority => {
            let mut command = Command::new("nice");
            command.args(["-n", "19", program]);
            command
        }
    };
    command.arg(base).args(["--quiet", "--endpoint", url]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    Some(command.spawn().unwrap())
}

/// Starts a receiver that takes everything, and returns its address.
fn receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || while take(&client).is_some() {});
        }
    });
    url
}

/// Takes one request. `None` at the end of the connection.
fn take(mut client: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(client);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(given) = line.strip_prefix("content-length:") {
            length = given.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    client
        .write_all(b"HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n")
        .ok()
}
