//! The program in a pipe.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use crate::session::{append, base};

/// A tree of two hours, in which errors are copied.
fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    let hour = |hour: u32| format!("2025-05-04__{hour}-00");
    let write = |at: u32, stream: &str, text: &str| append(&base(&tree), &hour(at), stream, text);
    write(14, "app", "[14:00:00] one\n[14:00:02] [ERROR] three\n");
    write(14, "errors", "[14:00:02] [ERROR] three\n");
    write(15, "app", "[15:00:00] [INFO] four\n");
    let stream = |name: &str, mirror: &str| {
        format!(r#"{{"name":"{name}","file":"{name}.log","format":"text","mirror":[{mirror}]}}"#)
    };
    let streams = [stream("app", ""), stream("errors", r#""app""#)].join(",");
    let description = format!(
        r#"{{"format_version":1,"interval":"1h","timezone":"UTC","timestamp_format":"%H:%M:%S","streams":[{streams}]}}"#
    );
    fs::write(base(&tree).join(".chronologix.json"), description).unwrap();
    tree
}

fn command(tree: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chronologix-view"));
    command.args(arguments).current_dir(tree.path());
    command
}

#[track_caller]
fn check(arguments: &[&str], code: i32, printed: &str) {
    let tree = tree();
    let Output { status, stdout, .. } = command(&tree, arguments).output().unwrap();
    assert_eq!(String::from_utf8(stdout).unwrap(), printed);
    assert_eq!(status.code(), Some(code));
}

/// `tests/fixtures/tree-0.1` of the workspace: a tree and what the viewer of that version printed.
#[test]
fn a_tree_of_version_0_1_prints_as_before() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/tree-0.1");
    let options = [
        ("--plain", "plain.txt"),
        ("--json", "json.txt"),
        ("--stats", "stats.txt"),
        ("--with-names", "names.txt"),
    ];
    for (option, expected) in options {
        let mut viewer = Command::new(env!("CARGO_BIN_EXE_chronologix-view"));
        let Output { stdout, .. } = viewer
            .arg(option)
            .arg(fixture.join("tree"))
            .output()
            .unwrap();
        let expected = fs::read(fixture.join(expected)).unwrap();
        let [printed, expected] = [stdout, expected].map(|text| String::from_utf8(text).unwrap());
        assert_eq!(printed, expected, "{option}");
    }
}

#[test]
fn what_is_asked_for_is_printed_and_the_exit_code_says_whether_there_was_any() {
    check(&["-g", "^.*three", "logs"], 0, "[14:00:02] [ERROR] three\n");
    check(
        &["-l", "error", "-s", "errors", "logs"],
        0,
        "[14:00:02] [ERROR] three\n",
    );
    check(&["-n1", "logs"], 0, "[15:00:00] [INFO] four\n");
    check(
        &["-n1", "--until", "15:00", "-H", "logs"],
        0,
        "2025-05-04__14-00/errors→app:[14:00:02] [ERROR] three\n",
    );
    check(&["-g", "nowhere", "logs"], 1, "");
    check(&["-q", "-l", "err", "logs"], 0, "");
    check(&["-q", "-g", "nowhere", "logs"], 1, "");
    check(&["-c", "-e", "three", "-e", "four", "logs"], 0, "2\n");
    check(&["-c", "-g", "nowhere", "logs"], 1, "0\n");
    check(&["-r", "-m1", "logs"], 0, "[15:00:00] [INFO] four\n");
    check(
        &["--where", "level>=error", "-n1", "logs"],
        0,
        "[14:00:02] [ERROR] three\n",
    );
    check(&["--where", "level>=", "logs"], 2, "");
    check(
        &["--color", "-g", "four", "logs"],
        0,
        "[15:00:00] [INFO] \u{1b}[1;31mfour\u{1b}[0m\n",
    );
    check(&["--csv", "logs"], 2, "");
    check(&["-s", "nowhere", "logs"], 2, "");
    check(&["-g", "(", "logs"], 2, "");
    check(
        &["logs/2025-05-04__14-00/errors.log"],
        0,
        "[14:00:02] [ERROR] three\n",
    );
    // What is there is printed.
    check(
        &["logs/2025-05-04__14-00/errors.log", "nowhere.log"],
        2,
        "[14:00:02] [ERROR] three\n",
    );
}

#[test]
fn completions_and_the_manual_are_printed() {
    let tree = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["--completions", "bash"][..], "complete -F"),
        (&["--man"], ".TH chronologix-view"),
    ] {
        let output = command(&tree, arguments).output().unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().contains(expected));
    }
}

/// Follows the tree, and returns the line that was there.
fn follow(tree: &tempfile::TempDir) -> (Child, BufReader<std::process::ChildStdout>) {
    // A script that runs the tests in the background ignores SIGINT, and a child inherits that.
    let program = env!("CARGO_BIN_EXE_chronologix-view");
    let words: &[&str] = if cfg!(target_os = "linux") {
        &["env", "--default-signal", program]
    } else {
        &[program]
    };
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .args(["-fn1", "logs"])
        .current_dir(tree.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "[15:00:00] [INFO] four\n");
    (child, out)
}

#[test]
fn following_goes_on_until_it_is_interrupted() {
    let tree = tree();
    let (mut child, mut out) = follow(&tree);
    append(
        &base(&tree),
        "2025-05-04__15-00",
        "app",
        "[15:00:01] five\n",
    );
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "[15:00:01] five\n");
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    // A shell reports this as 130.
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn a_reader_that_goes_ends_it_quietly() {
    let tree = tree();
    let (mut child, out) = follow(&tree);
    drop(out);
    append(
        &base(&tree),
        "2025-05-04__15-00",
        "app",
        "[15:00:01] five\n",
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Whether a terminal could take some of these bytes as a command, or the text be reordered.
fn is_harmful(text: &str) -> bool {
    let is_harmful = |letter: char| match letter {
        '\n' | '\t' => false,
        _ => {
            letter.is_control()
                || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{e0000}'..='\u{e007f}')
        }
    };
    text.contains(is_harmful)
}

#[test]
fn no_name_and_no_argument_reaches_the_terminal_as_a_command() {
    let tree = tempfile::tempdir().unwrap();
    let name = "a\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\u{e0041}";
    append(&base(&tree), "2025-05-04__14-00", name, "[14:00:00] one\n");
    let nowhere = format!("{name}/nowhere");
    let stream = ["-s", name, "--since", name];
    let arguments: [&[&str]; 9] = [
        &["-p", "logs"],
        &["-H", "logs"],
        &["--json", "logs"],
        &["--stats", "logs"],
        &["-p", &nowhere],
        &["-s", &nowhere, "logs"],
        &["-g", &format!("({name}"), "logs"],
        &stream,
        &[&format!("--{name}")],
    ];
    for arguments in arguments {
        let output = command(&tree, arguments).output().unwrap();
        for printed in [output.stdout, output.stderr] {
            let printed = String::from_utf8(printed).unwrap();
            assert!(!is_harmful(&printed), "{arguments:?}: {printed:?}");
        }
    }
}

/// Writes a packed hour, and returns the folder for temporary files.
fn packed(tree: &tempfile::TempDir, lines: usize) -> std::path::PathBuf {
    let text = "[14:00:00] one\n".repeat(lines);
    let packed = fs::File::create(base(tree).join("2025-05-04__13-00.tar.gz")).unwrap();
    let packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
    let mut archive = tar::Builder::new(packed);
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    archive
        .append_data(&mut header, "app.log", text.as_bytes())
        .unwrap();
    archive.into_inner().unwrap().finish().unwrap();
    let temporary = tree.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    temporary
}

#[track_caller]
fn assert_empty(folder: &Path) {
    let left: Vec<_> = fs::read_dir(folder).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_unpacked_has_no_name_that_could_stay() {
    let tree = tree();
    let temporary = packed(&tree, 100_000);
    let viewer = |arguments: &[&str]| {
        let mut viewer = command(&tree, arguments);
        viewer.env("TMPDIR", &temporary).stdout(Stdio::piped());
        viewer
    };
    let printed = viewer(&["-p", "logs"]).output().unwrap().stdout;
    assert!(printed.len() > 1_500_000);
    assert_empty(&temporary);
    // A reader that goes away, as `head -1` does, and a viewer that is killed.
    let mut closed = viewer(&["-p", "logs"]).spawn().unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(closed.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "[14:00:00] one\n");
    assert_empty(&temporary);
    drop(output);
    closed.wait().unwrap();
    assert_empty(&temporary);
    let mut killed = viewer(&["-pf", "logs"]).spawn().unwrap();
    let mut output = BufReader::new(killed.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_empty(&temporary);
}
