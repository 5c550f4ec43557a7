//! What arrives, and what is kept of how far it went.

use std::{collections::BTreeSet, fs};

use crate::{
    receiver::{Receiver, Reply, attribute, body},
    tree::{Tree, follow, once, printed, program},
};

/// The messages that were received, sorted by their numbers.
fn numbers(receiver: &Receiver, count: usize) -> Vec<usize> {
    let records = receiver.records(count);
    let mut numbers: Vec<_> = records
        .iter()
        .map(|it| {
            body(&it.record)
                .strip_prefix("record ")
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn each_record_arrives_once_from_its_own_stream() {
    let mut tree = Tree::new();
    tree.log(100);
    tree.roll_over();
    tree.log(60);
    let receiver = Receiver::start([]);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 160 records\n".to_owned(), String::new())
    );
    assert_eq!(numbers(&receiver, 160), (0..160).collect::<Vec<_>>());

    let records = receiver.records(160);
    for received in &records {
        let record = &received.record;
        let stream = attribute(record, "chronologix.stream").unwrap();
        let file = attribute(record, "log.file.name").unwrap();
        assert_eq!(file, format!("{stream}.log"));
        let is_mirrored = record
            .attributes
            .iter()
            .any(|it| it.key == "chronologix.mirrors");
        assert_eq!(is_mirrored, stream == "errors");
        let keys: Vec<_> = record.attributes.iter().map(|it| it.key.as_str()).collect();
        let own = [
            "chronologix.stream",
            "log.file.name",
            "log.file.path",
            "chronologix.key",
        ];
        assert_eq!(keys[..4], own);
        assert_eq!(keys.len(), 4 + usize::from(is_mirrored), "{keys:?}");
        let severity = match stream.as_str() {
            "errors" => 17,
            "audit" => 13,
            _ => record.severity_number,
        };
        assert_eq!(record.severity_number, severity);
        let folder = match body(record)["record ".len()..].parse::<usize>().unwrap() {
            ..100 => "2025-05-04__14-00",
            _ => "2025-05-04__14-05",
        };
        let key = attribute(record, "chronologix.key").unwrap();
        assert!(
            key.contains(&format!("/{folder}/{stream}/{file}/")),
            "{key}"
        );
        let path = tree.path().join(folder).join(&file);
        let path = fs::canonicalize(path).unwrap();
        let given = attribute(record, "log.file.path").unwrap();
        assert_eq!(fs::canonicalize(given).unwrap(), path);
        let start = 1_746_367_200_000_000_000;
        let seconds = (record.time_unix_nano - start) / 1_000_000_000;
        assert_eq!(seconds / 300, u64::from(folder.ends_with("05")));
    }
    let keys: BTreeSet<_> = records
        .iter()
        .map(|it| attribute(&it.record, "chronologix.key"))
        .collect();
    assert_eq!(keys.len(), 160);

    // There is nothing left.
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 0 records\n".to_owned(), String::new())
    );
    assert_eq!(receiver.count(), 160);
}

#[test]
fn a_live_tree_is_followed_through_rollovers_until_sigterm() {
    let mut tree = Tree::new();
    let receiver = Receiver::start([]);
    let child = follow(&tree.path(), &receiver.url());
    for round in 1..=3 {
        tree.log(40);
        receiver.wait_for(round * 40);
        tree.roll_over();
    }
    end(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(printed(&output), (Some(0), String::new(), String::new()));
    assert_eq!(numbers(&receiver, 120), (0..120).collect::<Vec<_>>());

    tree.log(8);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 8 records\n".to_owned(), String::new())
    );
    assert_eq!(numbers(&receiver, 128), (0..128).collect::<Vec<_>>());
}

/// Asks a program to stop.
fn end(child: &std::process::Child) {
    let id = i32::try_from(child.id()).unwrap();
    let process = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn requests_say_what_they_are() {
    let mut tree = Tree::new();
    tree.log(4);
    let receiver = Receiver::start([]);
    for (compression, expected) in [
        ("gzip", Some("content-encoding: gzip")),
        ("zstd", Some("content-encoding: zstd")),
        ("none", None),
    ] {
        let output = once(&tree.path(), &receiver.url())
            .args(["--compression", compression])
            .args([
                "--header",
                "x-scope=a",
                "--header",
                "authorization=Bearer b",
            ])
            .args([
                "--state-dir",
                tree.dir.path().join(compression).to_str().unwrap(),
            ])
            .args([
                "--service-name",
                "shop",
                "--host-name",
                "h7",
                "--resource",
                "zone=z",
            ])
            .output()
            .unwrap();
        assert_eq!(printed(&output).0, Some(0));
        let request = receiver.requests(1).pop().unwrap();
        assert_eq!(request.line, "POST /v1/logs HTTP/1.1");
        let has = |line: &str| request.headers.iter().any(|it| it == line);
        assert!(has("content-type: application/x-protobuf"));
        assert!(has("x-scope: a") && has("authorization: Bearer b"));
        let encoding = request
            .headers
            .iter()
            .find(|it| it.starts_with("content-encoding"));
        assert_eq!(encoding.map(String::as_str), expected);
        let resource = request.content.resource_logs[0].resource.as_ref().unwrap();
        let keys: Vec<_> = resource
            .attributes
            .iter()
            .map(|it| it.key.as_str())
            .collect();
        assert_eq!(keys, ["service.name", "host.name", "zone"]);
        let scopes = &request.content.resource_logs[0].scope_logs;
        let key = attribute(&scopes[0].log_records[0], "chronologix.key").unwrap();
        assert!(key.starts_with("h7/"), "{key}");
    }
}

#[test]
fn a_receiver_that_refuses_a_while_gets_all() {
    let mut tree = Tree::new();
    tree.log(40);
    let replies = [
        Reply::Status(503, "retry-after: 0\r\n", Vec::new()),
        Reply::Cut,
        Reply::Status(429, "retry-after: 0\r\n", b"slow down".to_vec()),
    ];
    let receiver = Receiver::start(replies);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!((code, out.as_str()), (Some(0), "sent 40 records\n"));
    let lines: Vec<_> = err.lines().collect();
    let url = receiver.url();
    let away =
        format!("chronologix-ship: {url}/v1/logs does not take records: status 503; trying again");
    assert_eq!(lines[0], away);
    assert!(lines[1].contains("takes records again, after "), "{err}");
    assert_eq!(lines.len(), 2);
    assert_eq!(numbers(&receiver, 40), (0..40).collect::<Vec<_>>());
}

#[test]
fn a_batch_that_arrived_without_an_answer_is_repeated_with_the_same_keys() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([Reply::TakenAndCut]);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(printed(&output).0, Some(0));
    let records = receiver.records(80);
    let keys = |request: usize| {
        let of_request = records.iter().filter(|it| it.request == request);
        of_request
            .map(|it| attribute(&it.record, "chronologix.key"))
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(0), keys(1));
}

#[test]
fn refused_records_are_kept_and_can_be_sent_again() {
    let mut tree = Tree::new();
    tree.log(20);
    let refused = Reply::Status(400, "", b"no such tenant".to_vec());
    let receiver = Receiver::start([refused.clone(), refused]);
    let url = receiver.url();
    let output = once(&tree.path(), &url).output().unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!(code, Some(0));
    assert_eq!(
        out,
        "sent 0 records, 20 refused, 0 dropped by the receiver\n"
    );
    assert!(
        err.contains("refused 20 records with status 400 (no such tenant)"),
        "{err}"
    );

    let resend = || {
        let mut command = program("resend".as_ref());
        command.arg(tree.path()).args(["--endpoint", &url]);
        printed(&command.output().unwrap())
    };
    let expected = "sent 0 records; 1 requests were refused again (status 400: no such tenant)\n";
    assert_eq!(resend(), (Some(0), expected.to_owned(), String::new()));
    assert_eq!(
        resend(),
        (Some(0), "sent 20 records\n".to_owned(), String::new())
    );
    assert_eq!(numbers(&receiver, 20), (0..20).collect::<Vec<_>>());
    assert!(
        !tree
            .path()
            .join(".chronologix-ship/rejected.jsonl")
            .exists()
    );
    assert_eq!(
        resend(),
        (Some(0), "sent 0 records\n".to_owned(), String::new())
    );
}

#[test]
fn what_would_be_sent_is_shown_and_nothing_is_written() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([]);
    let output = program(&tree.path())
        .args(["--dry-run", "--endpoint", &receiver.url()])
        .output()
        .unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let lines: Vec<_> = out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(
        lines[0],
        [
            "would",
            "send",
            "to",
            &format!("{}/v1/logs", receiver.url())
        ]
    );
    let counts: Vec<_> = lines[1..].iter().map(|line| line[..2].join(" ")).collect();
    assert_eq!(counts, ["app 20", "audit 10", "errors 10"]);
    assert_eq!(receiver.count(), 0);
    assert!(!tree.path().join(".chronologix-ship").exists());
}

#[test]
fn the_status_says_what_lags() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([]);
    once(&tree.path(), &receiver.url()).output().unwrap();
    tree.log(4);
    let status = |arguments: &[&str]| {
        let mut command = program("status".as_ref());
        let output = command.arg(tree.path()).args(arguments).output().unwrap();
        let (code, out, err) = printed(&output);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        out
    };
    let found: serde_json::Value = serde_json::from_str(&status(&["--json"])).unwrap();
    let streams = &found["streams"];
    for (stream, sent, lag) in [("app", 20, 2), ("audit", 10, 1), ("errors", 10, 1)] {
        assert_eq!(streams[stream]["sent_records"], sent);
        assert_eq!(streams[stream]["lag_records"], lag);
        assert!(streams[stream]["lag_bytes"].as_u64().unwrap() > 10);
    }
    assert_eq!(found["refused_records"], 0);
    let table = status(&[]);
    let row = table.lines().find(|line| line.starts_with("app ")).unwrap();
    let cells: Vec<_> = row.split_whitespace().collect();
    assert_eq!((cells[1], cells[3]), ("20", "2"), "{table}");
}

#[test]
fn streams_that_are_not_asked_for_stay_here() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([]);
    let output = once(&tree.path(), &receiver.url())
        .args(["--stream", "audit"])
        .output()
        .unwrap();
    assert_eq!(printed(&output).1, "sent 10 records\n");
    let streams = receiver.records(10);
    let stream =
        |it: &crate::receiver::Received| attribute(&it.record, "chronologix.stream").unwrap();
    assert!(streams.iter().all(|it| stream(it) == "audit"));
}

#[test]
fn a_first_run_from_the_end_sends_what_comes() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([]);
    let run = || {
        let mut command = once(&tree.path(), &receiver.url());
        printed(&command.args(["--start-at", "end"]).output().unwrap()).1
    };
    assert_eq!(run(), "sent 0 records\n");
    tree.log(4);
    let mut command = once(&tree.path(), &receiver.url());
    let output = command.args(["--start-at", "end"]).output().unwrap();
    assert_eq!(printed(&output).1, "sent 4 records\n");
    assert_eq!(numbers(&receiver, 4), [40, 41, 42, 43]);
}

#[test]
fn a_settings_file_says_it_all() {
    let mut tree = Tree::new();
    tree.log(4);
    let receiver = Receiver::start([]);
    let file = tree.dir.path().join("chronologix.toml");
    let text = format!(
        "base_log_dir = {:?}\n[streams.app]\n[streams.errors]\nmirror = \"app\"\n[streams.audit]\n\
         format = \"json\"\n[ship]\nendpoint = {:?}\nservice_name = \"shop\"\n",
        tree.path(),
        receiver.url()
    );
    fs::write(&file, text).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chronologix-ship"));
    let output = command
        .env_clear()
        .args(["--once", "--config"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 4 records\n".to_owned(), String::new())
    );
    assert_eq!(receiver.count(), 4);
}

#[test]
fn a_run_to_the_end_that_is_stopped_before_it_says_so_and_loses_nothing() {
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start(vec![Reply::Cut; 1000]);
    let mut command = once(&tree.path(), &receiver.url());
    command.args(["--batch-records", "10"]);
    let child = command
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    receiver.requests(1);
    end(&child);
    let output = child.wait_with_output().unwrap();
    let (code, _, err) = printed(&output);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("the next run sends 10 records again"), "{err}");
    assert!(err.contains("stopped before the end of the tree"), "{err}");
    let receiver = Receiver::start([]);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(printed(&output).1, "sent 40 records\n");
}
