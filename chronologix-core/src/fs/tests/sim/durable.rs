//! What a crash leaves of names and bytes.

use std::{
    ffi::{OsStr, OsString},
    mem,
    ops::Range,
};

use super::Names;

/// Decides what a crash spares of what it may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashSeed(Option<u64>);

/// What is durable of a folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct DurableNames {
    pub(crate) names: Names,
    /// The names that may differ from those of the folder now.
    pub(super) unsynced: Vec<OsString>,
}

/// What is durable of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct DurableBytes {
    /// The bytes for which a sync has succeeded.
    pub(super) synced: usize,
    /// Where the appends ended that no sync has saved.
    pub(super) writes: Vec<usize>,
    /// The bytes that a sync has failed to save since the last crash. The file reads as if they
    /// were there.
    lost: Vec<Range<usize>>,
    /// The same since the beginning: a crash may have spared some of them.
    pub(crate) unsaved: Vec<Range<usize>>,
}

impl CrashSeed {
    /// Spares nothing.
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn of(number: u64) -> Self {
        Self(Some(number))
    }

    /// Returns a number below `bound`; 0 if nothing is spared.
    fn below(&mut self, bound: usize) -> usize {
        let Some(number) = &mut self.0 else { return 0 };
        // SplitMix64: any number will do as a start.
        *number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *number;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    }
}

impl DurableNames {
    pub(crate) fn changed(&mut self, name: &OsStr) {
        self.unsynced.push(name.to_owned());
    }

    pub(crate) fn sync(&mut self, now: &Names) {
        for name in self.unsynced.drain(..) {
            super::set_name(&mut self.names, name.clone(), now.get(&name).cloned());
        }
    }

    /// Makes some of the changes durable, each for itself, and takes the others back.
    pub(crate) fn crash(&mut self, now: &mut Names, seed: &mut CrashSeed) {
        self.unsynced.retain(|_| seed.below(2) == 1);
        self.sync(now);
        now.clone_from(&self.names);
    }
}

impl DurableBytes {
    pub(crate) fn sync(&mut self, bytes: usize) {
        self.synced = bytes;
        self.writes.clear();
    }

    /// Does as the kernel does: forgets that the pages were dirty, and never saves them.
    pub(crate) fn fail_to_sync(&mut self, bytes: usize) {
        let from = self.lost.last().map_or(0, |lost| lost.end);
        let lost = from.max(self.synced)..bytes;
        self.lost.push(lost.clone());
        self.unsaved.push(lost);
    }

    /// The file ends after so many bytes from now on. On disk it may end later until it is synced,
    /// which no reader of it could hold against it.
    pub(crate) fn cut(&mut self, bytes: usize) {
        self.synced = self.synced.min(bytes);
        for end in &mut self.writes {
            *end = bytes.min(*end);
        }
        self.writes.dedup();
        for range in self.lost.iter_mut().chain(&mut self.unsaved) {
            *range = range.start.min(bytes)..range.end.min(bytes);
        }
    }

    /// Returns what a crash leaves in any case.
    pub(crate) fn surviving(&self, bytes: &[u8]) -> Vec<u8> {
        let mut surviving = bytes[..self.synced].to_owned();
        let lost = self.lost.iter().flat_map(Clone::clone);
        for at in lost.filter(|at| *at < self.synced) {
            surviving[at] = 0;
        }
        surviving
    }

    pub(crate) fn crash(&mut self, bytes: &mut Vec<u8>, seed: &mut CrashSeed) {
        let mut left = self.surviving(bytes);
        // File systems write pages back when they like, and the size of a file may be ahead of its
        // data.
        let tail = &bytes[self.synced..];
        if seed.below(2) == 1 {
            let kept = seed.below(tail.len() + 1);
            left.extend_from_slice(&tail[..kept]);
            if seed.below(2) == 1 {
                left.resize(left.len() + seed.below(tail.len() - kept + 1), 0);
            }
        }
        self.end_crash(bytes, left);
    }

    /// Takes note that a crash has left this.
    pub(super) fn end_crash(&mut self, bytes: &mut Vec<u8>, left: Vec<u8>) {
        *bytes = left;
        self.synced = bytes.len();
        self.writes.clear();
        self.lost.clear();
        for unsaved in mem::take(&mut self.unsaved) {
            let cut = unsaved.start.min(self.synced)..unsaved.end.min(self.synced);
            self.unsaved.push(cut);
        }
    }
}
