//! When a file that has changed is acted upon, and what of it counts.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Reload, Watch};
use crate::{Config, ConfigProblem, Level, LevelFilter};

#[test]
fn what_has_stood_there_for_two_looks_is_acted_upon_once() {
    let seen = |text: &str| Ok(text.to_owned());
    let error = || Err(super::nothing_to_reload());
    let mut watch = Watch {
        done: seen("a"),
        fresh: None,
    };
    let looks = [
        (seen("a"), false),
        (seen(""), false), // Cut by whoever writes it.
        (seen("b"), false),
        (seen("b"), true),
        (seen("b"), false),
        (error(), false), // Taken away, and put back.
        (seen("b"), false),
        (error(), false),
        (error(), true),
        (error(), false),
        (seen("b"), false),
        (seen("b"), true),
        (seen("a"), false),
        (seen("b"), false),
        (seen("a"), false),
        (seen("a"), true),
    ];
    for (at, (look, is_due)) in looks.into_iter().enumerate() {
        let acted = watch.settle(look.clone()).cloned();
        assert_eq!(acted, is_due.then_some(look), "look {at}");
    }
}

fn write(path: &Path, levels: &[(&str, &str)]) {
    let table =
        |(stream, level): &(&str, &str)| format!("[streams.{stream}]\nmin_level = '{level}'\n");
    fs::write(path, levels.iter().map(table).collect::<String>()).unwrap();
}

fn reload(path: &Path) -> std::sync::Arc<Reload> {
    let config = Config::from_toml_path(path).unwrap();
    config.check().unwrap().reload.unwrap()
}

#[test]
fn only_levels_that_differ_from_those_the_file_had_before_are_changes() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("c.toml");
    write(&path, &[("a", "info"), ("b", "warn")]);
    let reload = reload(&path);
    assert_eq!(reload.changes().unwrap().streams, []);
    write(&path, &[("a", "info"), ("b", "trace")]);
    let expected = [("b".to_owned(), LevelFilter::From(Level::Trace))];
    assert_eq!(reload.changes().unwrap().streams, expected);
    assert_eq!(reload.changes().unwrap().streams, [], "once");
    fs::write(&path, "[streams.a]\n[streams.b]\nmin_level = 'trace'").unwrap();
    assert_eq!(
        reload.changes().unwrap().streams,
        [("a".to_owned(), LevelFilter::All)]
    );
}

#[test]
fn a_level_of_all_streams_is_that_of_those_without_their_own() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("c.toml");
    let streams = "[streams.a]\n[streams.b]\nmin_level = 'warn'";
    fs::write(&path, streams).unwrap();
    let reload = reload(&path);
    fs::write(&path, format!("min_level = 'info'\n{streams}")).unwrap();
    assert_eq!(
        reload.changes().unwrap().streams,
        [("a".to_owned(), LevelFilter::From(Level::Info))]
    );
    fs::write(&path, streams).unwrap();
    assert_eq!(
        reload.changes().unwrap().streams,
        [("a".to_owned(), LevelFilter::All)]
    );
}

#[test]
fn of_a_file_that_is_wrong_nothing_counts() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("c.toml");
    write(&path, &[("a", "info")]);
    let reload = reload(&path);
    fs::write(&path, "intervall = '1h'\n[streams.a]\nmin_level = 'trace'").unwrap();
    let error = reload.changes().unwrap_err();
    assert_eq!(error.problems()[0].file(), Some(&*path));
    let problem = &error.problems()[0];
    assert_eq!((problem.line(), problem.column()), (Some(1), Some(1)));
    fs::remove_file(&path).unwrap();
    assert_eq!(reload.changes().unwrap_err().problems()[0].line(), None);
    write(&path, &[("a", "trace")]);
    assert_eq!(
        reload.changes().unwrap().streams.len(),
        1,
        "and then it is right again"
    );
}

#[test]
fn a_file_on_top_of_declared_streams_is_read_again_on_top_of_them() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("c.toml");
    fs::write(&path, "streams.app.mirror = 'audit'").unwrap();
    let config = Config::new()
        .streams(["app", "audit"])
        .with_toml_path(&path)
        .unwrap();
    let reload = config.check().unwrap().reload.unwrap();
    fs::write(
        &path,
        "streams.app = { mirror = 'audit', min_level = 'error' }",
    )
    .unwrap();
    let expected = [("app".to_owned(), LevelFilter::From(Level::Error))];
    assert_eq!(reload.changes().unwrap().streams, expected);
}

#[test]
fn without_a_file_there_is_nothing_to_follow() {
    let from_text = Config::from_toml_str("[streams.app]").unwrap();
    for config in [Config::new(), from_text] {
        assert!(config.validate().is_ok());
        let error = config.reload_levels(true).validate().unwrap_err();
        let keys = error.problems().iter().map(ConfigProblem::key);
        assert_eq!(keys.collect::<Vec<_>>(), ["reload_levels"]);
    }
}

#[test]
fn the_filter_is_read_again_like_levels() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chronologix.toml");
    fs::write(&path, "filter = \"info\"\n[streams.a]").unwrap();
    let config = Config::from_toml_path(&path).unwrap();
    let reload = config.check().unwrap().reload.unwrap();
    assert_eq!(reload.changes().unwrap().filter, None);
    fs::write(&path, "filter = \"a=debug\"\n[streams.a]").unwrap();
    let changes = reload.changes().unwrap();
    assert_eq!(
        (changes.filter, changes.streams.len()),
        (Some("a=debug".parse().unwrap()), 0)
    );
    fs::write(&path, "filter = \"a=loud\"\n[streams.a]").unwrap();
    let error = reload.changes().unwrap_err().to_string();
    assert!(error.contains(":1:") && error.contains("a=loud"), "{error}");
}
