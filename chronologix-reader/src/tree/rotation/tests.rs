//! Names that rotation makes, and others.

use super::*;

#[track_caller]
fn check(name: &str, stem: &str, age: &str) {
    let rotated = Rotated::parse(name);
    let found = match rotated.age {
        Age::Current => "current".to_owned(),
        Age::Number(Reverse(number)) => format!("{number} ago"),
        Age::Date(date, number) => format!("{} #{number}", date.format("%Y-%m-%d %H:%M:%S")),
    };
    assert_eq!((&*rotated.stem, &*found), (stem, age), "{name}");
}

#[test]
fn what_rotation_adds_is_told_apart() {
    check("app.log", "app.log", "current");
    check("app.log.gz", "app.log", "current");
    check("app.log.1", "app.log", "1 ago");
    check("app.log.12.gz", "app.log", "12 ago");
    check("syslog.2.zst", "syslog", "2 ago");
    check("app.log-20250504.gz", "app.log", "2025-05-04 00:00:00 #0");
    check("app.log-20250504-1714", "app.log", "2025-05-04 17:14:00 #0");
    check("app.log-2025050417", "app.log", "2025-05-04 17:00:00 #0");
    check("app.log.2025-05-04", "app.log", "2025-05-04 00:00:00 #0");
    check("app.2025-05-04.log", "app.log", "2025-05-04 00:00:00 #0");
    check("app-2025-05-04.log", "app.log", "2025-05-04 00:00:00 #0");
    check("app_2025-05-04.log.xz", "app.log", "2025-05-04 00:00:00 #0");
    check("app.2025-05-04-14", "app", "2025-05-04 14:00:00 #0");
    check(
        "app.2025-05-04-14-05.log",
        "app.log",
        "2025-05-04 14:05:00 #0",
    );
    check(
        "app-2025-05-04T14-05-09.log",
        "app.log",
        "2025-05-04 14:05:09 #0",
    );
    check("app-2025-05-04.3.log", "app.log", "2025-05-04 00:00:00 #3");
    check("app-2025-05-04.1", "app", "2025-05-04 00:00:00 #1");
    check("2025-05-04.log", ".log", "2025-05-04 00:00:00 #0");
}

#[test]
fn other_numbers_are_part_of_the_name() {
    for name in [
        "app.1.log",
        "server.8080",
        "app.007",
        "v20250504",
        "app-20251304.log",
        "app-2025-05-04x.log",
        "host-10.0.0.1.log",
        "x12025-05-04.log",
        ".1",
        "caf\u{e9}.log",
    ] {
        check(name, name, "current");
    }
}

#[test]
fn siblings_are_in_the_order_of_time() {
    let mut names = [
        "app.log",
        "app.log.2.gz",
        "app.log-20250504-2",
        "app.log-20250504",
        "app.log.10",
        "app.log-20250430",
        "app.log.1",
    ];
    names.sort_by_key(|name| Rotated::parse(name).age);
    assert_eq!(
        names,
        [
            "app.log-20250430",
            "app.log-20250504",
            "app.log-20250504-2",
            "app.log.10",
            "app.log.2.gz",
            "app.log.1",
            "app.log",
        ]
    );
}
