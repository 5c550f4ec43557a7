//! What lines look like, and how many writes they take.

use std::{io::ErrorKind, time::Duration};

use super::{APP, AUDIT, Desk, ERRORS, Round, config};
use crate::{Config, Level, Overflow, StreamConfig, fs::tests::sim::FsOp};

#[test]
fn text_lines() {
    let mut desk = Desk::with(config().timestamp_format("%H:%M:%S.%f"));
    desk.clock.advance(Duration::from_nanos(1_234_567_899));
    let app = desk.stream("app");
    app.log(format_args!("without a level")).detach();
    for level in Level::ALL {
        app.log_at(level, format_args!("x")).detach();
    }
    desk.settle();
    let levels = Level::ALL.map(|level| format!("[14:30:01.234567] [{level}] x\n"));
    let expected = format!("[14:30:01.234567] without a level\n{}", levels.concat());
    assert_eq!(desk.text(APP).unwrap(), expected);
}

#[test]
fn json_lines() {
    let config = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .timezone("Europe/Prague")
        .timestamp_format("%H")
        .stream(StreamConfig::new("app").format("json"));
    let mut desk = Desk::with(config);
    desk.clock.advance(Duration::from_nanos(1_234_567_899));
    let app = desk.stream("app");
    app.log(format_args!("a \"b\"\n")).detach();
    app.log_at(Level::Error, format_args!("")).detach();
    desk.settle();
    assert_eq!(
        desk.text("2025-05-04__16-00/app.log").unwrap(),
        concat!(
            r#"{"timestamp":"2025-05-04T16:30:01.234567+02:00","level":null,"stream":"app","message":"a \"b\"\n"}"#,
            "\n",
            r#"{"timestamp":"2025-05-04T16:30:01.234567+02:00","level":"ERROR","stream":"app","message":""}"#,
            "\n",
        )
    );
}

#[test]
fn a_mirror_gets_each_record_in_its_own_style() {
    let stream = StreamConfig::new;
    let config = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream(stream("a"))
        .stream(stream("b").format("json"))
        .stream(stream("c").multiline("indent"))
        .mirror_map([("a", "b"), ("a", "c"), ("b", "a")]);
    let mut desk = Desk::with(config);
    desk.log("a", "x\ny").detach();
    desk.log("b", "z").detach();
    desk.settle();
    let text =
        |desk: &Desk, name: &str| desk.text(&format!("2025-05-04__14-00/{name}.log")).unwrap();
    assert_eq!(text(&desk, "a"), "[14:30:00] x\\ny\n[14:30:00] z\n");
    assert_eq!(text(&desk, "c"), "[14:30:00] x\n\ty\n");
    let [first, second] = ["a", "b"].map(|stream| format!(r#""stream":"{stream}""#));
    let json = text(&desk, "b");
    let lines = json.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].contains(&first) && lines[0].contains(r"x\ny"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains(&second), "{}", lines[1]);
}

#[test]
fn a_batch_takes_one_write_a_file() {
    let mut desk = Desk::new();
    for at in 0..1000 {
        let stream = ["app", "errors", "audit"][at % 3];
        desk.log(stream, &at.to_string()).detach();
    }
    desk.settle();
    assert_eq!(desk.fs.appends(), 3);
    assert_eq!(desk.shared.counters.snapshot().written, 1000);
    let lengths = [APP, ERRORS, AUDIT].map(|path| desk.text(path).unwrap().len() as u64);
    assert_eq!(
        desk.shared.counters.snapshot().bytes_written,
        lengths.iter().sum::<u64>()
    );
}

#[test]
fn drops_are_told_in_their_stream_with_their_times() {
    let config = config()
        .queue_capacity(4096)
        .overflow(Overflow::Drop)
        .timestamp_format("%H:%M:%S");
    let mut desk = Desk::with(config);
    let long = "x".repeat(5000);
    desk.log("errors", &long).detach();
    for _ in 0..3 {
        desk.clock.advance(Duration::from_secs(1));
        desk.log("errors", &long).detach();
    }
    desk.clock.advance(Duration::from_secs(1));
    desk.settle();
    let line =
        "[14:30:04] [WARN] chronologix: 3 records dropped (queue full) from 14:30:01 to 14:30:03\n";
    for path in [ERRORS, APP] {
        assert!(desk.text(path).unwrap().ends_with(line), "{path}");
    }
    assert_eq!(desk.shared.counters.snapshot().dropped, 3);
}

#[test]
fn stamps_are_those_of_the_records_and_not_of_the_writing() {
    let mut desk = Desk::new();
    for _ in 0..3 {
        desk.log("app", "x").detach();
        desk.clock.advance(Duration::from_millis(500));
    }
    desk.clock.advance(Duration::from_secs(60));
    desk.settle();
    assert_eq!(
        desk.text(APP).unwrap(),
        "[14:30:00] x\n[14:30:00] x\n[14:30:01] x\n"
    );
}

#[test]
fn the_ends_of_time_are_survived() {
    for wall in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
        let mut desk = Desk::new();
        desk.clock
            .step_to(chrono::DateTime::from_timestamp_nanos(wall));
        let record = desk.log("app", "x");
        desk.settle();
        super::ready(record.written()).unwrap();
        assert_eq!(
            desk.writer.finish().map_err(|error| error.to_string()),
            Ok(())
        );
    }
}

#[test]
fn a_stream_is_written_before_its_mirrors() {
    let mut desk = Desk::new();
    // The mirror has the first line of the batch, and only one file is written.
    desk.log("app", "own").detach();
    desk.log("errors", "mirrored").detach();
    desk.fs
        .fail_after(1, FsOp::Append, "/", usize::MAX, ErrorKind::StorageFull);
    assert_eq!(desk.round(), Round::Blocked);
    assert_eq!(desk.messages(ERRORS), ["mirrored"]);
    assert_eq!(desk.text(APP).unwrap_or_default(), "");
    desk.fs.heal();
    desk.settle();
    assert_eq!(desk.messages(APP), ["own", "mirrored"]);
}
