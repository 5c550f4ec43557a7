//! Output without a reader, and how much is written at once.

use std::io::Read as _;

use rustix::{
    fd::AsFd as _,
    pipe::{PipeFlags, pipe_with},
};

use super::{LONGEST, line, write_at_once};

#[test]
fn a_full_pipe_is_not_waited_for() {
    let (from, to) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    // Full without waiting; after that, whoever writes waits.
    rustix::io::ioctl_fionbio(&to, true).unwrap();
    while rustix::io::write(&to, &[b'x'; LONGEST]).is_ok() {}
    rustix::io::ioctl_fionbio(&to, false).unwrap();
    write_at_once(to.as_fd(), line("nobody reads this").as_bytes());
    drop(to);
    let mut there = String::new();
    std::fs::File::from(from)
        .read_to_string(&mut there)
        .unwrap();
    assert!(!there.contains("nobody"));
}

#[test]
fn a_line_is_cut_between_two_characters_so_that_a_pipe_takes_it_at_once() {
    let said = line("short");
    assert_eq!(said, "chronologix: short\n");
    let said = line(&"ä".repeat(LONGEST));
    assert!((LONGEST - 1..=LONGEST).contains(&said.len()));
    assert!(said.ends_with("ä\n"));
}

#[test]
fn durations_stand_in_messages_with_a_space_before_the_unit() {
    for (micros, expected) in [(5_000_000, "5 s"), (20_000, "20 ms"), (1_500, "1.5 ms")] {
        let duration = std::time::Duration::from_micros(micros);
        assert_eq!(super::Shown(duration).to_string(), expected);
    }
}
