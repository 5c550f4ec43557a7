//! Records that carry the fields of the task they are made in.

use std::{collections::HashMap, path::Path};

use chronologix::{Fields, Secret, error, fields, in_context, in_context_sync, log};
use serde_json::Value;

use crate::{chronologix_streams, tree::turn};

fn lines_of(base: &Path, file: &str) -> Vec<String> {
    let lines = crate::tree::lines_of(base, file);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn parsed(line: &str) -> HashMap<String, Value> {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_context_reaches_every_form_of_log_and_its_own_fields_come_first() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    let (name, debugged) = (String::from("ann"), [1, 2]);
    let context =
        fields! { request = 17_u8, name, list:? = debugged, price = 9.5, "http.ok" = true };
    in_context_sync(context, || {
        log!(app, "plain").wait();
        log!(app, "<> {:?}", 1, Some(2)).wait();
        error!(errors, request = 18, own:% = "x"; "own fields").wait();
        log!(json, name = 5; "typed").wait();
    });
    log!(app, "outside").wait();
    logger.stop_blocking().unwrap();
    let rest = r#"name=ann list="[1, 2]" price=9.5 http.ok=true"#;
    let lines = lines_of(base.path(), "app.log");
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line.split_once("] ").unwrap().1)
        .collect();
    assert_eq!(
        messages,
        [
            &*format!("plain request=17 {rest}"),
            &*format!("1 Some(2) request=17 {rest}"),
            &*format!("[ERROR] own fields request=18 own=x {rest}"),
            "outside",
        ]
    );
    let line = parsed(&lines_of(base.path(), "json.log")[0]);
    assert_eq!(line["request"], 17);
    assert_eq!(line["name"], 5, "the record's own");
    assert_eq!(line["list"], "[1, 2]");
    assert_eq!(line["price"], 9.5);
    assert_eq!(line["http.ok"], true);
}

#[test]
fn tasks_that_move_between_threads_keep_their_fields_to_themselves() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = chronologix_streams::config().base_log_dir(base.path());
        let logger = config.start().await.unwrap();
        let tasks = (0..50).map(|task| {
            tokio::spawn(in_context(fields! { task }, async move {
                for step in 0..50 {
                    in_context(fields! { step }, async {
                        log!(json, expected_task = task, expected_step = step; "x").await;
                        tokio::task::yield_now().await;
                        log!(json, expected_task = task, expected_step = step; "<>", step).await;
                    })
                    .await;
                }
                // A task of its own, with the fields of the one that spawns it.
                let child = in_context(Fields::current(), async move {
                    log!(json, expected_task = task; "child").await;
                });
                tokio::spawn(child).await.unwrap();
            }))
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        log!(json, "outside").await;
        logger.stop().await.unwrap();
    });
    let lines = lines_of(base.path(), "json.log");
    assert_eq!(lines.len(), 50 * (2 * 50 + 1) + 1);
    for line in &lines {
        let line = parsed(line);
        assert_eq!(line.get("task"), line.get("expected_task"), "{line:?}");
        assert_eq!(line.get("step"), line.get("expected_step"), "{line:?}");
    }
}

#[test]
fn a_secret_can_be_an_argument_and_a_field() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    let token = Secret::new(String::from("hunter2"));
    in_context_sync(fields! { token, shown:? = token }, || {
        log!(json, own = token; "<> <:?> <:>5>", token, token, token).wait();
    });
    logger.stop_blocking().unwrap();
    let line = &lines_of(base.path(), "json.log")[0];
    assert!(!line.contains("hunter2"), "{line}");
    assert_eq!(parsed(line)["message"], "*** ***   ***");
    assert_eq!(parsed(line)["own"], "***");
    assert_eq!(parsed(line)["token"], "***");
}
