//! What a program of the exhaustion may do, one letter a step.

use std::{fmt, io::ErrorKind};

use crate::{
    Durability,
    backend::tests::crash_model::{
        program::{Ask, FILES, Log, Move, Step},
        world::World,
    },
    fs::tests::sim::FsOp,
};

/// A step. The writer works in all but the first, and comes to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// No caller waits for it, and the writer does not see it before the next step.
    Log,
    LogWritten,
    LogSynced,
    LogMirrored,
    RollOver,
    Flush,
    StopAndStart,
    DeleteFile,
    DeleteFolder,
    DiskIsFull,
    DiskHasRoom,
    SyncFailsOnce,
}

impl Act {
    pub(super) const ALL: [Self; 12] = [
        Self::Log,
        Self::LogWritten,
        Self::LogSynced,
        Self::LogMirrored,
        Self::RollOver,
        Self::Flush,
        Self::StopAndStart,
        Self::DeleteFile,
        Self::DeleteFolder,
        Self::DiskIsFull,
        Self::DiskHasRoom,
        Self::SyncFailsOnce,
    ];

    /// The letter that stands for it.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Log => 'l',
            Self::LogWritten => 'w',
            Self::LogSynced => 's',
            Self::LogMirrored => 'm',
            Self::RollOver => 'r',
            Self::Flush => 'f',
            Self::StopAndStart => 'e',
            Self::DeleteFile => 'd',
            Self::DeleteFolder => 'D',
            Self::DiskIsFull => 'F',
            Self::DiskHasRoom => 'R',
            Self::SyncFailsOnce => 'S',
        }
    }

    pub(super) fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.letter() == letter)
    }

    pub(super) fn apply(self, world: &mut World) -> Result<(), String> {
        let steps = match self {
            Self::Log => vec![log(0, Ask::Nothing)],
            Self::LogWritten => vec![log(0, Ask::Until(Durability::Written)), Step::Rounds(2)],
            Self::LogSynced => vec![log(0, Ask::Until(Durability::Synced)), Step::Rounds(2)],
            Self::LogMirrored => vec![log(1, Ask::Until(Durability::Synced)), Step::Rounds(2)],
            Self::RollOver => {
                vec![
                    Step::Clock(Move::ToRollover { before: false }),
                    Step::Rounds(2),
                ]
            }
            Self::Flush => vec![Step::Flush, Step::Rounds(2)],
            Self::StopAndStart => {
                let patient = !world.is_faulty;
                vec![Step::Stop { patient }]
            }
            Self::DeleteFile => {
                world.delete_in_current_folder(Some(FILES[0]))?;
                vec![Step::Reopen, Step::Rounds(2)]
            }
            Self::DeleteFolder => {
                world.delete_in_current_folder(None)?;
                vec![Step::Reopen, Step::Rounds(2)]
            }
            Self::DiskIsFull => {
                for op in [FsOp::Append, FsOp::CreateFolders, FsOp::Replace] {
                    world.fs.fail(op, "", usize::MAX, ErrorKind::StorageFull);
                }
                world.is_catalogue_in_doubt = true;
                world.refuse();
                vec![]
            }
            Self::DiskHasRoom => {
                world.fs.end_failures(ErrorKind::StorageFull);
                vec![Step::Rounds(2)]
            }
            Self::SyncFailsOnce => {
                world.fs.fail(FsOp::Sync, ".log", 1, ErrorKind::Other);
                world.refuse();
                vec![]
            }
        };
        for step in steps.iter().chain([&Step::PollAll]) {
            world.step(step)?;
        }
        Ok(())
    }
}

fn log(stream: usize, ask: Ask) -> Step {
    Step::Log(Log {
        stream,
        queue: stream,
        padding: 4,
        ask,
        eager: true,
    })
}

/// Steps one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Acts(pub(super) Vec<Act>);

impl fmt::Display for Acts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.0.iter().map(|act| act.letter());
        letters.try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl Acts {
    pub(super) fn of_letters(letters: &str) -> Option<Self> {
        let acts = letters.chars().map(Act::of_letter);
        acts.collect::<Option<_>>().map(Self)
    }

    /// All programs of so many steps at most, the shortest first.
    pub(super) fn up_to(steps: usize) -> Vec<Self> {
        let mut all = vec![Self(Vec::new())];
        let mut begin = 0;
        for _ in 0..steps {
            let end = all.len();
            for at in begin..end {
                for act in Act::ALL {
                    let mut longer = all[at].0.clone();
                    longer.push(act);
                    all.push(Self(longer));
                }
            }
            begin = end;
        }
        all
    }
}
