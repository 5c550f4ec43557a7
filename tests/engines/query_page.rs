//! The statements of `docs/query.md`, each with the table that the page shows below it.

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use chronologix::{error, info, trace};
use chronologix_core::ManualClock;
use serde_json::Value;

use crate::{
    chronologix_streams,
    engine::{DEADLINE, Table, find, has_module, run_statements, turn, workspace},
};

/// 2025-05-04 14:00:00 UTC, in seconds since 1970.
const TWO_O_CLOCK: i64 = 1_746_367_200;

/// A statement of the page.
struct Statement<'a> {
    engine: &'a str,
    text: &'a str,
    /// The table below it.
    shown: Option<&'a str>,
}

/// Returns the statements of a page, which are in blocks of `sql` with the name of an engine.
fn statements(page: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::<Statement<'_>>::new();
    let mut before = 0;
    let mut rest = page;
    while let Some(begin) = rest.find("\n```") {
        let block = &rest[begin + 4..];
        let (info, block) = block.split_once('\n').unwrap();
        let end = block.find("```").unwrap();
        let text = &block[..end];
        let at = page.len() - rest.len() + begin;
        let is_below = page[before..at].trim().is_empty();
        if let Some(engine) = info.strip_prefix("sql ") {
            let shown = None;
            statements.push(Statement {
                engine,
                text,
                shown,
            });
        } else if let Some(last) = statements.last_mut().filter(|_| is_below) {
            assert_eq!(info, "text", "below {}", last.text);
            last.shown = Some(text);
        }
        rest = &block[end + 3..];
        before = page.len() - rest.len();
    }
    statements
}

/// Writes a table as the page shows it.
fn shown((columns, rows): &Table) -> String {
    let cell = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "NULL".to_owned(),
        other => other.to_string(),
    };
    let rows = rows.iter().map(|row| row.iter().map(cell).collect());
    let lines = [columns.clone()].into_iter().chain(rows);
    let lines = lines.collect::<Vec<Vec<String>>>();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max();
    let widths = (0..columns.len()).map(|column| width(column).unwrap_or(0));
    let widths = widths.collect::<Vec<_>>();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{cell:width$}  "));
        text += padded.collect::<String>().trim_end();
        text.push('\n');
    }
    text
}

/// Writes the tree that the page describes.
fn write_tree(base: &Path) {
    let _turn = turn();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp(TWO_O_CLOCK, 0).unwrap());
    let config = || {
        let config = chronologix_streams::config().base_log_dir(base);
        config.interval("1h").clock(clock.clone())
    };
    let logger = config().start_blocking().unwrap();
    for hour in 14..17 {
        for minute in 0..6_u32 {
            info!(app, status = 200; "request <> took <> ms", minute, 7 * minute).detach();
            let price = 0.25 * f64::from(minute);
            info!(orders, price; "order <> filled", 10 * hour + minute).detach();
            clock.advance(Duration::from_secs(60));
        }
        if hour == 15 {
            trace!(app, "reads block 17").detach();
            error!(app, "bad checksum, block \"17\"").detach();
            info!(orders, "closed early").detach();
        }
        error!(errors, path = "/var"; "disk full").wait();
        clock.advance(Duration::from_secs(3600 - 6 * 60));
    }
    logger.stop_blocking().unwrap();
    // It is five now, and the first folder may be compressed.
    let logger = config().compress("zst").start_blocking().unwrap();
    let begun = Instant::now();
    while logger.stats().files_compressed < 3 {
        assert!(begun.elapsed() < DEADLINE, "nothing is compressed");
        std::thread::park_timeout(Duration::from_millis(1));
    }
    logger.stop_blocking().unwrap();
}

#[test]
fn statements_return_what_the_page_shows() {
    let path = workspace().join("docs/query.md");
    let mut page = fs::read_to_string(&path).unwrap();
    let Some(python) = find("python") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    write_tree(&dir.path().join("my_logs"));
    let mut blessed = page.clone();
    for (engine, module) in [
        ("duckdb", "duckdb"),
        ("datafusion", "datafusion"),
        ("clickhouse", "chdb"),
    ] {
        if !has_module(&python, module) {
            continue;
        }
        let statements = statements(&page);
        let ours = statements.iter().filter(|it| it.engine == engine);
        let ours = ours.collect::<Vec<_>>();
        assert!(!ours.is_empty(), "the page has no statement for {engine}");
        let texts = ours.iter().map(|it| it.text).collect::<Vec<_>>();
        let tables = run_statements(&python, engine, dir.path(), &texts);
        for (statement, table) in ours.iter().zip(&tables) {
            let table = table.as_ref().map(shown);
            if env::var_os("CHRONOLOGIX_BLESS").is_some() {
                let block = |shown: Option<&str>| match shown {
                    Some(table) => format!("{}```\n\n```text\n{table}```\n", statement.text),
                    None => format!("{}```\n", statement.text),
                };
                let (old, new) = (block(statement.shown), block(table.as_deref()));
                blessed = blessed.replace(&old, &new);
            } else {
                assert_eq!(table.as_deref(), statement.shown, "{}", statement.text);
            }
        }
    }
    if blessed != page {
        page = blessed;
        fs::write(&path, page).unwrap();
    }
}
