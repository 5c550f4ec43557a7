//! The log statements of the examples are those that were reviewed.

use std::{fs, path::Path};

use chronologix::testing::assert_catalogue;

#[test]
fn the_statements_of_the_examples_are_reviewed() {
    assert_catalogue!(
        "../examples/log-statements.md",
        "../examples/config_file.rs",
        "../examples/graceful_stop.rs",
        "../examples/hooks.rs",
        "../examples/intervals.rs",
        "../examples/json.rs",
        "../examples/live_demo/main.rs",
        "../examples/log_bridge.rs",
        "../examples/many_tasks.rs",
        "../examples/mirrors.rs",
        "../examples/quickstart.rs",
        "../examples/retention.rs",
        "../examples/sync_code.rs",
        "../examples/tracing_bridge.rs",
    );
}

/// Whether a program that runs gives its statements the ids of the table.
#[test]
fn a_program_has_the_statements_of_the_table() {
    let run = crate::run::run("quickstart");
    let base = run.dir.path().join("my_logs");
    let written = fs::read_to_string(base.join(".chronologix.statements.jsonl")).unwrap();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/log-statements.md");
    let table = fs::read_to_string(table).unwrap();
    let mut count = 0;
    for line in written.lines() {
        let statement = chronologix::Statement::from_json(line).unwrap();
        let row = format!("| {} | {} |", statement.id, statement.stream);
        let rows = table.lines().filter(|it| it.starts_with(&row));
        assert_eq!(rows.count(), 1, "{row}");
        count += 1;
    }
    assert_eq!(count, 3);
}
