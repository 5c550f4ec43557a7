//! The folder tree, read by a query engine that knows nothing of us: DuckDB, as Python has it.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use chronologix::{Config, Fields, StreamConfig, critical, in_context_sync, info, log};
use chronologix_core::ManualClock;
use serde_json::{Value, json};

use crate::{chronologix_streams, tree::turn};

/// 2025-05-04 14:30:00 UTC, in nanoseconds since 1970.
const HALF_PAST_TWO: i64 = 1_746_369_000 * 1_000_000_000;

/// The Python to ask, if not `python3`. Set by `.ci/run`.
const PYTHON: &str = "CHRONOLOGIX_PYTHON";

/// Runs one query, which stands on stdin, and prints its rows.
const SCRIPT: &str = r#"
import datetime, duckdb, json, sys
connection = duckdb.connect()
connection.execute("set timezone = 'UTC'")
cursor = connection.execute(sys.stdin.read())
names = [column[0] for column in cursor.description]
as_text = lambda value: value.isoformat() if isinstance(value, datetime.datetime) else str(value)
print(json.dumps([dict(zip(names, row)) for row in cursor.fetchall()], default=as_text))
"#;

fn python() -> String {
    std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned())
}

/// Whether DuckDB is there. If not, it says so, past the capture of tests.
fn has_duckdb() -> bool {
    let import = Command::new(python())
        .args(["-c", "import duckdb"])
        .stderr(Stdio::null())
        .status();
    let is_there = import.is_ok_and(|status| status.success());
    if !is_there {
        let hint = "no DuckDB: `pip install duckdb`, and name its Python in CHRONOLOGIX_PYTHON";
        let _ = writeln!(std::io::stderr(), "SKIPPED: {hint}");
    }
    is_there
}

#[track_caller]
fn rows(query: &str) -> Vec<Value> {
    let mut child = Command::new(python())
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(query.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{query}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tree(base: &Path, file: &str) -> String {
    let files = base.join("*").join(file);
    // `current` is a link to one of the folders, whose lines would be there twice.
    let files = files.display().to_string().replace("/*/", "/20*/");
    format!("read_json('{files}', format = 'newline_delimited', filename = true)")
}

#[test]
fn one_query_reads_all_folders_with_their_types() {
    let _turn = turn();
    if !has_duckdb() {
        return;
    }
    let base = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let config = chronologix_streams::config()
        .base_log_dir(base.path())
        .interval("1h");
    let logger = config.clock(clock.clone()).start_blocking().unwrap();
    for hour in 0..3_u8 {
        in_context_sync([("hour", hour)], || {
            for order in 0..100_u64 {
                info!(json, order, price = 0.25, paid = order % 2 == 0, who = "ann \"b\"\n"; "order <>", order).detach();
            }
            critical!(json, order = u64::MAX; "\u{1b}[2J <>", "{\"forged\": true}").detach();
            log!(json, "no fields").detach();
        });
        clock.advance(Duration::from_secs(3600));
    }
    logger.stop_blocking().unwrap();
    let from = tree(base.path(), "json.log");
    let query = format!(
        r#"
        select
            parse_filename(parse_path(filename)[-2]) as folder,
            count(*) as lines,
            count(distinct "order") as orders,
            max("order") as greatest,
            sum(price) as prices,
            count(*) filter (paid) as paid,
            any_value(hour) as hour,
            min("timestamp"::timestamptz) as first,
            any_value(who) as who,
            max(message) filter (level = 'CRITICAL') as hostile,
            count(*) filter (level is null) as without_level
        from {from}
        group by all order by folder
        "#
    );
    let expected = |hour: u64| {
        json!({
            "folder": format!("2025-05-04__{}-00", 14 + hour),
            "lines": 102,
            "orders": 101,
            "greatest": u64::MAX,
            "prices": 25.0,
            "paid": 50,
            "hour": hour,
            "first": format!("2025-05-04T{}:30:00+00:00", 14 + hour),
            "who": "ann \"b\"\n",
            "hostile": "\u{1b}[2J {\"forged\": true}",
            "without_level": 1,
        })
    };
    assert_eq!(rows(&query), [expected(0), expected(1), expected(2)]);
    let query = format!("select column_name, column_type from (describe select * from {from})");
    let types = rows(&query);
    let of = |name: &str| {
        let column = types.iter().find(|column| column["column_name"] == name);
        column.unwrap()["column_type"].as_str().unwrap().to_owned()
    };
    assert_eq!(of("message"), "VARCHAR");
    assert_eq!(of("price"), "DOUBLE");
    assert_eq!(of("paid"), "BOOLEAN");
    for integer in ["order", "hour"] {
        assert!(of(integer).ends_with("INT"), "{}", of(integer));
    }
}

#[test]
fn any_text_is_read_as_it_was_logged() {
    if !has_duckdb() {
        return;
    }
    let base = tempfile::tempdir().unwrap();
    let config = Config::new().stream(StreamConfig::new("all").format("json"));
    let logger = config.base_log_dir(base.path()).start_blocking().unwrap();
    let all = logger.stream("all").unwrap();
    // Every character of the first plane that UTF-8 has, and some above. DuckDB's `chr` has no 0.
    let letters = ('\u{1}'..='\u{ffff}').chain(['\u{1f600}', '\u{e0041}', '\u{10ffff}']);
    let mut expected = 0;
    for letter in letters {
        let fields = Fields::from([("letter", format!("\"{letter}\""))]);
        all.with(fields.with("code", u32::from(letter)))
            .log(format_args!("<{letter}>"))
            .wait()
            .into_result()
            .unwrap();
        expected += 1;
    }
    logger.stop_blocking().unwrap();
    let from = tree(base.path(), "all.log");
    let query = format!(
        "select count(*) as lines, count(*) filter (letter = '\"' || chr(code::int) || '\"' and message = '<' || chr(code::int) || '>') as right from {from}"
    );
    assert_eq!(
        rows(&query),
        [json!({ "lines": expected, "right": expected })]
    );
}
