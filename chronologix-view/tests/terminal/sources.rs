//! What can be given to the program: pipes, files that come later, folders, links.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use crate::session::{Session, append, base, independent};

const VIEWER: &str = env!("CARGO_BIN_EXE_chronologix-view");

/// Runs a shell command that has the program as `$V`. Returns code, output and remarks.
fn shell(dir: &tempfile::TempDir, script: &str) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("bash")
        .args(["-c", script])
        .current_dir(dir.path())
        .env("V", VIEWER)
        .env_remove("CHRONOLOGIX_DIR")
        .output()
        .unwrap();
    let [out, err] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
    (status.code(), out, err)
}

#[track_caller]
fn check(script: &str, code: i32, printed: &str) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.log"), "one\ntwo\n").unwrap();
    let (found, out, err) = shell(&dir, script);
    assert_eq!((found, &*out), (Some(code), printed), "{err}");
}

#[test]
fn pipes_are_read() {
    let both = "one\ntwo\n";
    check("cat a.log | $V -p -", 0, both);
    check("cat a.log | $V -p /dev/stdin", 0, both);
    check("cat a.log | $V -p", 0, both);
    check("cat a.log | $V", 0, both);
    check("$V -p < a.log", 0, both);
    check("$V -p - < a.log", 0, both);
    check("$V -p <(cat a.log)", 0, both);
    check("mkfifo p; cat a.log > p & $V -p p", 0, both);
    check("gzip -c a.log | $V -p -", 0, both);
    check("cat a.log | $V -p -g tw -", 0, "two\n");
    check(
        "cat a.log | $V -pH a.log - | cut -d/ -f2 | sort",
        0,
        "a:one\na:two\nstdin:one\nstdin:two\n",
    );
    check("$V -p - < /dev/null", 1, "");
    check("$V -p /dev/null", 1, "");
}

#[test]
fn what_is_missing_is_told_and_the_rest_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("good"), "one\n").unwrap();
    let (code, out, err) = shell(&dir, "$V -p good missing");
    assert_eq!((code, &*out), (Some(2), "one\n"));
    assert_eq!(
        err,
        "chronologix-view: missing: no such file or directory\n"
    );
    for script in ["$V -p nofile.log", "$V -p /nonexist", "$V -p /dev/zero"] {
        let (code, out, err) = shell(&dir, script);
        assert_eq!((code, &*out), (Some(2), ""), "{script}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.log.7z"), b"7z\xbc\xaf\x27\x1c\0\x04").unwrap();
    fs::write(dir.path().join("good"), "one\n").unwrap();
    let (code, out, err) = shell(&dir, "$V -p good a.log.7z");
    assert_eq!((code, &*out), (Some(2), "one\n"));
    assert!(
        err.contains("it is a 7z archive, which is not read here"),
        "{err}"
    );
    let (code, out, err) = shell(&dir, "seq 9999 | gzip | head -c 9000 | $V -p -");
    assert!(out.starts_with("1\n2\n") && out.lines().count() > 1_000);
    assert_eq!(code, Some(2));
    assert_eq!(err.matches("is cut off").count(), 1, "{err}");
}

/// Follows files in a folder.
fn follow(
    dir: &tempfile::TempDir,
    arguments: &[&str],
    input: Stdio,
) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(VIEWER)
        .args(arguments)
        .current_dir(dir.path())
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

#[track_caller]
fn expect(out: &mut BufReader<ChildStdout>, line: &str) {
    let mut found = String::new();
    out.read_line(&mut found).unwrap();
    assert_eq!(found, line);
}

#[test]
fn a_pipe_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, mut out) = follow(&dir, &["-f", "-"], Stdio::piped());
    let mut input = child.stdin.take().unwrap();
    for line in ["one\n", "two\n"] {
        // What is there is printed once, and then what comes.
        input.write_all(line.as_bytes()).unwrap();
        expect(&mut out, line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_file_that_comes_later_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("first.log"), "zero\n").unwrap();
    let arguments = ["-f", "first.log", "later.log"];
    let (mut child, mut out) = follow(&dir, &arguments, Stdio::null());
    expect(&mut out, "zero\n");
    fs::write(dir.path().join("later.log"), "one\n").unwrap();
    expect(&mut out, "one\n");
    append_to(&dir, "later.log", "two\n");
    expect(&mut out, "two\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_rotated_log_is_followed_and_printed_once() {
    let dir = tempfile::tempdir().unwrap();
    let logs = dir.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("app.log.1"), "one\n").unwrap();
    fs::write(logs.join("app.log"), "two\n").unwrap();
    let (mut child, mut out) = follow(&dir, &["-f", "logs"], Stdio::null());
    expect(&mut out, "one\n");
    expect(&mut out, "two\n");
    append_to(&dir, "logs/app.log", "and more\n");
    expect(&mut out, "and more\n");
    fs::rename(logs.join("app.log.1"), logs.join("app.log.2")).unwrap();
    fs::rename(logs.join("app.log"), logs.join("app.log.1")).unwrap();
    fs::write(logs.join("app.log"), "three\n").unwrap();
    expect(&mut out, "three\n");
    fs::write(logs.join("other.log"), "four\n").unwrap();
    expect(&mut out, "four\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_a_link_leads_to_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["containers", "pods"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    fs::write(dir.path().join("pods/0.log"), "one\n").unwrap();
    let link = dir.path().join("containers/x.log");
    std::os::unix::fs::symlink("../pods/0.log", link).unwrap();
    let (mut child, mut out) = follow(&dir, &["-f", "containers/x.log"], Stdio::null());
    expect(&mut out, "one\n");
    append_to(&dir, "pods/0.log", "two\n");
    expect(&mut out, "two\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

fn append_to(dir: &tempfile::TempDir, name: &str, text: &str) {
    let path = dir.path().join(name);
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_path_through_current_has_the_date_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let logs = base(&dir);
    append(&logs, "2025-05-04__23-00", "app", "[23:30:00] one\n");
    std::os::unix::fs::symlink("2025-05-04__23-00", logs.join("current")).unwrap();
    let manifest = r#"{"format_version": 1, "interval": "1h", "timezone": "Asia/Tokyo",
        "timestamp_format": "%H:%M:%S", "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []}]}"#;
    fs::write(logs.join(".chronologix.json"), manifest).unwrap();
    let (code, out, _) = shell(&dir, "$V --json logs/current/app.log");
    assert_eq!(code, Some(0));
    assert!(out.contains(r#""timestamp":"2025-05-04T14:30:00"#), "{out}");
}

#[test]
fn in_the_full_screen_keys_come_from_the_terminal_and_lines_from_the_pipe() {
    let tree = tempfile::tempdir().unwrap();
    let mut command = independent(&tree, "sh");
    command.args(["-c", "(echo one; echo two; sleep 60) | $V"]);
    command.env("V", VIEWER);
    let mut session = Session::run(tree, command);
    session.wait_for("two");
    session.press("?");
    session.wait_for("half a page");
    session.press("?q");
    session.wait_until("the screen is given back", |screen| {
        !screen.alternate_screen()
    });
}

#[test]
fn more_streams_than_descriptors_are_printed_and_followed() {
    let dir = tempfile::tempdir().unwrap();
    let logs = base(&dir);
    for number in 0..700 {
        for hour in ["14", "15"] {
            let folder = format!("2025-05-04__{hour}-00");
            append(
                &logs,
                &folder,
                &format!("s{number}"),
                &format!("[{hour}:00:00] {number}\n"),
            );
        }
    }
    let (code, out, err) = shell(&dir, "ulimit -n 256; $V -p logs");
    assert_eq!((code, out.lines().count()), (Some(0), 1_400), "{err}");
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -n 256; exec $V -f -n1 logs"]);
    command.env("V", VIEWER).current_dir(dir.path());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    for number in [650, 3, 650] {
        let line = format!("[15:00:01] new {number}\n");
        append(&logs, "2025-05-04__15-00", &format!("s{number}"), &line);
        expect(&mut out, &line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
