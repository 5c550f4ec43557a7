//! Random programs: how a logger is set up, and what is done to it, to its clock and to its disk.

use std::{fmt, io::ErrorKind};

use proptest::{collection::vec, prelude::*, sample::select};

use chronologix_schema::layout::Interval;

use crate::{Config, Durability, Overflow, StreamConfig, fs::tests::sim::FsOp};

/// The streams by index. The last drops what finds no room.
pub(crate) const STREAMS: [&str; 4] = ["app", "errors", "audit", "bulk"];

/// Where the stream of this index has its records.
pub(crate) const FILES: [&str; 4] = ["app.log", "errors.log", "audit.log", "bulk.log"];

pub(crate) const BULK: usize = 3;

/// Bytes of a queue, the fewest that may be.
const CAPACITY: usize = 4096;

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// How many streams there are: so many of all, from the first.
    pub(crate) streams: usize,
    pub(crate) durabilities: [Durability; 4],
    pub(crate) json: [bool; 4],
    /// Source and target.
    pub(crate) mirror: (usize, usize),
    pub(crate) interval: Interval,
    pub(crate) zone: Zone,
    /// How large a file may become: a few lines, so that many batches fill more than one.
    pub(crate) most_bytes: Option<u64>,
    /// Files begin with a header.
    pub(crate) headers: bool,
    pub(crate) moods: Moods,
}

/// What may happen at all: the rules are stricter where less does. Steps of other kinds are left
/// out.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other"
)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moods {
    /// The disk refuses.
    faults: bool,
    /// Files are taken away from outside.
    plunder: bool,
    /// The writer ends, one way or another, and another begins.
    ends: bool,
    /// Time passes, or the clock is set.
    clock: bool,
}

/// A zone, and where it is interesting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone {
    pub(crate) name: &'static str,
    /// When the program begins, in seconds since 1970.
    pub(crate) begins: i64,
}

/// Half past two of a day like others; and half an hour before the clocks change: back and forth by
/// an hour, and back by half of one.
pub(crate) const ZONES: [Zone; 4] = [
    zone("UTC", 1_746_369_000),
    zone("Europe/Prague", 1_761_438_600),
    zone("Europe/Prague", 1_743_294_600),
    zone("Australia/Lord_Howe", 1_743_863_400),
];

const fn zone(name: &'static str, begins: i64) -> Zone {
    Zone { name, begins }
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Log(Log),
    /// Asks one of the futures that are held, by its place, whether it is ready.
    Poll(usize),
    PollAll,
    /// Drops one of the futures.
    Cancel(usize),
    Rounds(usize),
    Flush,
    Reopen,
    Clock(Move),
    Fault(Fault),
    /// Any operations fail, so many and after so many.
    AnyFault(u64, u64, ErrorKind),
    Short(usize),
    LimitOpen(usize),
    Heal,
    /// From outside.
    Delete(Target),
    /// From outside, by a file with this in it.
    Replace(usize, &'static str),
    /// The power is cut, and the disk may be lucky.
    Crash(Option<u64>),
    /// The process is killed.
    Kill,
    /// The logger is stopped, by whoever waits until the disk is well, or by somebody without that
    /// patience.
    Stop {
        patient: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) stream: usize,
    /// Which of two threads.
    pub(crate) queue: usize,
    pub(crate) padding: usize,
    pub(crate) ask: Ask,
    /// It is polled at once.
    pub(crate) eager: bool,
}

impl Moods {
    const ALL: Self = Self {
        faults: true,
        plunder: true,
        ends: true,
        clock: true,
    };

    pub(crate) fn allow(self, step: &Step) -> bool {
        match step {
            Step::Fault(_) | Step::AnyFault(..) | Step::LimitOpen(_) => self.faults,
            Step::Delete(_) | Step::Replace(..) => self.plunder,
            Step::Crash(_) | Step::Kill | Step::Stop { .. } => self.ends,
            Step::Clock(_) => self.clock,
            _ => true,
        }
    }
}

/// What the caller does with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Nothing,
    /// Awaits what the stream promises.
    Own,
    Until(Durability),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Move {
    /// Milliseconds pass.
    Pass(u64),
    /// Time passes up to the next rollover, or to the microsecond before it.
    ToRollover { before: bool },
    /// So many intervals pass.
    Intervals(u64),
    /// Somebody sets the clock by so many minutes.
    Set(i64),
}

#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) op: FsOp,
    /// In paths that contain this.
    pub(crate) name: &'static str,
    pub(crate) after: usize,
    pub(crate) times: usize,
    pub(crate) error: ErrorKind,
}

/// What is taken away from outside; files and folders are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    File(usize),
    Folder(usize),
    Base,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.setup)?;
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(f, "{at:4} {step:?}")?;
        }
        Ok(())
    }
}

impl Setup {
    /// Of every sort of stream one, on a day like others.
    pub(crate) fn plain() -> Self {
        Self {
            streams: STREAMS.len(),
            durabilities: [
                Durability::Queued,
                Durability::Written,
                Durability::Synced,
                Durability::Queued,
            ],
            json: [false, false, true, false],
            mirror: (1, 0),
            interval: Interval::Hour1,
            zone: ZONES[0],
            most_bytes: None,
            headers: false,
            moods: Moods::ALL,
        }
    }

    pub(crate) fn config(&self) -> Config {
        let stream = |index: usize| {
            let overflow = if index == BULK {
                Overflow::Drop
            } else {
                Overflow::Wait
            };
            StreamConfig::new(STREAMS[index])
                .durability(self.durabilities[index])
                .format(if self.json[index] { "json" } else { "text" })
                .overflow(overflow)
        };
        let (from, to) = self.mirror;
        Config::new()
            .base_log_dir("/base")
            .interval(self.interval)
            .timezone(self.zone.name)
            .timestamp_format("rfc3339")
            .queue_capacity(CAPACITY)
            .file_header(self.headers)
            .streams((0..self.streams).map(stream))
            .mirror(STREAMS[from], STREAMS[to])
    }

    /// The streams whose files get the records of a stream.
    pub(crate) fn targets(&self, stream: usize) -> impl Iterator<Item = usize> + use<> {
        let (from, to) = self.mirror;
        std::iter::once(stream).chain((stream == from).then_some(to))
    }
}

pub(crate) fn programs() -> impl Strategy<Value = Program> {
    (setups(), vec(steps(), 5..=60)).prop_map(|(setup, steps)| Program { setup, steps })
}

fn setups() -> impl Strategy<Value = Setup> {
    let mirrors = select(vec![(1, 0), (2, 0), (0, 2), (3, 0)]);
    let intervals = [Interval::Hour1, Interval::Minute30, Interval::Minute5];
    let any_durability = || select(&DURABILITIES[..]);
    (
        [any_durability(), any_durability(), any_durability()],
        any::<[bool; 4]>(),
        mirrors,
        select(intervals.to_vec()),
        select(&ZONES[..]),
        select(&SIZES[..]),
        any::<bool>(),
        any::<[bool; 4]>(),
    )
        .prop_map(
            |(others, json, mirror, interval, zone, most_bytes, headers, moods)| Setup {
                streams: STREAMS.len(),
                durabilities: [others[0], others[1], Durability::Synced, others[2]],
                json,
                mirror,
                interval,
                zone,
                most_bytes,
                headers,
                moods: Moods {
                    faults: moods[0],
                    plunder: moods[1],
                    ends: moods[2],
                    clock: moods[3],
                },
            },
        )
}

const SIZES: [Option<u64>; 4] = [None, None, Some(100), Some(500)];

const DURABILITIES: [Durability; 3] = [Durability::Queued, Durability::Written, Durability::Synced];

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        14 => logs().prop_map(Step::Log),
        4 => any::<usize>().prop_map(Step::Poll),
        2 => Just(Step::PollAll),
        1 => any::<usize>().prop_map(Step::Cancel),
        9 => (1_usize..=3).prop_map(Step::Rounds),
        1 => Just(Step::Flush),
        1 => Just(Step::Reopen),
        5 => moves().prop_map(Step::Clock),
        5 => faults().prop_map(Step::Fault),
        1 => (0_u64..30, times(), errors())
            .prop_map(|(after, times, error)| Step::AnyFault(after, times as u64, error)),
        1 => (1_usize..60).prop_map(Step::Short),
        1 => (0_usize..12).prop_map(Step::LimitOpen),
        2 => Just(Step::Heal),
        1 => targets().prop_map(Step::Delete),
        1 => (any::<usize>(), select(&["", "other\n", "half"][..]))
            .prop_map(|(file, content)| Step::Replace(file, content)),
        1 => proptest::option::of(any::<u64>()).prop_map(Step::Crash),
        1 => Just(Step::Kill),
        1 => any::<bool>().prop_map(|patient| Step::Stop { patient }),
    ]
}

fn logs() -> impl Strategy<Value = Log> {
    let paddings = prop_oneof![
        8 => 0_usize..30,
        3 => 400_usize..1500,
        1 => 4000_usize..5000,
    ];
    let asks = prop_oneof![
        1 => Just(Ask::Nothing),
        2 => Just(Ask::Own),
        3 => select(&DURABILITIES[..]).prop_map(Ask::Until),
    ];
    (0..STREAMS.len(), 0_usize..2, paddings, asks, any::<bool>()).prop_map(
        |(stream, queue, padding, ask, eager)| Log {
            stream,
            queue,
            padding,
            ask,
            eager,
        },
    )
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (1_u64..1200).prop_map(Move::Pass),
        2 => any::<bool>().prop_map(|before| Move::ToRollover { before }),
        2 => (1_u64..=4).prop_map(Move::Intervals),
        1 => select(&[-60_i64, -30, -5, 60, 24 * 60][..]).prop_map(Move::Set),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    let ops = [
        FsOp::Open,
        FsOp::Append,
        FsOp::Append,
        FsOp::Sync,
        FsOp::Sync,
        FsOp::SyncFolder,
        FsOp::CreateFolders,
        FsOp::Look,
    ];
    // As a rule any file; a numbered one; or the files of one stream, which is how those get less
    // than others.
    let names = [
        "", "", "", ".1.log", "/app.", "/errors.", "/audit.", "/bulk.",
    ];
    let after = prop_oneof![3 => Just(0_usize), 1 => 1_usize..6];
    (
        select(ops.to_vec()),
        select(names.to_vec()),
        after,
        times(),
        errors(),
    )
        .prop_map(|(op, name, after, times, error)| Fault {
            op,
            name,
            after,
            times,
            error,
        })
}

fn times() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(1_usize), 2 => 2_usize..5, 1 => Just(usize::MAX)]
}

fn errors() -> impl Strategy<Value = ErrorKind> {
    select(
        &[
            ErrorKind::StorageFull,
            ErrorKind::Other,
            ErrorKind::QuotaExceeded,
            ErrorKind::PermissionDenied,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::StaleNetworkFileHandle,
            ErrorKind::NotFound,
            // What stands there is no log.
            ErrorKind::InvalidInput,
        ][..],
    )
}

fn targets() -> impl Strategy<Value = Target> {
    prop_oneof![
        3 => any::<usize>().prop_map(Target::File),
        2 => any::<usize>().prop_map(Target::Folder),
        1 => Just(Target::Base),
    ]
}
