//! The zone of the machine, as containers and administrators set it: what a tree says its zone is
//! leads to the stamps that its lines have.

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix::{Config, StreamConfig};
use chronologix_core::ManualClock;
use chronologix_schema::layout::{MANIFEST_FILE, Manifest, TimeZone};

use crate::{
    lines::folders,
    rounds,
    script::Script,
    tools::{self, Tool},
    victim::Casting,
};

/// A summer's day, when most zones that have summer time keep it.
fn summer() -> DateTime<Utc> {
    DateTime::from_timestamp(1_751_371_200, 0).unwrap()
}

/// Logs one record by local time.
pub(crate) fn play(script: &Script) {
    let config = Config::new()
        .base_log_dir(script.path("base"))
        .stream(StreamConfig::new("app").durability("written"))
        .timezone("local")
        .timestamp_format("rfc3339")
        .clock(ManualClock::at(summer()));
    match config.start_blocking() {
        Ok(logger) => {
            let app = logger.stream("app").unwrap();
            app.log(format_args!("now")).wait().into_result().unwrap();
            logger.stop_blocking().unwrap();
            script.say("outcome ok");
        }
        Err(error) => script.say(&format!("outcome {}", error.to_string().replace('\n', " "))),
    }
}

/// What a start by local time comes to under this command and with this `TZ`.
fn outcome(base: &Path, command: &[&str], variable: Option<&str>) -> String {
    let unset = ["env", "-u", "TZ"];
    let mut casting = Casting::of("zone").with("base", base.display());
    casting = match variable {
        Some(variable) => casting.environment("TZ", variable),
        None => casting.under(&unset),
    };
    let mut victim = casting.under(command).start();
    let outcome = victim.hear("outcome");
    assert_eq!(victim.succeed(), "");
    outcome
}

/// The name in the description, which must give the offset that the line has.
#[track_caller]
fn described(base: &Path, offset_minutes: i64) -> String {
    let manifest = fs::read_to_string(base.join(MANIFEST_FILE)).unwrap();
    let name = Manifest::from_json(&manifest).unwrap().timezone;
    let zone = TimeZone::described(&name).unwrap();
    let civil = summer().naive_utc() + TimeDelta::minutes(offset_minutes);
    assert_eq!(zone.civil(summer()), civil, "by {name}");
    let lines = folders(base)
        .iter()
        .filter_map(|folder| fs::read_to_string(folder.join("app.log")).ok())
        .collect::<String>();
    let stamp = civil.format("[%Y-%m-%dT%H:%M:%S").to_string();
    assert!(lines.starts_with(&stamp), "{lines}");
    name
}

#[test]
fn the_description_tells_the_zone_that_is_in_use() {
    let _machine = rounds::beside_others();
    let kathmandu = 5 * 60 + 45;
    for (variable, name, offset) in [
        ("<+03>-3", "<+03>-3", 180),
        ("EST5EDT,M3.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0", -240),
        (
            "AEST-10AEDT,M10.1.0,M4.1.0/3",
            "AEST-10AEDT,M10.1.0,M4.1.0/3",
            600,
        ),
        (":Asia/Kathmandu", "Asia/Kathmandu", kathmandu),
        (
            "/usr/share/zoneinfo/Asia/Kathmandu",
            "Asia/Kathmandu",
            kathmandu,
        ),
        (
            ":/usr/share/zoneinfo/Asia/Kathmandu",
            "Asia/Kathmandu",
            kathmandu,
        ),
        ("", "UTC", 0),
    ] {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(
            outcome(dir.path(), &["env"], Some(variable)),
            "ok",
            "{variable}"
        );
        assert_eq!(described(dir.path(), offset), name, "{variable}");
    }
    let dir = tempfile::tempdir().unwrap();
    let said = outcome(dir.path(), &["env"], Some("Europe/Nowhere"));
    let expected = "unknown time zone \"Europe/Nowhere\" in TZ, which local stands for";
    assert!(said.contains(expected), "{said}");
    assert!(!dir.path().join(MANIFEST_FILE).exists());
}

/// As `docker run -v …:/etc/localtime:ro` does, over the link that the image has.
#[test]
fn another_zone_is_mounted_over_that_of_the_machine() {
    let needed = [Tool::Namespaces];
    if !tools::are_here("a zone is mounted over /etc/localtime", &needed) {
        return;
    }
    let _machine = rounds::beside_others();
    for (mounted, names, offset) in [
        ("Asia/Shanghai", ["Asia/Shanghai", "CST-8"], 480),
        (
            "America/New_York",
            ["America/New_York", "EST5EDT,M3.2.0,M11.1.0"],
            -240,
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let bind = format!("mount --bind /usr/share/zoneinfo/{mounted} /etc/localtime");
        let script = format!("{bind} && exec \"$@\"");
        let command = ["unshare", "-Urm", "sh", "-c", &script, "sh"];
        assert_eq!(outcome(dir.path(), &command, None), "ok", "{mounted}");
        let name = described(dir.path(), offset);
        assert!(names.contains(&&*name), "{mounted}: {name}");
    }
}
