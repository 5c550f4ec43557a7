//! A program that logs and does what it is asked to, one step after the other, for tests that
//! change what is around it meanwhile.
//!
//! `stranger BASE STEP…`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and does so on purpose"
)]

use std::{
    env,
    io::{self, Write as _},
    mem, process,
    time::Duration,
};

use chronologix::{Config, log};

#[chronologix::streams(app, audit(durability = "synced"))]
fn main() {
    let mut steps = env::args().skip(1);
    let base = steps.next().unwrap();
    let config = chronologix_streams::config().exit_timeout(Duration::from_secs(1));
    let logger = config.base_log_dir(&base).start_blocking();
    let logger = match logger {
        Ok(logger) => logger,
        Err(error) => {
            say(&format!("refused {error}"));
            process::exit(3);
        }
    };
    let mut number = 0;
    for step in steps {
        let (step, count) = step.split_once(':').unwrap_or((&step, "1"));
        let count = count.parse::<u64>().unwrap();
        let numbers = number + 1..=number + count;
        match step {
            "log" => numbers.for_each(|at| log!(app, "record {at}").detach()),
            "written" => {
                let ends = numbers.map(|at| log!(app, "record {at}").written().wait());
                count_ends(ends);
            }
            "synced" => {
                let ends = numbers.map(|at| log!(audit, "record {at}").wait().into_result());
                count_ends(ends);
            }
            // What a library that is loaded before does then.
            "act" => say(&format!("act {}", std::os::unix::process::parent_id())),
            "spawn" => (0..count).for_each(|_| {
                assert!(process::Command::new("true").status().unwrap().success());
            }),
            "loggers" => {
                let others = (0..count).map(|at| {
                    let config = Config::new()
                        .base_log_dir(&base)
                        .stream(format!("other{at}"));
                    config.start_blocking().unwrap()
                });
                let others = others.collect::<Vec<_>>();
                for (at, other) in others.iter().enumerate() {
                    let stream = other.stream(&format!("other{at}")).unwrap();
                    stream
                        .log(format_args!("record {at}"))
                        .wait()
                        .into_result()
                        .unwrap();
                }
            }
            "panic" => panic!("on purpose"),
            "stop" => say(&format!("stopped {:?}", logger.stop_blocking())),
            unknown => panic!("no such step: {unknown}"),
        }
        if ["log", "written", "synced"].contains(&step) {
            number += count;
        }
    }
    mem::forget(logger);
}

fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Says how many records went well, and which errors the others had.
fn count_ends<E: std::fmt::Display>(ends: impl Iterator<Item = Result<(), E>>) {
    let (mut well, mut errors) = (0, Vec::new());
    for end in ends {
        match end {
            Ok(()) => well += 1,
            Err(error) => errors.push(error.to_string()),
        }
    }
    errors.dedup();
    say(&format!("acknowledged {well}, errors {errors:?}"));
}
