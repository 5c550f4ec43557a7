//! Measures the viewer in a real terminal: starting, following, and how soon it answers to keys meanwhile.
//!
//! `cargo bench -p chronologix-view --bench following`. `CHRONOLOGIX_BENCH_SECONDS` says how long each load lasts (10); the tree that is opened
//! is the one of the other benchmark. `-- start append` takes only these measures. Where `less` and `lnav` are installed, they start on the same tree.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for whoever measures"
)]

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
