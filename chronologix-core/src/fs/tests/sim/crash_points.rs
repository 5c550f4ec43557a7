//! Every crash: before each operation, with each subset of what was not synced.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fmt,
    hash::{Hash, Hasher},
    mem,
    path::Path,
    sync::{Arc, Mutex},
};

use chronologix_schema::layout::MANIFEST_FILE;

use super::{
    FsOp, Names, SimFs, at_inode,
    durable::{DurableBytes, DurableNames},
    set_name,
    state::{Node, SimState},
};

/// What is called before each operation, with what it is and the disk as it is then.
type EachOperation = dyn FnMut(FsOp, &SimState) + Send;

/// Sees every operation.
pub(crate) struct Observer(Box<EachOperation>);

/// Decisions, one after another, each between some possibilities.
#[derive(Debug)]
pub(crate) struct Choices {
    likeness: Likeness,
    /// What was chosen, and between how many.
    made: Vec<(usize, usize)>,
    /// The next decision.
    at: usize,
    /// How many combinations this one stands for, because they leave what is alike.
    alike: u64,
}

/// When two disks count as alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// If nothing tells them from each other.
    Exact,
    /// If the same folders have the same files with something in them. Empty files, links and the
    /// manifest, which every start makes anew, may differ.
    Content,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl Choices {
    /// The first of all combinations that leave different things. Those that leave what is alike
    /// are one.
    pub(crate) fn first(likeness: Likeness) -> Self {
        Self {
            likeness,
            made: Vec::new(),
            at: 0,
            alike: 1,
        }
    }

    /// Makes the decisions that were [shown](Self::fmt).
    pub(crate) fn of(likeness: Likeness, text: &str) -> Option<Self> {
        let digits = text.chars().map(|digit| digit.to_digit(10));
        let made = digits.map(|digit| Some((digit? as usize, usize::MAX)));
        Some(Self {
            made: made.collect::<Option<_>>()?,
            ..Self::first(likeness)
        })
    }

    /// How many combinations this one stands for.
    pub(crate) fn alike(&self) -> u64 {
        self.alike
    }

    /// Decides whether something is there that makes no difference, if it is that.
    fn is_there(&mut self, is_indifferent: bool) -> bool {
        if is_indifferent && self.likeness == Likeness::Content {
            self.alike *= 2;
            return true;
        }
        self.below(2) == 1
    }

    /// Decides between so many possibilities. Returns a number below that.
    pub(crate) fn below(&mut self, possibilities: usize) -> usize {
        let at = self.at;
        self.at += 1;
        if let Some((chosen, bound)) = self.made.get_mut(at) {
            *bound = possibilities;
            return *chosen;
        }
        self.made.push((0, possibilities));
        0
    }

    /// Goes on to the next combination. Returns whether there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.made.truncate(mem::take(&mut self.at));
        self.alike = 1;
        while let Some((chosen, bound)) = self.made.pop() {
            if chosen + 1 < bound {
                self.made.push((chosen + 1, bound));
                return true;
            }
        }
        false
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut made = self.made.iter();
        made.try_for_each(|(chosen, _)| write!(f, "{chosen}"))
    }
}

impl SimFs {
    /// Calls `each` before every operation from now on, until it is called with none.
    pub(crate) fn observe(&self, each: Option<Box<EachOperation>>) {
        self.state().observer = each.map(Observer);
    }

    /// Returns a copy of the disk, on which no file is open, nothing is locked, and nothing fails.
    pub(crate) fn copy(&self) -> Self {
        self.state().copy()
    }

    /// Loses what was not synced, but for what is chosen: which names change, and of each write
    /// whether nothing, half or all of it is there. Decides only what can be seen afterwards. A
    /// write that is not there is read as zeros, if something after it is.
    pub(crate) fn crash_by(&self, choices: &mut Choices) {
        let mut state = self.state();
        let SimState {
            folders,
            files,
            sim,
            ..
        } = &mut *state;
        let mut open = vec![0];
        let mut known = BTreeSet::new();
        while let Some(folder) = open.pop() {
            let names = &mut folders[folder];
            let is_indifferent = |name: &OsStr, node: Option<&Node>| match node {
                None | Some(Node::Link(_)) => true,
                Some(Node::File(inode)) => files[*inode].is_empty() || name == MANIFEST_FILE,
                Some(Node::Folder(_)) => false,
            };
            at_inode(&mut sim.folders, folder).crash_by(names, &is_indifferent, choices);
            for node in names.values() {
                match node {
                    Node::Folder(inner) => open.push(*inner),
                    Node::File(inode) if known.insert(*inode) => {
                        at_inode(&mut sim.files, *inode).crash_by(&mut files[*inode], choices);
                    }
                    Node::File(_) | Node::Link(_) => {}
                }
            }
        }
    }

    /// Returns of how many writes to one file a crash may leave a part, at most.
    pub(crate) fn unsynced_writes(&self) -> usize {
        let state = self.state();
        let counts = state.sim.files.iter().map(DurableBytes::unsynced_writes);
        counts.max().unwrap_or(0)
    }

    /// Hashes what can be seen, and which bytes no sync saved.
    pub(crate) fn hash_content(&self, likeness: Likeness, hasher: &mut impl Hasher) {
        let state = self.state();
        state.hash_names(0, likeness, hasher);
        for (path, inode) in &state.sim.gone {
            path.as_os_str().hash(hasher);
            state.hash_file(*inode, hasher);
        }
        state.sim.missed_cuts.hash(hasher);
    }
}

impl SimState {
    /// Fails if the next operation is to fail.
    pub(super) fn check(&mut self, op: FsOp, path: &Path) -> std::io::Result<()> {
        if let Some(mut observer) = self.observer.take() {
            (observer.0)(op, self);
            self.observer = Some(observer);
        }
        self.sim.check(op, path)
    }

    /// As [`SimFs::copy`].
    pub(crate) fn copy(&self) -> SimFs {
        SimFs(Arc::new(Mutex::new(Self {
            folders: self.folders.clone(),
            files: self.files.clone(),
            locked: Vec::new(),
            sim: self.sim.copy(),
            observer: None,
        })))
    }
}

impl SimState {
    fn hash_names(&self, folder: usize, likeness: Likeness, hasher: &mut impl Hasher) {
        for (name, node) in &self.folders[folder] {
            match node {
                Node::File(inode) if likeness == Likeness::Content => {
                    if !self.files[*inode].is_empty() && name != MANIFEST_FILE {
                        (folder, name).hash(hasher);
                        self.hash_file(*inode, hasher);
                    }
                    continue;
                }
                Node::Link(_) if likeness == Likeness::Content => continue,
                _ => name.hash(hasher),
            }
            match node {
                Node::Folder(inner) => self.hash_names(*inner, likeness, hasher),
                Node::File(inode) => self.hash_file(*inode, hasher),
                Node::Link(target) => target.hash(hasher),
            }
        }
        hasher.write_u8(0);
    }

    fn hash_file(&self, inode: usize, hasher: &mut impl Hasher) {
        self.files[inode].hash(hasher);
        if let Some(durable) = self.sim.files.get(inode) {
            durable.unsaved.hash(hasher);
        }
    }
}

impl FsOp {
    /// Returns whether it leaves everything as it is.
    pub(crate) fn only_looks(self) -> bool {
        matches!(self, Self::Look | Self::Read | Self::Lock)
    }
}

impl DurableNames {
    fn crash_by(
        &mut self,
        now: &mut Names,
        is_indifferent: &dyn Fn(&OsStr, Option<&Node>) -> bool,
        choices: &mut Choices,
    ) {
        let changed = mem::take(&mut self.unsynced);
        let changed = changed.into_iter().collect::<BTreeSet<_>>();
        for name in changed {
            let (before, after) = (self.names.get(&name), now.get(&name));
            if before == after {
                continue;
            }
            let is_indifferent = is_indifferent(&name, before) && is_indifferent(&name, after);
            if choices.is_there(is_indifferent) {
                let after = after.cloned();
                set_name(&mut self.names, name, after);
            }
        }
        now.clone_from(&self.names);
    }
}

impl DurableBytes {
    fn unsynced_writes(&self) -> usize {
        self.writes.len()
    }

    fn crash_by(&mut self, bytes: &mut Vec<u8>, choices: &mut Choices) {
        let mut left = self.surviving(bytes);
        let mut begin = self.synced;
        let ends = mem::take(&mut self.writes);
        for end in ends.into_iter().filter(|end| *end > self.synced) {
            let write = &bytes[begin..end];
            let halves = if write.len() < 2 { 2 } else { 3 };
            let kept = match choices.below(halves) {
                0 => 0,
                1 if halves == 3 => write.len() / 2,
                _ => write.len(),
            };
            if kept > 0 {
                left.resize(begin, 0);
                left.extend_from_slice(&write[..kept]);
            }
            begin = end;
        }
        // The size of a file may be ahead of its data.
        if left.len() < bytes.len() && choices.below(2) == 1 {
            left.resize(bytes.len(), 0);
        }
        self.end_crash(bytes, left);
    }
}
