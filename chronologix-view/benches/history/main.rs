//! Measures the viewer on a tree of 24 hourly folders with three streams, 1 GB in all.
//!
//! `cargo bench -p chronologix-view` writes the tree once, below `target/tmp`, and reads it from the page
//! cache. `CHRONOLOGIX_BENCH_TREE` names another tree to be measured, `CHRONOLOGIX_BENCH_BYTES` another size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for whoever measures"
)]

use std::{
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use chronologix_view::bench::{Bench, Took};

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
    let mut bench = Bench::new(&tree);
    say("last 200 rows", || bench.last_page(None, 200));
    say("first 200 rows", || bench.first_page(200));
    say("200 rows from 17:30", || {
        bench.page_at("2025-05-04T17:30:00Z", 200)
    });
    say("search, one hit", || bench.search(NEEDLE));
    say("search, one hit, again", || bench.search(NEEDLE));
    say("search by regular expression", || {
        bench.search("RARE-.*DLE")
    });
    say("search, 5 % of the lines", || bench.search(r"\[ERROR\]"));
    say("filter to one row, from the end", || {
        bench.last_page(Some(NEEDLE), 200)
    });
    say("400 rows of every 1,000th line and 3 around it", || {
        bench.last_page_with_context(r"order \d+000 ", 400, 3)
    });
    say("histogram", || bench.histogram());
    println!("{:<44} {:>9}", "peak memory of all that", memory("self"));
    for arguments in [
        &["--plain"][..],
        &["--plain", "--grep", NEEDLE],
        &["--plain", "--since", "17:30"],
    ] {
        program(&tree, arguments);
    }
}

/// Asks, and says how long it took, by the clock and in all threads together.
fn say(what: &str, ask: impl FnOnce() -> Took) {
    let before = processor("self");
    let took = ask();
    let busy = processor("self") - before;
    let millis = |duration: std::time::Duration| duration.as_secs_f64() * 1e3;
    println!(
        "{what:<44} {:>9.1} ms whole {busy:>6.2} CPU s {:>9.1} ms to the first of {}",
        millis(took.whole),
        millis(took.first),
        took.found
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
