//! Hooks at the end of a process: each record is delivered, or stderr says how many are not.

use std::{
    fs, future::pending, io::Write as _, mem, path::Path, process, sync::Arc, time::Duration,
};

use chronologix::{Config, Hook, Record};
use tokio::{runtime::Builder, sync::Notify, time::timeout};

use crate::{rounds, script::Script, victim::Casting};

/// A process: its runtime, its hooks, how it ends, and how many of its records are delivered.
struct Case {
    threads: &'static str,
    hooks: u64,
    records: u64,
    end: &'static str,
    delivered: u64,
}

const fn case(
    threads: &'static str,
    hooks: u64,
    records: u64,
    end: &'static str,
    delivered: u64,
) -> Case {
    Case {
        threads,
        hooks,
        records,
        end,
        delivered,
    }
}

/// The first call never ends in a process whose end has `stay`.
const CASES: [Case; 14] = [
    case("one", 1, 1, "return", 1),
    case("one", 1, 5, "return", 5),
    case("one", 2, 3, "return", 3),
    case("one", 1, 3, "stop_blocking", 3),
    case("one", 1, 3, "stop", 3),
    case("one", 1, 3, "exit", 3),
    case("one", 1, 3, "forget", 3),
    case("many", 2, 3, "return", 3),
    case("many", 1, 3, "exit", 3),
    // The begun call is lost with its runtime, and those after it are not.
    case("one", 1, 1, "return, stay", 0),
    case("one", 1, 4, "return, stay", 3),
    case("many", 2, 4, "stop, stay", 3),
    // Its runtime lives as long as the process.
    case("many", 1, 4, "exit, stay", 0),
    case("many", 2, 4, "forget, stay", 0),
];

#[test]
fn each_record_is_delivered_or_counted_on_stderr() {
    let _machine = rounds::beside_others();
    for case in &CASES {
        let folder = tempfile::tempdir().unwrap();
        let victim = Casting::of("hooks")
            .with("base", folder.path().display())
            .with("threads", case.threads)
            .with("hooks", case.hooks)
            .with("records", case.records)
            .with("end", case.end);
        let stderr = victim.start().succeed();
        for hook in 0..case.hooks {
            let file = folder.path().join(format!("delivered.{hook}"));
            let delivered = fs::read_to_string(file).unwrap_or_default().lines().count();
            let about = format!("chronologix: hook \"{hook}\"");
            let lines = stderr.lines().filter(|line| line.starts_with(&about));
            let lost = lines.clone().map(lost).sum::<u64>();
            let found = (delivered as u64, lost, lines.count());
            let expected = case.records - case.delivered;
            let expected = (case.delivered, expected, usize::from(expected > 0));
            assert_eq!(
                found, expected,
                "{} thread, {}: {stderr}",
                case.threads, case.end
            );
        }
    }
}

/// How many records such a line says are lost.
fn lost(line: &str) -> u64 {
    let before = line.split(" record").next().unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

/// The process of these tests.
pub(crate) fn play(script: &Script) {
    let end = script.text("end").unwrap();
    let runtime = if script.text("threads") == Some("one") {
        Builder::new_current_thread().enable_all().build()
    } else {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
    };
    let runtime = runtime.unwrap();
    let base = script.path("base");
    runtime.block_on(async {
        let mut config = Config::new().base_log_dir(base.join("logs"));
        let begun = Arc::<Notify>::default();
        let stays = end.ends_with("stay");
        for number in 0..script.number::<u64>("hooks") {
            let file = base.join(format!("delivered.{number}"));
            config = config.hook(pager(
                &number.to_string(),
                &file,
                stays.then(|| begun.clone()),
            ));
        }
        let logger = config.start().await.unwrap();
        for number in 0..script.number::<u64>("records") {
            let stream = logger.stream("all").unwrap();
            stream
                .log(format_args!("{number}"))
                .await
                .into_result()
                .unwrap();
        }
        if stays {
            begun.notified().await;
        }
        match end.split(',').next().unwrap() {
            "return" => {}
            "stop" => logger.stop().await.unwrap(),
            "stop_blocking" => logger.stop_blocking().unwrap(),
            "exit" => process::exit(0),
            "forget" => mem::forget(logger),
            unknown => panic!("no end {unknown:?}"),
        }
    });
    if end == "forget, stay" {
        mem::forget(runtime);
    }
}

/// A hook that notes each record in a file once a timer has fired.
fn pager(name: &str, file: &Path, begun: Option<Arc<Notify>>) -> Hook {
    let file = file.to_owned();
    let hook = Hook::new(name, move |record: Record| {
        let (file, begun) = (file.clone(), begun.clone());
        async move {
            // A timer needs a runtime that is polled.
            let timer = timeout(Duration::from_millis(10), pending::<()>());
            timer.await.unwrap_err();
            if let Some(begun) = begun.filter(|_| record.message() == "0") {
                begun.notify_one();
                pending::<()>().await;
            }
            let mut file = fs::File::options().create(true).append(true).open(file)?;
            writeln!(file, "{}", record.message())
        }
    });
    hook.timeout(Duration::from_secs(60))
}
