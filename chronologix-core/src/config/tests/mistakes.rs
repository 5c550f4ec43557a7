//! Every mistake: the key, the value, and what would be right.

use super::problems;
use crate::{Config, ConfigError, Level, StreamConfig, stream::Declaration};

/// A configuration with this one mistake.
#[track_caller]
fn check(config: &Config, key: &str, value: &str, why: &str) {
    let expected = (key.to_owned(), value.to_owned(), why.to_owned());
    assert_eq!(problems(config), [expected]);
}

#[test]
fn words() {
    let new = Config::new;
    let app = || StreamConfig::new("app");
    check(
        &new().interval("7h"),
        "interval",
        "7h",
        r#"unknown interval "7h"; allowed: 24h, 12h, 6h, 3h, 1h, 30m, 15m, 5m"#,
    );
    check(
        &new().overflow("block"),
        "overflow",
        "block",
        r#"unknown overflow "block"; allowed: wait, drop"#,
    );
    check(
        &new().stream(app().durability("safe")),
        "streams.app.durability",
        "safe",
        r#"unknown durability "safe"; allowed: queued, written, synced"#,
    );
    check(
        &new().stream(app().format("xml")),
        "streams.app.format",
        "xml",
        r#"unknown format "xml"; allowed: text, json"#,
    );
    check(
        &new().stream(app().min_level("loud")),
        "streams.app.min_level",
        "loud",
        r#"unknown level "loud"; allowed: trace, debug, info, warn, error, critical, off"#,
    );
    check(
        &new().stream(app().multiline("fold")),
        "streams.app.multiline",
        "fold",
        r#"unknown multiline "fold"; allowed: escape, indent"#,
    );
    check(
        &new().stream(app().overflow("Drop")),
        "streams.app.overflow",
        "Drop",
        r#"unknown overflow "Drop"; allowed: wait, drop"#,
    );
}

#[test]
fn timestamp_formats() {
    for format in ["%Q", "", "%", "%H:%M:%", "%é", "a\nb"] {
        let problems = problems(&Config::new().timestamp_format(format));
        assert_eq!(problems.len(), 1, "{format:?}");
        assert_eq!(
            (&*problems[0].0, &*problems[0].1),
            ("timestamp_format", format)
        );
        assert!(!problems[0].2.is_empty());
    }
}

#[test]
fn timezones() {
    for name in ["Europe/Praha", "", "UTC+1", "../../etc/passwd"] {
        let problems = problems(&Config::new().timezone(name));
        assert_eq!(problems.len(), 1, "{name:?}");
        assert_eq!((&*problems[0].0, &*problems[0].1), ("timezone", name));
    }
}

#[test]
fn queue_capacities() {
    for bytes in [4096, 1 << 20, 1 << 30] {
        assert_eq!(problems(&Config::new().queue_capacity(bytes)), []);
    }
    for bytes in [0, 4095, (1 << 30) + 1, usize::MAX] {
        check(
            &Config::new().queue_capacity(bytes),
            "queue_capacity",
            &bytes.to_string(),
            &format!("{bytes} bytes; allowed: 4096 (4 KiB) to 1073741824 (1 GiB)"),
        );
    }
}

#[test]
fn modes() {
    for mode in [0o600, 0o640, 0o666, 0o777] {
        assert_eq!(problems(&Config::new().file_mode(mode)), [], "{mode:o}");
    }
    for mode in [0, 0o400, 0o077, 0o1600, 0o4600, 0o100_644, u32::MAX] {
        check(
            &Config::new().file_mode(mode),
            "file_mode",
            &format!("0o{mode:o}"),
            &format!("0o{mode:o}; allowed: 0o600 to 0o777 with the owner's bits set"),
        );
    }
    for mode in [0o700, 0o750, 0o777] {
        assert_eq!(problems(&Config::new().dir_mode(mode)), [], "{mode:o}");
    }
    for mode in [0o600, 0o077, 0o2700] {
        check(
            &Config::new().dir_mode(mode),
            "dir_mode",
            &format!("0o{mode:o}"),
            &format!("0o{mode:o}; allowed: 0o700 to 0o777 with the owner's bits set"),
        );
    }
}

#[test]
fn base_directories() {
    check(
        &Config::new().base_log_dir(""),
        "base_log_dir",
        "",
        "the path is empty; name a directory",
    );
}

#[test]
fn stream_names() {
    let long = "x".repeat(64);
    for name in ["a", "A-z_9", "-", "0", &long, "const", "connect"] {
        assert_eq!(problems(&Config::new().stream(name)), [], "{name}");
    }
    let too_long = "x".repeat(65);
    for name in [
        "", "../x", "a/b", r"a\b", ".", "..", "a.b", "a b", "é", "a\0", "/etc", &too_long,
    ] {
        check(
            &Config::new().stream(name),
            "streams",
            name,
            &format!("{name:?} is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -"),
        );
    }
    for name in ["con", "CON", "Nul", "aux", "prn", "com1", "LPT9"] {
        check(
            &Config::new().stream(name),
            "streams",
            name,
            &format!("{name:?} is a device name on Windows; choose another name"),
        );
    }
}

#[test]
fn lists_of_streams() {
    check(
        &Config::new().streams(["x"; 0]),
        "streams",
        "",
        "the list of streams is empty; name at least one stream",
    );
    check(
        &Config::new().stream("app").stream("app"),
        "streams",
        "app",
        r#""app" is declared twice"#,
    );
    for (first, second) in [("app", "APP"), ("App", "aPP")] {
        check(
            &Config::new().stream(first).stream(second),
            "streams",
            second,
            &format!(
                "{second:?} and {first:?} differ only in case; some file systems keep one file for both"
            ),
        );
    }
    let name = |at: u32| format!("s{at}");
    assert_eq!(problems(&Config::new().streams((0..1 << 16).map(name))), []);
    check(
        &Config::new().streams((0..=1 << 16).map(name)),
        "streams",
        "65537",
        "65537 streams; allowed: 1 to 65536",
    );
    check(
        &Config::new()
            .stream("app")
            .configure_stream("zebra", |stream| stream),
        "streams",
        "zebra",
        r#"there is no stream "zebra"; the streams are app"#,
    );
}

#[test]
fn mirrors() {
    let two = || Config::new().stream("app").stream("errors");
    let unknown = r#"there is no stream "ap"; did you mean app? the streams are app, errors"#;
    check(&two().mirror("errors", "ap"), "mirror_map", "ap", unknown);
    check(&two().mirror("ap", "app"), "mirror_map", "ap", unknown);
    check(
        &two().mirror("App", "errors"),
        "mirror_map",
        "App",
        r#"there is no stream "App"; did you mean app? the streams are app, errors"#,
    );
    check(
        &two().mirror("app", "app"),
        "mirror_map",
        "app",
        r#""app" is mirrored into itself; a mirror needs two streams"#,
    );
    assert_eq!(problems(&two().mirror("ap", "er")).len(), 2);
    assert_eq!(
        problems(&two().mirror("app", "errors").mirror("errors", "app")),
        []
    );
}

#[test]
fn files() {
    let with = |file: &str| Config::new().stream(StreamConfig::new("app").file(file));
    for file in ["a", "app.jsonl", "a.b.c", "A_-9.log", "app.1.log", "x.1"] {
        assert_eq!(problems(&with(file)), [], "{file}");
    }
    let too_long = "x".repeat(129);
    for file in [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a/b",
        r"a\b",
        ".hidden",
        "a b",
        "ä.log",
        "a\n",
        "a:b",
        "a*",
        &too_long,
    ] {
        check(
            &with(file),
            "streams.app.file",
            file,
            &format!(
                "{file:?} is not a bare file name; allowed: 1 to 128 of A-Z a-z 0-9 _ - . without a leading dot"
            ),
        );
    }
    for file in ["con", "CON.log", "nul.txt", "lpt1.a.b"] {
        check(
            &with(file),
            "streams.app.file",
            file,
            &format!("{file:?} is a device name on Windows; choose another name"),
        );
    }
}

#[test]
fn files_of_several_streams() {
    let config = |files: [&str; 2]| {
        let [first, second] = files;
        Config::new()
            .stream(StreamConfig::new("app").file(first))
            .stream(StreamConfig::new("b").file(second))
    };
    for file in ["app.log", "APP.LOG"] {
        check(
            &config(["app.log", file]),
            "streams.b.file",
            file,
            &format!(
                "{file:?} is already the file of stream \"app\"; to bring two streams together, mirror one into the other"
            ),
        );
    }
    // After a failed sync, or when it has grown too large, a file goes on under a number.
    for (plain, numbered) in [
        ("app.log", "app.1.log"),
        ("app.log", "App.9999.Log"),
        ("app", "app.1"),
        ("a.b.log", "a.b.12.log"),
    ] {
        let why = format!(
            "{numbered:?} is a name that stream \"app\" may need when its file is continued; choose another name"
        );
        check(&config([plain, numbered]), "streams.b.file", numbered, &why);
        let why = why.replace("\"app\"", "\"b\"");
        check(
            &config([numbered, plain]),
            "streams.app.file",
            numbered,
            &why,
        );
    }
    for distinct in [
        ["app.log", "app.txt"],
        ["app.log", "app.0.log"],
        ["app.log", "app.01.log"],
        ["app.log", "app.1x.log"],
        ["app.log", "app.10000.log"],
        ["app.log", "app.1.txt"],
        ["app.log", "app.log.1"],
        ["app", "app.1.log"],
        ["app.1.log", "app.2.log"],
    ] {
        assert_eq!(problems(&config(distinct)), [], "{distinct:?}");
    }
}

#[test]
fn all_at_once_and_each_once() {
    let config = Config::new()
        .interval("7h")
        .timestamp_format("%Q")
        .timezone("Nowhere")
        .overflow("never")
        .queue_capacity(1)
        .file_mode(0)
        .dir_mode(0)
        .base_log_dir("")
        .stream("../x")
        .stream(StreamConfig::new("con").format("xml"))
        .stream(StreamConfig::new("ok").file("/etc/passwd"))
        .mirror("ok", "nobody");
    let problems = problems(&config);
    let mut keys = problems
        .iter()
        .map(|(key, _, _)| &**key)
        .collect::<Vec<_>>();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "base_log_dir",
            "dir_mode",
            "file_mode",
            "interval",
            "mirror_map",
            "overflow",
            "queue_capacity",
            "streams",
            "streams",
            "streams.con.format",
            "streams.ok.file",
            "timestamp_format",
            "timezone",
        ]
    );
    let error = config.validate().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("invalid configuration: 13 problems\n  "),
        "{text}"
    );
    assert_eq!(text.lines().count(), 14);
    let again: ConfigError = config.validate().unwrap_err();
    assert_eq!(again, error);
}

#[test]
fn a_declaration_keeps_its_streams() {
    static DECLARATION: Declaration<[std::sync::atomic::AtomicU32; 2]> =
        Declaration::new(&["app", "audit"]);
    let declaration: &Declaration = &DECLARATION;
    let declared = || declaration.config().stream("app").stream("audit");
    assert_eq!(problems(&declared()), []);
    assert_eq!(problems(&declared().stream("more")), []);
    let raised = declared().configure_stream("audit", |audit| audit.min_level(Level::Warn));
    assert_eq!(problems(&raised), []);
    // A `log!(audit, ..)` would otherwise go to another stream, or to none.
    for (config, streams) in [
        (declared().streams(["app"]), "app"),
        (declared().streams(["audit", "app"]), "audit, app"),
        (
            declared().configure_stream("app", |_| StreamConfig::new("other")),
            "other, audit",
        ),
    ] {
        check(
            &config,
            "streams",
            streams,
            "the declared streams are app, audit, and they come first, in this order; others may follow",
        );
    }
}
