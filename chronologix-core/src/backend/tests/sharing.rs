//! Several loggers on one tree.

use super::{APP, Desk, HOUR, config};
use crate::Config;

fn desks() -> [Desk; 2] {
    let first = Desk::new();
    let second = Desk::on(&first.fs, Box::new(first.fs.clone()), config());
    [first, second]
}

fn stop(desk: &mut Desk) {
    desk.writer.finish().unwrap();
    drop(desk.shared.end());
}

#[test]
fn a_next_folder_that_another_logger_has_made_ready_is_not_removed() {
    let [mut first, mut second] = desks();
    let both = ["2025-05-04__14-00", "2025-05-04__15-00"];
    stop(&mut first);
    assert_eq!(second.folders(), both);
    second.clock.advance(HOUR);
    second.log("app", "goes on").detach();
    second.settle();
    assert_eq!(second.messages("2025-05-04__15-00/app.log"), ["goes on"]);
    assert_eq!(second.shared.counters.snapshot().disk_errors, 0);
    stop(&mut second);
    assert_eq!(second.folders(), both, "16-00 was the next, and is gone");
}

#[test]
fn a_folder_of_another_loggers_streams_is_not_removed() {
    let first = Desk::new();
    let other = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream("other");
    let mut second = Desk::on(&first.fs, Box::new(first.fs.clone()), other);
    stop(&mut second);
    let names = first.fs.list("/base/2025-05-04__15-00");
    assert_eq!(names, ["app.log", "audit.log", "errors.log", "other.log"]);
}

#[test]
fn two_loggers_write_to_the_same_files() {
    let [mut first, mut second] = desks();
    first.log("app", "one").detach();
    first.settle();
    second.log("app", "two").detach();
    second.settle();
    first.log("app", "three").detach();
    first.settle();
    assert_eq!(first.messages(APP), ["one", "two", "three"]);
}

#[test]
fn the_description_keeps_the_streams_of_both() {
    let first = Desk::new();
    let other = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream("other");
    let _second = Desk::on(&first.fs, Box::new(first.fs.clone()), other);
    let text = first.text(".chronologix.json").unwrap();
    let description = chronologix_schema::layout::Manifest::from_json(&text).unwrap();
    let mut names = description
        .streams
        .iter()
        .map(|stream| stream.name.as_str())
        .collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["app", "audit", "errors", "other"]);
}
