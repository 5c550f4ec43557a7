//! Measures queries on a tree of 24 hourly folders with three streams, 1 GB in all.
//!
//! `cargo bench -p chronologix-view` writes the tree once, below `target/tmp`, and reads it from
//! the page cache. `CHRONOLOGIX_BENCH_TREE` sets another tree, `CHRONOLOGIX_BENCH_BYTES` another
//! size.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use std::{
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chronologix_view::internals::{Ask, Queries};

use self::{
    process::{memory, processor},
    tree::{NEEDLE, whole_tree},
};

#[path = "../measures/process.rs"]
mod process;
#[path = "../measures/tree.rs"]
mod tree;

fn main() {
    let tree = whole_tree();
    let mut queries = Queries::new(&tree);
    let page = |from, rows| Ask::Page {
        from,
        pattern: None,
        rows,
        context: 0,
    };
    let matching = |pattern, rows, context| Ask::Page {
        from: "end",
        pattern: Some(pattern),
        rows,
        context,
    };
    for (what, ask) in [
        ("last 200 rows", page("end", 200)),
        ("first 200 rows", page("beginning", 200)),
        ("200 rows from 17:30", page("2025-05-04T17:30:00Z", 200)),
        ("search, one hit", Ask::Search(NEEDLE)),
        ("search, one hit, again", Ask::Search(NEEDLE)),
        ("search by regular expression", Ask::Search("RARE-.*DLE")),
        ("search, 5 % of the lines", Ask::Search(r"\[ERROR\]")),
        ("filter to one row, from the end", matching(NEEDLE, 200, 0)),
        (
            "400 rows of every 1,000th line and 3 around it",
            matching(r"order \d+000 ", 400, 3),
        ),
        ("histogram", Ask::Histogram),
    ] {
        measure(what, &mut queries, ask);
    }
    println!("{:<44} {:>9}", "peak memory of all that", memory("self"));
    for arguments in [
        &["--plain"][..],
        &["--plain", "--grep", NEEDLE],
        &["--plain", "--since", "17:30"],
        &["--stats"],
        &["--stats", "--by", "1h"],
        &["--count", "--where", "qty>=98"],
    ] {
        program(&tree, arguments);
    }
}

/// Runs a query, and prints its wall-clock time and its processor time in all threads.
fn measure(what: &str, queries: &mut Queries, ask: Ask<'_>) {
    let before = processor("self");
    let start = Instant::now();
    let (mut first, mut found) = (None, 0);
    queries.ask(ask, |lines| {
        found = lines;
        if lines > 0 {
            first.get_or_insert(start.elapsed());
        }
    });
    let whole = start.elapsed();
    let busy = processor("self") - before;
    let millis = |duration: Duration| duration.as_secs_f64() * 1e3;
    println!(
        "{what:<44} {:>9.1} ms whole {busy:>6.2} CPU s {:>9.1} ms to the first of {found}",
        millis(whole),
        millis(first.unwrap_or(whole)),
    );
}

/// Runs the program in a pipe.
fn program(tree: &Path, arguments: &[&str]) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_chronologix-view"))
        .args(arguments)
        .arg(tree)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut buffer = vec![0; 1 << 20];
    let (mut first, mut bytes) = (None, 0);
    let (mut peak, mut busy) = (String::new(), 0.0);
    loop {
        let read = out.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        first.get_or_insert(start.elapsed());
        let id = child.id().to_string();
        (peak, busy) = (memory(&id), processor(&id));
        bytes += read;
    }
    child.wait().unwrap();
    println!(
        "{:<44} {:>9.1} ms whole {busy:>6.2} CPU s {:>9.1} ms to the first of {bytes} bytes, {peak}",
        arguments.join(" "),
        start.elapsed().as_secs_f64() * 1e3,
        first.unwrap_or_default().as_secs_f64() * 1e3,
    );
}
