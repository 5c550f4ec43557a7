//! `live_demo` has more ways to run than the other examples.

use crate::run::{Running, counted, run_with};

#[test]
fn plays_the_sample() {
    let run = run_with("live_demo", &["--rate", "0"], b"");
    let counts = run.counts("my_logs");
    let expected = counted([
        ("access.log", 292),
        ("audit.log", 20),
        ("errors.log", 37),
        ("rejected.jsonl", 8),
        ("slow.log", 7),
    ]);
    assert_eq!(counts, expected);
    assert!(
        run.stdout
            .contains("\n    cargo run -p chronologix-view -- my_logs\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("\nplayed 300 lines\n"),
        "{}",
        run.stdout
    );
    for file in counts.keys() {
        let text = run.lines("my_logs", file).concat();
        let is_harmless = |c: char| !c.is_control() && c != '\u{202e}';
        assert!(
            text.chars().all(is_harmless),
            "{file} has a control character"
        );
    }
    let access = run.messages("my_logs", "access.log");
    assert!(
        access
            .iter()
            .any(|line| line.starts_with(r"[WARN] GET /\x1b[31m\x1b[5mowned\x1b[0m status=404 "))
    );
}

/// Each line by itself, the file it goes to, and what stands there behind the timestamp.
#[test]
fn lines_go_where_they_belong() {
    let cases = [
        (
            r#"192.0.2.1 - - [t] "GET / HTTP/1.1" 200 5 "-" "a b" 0.5"#,
            "access.log",
            r#"[INFO] GET / status=200 bytes=5 seconds=0.5 ip=192.0.2.1 user=- referer=- agent="a b""#,
        ),
        (
            r#"2001:db8::1 - ann [t] "GET /a b HTTP/2.0" 404 0 "r" "a""#,
            "access.log",
            "[WARN] GET /a b status=404 bytes=0 seconds=- ip=2001:db8::1 user=ann referer=r agent=a",
        ),
        (
            r#"192.0.2.1 - - [t] "GET / HTTP/1.1" 200 5 "-" "a" 1.0"#,
            "slow.log",
            "[WARN] GET / status=200 bytes=5 seconds=1.0 ip=192.0.2.1 user=- referer=- agent=a",
        ),
        (
            r#"192.0.2.1 - - [t] "GET / HTTP/1.1" 502 5 "-" "a" 2.5"#,
            "errors.log",
            "[ERROR] GET / status=502 bytes=5 seconds=2.5 ip=192.0.2.1 user=- referer=- agent=a",
        ),
        (
            r#"192.0.2.1 - - [t] "POST /login HTTP/1.1" 303 0 "-" "a""#,
            "audit.log",
            "[INFO] POST /login status=303 bytes=0 seconds=- ip=192.0.2.1 user=- referer=- agent=a",
        ),
        (
            r#"192.0.2.1 - - [t] "GET /admin HTTP/1.1" 503 0 "-" "a""#,
            "audit.log",
            "[ERROR] GET /admin status=503 bytes=0 seconds=- ip=192.0.2.1 user=- referer=- agent=a",
        ),
    ];
    for (line, file, expected) in cases {
        // Both kinds of line ends, and none at the end of the input.
        for end in ["\n", "\r\n", ""] {
            let input = format!("{line}{end}");
            let run = run_with(
                "live_demo",
                &["--dir=d", "--interval", "5m", "-"],
                input.as_bytes(),
            );
            assert_eq!(run.messages("d", file), [expected]);
            assert_eq!(
                run.messages("d", "access.log"),
                [expected],
                "all requests are in access.log"
            );
        }
    }
}

#[test]
fn what_is_no_request_is_rejected_with_the_reason() {
    let cases: [(&[u8], &str); 16] = [
        (b"", "no address"),
        (b"\0\xff\xfe", "no address"),
        (b"nginx: worker process exited", "no user"),
        (b"1.2.3.4 - -", "no user"),
        (b"1.2.3.4 - - [t]", "no time"),
        (b"1.2.3.4 - - [t] \"GET / HTTP/1.1", "no request"),
        (b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200", "no status"),
        (b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 1", "no size"),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 1 \"-\"",
            "no referer",
        ),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 1 \"-\" \"",
            "no agent",
        ),
        (
            b"1.2.3.4 - - [t] \"\\x16\\x03\" 400 1 \"-\" \"a\"",
            "the request is not HTTP",
        ),
        (
            b"1.2.3.400 - - [t] \"GET / HTTP/1.1\" 200 1 \"-\" \"a\"",
            "the address is not one of IP",
        ),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 2OO 1 \"-\" \"a\"",
            "the status is not a number",
        ),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 999 1 \"-\" \"a\"",
            "the status is not one of HTTP",
        ),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 -1 \"-\" \"a\"",
            "the size is not a number",
        ),
        (
            b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 1 \"-\" \"a\" soon",
            "the duration is not a number",
        ),
    ];
    let input = cases.map(|(line, _)| line).join(&b'\n');
    let run = run_with("live_demo", &["--rate=0", "-"], &[&*input, b"\n"].concat());
    let lines = run.lines("my_logs", "rejected.jsonl");
    assert_eq!(lines.len(), cases.len());
    for (line, (input, reason)) in lines.iter().zip(cases) {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["message"], *String::from_utf8_lossy(input));
        assert_eq!(record["reason"], reason);
    }
    assert_eq!(run.counts("my_logs")["access.log"], 0);
}

#[test]
fn plays_as_often_as_asked() {
    let run = run_with("live_demo", &["--rate", "0", "--loops", "3"], b"");
    assert_eq!(run.counts("my_logs")["access.log"], 3 * 292);
    assert_eq!(run.counts("my_logs")["rejected.jsonl"], 3 * 8);
    let run = run_with("live_demo", &["--rate", "4294967295"], b"");
    assert_eq!(run.counts("my_logs")["access.log"], 292);
    // Nothing can be played twice of an empty file, nor of standard input.
    let run = run_with("live_demo", &["--seconds", "3600", "-"], b"one line");
    assert_eq!(run.counts("my_logs")["rejected.jsonl"], 1);
}

#[test]
fn stops_when_the_time_is_over() {
    let run = run_with("live_demo", &["--seconds", "1"], b"");
    let counts = run.counts("my_logs");
    let played = counts["access.log"] + counts["rejected.jsonl"];
    assert!(
        run.stdout.contains(&format!("\nplayed {played} lines\n")),
        "{counts:?} {}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn stops_on_a_signal_while_its_input_is_silent() {
    let mut running = Running::start("live_demo", &["-"], None);
    assert!(running.read_to(Some("    cargo run -p chronologix-view -- my_logs")));
    crate::run::interrupt(&running.child);
    let run = running.end();
    assert!(run.succeeded, "{}", run.stderr);
    assert!(run.stdout.contains("\nplayed 0 lines\n"), "{}", run.stdout);
}

#[test]
fn says_what_it_does_not_understand() {
    let cases: [(&[&str], &str); 8] = [
        (
            &["--rate", "fast"],
            r#"--rate wants a whole number, not "fast""#,
        ),
        (&["--rate"], "--rate wants a value"),
        (
            &["--loops", "-1"],
            r#"--loops wants a whole number, not "-1""#,
        ),
        (&["--seconds="], r#"--seconds wants a whole number, not """#),
        (
            &["--interval", "7h"],
            r#"--interval: unknown interval "7h"; allowed: "#,
        ),
        (&["--rat", "5"], "unknown option --rat"),
        (&["a.log", "b.log"], "one file at a time"),
        (&["no/such.log"], "cannot open no/such.log: "),
    ];
    for (arguments, message) in cases {
        let run = Running::start("live_demo", arguments, Some(b"")).end();
        assert!(!run.succeeded, "{arguments:?}");
        assert!(
            run.stderr.starts_with(&format!("live_demo: {message}")),
            "{}",
            run.stderr
        );
        assert_eq!(run.stdout, "");
        assert!(run.names().is_empty(), "{arguments:?} left a tree");
    }
    // It opens, and cannot be read.
    let run = Running::start("live_demo", &["--dir", "d", "."], Some(b"")).end();
    assert!(!run.succeeded);
    assert!(
        run.stderr.starts_with("live_demo: cannot "),
        "{}",
        run.stderr
    );
    let run = run_with("live_demo", &["--help"], b"");
    assert!(
        run.stdout.contains("Usage: cargo run --example live_demo"),
        "{}",
        run.stdout
    );
}
