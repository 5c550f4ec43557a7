//! Any text and any type in JSON lines, read by DuckDB, which knows nothing of us.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use chronologix::{Config, Fields, StreamConfig, critical, in_context_sync, info, log};
use chronologix_core::ManualClock;
use serde_json::{Value, json};

use crate::{
    chronologix_streams,
    engine::{self, turn},
};

/// 2025-05-04 14:30:00 UTC, in nanoseconds since 1970.
const HALF_PAST_TWO: i64 = 1_746_369_000 * 1_000_000_000;

/// The Python that has DuckDB. `None` if it is not here.
fn duckdb() -> Option<PathBuf> {
    engine::find("python").filter(|python| engine::has_module(python, "duckdb"))
}

#[track_caller]
fn rows(python: &Path, query: &str) -> Vec<Value> {
    let tables = engine::run_statements(python, "duckdb", Path::new("."), &[query]);
    let (columns, rows) = tables.into_iter().next().flatten().unwrap();
    let row = |row: Vec<Value>| Value::Object(columns.iter().cloned().zip(row).collect());
    rows.into_iter().map(row).collect()
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
    let Some(python) = duckdb() else {
        return;
    };
    let base = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let config = chronologix_streams::config()
        .base_log_dir(base.path())
        .interval("1h");
    let logger = config.clock(clock.clone()).start_blocking().unwrap();
    for hour in 0..3_u8 {
        in_context_sync([("hour", hour)], || {
            for order in 0..100_u64 {
                info!(orders, order, price = 0.25, paid = order % 2 == 0, who = "ann \"b\"\n"; "order <>", order).detach();
            }
            critical!(orders, order = u64::MAX; "\u{1b}[2J <>", "{\"forged\": true}").detach();
            log!(orders, "no fields").detach();
        });
        clock.advance(Duration::from_secs(3600));
    }
    logger.stop_blocking().unwrap();
    let from = tree(base.path(), "orders.log");
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
    assert_eq!(
        rows(&python, &query),
        [expected(0), expected(1), expected(2)]
    );
    let query = format!("select column_name, column_type from (describe select * from {from})");
    let types = rows(&python, &query);
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
    let Some(python) = duckdb() else {
        return;
    };
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
        rows(&python, &query),
        [json!({ "lines": expected, "right": expected })]
    );
}
