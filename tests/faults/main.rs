//! Real faults: processes are killed, disks fill up, files vanish, and what was promised has to
//! hold.
//!
//! Plain `cargo test` tries each fault a few times. `CHRONOLOGIX_FAULTS=full` tries it as often as
//! a rare accident takes to show up, and fails where a tool is missing that a fault is made with.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

// How often, with which tools, and what came of it.
mod rounds;
mod tally;
mod tools;

// The process that suffers: how it is started, what it plays, what it leaves behind.
mod crowd;
mod ledger;
mod lines;
mod mounts;
mod script;
mod trace;
mod victim;

// The faults.
mod busy;
mod clocks;
mod endings;
mod episodes;
mod followed;
mod frozen;
mod full_disk;
mod hooks;
mod hostile;
mod kills;
mod links;
mod odd_processes;
mod places;
mod planted;
mod power;
mod processes;
mod refusing;
mod runtimes;
mod sandboxes;
mod statements;
mod strangers;
mod streams;
mod syncs;
mod threads;
mod unwritable;
mod vanishing;
mod zones;

/// The streams of the victims. Each victim is a process of its own, and starts them once.
#[chronologix::streams(app, errors -> app, audit(durability = "synced"))]
mod declared {}
