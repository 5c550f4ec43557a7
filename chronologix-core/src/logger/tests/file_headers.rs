//! Files that begin with a line which tells them from all others.

use chronologix_schema::layout::FileHeader;

use super::{Bench, HOUR, config, messages};
use crate::{Config, StreamConfig, fs::tests::sim::SimFs};

/// The headers in a file, each with the number of its line.
fn headers(fs: &SimFs, path: &str) -> Vec<(usize, FileHeader)> {
    let text = fs.text(&format!("/base/{path}"));
    let text = text.unwrap_or_else(|| panic!("no file {path}"));
    let lines = text.lines().enumerate();
    let headers = lines.filter_map(|(at, line)| Some((at, FileHeader::of_line(line)?)));
    headers.collect()
}

/// The one header of a file, which is its first line.
fn header(fs: &SimFs, path: &str) -> FileHeader {
    let mut headers = headers(fs, path);
    assert_eq!(headers.len(), 1, "{path}");
    let (line, header) = headers.remove(0);
    assert_eq!(line, 0, "{path}");
    assert_eq!(format!("{}/{}", header.folder, header.file), path);
    header
}

#[test]
fn each_file_begins_with_its_own() {
    let bench = Bench::with(config().file_header(true).max_file_size("4KiB"));
    let text = "x".repeat(500);
    for number in 0..20 {
        bench.log("errors", &format!("{number} {text}")).detach();
    }
    bench.flush();
    bench.clock.advance(HOUR);
    bench.log("app", "later").detach();
    bench.stop();
    let fs = &bench.fs;
    let mut found = Vec::new();
    for folder in ["2025-05-04__14-00", "2025-05-04__15-00"] {
        for file in fs.list(&format!("/base/{folder}")) {
            let path = format!("{folder}/{file}");
            if fs
                .text(&format!("/base/{path}"))
                .is_some_and(|text| !text.is_empty())
            {
                found.push(header(fs, &path));
            }
        }
    }
    let files = found.iter().map(|it| (&*it.stream, &*it.file));
    let numbered = |stream: &str| files.clone().filter(|it| it.0 == stream).count();
    // The mirror has as many as the stream, and one of the next hour.
    assert!(numbered("errors") > 2 && numbered("app") == numbered("errors") + 1);
    assert!(
        found
            .iter()
            .all(|it| it.run == found[0].run && it.run.len() == 16)
    );
    bench.fs.for_each_snapshot(|file| {
        assert!(file.bytes.len() <= 4096, "{}", file.path.display());
    });
}

#[test]
fn a_file_that_was_created_ahead_is_empty_until_its_first_record() {
    let bench = Bench::with(config().file_header(true));
    bench.log("app", "one").detach();
    bench.flush();
    assert_eq!(
        bench.fs.text("/base/2025-05-04__14-00/audit.log").unwrap(),
        ""
    );
    assert_eq!(
        bench.fs.text("/base/2025-05-04__15-00/app.log").unwrap(),
        ""
    );
    bench.stop();
    assert!(bench.fs.list("/base/2025-05-04__15-00").is_empty());
}

#[test]
fn a_file_that_is_continued_has_one_header() {
    let fs = SimFs::with_folder("/base");
    let file = "2025-05-04__14-00/app.log";
    for message in ["one", "two"] {
        let bench = Bench::on(&fs, config().file_header(true)).unwrap();
        bench.log("app", message).detach();
        bench.stop();
    }
    header(&fs, file);
    assert_eq!(messages(&fs, file)[1..], ["one", "two"]);
    // Without the option, what was begun with a header goes on.
    let bench = Bench::on(&fs, config()).unwrap();
    bench.log("app", "three").detach();
    bench.stop();
    header(&fs, file);
    assert_eq!(messages(&fs, file)[1..], ["one", "two", "three"]);
}

#[test]
fn two_loggers_write_one() {
    let fs = SimFs::with_folder("/base");
    let first = Bench::on(&fs, config().file_header(true)).unwrap();
    let second = Bench::on(&fs, config().file_header(true)).unwrap();
    for number in 0..10 {
        first.log("app", &format!("first {number}")).detach();
        second.log("app", &format!("second {number}")).detach();
    }
    first.stop();
    second.stop();
    header(&fs, "2025-05-04__14-00/app.log");
}

#[test]
fn a_stream_of_json_begins_with_an_object() {
    let streams = Config::new().stream(StreamConfig::new("orders").format("json"));
    let config = streams.base_log_dir("/base").interval("1h");
    let bench = Bench::with(config.file_header(true));
    bench.log("orders", "one").detach();
    bench.stop();
    let path = "2025-05-04__14-00/orders.log";
    header(&bench.fs, path);
    let text = bench.fs.text(&format!("/base/{path}")).unwrap();
    for line in text.lines() {
        let object = serde_json::from_str::<serde_json::Value>(line).unwrap();
        assert_eq!(object["stream"], "orders");
    }
}

#[test]
fn a_header_that_is_written_in_pieces_is_whole() {
    let bench = Bench::with(config().file_header(true));
    bench.fs.write_short(7);
    bench.log("app", "one").wait();
    bench.stop();
    let file = "2025-05-04__14-00/app.log";
    header(&bench.fs, file);
    assert_eq!(messages(&bench.fs, file)[1..], ["one"]);
}

#[test]
fn a_line_longer_than_a_file_has_a_file_with_a_header_to_itself() {
    let bench = Bench::with(config().file_header(true).max_file_size("4KiB"));
    let long = "x".repeat(5000);
    for message in ["short", &*long, "short"] {
        bench.log("app", message).detach();
    }
    bench.stop();
    for (number, message) in [("", "short"), (".1", &*long), (".2", "short")] {
        let file = format!("2025-05-04__14-00/app{number}.log");
        header(&bench.fs, &file);
        assert_eq!(messages(&bench.fs, &file)[1..], [message]);
    }
}
