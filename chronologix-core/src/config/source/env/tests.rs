//! Which variables set what, and what is said of the others.

use std::{ffi::OsString, time::Duration};

use crate::{
    Colors, Config, ConfigError, Durability, Echo, Format, Level, LevelFilter, Overflow, Retention,
    StreamConfig, config::Settings,
};

fn base() -> Config {
    Config::new()
        .stream("app")
        .stream("errors")
        .stream(StreamConfig::new("audit").format("json"))
        .mirror("errors", "app")
}

fn with(config: Config, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let owned = |(name, value): &(&str, &str)| (OsString::from(name), OsString::from(value));
    config.with_variables(variables.iter().map(owned))
}

#[track_caller]
fn settings(config: Config, variables: &[(&str, &str)]) -> Settings {
    with(config, variables).unwrap().check().unwrap()
}

/// The problems of some variables, as variable, key and text.
#[track_caller]
fn problems(config: Config, variables: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let error = with(config, variables).unwrap_err();
    let problems = error.problems().iter().map(|problem| {
        let variable = problem.variable().unwrap_or_default().to_owned();
        let key = problem.key().to_owned();
        (variable, key, problem.to_string())
    });
    problems.collect()
}

/// One variable with a problem.
#[track_caller]
fn check(variable: &str, value: &str, key: &str, why: &str) {
    let colon = if key.is_empty() { "" } else { ": " };
    let text = format!("{variable}: {key}{colon}{why}");
    let expected = (variable.to_owned(), key.to_owned(), text);
    assert_eq!(problems(base(), &[(variable, value)]), [expected]);
}

#[test]
fn every_key_has_a_variable() {
    let settings = settings(
        base(),
        &[
            ("CHRONOLOGIX_BASE_LOG_DIR", "/var/log/x"),
            ("CHRONOLOGIX_INTERVAL", "15m"),
            ("CHRONOLOGIX_TIMESTAMP_FORMAT", "rfc3339"),
            ("CHRONOLOGIX_TIMEZONE", "Europe/Prague"),
            ("CHRONOLOGIX_OVERFLOW", "drop"),
            ("CHRONOLOGIX_QUEUE_CAPACITY", "65536"),
            ("CHRONOLOGIX_FILE_MODE", "0640"),
            ("CHRONOLOGIX_DIR_MODE", "0o750"),
            ("CHRONOLOGIX_EXIT_TIMEOUT", "2m"),
            ("CHRONOLOGIX_FLUSH_ON_SIGNALS", "true"),
            ("CHRONOLOGIX_RETAIN", "30d, 10GiB,100"),
            ("CHRONOLOGIX_MAX_FILE_SIZE", "100MiB"),
            ("CHRONOLOGIX_FILE_HEADER", "true"),
            ("CHRONOLOGIX_RETAIN_AFTER", "shipped"),
            ("CHRONOLOGIX_ECHO", "stderr"),
            ("CHRONOLOGIX_MIN_LEVEL", "Error"),
            ("CHRONOLOGIX_STREAMS_APP_DEDUP", "10s"),
            ("CHRONOLOGIX_STREAMS_AUDIT_DURABILITY", "synced"),
            ("CHRONOLOGIX_STREAMS_AUDIT_FORMAT", "text"),
            ("CHRONOLOGIX_STREAMS_AUDIT_MIN_LEVEL", "WARN"),
            ("CHRONOLOGIX_STREAMS_AUDIT_FILE", "a.log"),
            ("CHRONOLOGIX_STREAMS_AUDIT_MULTILINE", "indent"),
            ("CHRONOLOGIX_STREAMS_AUDIT_OVERFLOW", "wait"),
            ("CHRONOLOGIX_STREAMS_AUDIT_MIRROR", "app, errors"),
        ],
    );
    assert_eq!(settings.base, std::path::absolute("/var/log/x").unwrap());
    assert_eq!(settings.interval.as_str(), "15m");
    assert_eq!(settings.timestamp_format.as_str(), "rfc3339");
    assert_eq!(settings.zone.name(), "Europe/Prague");
    assert_eq!(settings.queue_capacity, 65536);
    assert_eq!((settings.modes.file, settings.modes.dir), (0o640, 0o750));
    assert_eq!(settings.exit_timeout.as_secs(), 120);
    assert!(settings.flush_on_signals);
    let rules = settings.retain.iter().map(Retention::to_string);
    assert_eq!(rules.collect::<Vec<_>>(), ["30d", "10GiB", "100"]);
    assert_eq!(settings.max_file_size, Some(100 << 20));
    assert!(settings.file_header);
    assert_eq!(settings.retain_after, crate::RetainAfter::Shipped);
    assert!(settings.sinks.echo.is_some());
    let [app, errors, audit] = &*settings.streams else {
        panic!("three streams")
    };
    assert_eq!(app.overflow, Overflow::Drop);
    assert_eq!(app.dedup, Some(Duration::from_secs(10)));
    assert_eq!(app.taken, LevelFilter::From(Level::Error));
    assert_eq!(errors.targets, [1, 0], "as the program has it");
    assert_eq!(audit.targets, [2, 0, 1]);
    assert_eq!(audit.durability, Durability::Synced);
    assert_eq!(audit.format, Format::Text);
    assert_eq!(audit.taken, LevelFilter::From(Level::Warn));
    assert_eq!(audit.file, "a.log");
    assert_eq!(audit.multiline.as_str(), "indent");
    assert_eq!(audit.overflow, Overflow::Wait);
}

#[test]
fn what_the_program_shows_on_the_terminal_a_variable_takes_back() {
    let settings = settings(base().echo("stderr"), &[("CHRONOLOGIX_ECHO", "off")]);
    assert!(settings.sinks.echo.is_none());
}

#[test]
fn a_container_has_its_log_on_stdout() {
    let variables = [
        ("CHRONOLOGIX_NO_FILES", "true"),
        ("CHRONOLOGIX_ECHO", "stdout"),
    ];
    let settings = settings(base(), &variables);
    assert!(settings.no_files && settings.sinks.echo.is_some());
    check(
        "CHRONOLOGIX_NO_FILES",
        "yes",
        "no_files",
        r#""yes" is not a boolean; allowed: true or false"#,
    );
}

#[test]
fn variables_change_single_options_of_the_echo() {
    let echo = |variables: &[_]| {
        let program = Echo::stdout().min_level(Level::Info);
        let echo = settings(base().echo(program), variables).sinks.echo;
        echo.map(|echo| format!("{echo:?}"))
    };
    let expected = |echo: Echo| Some(format!("{echo:?}"));
    let found = echo(&[
        ("CHRONOLOGIX_ECHO_MIN_LEVEL", "error"),
        ("CHRONOLOGIX_ECHO_STREAMS", "app, audit"),
        ("CHRONOLOGIX_ECHO_COLORS", "always"),
        ("CHRONOLOGIX_ECHO_FORMAT", "json"),
    ]);
    let all = Echo::stdout().min_level(Level::Error).format(Format::Json);
    let all = all.streams(["app", "audit"]).colors(Colors::Always);
    assert_eq!(found, expected(all));
    let found = echo(&[("CHRONOLOGIX_ECHO", "stderr")]);
    assert_eq!(found, expected(Echo::stderr().min_level(Level::Info)));
    let variables = [
        ("CHRONOLOGIX_ECHO", "stderr"),
        ("CHRONOLOGIX_ECHO_STREAMS", "app,adit"),
    ];
    let (variable, key) = (variables[1].0, "echo.streams");
    let text = format!(
        r#"{variable}: {key}: there is no stream "adit"; did you mean audit? the streams are app, errors, audit"#
    );
    let expected = (variable.to_owned(), key.to_owned(), text);
    assert_eq!(problems(base(), &variables), [expected]);
    check(
        "CHRONOLOGIX_ECHO_TO",
        "stderr",
        "",
        "no setting has this name; those of the echo are CHRONOLOGIX_ECHO, CHRONOLOGIX_ECHO_MIN_LEVEL, \
         CHRONOLOGIX_ECHO_STREAMS, CHRONOLOGIX_ECHO_COLORS, CHRONOLOGIX_ECHO_FORMAT",
    );
    check(
        "CHRONOLOGIX_ECHO_COLORS",
        "never",
        "echo",
        "nothing says where the echo goes: stdout, stderr, split or off; name it by `to`, or by CHRONOLOGIX_ECHO",
    );
}

/// It is a feature whether there is any.
#[cfg(feature = "zstd")]
#[test]
fn closed_folders_are_compressed_as_a_variable_says() {
    use crate::Compression;

    for (text, expected) in [
        ("zst", Compression::Zst.into()),
        ("zst:19", Compression::Zst.level(19)),
    ] {
        let settings = settings(base(), &[("CHRONOLOGIX_COMPRESS", text)]);
        assert_eq!(settings.compress, Some(expected));
    }
}

#[test]
fn rules_of_a_variable_replace_those_of_the_program() {
    let base = || base().retain("7d").retain("1GiB");
    for (text, rules) in [("30", &["30"][..]), ("2w,5", &["2w", "5"]), ("", &[])] {
        let settings = settings(base(), &[("CHRONOLOGIX_RETAIN", text)]);
        let retained = settings.retain.iter().map(Retention::to_string);
        assert_eq!(retained.collect::<Vec<_>>(), rules, "{text:?}");
    }
}

#[test]
fn streams_of_the_default_have_variables_and_keep_their_mirror() {
    let variables = [("CHRONOLOGIX_STREAMS_ERRORS_FORMAT", "json")];
    let settings = settings(Config::new(), &variables);
    assert_eq!(settings.streams[1].format, Format::Json);
    assert_eq!(settings.streams[1].targets, [1, 0]);
}

#[test]
fn a_hyphen_is_an_underscore_and_the_case_does_not_matter() {
    let variables = [("CHRONOLOGIX_STREAMS_MY_APP_FORMAT", "json")];
    let settings = settings(Config::new().stream("my-App"), &variables);
    assert_eq!(settings.streams[0].format, Format::Json);
}

#[test]
fn an_empty_variable_takes_all_mirrors_away() {
    let variables = [("CHRONOLOGIX_STREAMS_ERRORS_MIRROR", "")];
    let settings = settings(base(), &variables);
    assert_eq!(settings.streams[1].targets, [1]);
}

#[test]
fn variables_of_others_are_left_alone() {
    let others = [
        ("CHRONOLOGIX", "1"),
        ("CHRONOLOGIX_", "1"),
        ("CHRONOLOGIX_SERVICE_HOST", "10.0.0.1"),
        ("CHRONOLOGIX_PORT", "tcp://10.0.0.1:80"),
        ("CHRONOLOGIX_FAULTS", "full"),
        ("chronologix_interval", "7h"),
        ("OTHER_CHRONOLOGIX_INTERVAL", "7h"),
    ];
    assert!(with(base(), &others).is_ok());
}

#[test]
fn mistakes_name_their_variable() {
    check(
        "CHRONOLOGIX_INTERVAL",
        "7h",
        "interval",
        r#"unknown interval "7h"; allowed: 24h, 12h, 6h, 3h, 1h, 30m, 15m, 5m"#,
    );
    check(
        "CHRONOLOGIX_QUEUE_CAPACITY",
        "1MiB",
        "queue_capacity",
        r#""1MiB" is not a number; allowed: a number of bytes such as 1048576"#,
    );
    check(
        "CHRONOLOGIX_QUEUE_CAPACITY",
        "5",
        "queue_capacity",
        "5 bytes; allowed: 4096 (4 KiB) to 1073741824 (1 GiB)",
    );
    check(
        "CHRONOLOGIX_FILE_MODE",
        "+640",
        "file_mode",
        r#""+640" is not an octal number; allowed: an octal number such as 0o600"#,
    );
    check(
        "CHRONOLOGIX_FILE_MODE",
        "0044",
        "file_mode",
        "0o44; allowed: 0o600 to 0o777 with the owner's bits set",
    );
    check(
        "CHRONOLOGIX_FLUSH_ON_SIGNALS",
        "yes",
        "flush_on_signals",
        r#""yes" is not a boolean; allowed: true or false"#,
    );
    check(
        "CHRONOLOGIX_EXIT_TIMEOUT",
        "5",
        "exit_timeout",
        r#"unknown duration "5"; allowed: a number with one of the units ms, s, m, h, such as 5s"#,
    );
    check(
        "CHRONOLOGIX_RETAIN",
        "7d,30y",
        "retain",
        r#"unknown retention "30y"; allowed: an age such as 7d (units m, h, d, w), a total size such as 10GiB, or a number of folders such as 30, each above 0"#,
    );
    check(
        "CHRONOLOGIX_MAX_FILE_SIZE",
        "1kB",
        "max_file_size",
        "1000 bytes; allowed: 4096 (4KiB) or more",
    );
    check(
        "CHRONOLOGIX_COMPRESS",
        "rar",
        "compress",
        r#"unknown compression "rar"; allowed: zst, gz, tar.zst, tar.gz, zip, also with a level, such as zst:19"#,
    );
    check(
        "CHRONOLOGIX_ECHO",
        "tty",
        "echo",
        r#"unknown echo "tty"; allowed: stdout, stderr, split, off"#,
    );
    check(
        "CHRONOLOGIX_STREAMS_AUDIT_DEDUP",
        "10",
        "streams.audit.dedup",
        r#"unknown duration "10"; allowed: a number with one of the units ms, s, m, h, such as 5s"#,
    );
    check(
        "CHRONOLOGIX_STREAMS_AUDIT_DURABILITY",
        "fsync",
        "streams.audit.durability",
        r#"unknown durability "fsync"; allowed: queued, written, synced"#,
    );
    check(
        "CHRONOLOGIX_STREAMS_AUDIT_FILE",
        "app.log",
        "streams.audit.file",
        r#""app.log" is already the file of stream "app"; to bring two streams together, mirror one into the other"#,
    );
    check(
        "CHRONOLOGIX_STREAMS_AUDIT_MIRROR",
        "app,erors",
        "streams.audit.mirror",
        r#"there is no stream "erors"; did you mean errors? the streams are app, errors, audit"#,
    );
}

#[test]
fn a_slip_in_the_name_of_a_variable_is_found() {
    check(
        "CHRONOLOGIX_INTERVALL",
        "1h",
        "",
        "no setting has this name; did you mean CHRONOLOGIX_INTERVAL?",
    );
    check(
        "CHRONOLOGIX_STREAMS_ADIT_DURABILITY",
        "synced",
        "",
        "no setting has this name; did you mean CHRONOLOGIX_STREAMS_AUDIT_DURABILITY?",
    );
    check(
        "CHRONOLOGIX_STREAMS_X",
        "1",
        "",
        "no setting has this name; the streams are app, errors, audit, and their options mirror, durability, format, min_level, \
         file, multiline, overflow, dedup, location, thread, ids, line, keep, last, every",
    );
}

#[test]
fn what_a_variable_cannot_say_is_refused() {
    let why = "it cannot be set by a variable; set it in the program or in its settings file, or the options of single streams by \
               CHRONOLOGIX_STREAMS_<STREAM>_<OPTION>";
    check("CHRONOLOGIX_STREAMS", "app", "streams", why);
    check("CHRONOLOGIX_MIRROR_MAP", "a=b", "mirror_map", why);
    let two = Config::new().stream("a-b").stream("a_b");
    let found = problems(two, &[("CHRONOLOGIX_STREAMS_A_B_FORMAT", "json")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].2.starts_with(
        "CHRONOLOGIX_STREAMS_A_B_FORMAT: it would mean streams.a-b.format as well as streams.a_b.format"
    ));
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;

    let value = OsString::from_vec(vec![b'/', 0xff]);
    let variables = [(OsString::from("CHRONOLOGIX_BASE_LOG_DIR"), value)];
    let error = base().with_variables(variables).unwrap_err();
    assert_eq!(
        error.problems()[0].to_string(),
        "CHRONOLOGIX_BASE_LOG_DIR: base_log_dir: \"/\u{fffd}\" is not UTF-8"
    );
}

#[test]
fn everything_is_told_at_once_with_what_was_wrong_before() {
    let variables = [
        ("CHRONOLOGIX_TIMEZONE", "Europe/Pragu"),
        ("CHRONOLOGIX_INTERVALL", "1h"),
        ("CHRONOLOGIX_OVERFLOW", "explode"),
    ];
    let found = problems(base().interval("7h"), &variables);
    let mut variables: Vec<_> = found.iter().map(|(variable, ..)| &**variable).collect();
    variables.sort_unstable();
    assert_eq!(
        variables,
        [
            "",
            "CHRONOLOGIX_INTERVALL",
            "CHRONOLOGIX_OVERFLOW",
            "CHRONOLOGIX_TIMEZONE"
        ]
    );
}
