//! One program, once for each of its operations on the disk: what if just that one fails?

use std::io::ErrorKind;

use super::{
    program::{Ask, Log, Move, Program, Setup, Step},
    world::World,
};
use crate::Durability;

/// Records of the program.
const RECORDS: usize = 30;

/// In turns, so that each sort of operation meets each of them.
const ERRORS: [ErrorKind; 5] = [
    ErrorKind::StorageFull,
    ErrorKind::Other,
    ErrorKind::PermissionDenied,
    ErrorKind::NotFound,
    // What stands there is no log.
    ErrorKind::InvalidInput,
];

/// Two rollovers, a mirror, a synced stream, and a stop with a start in the middle of the first
/// interval.
fn program() -> Program {
    let mut steps = Vec::new();
    for number in 0..RECORDS {
        match number {
            5 => steps.extend([Step::Rounds(1), Step::Stop { patient: false }]),
            12 => steps.push(Step::Clock(Move::ToRollover { before: false })),
            // The record before it is written after it.
            22 => steps.extend([
                Step::Clock(Move::ToRollover { before: true }),
                log(number, 2),
                Step::Clock(Move::ToRollover { before: false }),
            ]),
            _ => {}
        }
        steps.push(log(number, number % 4));
        if number % 2 == 0 {
            steps.push(Step::Rounds(1));
        }
    }
    steps.push(Step::PollAll);
    steps.push(Step::Rounds(2));
    Program {
        setup: Setup::plain(),
        steps,
    }
}

fn log(number: usize, stream: usize) -> Step {
    let ask = match number % 5 {
        0 => Ask::Nothing,
        1 => Ask::Until(Durability::Written),
        2 => Ask::Until(Durability::Synced),
        _ => Ask::Own,
    };
    Step::Log(Log {
        stream,
        queue: number / 3 % 2,
        padding: number,
        ask,
        eager: true,
    })
}

/// Runs the program on a disk of which so many operations are done, and then `times` fail.
fn run(after: u64, times: u64, error: ErrorKind) -> World {
    let program = program();
    let mut world = World::new(program.setup.clone());
    if times > 0 {
        world.fs.fail_any_after(after, times, error);
        world.refuse();
        // An operation on the catalogue that fails once is made up for.
        world.is_catalogue_in_doubt = times > 1;
    }
    if let Err(broken) = world.go_through(&program) {
        panic!("after {after} operations {times} fail ({error:?}): {broken}\n\nby {program}");
    }
    world
}

/// Runs the program once for each operation. Gives how many times.
fn sweep(times: u64) -> u64 {
    crate::stderr::mute();
    let operations = run(0, 0, ErrorKind::Other).operations_before_the_end;
    for (after, error) in (0..operations).zip(ERRORS.into_iter().cycle()) {
        run(after, times, error);
    }
    operations
}

#[test]
fn each_operation_may_fail_once() {
    let operations = sweep(1);
    assert!(operations > 150, "{operations}");
}

#[test]
fn from_each_operation_on_the_disk_may_refuse() {
    let operations = sweep(u64::MAX);
    assert!(operations > 150, "{operations}");
}
