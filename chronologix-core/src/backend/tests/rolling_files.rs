//! The file of a stream, on the real file system.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;

#[cfg(unix)]
use crate::fs::tests::os::is_fifo;
#[cfg(unix)]
use crate::fs::traits::FileSystem;
use crate::{
    Config, StreamConfig,
    backend::{rolling_file::RollingFile, write_buffer::WriteBuffer},
    fs::{os::OsFs, tests::os::Base},
};

fn buffer(lines: &str) -> WriteBuffer {
    let mut buffer = WriteBuffer::default();
    buffer.lines.extend_from_slice(lines.as_bytes());
    buffer
}

#[test]
fn half_a_line_is_ended_and_what_is_there_is_never_changed() {
    for (left, expected) in [
        ("", "new\n"),
        ("whole\n", "whole\nnew\n"),
        ("whole\nhal", "whole\nhal\nnew\n"),
        ("whole\n\0\0\0", "whole\n\0\0\0\nnew\n"),
        ("\n", "\nnew\n"),
    ] {
        let base = Base::new();
        base.put("app.log", left);
        let mut file = RollingFile::new(base.0.path(), "app.log", 0o600, None);
        file.append(&OsFs::default(), &mut buffer("new\n")).unwrap();
        assert_eq!(base.text("app.log"), expected, "{left:?}");
    }
}

#[test]
fn a_file_moved_away_is_left_for_a_new_one() {
    let base = Base::new();
    let mut file = RollingFile::new(base.0.path(), "app.log", 0o600, None);
    file.append(&OsFs::default(), &mut buffer("one\n")).unwrap();
    assert!(
        !file
            .close_if_replaced(&OsFs::default(), &mut buffer(""))
            .unwrap()
    );
    fs::rename(base.path("app.log"), base.path("app.log.1")).unwrap();
    assert!(
        file.close_if_replaced(&OsFs::default(), &mut buffer(""))
            .unwrap()
    );
    file.append(&OsFs::default(), &mut buffer("two\n")).unwrap();
    assert_eq!(base.text("app.log.1"), "one\n");
    assert_eq!(base.text("app.log"), "two\n");
}

#[test]
fn something_planted_in_place_of_a_file_is_left_alone() {
    let base = Base::new();
    base.put("elsewhere", "untouched");
    let plant: &[(&str, &dyn Fn())] = &[
        #[cfg(unix)]
        ("a fifo", &|| base.fifo("app.log")),
        #[cfg(unix)]
        ("a link", &|| {
            symlink("elsewhere", base.path("app.log")).unwrap();
        }),
        ("a second name", &|| {
            fs::hard_link(base.path("elsewhere"), base.path("app.log")).unwrap();
        }),
        ("a folder", &|| {
            fs::create_dir(base.path("app.log")).unwrap();
        }),
    ];
    for (number, (what, plant)) in (1..).zip(plant) {
        plant();
        let mut file = RollingFile::new(base.0.path(), "app.log", 0o600, None);
        let mut lines = buffer("line\n");
        file.append(&OsFs::default(), &mut lines).unwrap_err();
        file.append(&OsFs::default(), &mut lines).unwrap();
        assert_eq!(base.text(&format!("app.{number}.log")), "line\n", "{what}");
        assert_eq!(base.text("elsewhere"), "untouched", "{what}");
        if fs::remove_file(base.path("app.log")).is_err() {
            fs::remove_dir(base.path("app.log")).unwrap();
        }
    }
}

#[test]
fn a_logger_starts_beside_something_planted_and_goes_on() {
    let base = Base::new();
    let config = || {
        Config::new()
            .base_log_dir(base.0.path())
            .timestamp_format("%Y")
            .stream(StreamConfig::new("app").durability("written"))
            .stream(StreamConfig::new("other").durability("written"))
    };
    let logger = config().start_blocking().unwrap();
    let folder = base.current();
    logger.stop_blocking().unwrap();
    fs::remove_file(folder.join("app.log")).unwrap();
    let planted = folder.join("app.log");
    #[cfg(unix)]
    base.fifo(planted.to_str().unwrap());
    #[cfg(windows)]
    fs::create_dir(&planted).unwrap();

    let logger = config().start_blocking().unwrap();
    for stream in ["app", "other"] {
        let stream = logger.stream(stream).unwrap();
        stream
            .log(format_args!("goes on"))
            .wait()
            .into_result()
            .unwrap();
    }
    logger.stop_blocking().unwrap();
    #[cfg(unix)]
    assert!(is_fifo(&planted));
    #[cfg(windows)]
    assert!(planted.is_dir());
    for file in ["app.1.log", "other.log"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.ends_with("] goes on\n"), "{file}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_planted_description_is_not_waited_for() {
    let base = Base::new();
    base.fifo(".chronologix.json");
    let logger = Config::new()
        .base_log_dir(base.0.path())
        .start_blocking()
        .unwrap();
    logger.stop_blocking().unwrap();
    OsFs::default()
        .read(&base.path(".chronologix.json"))
        .unwrap();
}
