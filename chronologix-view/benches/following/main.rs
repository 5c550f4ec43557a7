//! Measures the viewer in a real terminal: the start, following, and the response to keys
//! meanwhile.
//!
//! `cargo bench -p chronologix-view --bench following`. `CHRONOLOGIX_BENCH_SECONDS` sets the
//! duration of each load (10). The tree is that of the other benchmark. `-- start append` selects
//! these measures. If `less` and `lnav` are installed, they start on the same tree.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

#[cfg(unix)]
mod measures;
#[cfg(unix)]
#[path = "../measures/process.rs"]
mod process;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
#[path = "../measures/tree.rs"]
mod tree;
#[cfg(unix)]
mod writer;

fn main() {
    #[cfg(unix)]
    measures::run();
    #[cfg(not(unix))]
    println!("There is no terminal here that a program could look at.");
}
