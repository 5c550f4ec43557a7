//! Log statements as a program knows them: their ids, and the catalogue of the tree.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chronologix::{Config, Level, Statement, StreamConfig, ValueKind, error, info, log};

use crate::tree::{lines_of, turn};

fn catalogue(base: &Path) -> Vec<Statement> {
    let text = fs::read_to_string(base.join(".chronologix.statements.jsonl")).unwrap();
    assert!(text.ends_with('\n'), "torn");
    let read = |line| Statement::from_json(line).unwrap();
    text.lines().map(read).collect()
}

mod moved {
    /// Logs what [`super::here`] does, from another module.
    pub(super) fn there(stream: &chronologix::StreamHandle) {
        // Below other lines.
        chronologix::info!(*stream, order = 7; "filled <>", 5).detach();
    }
}

fn here(stream: &chronologix::StreamHandle) {
    info!(*stream, order = 7; "filled {quantity:>3}", quantity = 5).detach();
}

#[test]
fn an_id_depends_on_crate_stream_and_template_alone() {
    let base = tempfile::tempdir().unwrap();
    let json = |name| StreamConfig::new(name).format("json").ids(true);
    let config = Config::new().base_log_dir(base.path());
    let logger = config
        .stream(json("a"))
        .stream(json("b"))
        .start_blocking()
        .unwrap();
    let [a, b] = ["a", "b"].map(|name| logger.stream(name).unwrap());
    here(&a);
    moved::there(&a);
    here(&b);
    error!(&a, order = "other"; "filled {}", 5).detach();
    info!(&a, "filled {}.", 5).detach();
    log!(&a(id = "order.filled"), "pinned").detach();
    logger.stop_blocking().unwrap();
    let id = |(_, line): (String, String)| {
        let record: BTreeMap<String, serde_json::Value> = serde_json::from_str(&line).unwrap();
        record["id"].as_str().unwrap().to_owned()
    };
    let in_a: Vec<_> = lines_of(base.path(), "a.log").into_iter().map(id).collect();
    let in_b: Vec<_> = lines_of(base.path(), "b.log").into_iter().map(id).collect();
    let crate_name = module_path!().split("::").next().unwrap();
    let usual = Statement::id_of(crate_name, "a", "filled {}");
    let with_a_dot = Statement::id_of(crate_name, "a", "filled {}.");
    assert_eq!(in_a, [&*usual, &usual, &usual, &with_a_dot, "order.filled"]);
    assert_eq!(in_b, [Statement::id_of(crate_name, "b", "filled {}")]);

    let statements = catalogue(base.path());
    assert_eq!(statements.len(), 6);
    let first = &statements[0];
    assert_eq!((&*first.id, first.level), (&*usual, Some(Level::Info)));
    assert_eq!(first.module, module_path!());
    assert_eq!(first.file, file!());
    assert_eq!(
        (&*first.fields[0].key, first.fields[0].kind),
        ("order", ValueKind::Integer)
    );
    // Padded, it may begin with blanks.
    assert_eq!(first.arguments, [ValueKind::Any]);
    assert_eq!(statements[1].arguments, [ValueKind::Integer]);
    let counted = logger.statements();
    assert_eq!(counted.len(), 6);
    for found in &counted {
        assert!(statements.iter().any(|it| *it == *found.statement));
        assert_eq!(found.records, 1);
    }
}

#[test]
fn a_catalogue_that_cannot_be_written_stops_nothing() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    fs::create_dir(base.path().join(".chronologix.statements.jsonl")).unwrap();
    let told = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&told);
    let config = crate::chronologix_streams::config().base_log_dir(base.path());
    let logger = config
        .on_error(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .start_blocking()
        .unwrap();
    for number in 0..10 {
        log!(app, "record <>", number).written().wait().unwrap();
    }
    log!(app, "another").synced().wait().unwrap();
    logger.stop_blocking().unwrap();
    assert_eq!(lines_of(base.path(), "app.log").len(), 11);
    assert_eq!(told.load(Ordering::SeqCst), 1);
}
