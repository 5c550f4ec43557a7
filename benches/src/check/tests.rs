//! Each kind of damage is found.

use std::fs;

use super::*;

const GOOD: &str = "\
[10:00:00.000001] order 100000 filled at 100.25 for ACME-00
10:00:00.000001 order 100000 filled at 100.25 for ACME-01
[10:00:00.000002] order 100001 filled at 100.5 for ACME-00
";

#[track_caller]
fn check_text(text: &str, outcome: Result<u64, &str>) {
    check_lines(text, Lines::all(), outcome);
}

#[track_caller]
fn check_lines(text: &str, lines: Lines, outcome: Result<u64, &str>) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2025-05-04");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("app.log"), text).unwrap();
    let found = check(dir.path(), lines, &[2, 1]).map(|found| found.lines);
    let found = found.map_err(|error| error.to_string());
    assert_eq!(found, outcome.map_err(str::to_owned));
}

#[test]
fn whole() {
    check_text(GOOD, Ok(3));
}

#[test]
fn behind_a_delay() {
    check_text(&GOOD.replace("] order", "] 12ms order"), Ok(3));
}

#[test]
fn lost() {
    let text = GOOD.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    check_text(
        &text,
        Err("2 lines: 1 lost, 0 doubled, 0 torn, 0 out of order"),
    );
}

#[test]
fn doubled() {
    let text = format!("{GOOD}{}\n", GOOD.lines().next().unwrap());
    check_text(
        &text,
        Err("4 lines: 0 lost, 1 doubled, 0 torn, 0 out of order"),
    );
}

#[test]
fn torn() {
    let damage = "3 lines: 1 lost, 0 doubled, 1 torn, 0 out of order";
    check_text(GOOD.trim_end(), Err(damage));
    check_text(&GOOD.replacen("filled", "fil", 1), Err(damage));
    check_text(&GOOD.replacen("10:00", "10-00", 1), Err(damage));
    check_text(&GOOD.replace("100001", "100002"), Err(damage));
}

#[test]
fn out_of_order() {
    let mut lines = GOOD.lines().collect::<Vec<_>>();
    lines.swap(0, 2);
    let text = lines.join("\n") + "\n";
    check_text(
        &text,
        Err("3 lines: 0 lost, 0 doubled, 0 torn, 1 out of order"),
    );
}

#[test]
fn of_one_file() {
    let odd = GOOD.lines().nth(2).unwrap().to_owned() + "\n";
    let wanted = |index| index == 1;
    check_lines(&odd, Lines::of("app", wanted), Ok(1));
    check_lines(
        &odd,
        Lines::of("errors", wanted),
        Err("0 lines: 1 lost, 0 doubled, 0 torn, 0 out of order"),
    );
    check_lines(
        GOOD,
        Lines::of("app", wanted),
        Err("3 lines: 0 lost, 2 doubled, 0 torn, 0 out of order"),
    );
}
