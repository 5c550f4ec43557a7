//! What a file means on top of what the program said. What it says of mistakes is tested beside the
//! macro, which must say the same.

use crate::{Config, Durability, Format, Level, LevelFilter, Retention, config::Settings};

#[track_caller]
fn settings(config: Config, text: &str) -> Settings {
    config.with_toml_str(text).unwrap().check().unwrap()
}

/// The streams with the streams whose files they go to.
fn targets(settings: &Settings) -> Vec<(&str, Vec<&str>)> {
    let name = |index: &u16| &*settings.streams[usize::from(*index)].name;
    let streams = settings.streams.iter();
    streams
        .map(|it| (&*it.name, it.targets.iter().map(name).collect()))
        .collect()
}

#[test]
fn an_empty_file_is_the_default() {
    let (of_file, default) = (settings(Config::new(), ""), Config::new().check().unwrap());
    assert_eq!(format!("{of_file:?}"), format!("{default:?}"));
}

#[test]
fn the_file_stands_on_top_of_what_the_program_said() {
    let config = Config::new().interval("1h").timezone("Europe/Prague");
    let settings = settings(config, "interval = '5m'\nfile_mode = 0o640");
    assert_eq!(settings.interval.as_str(), "5m");
    assert_eq!(settings.zone.name(), "Europe/Prague");
    assert_eq!(settings.modes.file, 0o640);
}

#[test]
fn streams_of_the_program_are_changed_and_others_added() {
    let config = Config::new()
        .stream(crate::StreamConfig::new("app").min_level("warn"))
        .stream("audit")
        .mirror("audit", "app");
    let text =
        "[streams.more]\nmirror = 'audit'\n[streams.app]\nformat = 'json'\ndurability = 'synced'";
    let settings = settings(config, text);
    let expected = [
        ("app", vec!["app"]),
        ("audit", vec!["audit", "app"]),
        ("more", vec!["more", "audit"]),
    ];
    assert_eq!(targets(&settings), expected);
    let app = &settings.streams[0];
    assert_eq!(app.format, Format::Json);
    assert_eq!(app.durability, Durability::Synced);
    assert_eq!(app.taken, LevelFilter::From(Level::Warn), "as it was");
}

#[test]
fn streams_of_a_file_alone_come_in_its_order_and_replace_the_default() {
    let settings = settings(
        Config::new(),
        "[streams.z]\n[streams.a]\nmirror = 'z'\n[streams.m]",
    );
    let expected = [("z", vec!["z"]), ("a", vec!["a", "z"]), ("m", vec!["m"])];
    assert_eq!(targets(&settings), expected);
}

#[test]
fn a_mirror_map_replaces_all_mirrors_and_a_mirror_those_of_its_stream() {
    let config = || {
        Config::new()
            .streams(["a", "b", "c"])
            .mirror_map([("a", "c"), ("b", "c")])
    };
    let with_map = settings(config(), "mirror_map = { c = ['a', 'b'] }");
    let expected = [
        ("a", vec!["a"]),
        ("b", vec!["b"]),
        ("c", vec!["c", "a", "b"]),
    ];
    assert_eq!(targets(&with_map), expected);
    let with_mirror = settings(config(), "streams.a.mirror = 'b'");
    let expected = [
        ("a", vec!["a", "b"]),
        ("b", vec!["b", "c"]),
        ("c", vec!["c"]),
    ];
    assert_eq!(targets(&with_mirror), expected);
    let with_none = settings(config(), "streams.a.mirror = []");
    assert_eq!(targets(&with_none)[0], ("a", vec!["a"]));
    // Wherever the map stands.
    let both = "[streams.a]\nmirror = 'b'\n[mirror_map]\na = 'c'";
    assert_eq!(
        targets(&settings(config(), both))[0],
        ("a", vec!["a", "c", "b"])
    );
}

#[test]
fn rules_of_a_file_replace_those_of_the_program() {
    let config = || Config::new().retain("7d").retain("1GiB");
    for (text, rules) in [
        ("", &["1w", "1GiB"][..]),
        ("retain = []", &[]),
        ("retain = '10GiB'", &["10GiB"]),
        ("retain = 0x1e", &["30"]),
        (
            "retain = ['90m', 5, '10kB', '6']",
            &["90m", "5", "10000B", "6"],
        ),
    ] {
        let settings = settings(config(), text);
        let retained = settings.retain.iter().map(Retention::to_string);
        assert_eq!(retained.collect::<Vec<_>>(), rules, "{text:?}");
    }
}

#[test]
fn what_was_wrong_before_is_told_as_well() {
    let error = Config::new().interval("7h").with_toml_str("timezone = 'X'");
    let error = error.unwrap_err();
    let places = error
        .problems()
        .iter()
        .map(|problem| (problem.key(), problem.line(), problem.column()));
    let expected = [("interval", None, None), ("timezone", Some(1), Some(12))];
    assert_eq!(places.collect::<Vec<_>>(), expected);
}

#[test]
fn a_text_without_a_file_says_where_in_words() {
    let error = Config::from_toml_str("\n  x = 1").unwrap_err();
    assert!(
        error.problems()[0]
            .to_string()
            .starts_with("line 2, column 3: x: unknown key; allowed: ")
    );
    assert_eq!(error.problems()[0].file(), None);
}
