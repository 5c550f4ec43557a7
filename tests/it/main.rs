//! The public crate as its users see it, on a real disk.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

// What a whole program leaves behind: the program of the README, restarts, several loggers.
mod programs;
// Many tasks and threads over several rollovers: everything once, in order, in the right folder.
mod crowds;
// `log!` where one would not expect it: in `Drop`, before the start, after the stop, without a
// runtime.
mod odd_places;
// Forked children, and who writes what was logged before.
#[cfg(unix)]
mod forks;
// A queue with no room: bounded memory, nothing lost.
mod pressure;
// Records that come by `log` and by `tracing`, from the one logger of the program.
mod bridges;
// The layer of `tracing` beside the layers of others.
mod tracing_layers;
// Records that carry the fields of the task they are made in.
mod context;
// Call sites that log at most once in a while, and streams that collapse what is repeated.
mod floods;
// `log!` to handles, which are chosen at run time.
mod handles;
// Logging turned off: records are discarded, and nothing says so.
mod off;
// What is left out of a program, and what comes and goes while it runs.
mod levels;
// Who made a line: ids of log statements, and the catalogue of the tree.
mod statements;
// The same of records that come by `log` and by `tracing`.
mod bridged_statements;
// Where a line came from: module, file, thread, and lines of another shape.
mod places;
// A library with streams of its own, and a program whose logger runs them.
mod include;
// The echo where a harness captures what tests print.
mod capture;
// Errors for wrong configurations, which leave no trace.
mod refusals;
// Closed folders: compressed, kept as long as they should be, whole after a kill.
mod retention;
// Sealed folders: what loggers seal, and what a verification finds.
mod seals;
// A tree of an earlier version: continued, and written byte for byte.
#[cfg(unix)]
mod old_trees;
// Trees and files of these tests.
mod tree;

/// The streams of this test binary. Tests that start them take turns: see `tree::turn`.
#[chronologix::streams(app, errors -> app, audit(durability = "synced"), json(format = "json", min_level = "info", compile_min_level = "debug"))]
mod declared {}
