//! The configurations of `docs/collect.md`, on a tree whose folders appear and are removed.

use std::{collections::BTreeMap, fs, path::Path, process::Command, time::Duration};

use chronologix::{Config, Fields, StreamConfig};
use chronologix_core::ManualClock;

use crate::engine::{Engine, find, workspace};

const HOURS: usize = 6;
const RECORDS_AN_HOUR: usize = 200;

/// Returns the configuration of a collector on the page: the block of this language.
fn configuration(language: &str) -> String {
    let page = fs::read_to_string(workspace().join("docs/collect.md")).unwrap();
    let begin = format!("\n```{language}\n");
    let (_, block) = page.split_once(&begin).unwrap();
    block.split_once("\n```").unwrap().0.to_owned() + "\n"
}

/// The whole lines of a file, none if there is no file yet.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(str::to_owned).collect()
}

#[test]
fn rsyslog_collects_every_record_once() {
    let Some(rsyslogd) = find("rsyslogd") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (base, collected) = (dir.path().join("my_logs"), dir.path().join("collected.log"));
    let path = |path: &Path| path.display().to_string();
    let configuration = configuration("rsyslog")
        .replace("/var/log/my_service", &path(&base))
        .replace("/var/log/collected.log", &path(&collected))
        .replace("/var/lib/rsyslog", &path(dir.path()));
    let config_file = dir.path().join("rsyslog.conf");
    fs::write(&config_file, configuration).unwrap();

    let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_746_367_200, 0).unwrap());
    let config = Config::new()
        .stream("app")
        .stream("errors")
        .stream(StreamConfig::new("audit").format("json"))
        .mirror("errors", "app")
        .interval("1h")
        .base_log_dir(&base);
    let logger = config.clock(clock.clone()).start_blocking().unwrap();
    let streams = ["app", "errors", "audit"].map(|name| logger.stream(name).unwrap());
    let mut command = Command::new(rsyslogd);
    command.arg("-n").arg("-f").arg(&config_file);
    command.arg("-i").arg(dir.path().join("rsyslog.pid"));
    let mut rsyslog = Engine::start(&mut command, &dir.path().join("rsyslog.out"));

    let mut expected = BTreeMap::new();
    for hour in 0..HOURS {
        let folder = format!("2025-05-04__{}-00", 14 + hour);
        for number in 0..RECORDS_AN_HOUR {
            let stream = &streams[number % 3];
            let message = format!("record {hour}-{number}.");
            let fields = Fields::from([("number", number)]);
            stream.with(fields).log(format_args!("{message}")).wait();
            let file = if number % 3 == 2 {
                "audit.log"
            } else {
                "app.log"
            };
            expected.insert(message, format!("{}/{folder}/{file}", path(&base)));
        }
        let so_far = (hour + 1) * RECORDS_AN_HOUR;
        rsyslog.wait_until("all of the hour is collected", || {
            lines(&collected).len() >= so_far
        });
        // What is collected may go.
        fs::remove_dir_all(base.join(&folder)).unwrap();
        clock.advance(Duration::from_secs(3600));
        let next = base.join(format!("2025-05-04__{}-00", 15 + hour));
        rsyslog.wait_until("there is a next folder", || next.exists());
    }
    logger.stop_blocking().unwrap();
    drop(rsyslog);
    let mut found = BTreeMap::new();
    for line in lines(&collected) {
        let (file, line) = line.split_once(' ').unwrap();
        let begin = line.find("record ").unwrap();
        let end = begin + line[begin..].find('.').unwrap();
        let before = found.insert(line[begin..=end].to_owned(), file.to_owned());
        assert_eq!(before, None, "twice: {line}");
    }
    assert_eq!(found, expected);
}
