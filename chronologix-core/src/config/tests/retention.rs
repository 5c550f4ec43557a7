//! What may be said of closed folders and of sizes, and what is said of the rest.

use std::time::Duration;

use crate::{ByteSize, Compression, Config, Retention, config::Settings};

#[track_caller]
fn checked(config: &Config) -> Settings {
    config.check().unwrap()
}

/// The one problem, as text.
#[track_caller]
fn problem(config: &Config) -> String {
    let error = config.validate().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    error.problems()[0].to_string()
}

#[test]
fn ages_sizes_and_numbers_are_told_apart() {
    let hours = |hours: u64| Retention::Age(Duration::from_secs(hours * 3600));
    let bytes = |bytes| Retention::Size(ByteSize::new(bytes));
    for (text, rule) in [
        ("90m", Retention::Age(Duration::from_secs(5400))),
        ("2h", hours(2)),
        ("7d", hours(7 * 24)),
        ("4w", hours(4 * 7 * 24)),
        ("10GiB", bytes(10 << 30)),
        ("1TiB", bytes(1 << 40)),
        ("5MiB", bytes(5 << 20)),
        ("5MB", bytes(5_000_000)),
        ("7kB", bytes(7_000)),
        ("100B", bytes(100)),
        ("30", Retention::Folders(30)),
    ] {
        assert_eq!(
            checked(&Config::new().retain(text)).retain,
            [rule],
            "{text}"
        );
    }
}

#[test]
fn several_rules_hold_together() {
    let config = Config::new()
        .retain("7d")
        .retain(ByteSize::new(9))
        .retain(30)
        .retain(Duration::from_secs(60));
    let expected = [
        Retention::Age(Duration::from_secs(7 * 86_400)),
        Retention::Size(ByteSize::new(9)),
        Retention::Folders(30),
        Retention::Age(Duration::from_secs(60)),
    ];
    assert_eq!(checked(&config).retain, expected);
}

#[test]
fn what_would_keep_nothing_or_means_nothing_is_refused() {
    for text in [
        "",
        "0",
        "0d",
        "0GiB",
        "-1",
        "+7d",
        "7y",
        "7D",
        "d",
        "7 d",
        "1.5d",
        "10gib",
        "GiB",
        "99999999999999999999",
        "99999999999999999w",
        "7dd",
        "٧d",
    ] {
        let expected = format!(
            "retain: unknown retention {text:?}; allowed: an age such as 7d (units m, h, d, w), a total size such as 10GiB, or a number of folders such as 30, each above 0"
        );
        assert_eq!(problem(&Config::new().retain(text)), expected);
    }
    for config in [
        Config::new().retain(0),
        Config::new().retain(-3),
        Config::new().retain(Duration::ZERO),
        Config::new().retain(ByteSize::new(0)),
    ] {
        assert!(problem(&config).starts_with("retain: unknown retention"));
    }
}

#[test]
fn what_was_parsed_prints_as_it_may_be_written() {
    for text in ["90m", "2h", "8d", "1w", "10GiB", "1023B", "30"] {
        let rule = text.parse::<Retention>().unwrap();
        assert_eq!(rule.to_string(), text);
        assert_eq!(rule.to_string().parse(), Ok(rule));
    }
}

#[test]
fn a_limit_below_a_page_is_refused() {
    assert_eq!(
        problem(&Config::new().max_file_size("4095B")),
        "max_file_size: 4095 bytes; allowed: 4096 (4KiB) or more"
    );
    assert_eq!(
        problem(&Config::new().max_file_size("big")),
        r#"max_file_size: unknown size "big"; allowed: a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB"#
    );
    let config = Config::new().max_file_size("4KiB");
    assert_eq!(checked(&config).max_file_size, Some(4096));
    let config = Config::new().max_file_size(1 << 20);
    assert_eq!(checked(&config).max_file_size, Some(1 << 20));
}

#[test]
fn a_compression_that_was_not_built_in_names_its_features() {
    let built_in = [
        ("zstd", cfg!(feature = "zstd")),
        ("gzip", cfg!(feature = "gzip")),
        ("tar", cfg!(feature = "tar")),
        ("zip", cfg!(feature = "zip")),
    ];
    for (compression, features) in [
        (Compression::Zst, &["zstd"][..]),
        (Compression::Gz, &["gzip"]),
        (Compression::TarZst, &["tar", "zstd"]),
        (Compression::TarGz, &["tar", "gzip"]),
        (Compression::Zip, &["zip"]),
    ] {
        let config = Config::new().compress(compression);
        let missing = features
            .iter()
            .filter(|feature| built_in.contains(&(**feature, false)));
        let missing = missing.map(|name| format!("{name:?}")).collect::<Vec<_>>();
        if missing.is_empty() {
            assert_eq!(checked(&config).compress, Some(compression.into()));
            continue;
        }
        let expected = format!(
            "compress: {:?} is not built in; enable it in Cargo.toml: chronologix = {{ version = \"…\", features = [{}] }}",
            compression.as_str(),
            missing.join(", ")
        );
        assert_eq!(problem(&config), expected);
    }
    assert_eq!(
        problem(&Config::new().compress("rar")),
        r#"compress: unknown compression "rar"; allowed: zst, gz, tar.zst, tar.gz, zip, also with a level, such as zst:19"#
    );
}

#[test]
fn a_level_is_checked_however_it_is_given() {
    let expected = r#"compress: unknown compression level "gz:12"; allowed: gz:1 to gz:9"#;
    for config in [
        Config::new().compress("gz:12"),
        Config::new().compress(Compression::Gz.level(12)),
    ] {
        let problems = config.validate().unwrap_err();
        let of_level = problems.problems().iter().map(ToString::to_string);
        let of_level = of_level.filter(|it| it.contains("level"));
        assert_eq!(of_level.collect::<Vec<_>>(), [expected]);
    }
    #[cfg(feature = "gzip")]
    assert_eq!(
        checked(&Config::new().compress("gz:9")).compress,
        Some(Compression::Gz.level(9))
    );
}

#[cfg(feature = "gzip")]
#[test]
fn a_stream_cannot_have_the_name_of_a_compressed_file_where_files_are_compressed() {
    let app = crate::StreamConfig::new("app").file("app.log.GZ");
    Config::new().stream(app.clone()).validate().unwrap();
    assert_eq!(
        problem(&Config::new().stream(app).compress("gz")),
        r#"streams.app.file: "app.log.GZ" is the name of a compressed file, and closed folders are compressed; choose another name"#
    );
}

#[test]
fn nothing_is_kept_short_compressed_or_limited_unless_asked_for() {
    let settings = checked(&Config::new());
    assert!(settings.compress.is_none() && settings.retain.is_empty());
    assert_eq!(settings.max_file_size, None);
    assert_eq!(checked(&Config::new().retain(1)).retain.len(), 1);
}
