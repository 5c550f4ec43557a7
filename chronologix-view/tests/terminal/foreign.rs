//! Files of other loggers, in the environment of a user.

use std::{fs, process::Command};

use tempfile::TempDir;

/// Returns what the viewer prints of a file, with this time zone and this `view.toml`.
fn printed(zone: &str, settings: &str, arguments: &[&str], content: &str) -> String {
    let dir: TempDir = tempfile::tempdir().unwrap();
    let config = dir.path().join("chronologix");
    fs::create_dir(&config).unwrap();
    fs::write(config.join("view.toml"), settings).unwrap();
    fs::write(dir.path().join("x.log"), content).unwrap();
    let viewer = Command::new(env!("CARGO_BIN_EXE_chronologix-view"))
        .args(arguments)
        .arg("x.log")
        .current_dir(dir.path())
        .env("XDG_CONFIG_HOME", dir.path())
        .env("TZ", zone)
        .output()
        .unwrap();
    String::from_utf8(viewer.stdout).unwrap() + &String::from_utf8_lossy(&viewer.stderr)
}

#[test]
fn times_without_an_offset_are_those_of_the_machine() {
    let line = "2025-05-04 14:02:19,123 ERROR boom\n";
    for (zone, arguments, expected) in [
        (
            "America/New_York",
            &["--json"][..],
            "2025-05-04T18:02:19.123000Z",
        ),
        ("Asia/Tokyo", &["--json"], "2025-05-04T05:02:19.123000Z"),
        ("UTC", &["--json"], "2025-05-04T14:02:19.123000Z"),
        (
            "America/New_York",
            &["--json", "--tz", "Asia/Tokyo"],
            "2025-05-04T14:02:19.123000+09:00",
        ),
    ] {
        let found = printed(zone, "", arguments, line);
        assert!(found.contains(expected), "{zone} {arguments:?}: {found}");
        assert!(found.contains("\"level\":\"ERROR\""), "{found}");
    }
}

#[test]
fn a_format_of_the_user_is_read() {
    let settings = "[[format]]\nname = \"shop\"\nline = \"{timestamp};{level};{message}\"\n\
                    timestamp = \"%d.%m.%Y %H:%M:%S\"\nlevels = { F = \"error\" }\n";
    let line = "04.05.2025 14:02:19;F;boom\n";
    let found = printed("UTC", settings, &["--json"], line);
    assert!(found.contains("2025-05-04T14:02:19.000000Z"), "{found}");
    assert!(found.contains("\"level\":\"ERROR\""), "{found}");
    assert!(found.contains("\"message\":\"boom\""), "{found}");
}
