//! A file system in memory that tests of this crate use and abuse: they crash it, make it fail,
//! hold it up, limit it, and change it from outside.
//!
//! It is stricter than real file systems. A name survives a crash only if its folder was synced
//! after it was created, and so on up to a folder that was there at the start. What a sync failed
//! to save is lost in a crash, whatever later syncs say.

use std::{
    ffi::OsStr,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, MutexGuard, PoisonError},
};

use chronologix_schema::layout::STATEMENTS_FILE;

pub(crate) use self::crash_points::{Choices, Likeness};
pub(crate) use self::durable::CrashSeed;
pub(crate) use self::state::{FsOp, SimFs, SimState};
use self::state::{Names, Node, set_name, walk};
use self::{
    durable::{DurableBytes, DurableNames},
    faults::Faults,
};

mod crash_points;
mod durable;
mod faults;
mod retention_fs;
mod state;
#[cfg(test)]
mod tests;

/// What the system says when a process has as many open files as it may: `EMFILE`, on every Unix.
const TOO_MANY_OPEN_FILES: i32 = if cfg!(windows) { 4 } else { 24 };

/// A path as tests write it: `/base/app.log`, also on Windows.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(not(windows)) {
        return text.into_owned();
    }
    let text = text.replace('\\', "/");
    let drive = text.find(":/").map_or(0, |colon| colon + 1);
    text[drive..].to_owned()
}

/// The state beyond what the file system holds at this moment.
#[derive(Debug)]
pub(crate) struct Simulation {
    faults: Faults,
    /// What a crash leaves, by inode.
    folders: Vec<DurableNames>,
    files: Vec<DurableBytes>,
    /// The most bytes that one append takes.
    max_append: usize,
    /// Appends wait.
    is_held: bool,
    /// An append waits.
    is_waiting: bool,
    released: Arc<Condvar>,
    /// The number of appends to logs, and of the bytes they took.
    appended: (u64, u64),
    cuts: usize,
    pub(super) missed_cuts: usize,
    /// How many files are open, and how many may be.
    open: (usize, usize),
    /// Files taken away from outside: their paths and inodes.
    gone: Vec<(PathBuf, usize)>,
}

/// A file as a test sees it.
#[derive(Debug)]
pub(crate) struct FileSnapshot<'a> {
    /// Its path, or the one it had before it was taken away.
    pub(crate) path: &'a Path,
    pub(crate) bytes: &'a [u8],
    /// The bytes that syncs failed to save. One range, which may be empty, for each failed sync.
    pub(crate) unsaved: &'a [Range<usize>],
    /// It was taken away from outside.
    pub(crate) is_gone: bool,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            faults: Faults::default(),
            folders: Vec::new(),
            files: Vec::new(),
            max_append: usize::MAX,
            is_held: false,
            is_waiting: false,
            released: Arc::default(),
            appended: (0, 0),
            cuts: 0,
            missed_cuts: 0,
            open: (0, usize::MAX),
            gone: Vec::new(),
        }
    }
}

impl Simulation {
    /// Fails if the next operation is to fail.
    pub(crate) fn check(&mut self, op: FsOp, path: &Path) -> io::Result<()> {
        self.faults.check(op, path)?;
        if op == FsOp::Open && self.open.0 >= self.open.1 {
            return Err(io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES));
        }
        Ok(())
    }

    pub(crate) fn opened(&mut self) {
        self.open.0 += 1;
    }

    pub(crate) fn closed(&mut self) {
        self.open.0 -= 1;
    }

    /// Waits until appends are released.
    fn wait_while_held(mut state: MutexGuard<'_, SimState>) -> MutexGuard<'_, SimState> {
        while state.sim.is_held {
            state.sim.is_waiting = true;
            let released = Arc::clone(&state.sim.released);
            state = released.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Returns how many of so many bytes an append takes.
    pub(crate) fn append(&mut self, path: &Path, bytes: usize) -> usize {
        let taken = bytes.min(self.max_append);
        if !path.ends_with(STATEMENTS_FILE) {
            self.appended.0 += 1;
            self.appended.1 += taken as u64;
        }
        taken
    }

    /// Takes note that an append to a file ended there.
    pub(crate) fn appended_to(&mut self, inode: usize, end: usize) {
        at_inode(&mut self.files, inode).writes.push(end);
    }

    /// Returns what a crash would find of this: nothing open, held up or about to fail.
    fn copy(&self) -> Self {
        Self {
            folders: self.folders.clone(),
            files: self.files.clone(),
            appended: self.appended,
            cuts: self.cuts,
            missed_cuts: self.missed_cuts,
            gone: self.gone.clone(),
            ..Self::default()
        }
    }

    pub(crate) fn sync_file(&mut self, inode: usize, bytes: usize, is_saved: bool) {
        let file = at_inode(&mut self.files, inode);
        if is_saved {
            file.sync(bytes);
        } else {
            file.fail_to_sync(bytes);
        }
    }

    pub(crate) fn cut_file(&mut self, inode: usize, bytes: usize) {
        self.cuts += 1;
        at_inode(&mut self.files, inode).cut(bytes);
    }

    pub(crate) fn name_changed(&mut self, folder: usize, name: &OsStr) {
        at_inode(&mut self.folders, folder).changed(name);
    }

    fn sync_names(&mut self, folder: usize, names: &Names) {
        at_inode(&mut self.folders, folder).sync(names);
    }
}

/// Returns what is known of an inode. Of a new one that is nothing.
fn at_inode<T: Default>(known: &mut Vec<T>, inode: usize) -> &mut T {
    if known.len() <= inode {
        known.resize_with(inode + 1, T::default);
    }
    &mut known[inode]
}

/// Crashes and faults.
impl SimFs {
    /// Loses everything that was not synced.
    pub(crate) fn crash(&self) {
        self.crash_with(CrashSeed::NONE);
    }

    /// Loses what was not synced, except for what the seed spares: names, or some of the bytes at
    /// the end of a file, or zeros in their place. All files must be closed.
    pub(crate) fn crash_with(&self, mut seed: CrashSeed) {
        let mut state = self.state();
        let SimState {
            folders,
            files,
            sim,
            ..
        } = &mut *state;
        for (inode, names) in folders.iter_mut().enumerate() {
            at_inode(&mut sim.folders, inode).crash(names, &mut seed);
        }
        for (inode, bytes) in files.iter_mut().enumerate() {
            at_inode(&mut sim.files, inode).crash(bytes, &mut seed);
        }
    }

    /// Makes the next `times` operations on files or folders whose path contains `name` fail.
    pub(crate) fn fail(&self, op: FsOp, name: &str, times: usize, error: io::ErrorKind) {
        self.fail_after(0, op, name, times, error);
    }

    /// As [`SimFs::fail`], once `after` such operations have succeeded.
    pub(crate) fn fail_after(
        &self,
        after: usize,
        op: FsOp,
        name: &str,
        times: usize,
        error: io::ErrorKind,
    ) {
        let faults = &mut self.state().sim.faults;
        faults.add(op, name, after, times, error);
    }

    /// Makes `times` operations of any kind fail, once `after` have been done.
    pub(crate) fn fail_any_after(&self, after: u64, times: u64, error: io::ErrorKind) {
        self.state().sim.faults.add_numbered(after, times, error);
    }

    /// Returns how often a file was cut back.
    pub(crate) fn cuts(&self) -> usize {
        self.state().sim.cuts
    }

    /// Returns how often a file could not be cut back.
    pub(crate) fn missed_cuts(&self) -> usize {
        self.state().sim.missed_cuts
    }

    /// Returns how many operations there were.
    pub(crate) fn operations(&self) -> u64 {
        self.state().sim.faults.operations()
    }

    /// Ends all failures. Limits stay.
    pub(crate) fn heal(&self) {
        self.state().sim.faults.clear();
    }

    /// Ends the failures with this error.
    pub(crate) fn end_failures(&self, error: io::ErrorKind) {
        self.state().sim.faults.end(error);
    }

    /// Lets so many files be open at a time.
    pub(crate) fn limit_open(&self, files: usize) {
        self.state().sim.open.1 = files;
    }

    /// Lets one append take `bytes` at most.
    pub(crate) fn write_short(&self, bytes: usize) {
        self.state().sim.max_append = bytes;
    }

    /// Makes appends wait until they are released.
    pub(crate) fn hold(&self) {
        self.state().sim.is_held = true;
    }

    /// Returns when the writer waits in an append.
    pub(crate) fn wait_until_held(&self) {
        while !self.state().sim.is_waiting {
            std::thread::yield_now();
        }
    }

    pub(crate) fn release(&self) {
        let sim = &mut self.state().sim;
        sim.is_waiting = false;
        sim.is_held = false;
        sim.released.notify_all();
    }

    /// Returns how many appends there were.
    pub(crate) fn appends(&self) -> u64 {
        self.state().sim.appended.0
    }

    /// Returns how many bytes were appended.
    pub(crate) fn appended_bytes(&self) -> u64 {
        self.state().sim.appended.1
    }
}

/// Changes from outside, and looks at what is there.
impl SimFs {
    /// Returns the content of a file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let state = self.state();
        let Some(Node::File(inode)) = state.at(Path::new(path)) else {
            return None;
        };
        String::from_utf8(state.files[inode].clone()).ok()
    }

    /// Returns the names in a folder, sorted, with ` -> target` behind a link.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let state = self.state();
        let Ok(folder) = state.folder(Path::new(folder)) else {
            return Vec::new();
        };
        let names = state.folders[folder].iter();
        names
            .map(|(name, node)| {
                let name = name.to_string_lossy().into_owned();
                match node {
                    Node::Link(target) => format!("{name} -> {target}"),
                    Node::Folder(_) | Node::File(_) => name,
                }
            })
            .collect()
    }

    /// Creates a durable file, in place of what has this path.
    pub(crate) fn put(&self, path: &str, content: &[u8]) {
        let path = Path::new(path);
        let mut state = self.state();
        state.files.push(content.to_owned());
        let inode = state.files.len() - 1;
        state.sim.sync_file(inode, content.len(), true);
        // If something else is in the way, the test finds out.
        let parent = path.parent().unwrap_or(Path::new(""));
        for created in state.create_folders(parent).unwrap_or_default() {
            let node = state.at(&created);
            set_durable(&mut state, &created, node);
        }
        set_from_outside(&mut state, path, Some(Node::File(inode)));
    }

    /// Makes the names in a folder durable, as another process or the kernel may do at any time.
    pub(crate) fn make_durable(&self, folder: &str) {
        let mut state = self.state();
        if let Ok(folder) = state.folder(Path::new(folder)) {
            state.sync_names(folder);
        }
    }

    /// Removes a file, or a folder and what is in it.
    pub(crate) fn delete(&self, path: &str) {
        set_from_outside(&mut self.state(), Path::new(path), None);
    }

    /// Renames a file or folder.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        let mut state = self.state();
        let (from, to) = (Path::new(from), Path::new(to));
        if state.parent(from).is_ok() && state.parent(to).is_ok() {
            let node = state.at(from);
            set_durable(&mut state, from, None);
            set_durable(&mut state, to, node);
        }
    }

    /// Calls `each` for every file: those that are there and those that were taken away.
    pub(crate) fn for_each_snapshot(&self, each: impl FnMut(FileSnapshot<'_>)) {
        self.visit(false, each);
    }

    /// Calls `each` for every file as a crash would leave it without a seed.
    pub(crate) fn for_each_durable_file(&self, each: impl FnMut(FileSnapshot<'_>)) {
        self.visit(true, each);
    }

    fn visit(&self, is_durable: bool, mut each: impl FnMut(FileSnapshot<'_>)) {
        let state = self.state();
        let (nothing, unsynced) = (Names::new(), DurableBytes::default());
        let names = |folder: usize| match state.sim.folders.get(folder) {
            Some(durable) if is_durable => &durable.names,
            None if is_durable => &nothing,
            _ => &state.folders[folder],
        };
        let mut show = |path: &Path, inode: usize, is_gone| {
            let durable = state.sim.files.get(inode).unwrap_or(&unsynced);
            let bytes = &*state.files[inode];
            let surviving = is_durable.then(|| durable.surviving(bytes));
            each(FileSnapshot {
                path,
                bytes: surviving.as_deref().unwrap_or(bytes),
                unsaved: &durable.unsaved,
                is_gone,
            });
        };
        walk(names, |path, inode| show(path, inode, false));
        for (path, inode) in &state.sim.gone {
            show(path, *inode, true);
        }
    }
}

/// Changes what has this path, now and durably.
fn set_durable(state: &mut SimState, path: &Path, node: Option<Node>) {
    if let Ok((folder, name)) = state.parent(path) {
        let durable = &mut at_inode(&mut state.sim.folders, folder).names;
        set_name(durable, name.clone(), node.clone());
        set_name(&mut state.folders[folder], name, node);
    }
}

/// The same. What had this path is gone.
fn set_from_outside(state: &mut SimState, path: &Path, node: Option<Node>) {
    if let Some(old) = state.at(path) {
        note_gone(state, path, &old);
    }
    set_durable(state, path, node);
}

fn note_gone(state: &mut SimState, path: &Path, node: &Node) {
    match node {
        Node::File(inode) => {
            // Everything in it is taken away with it, saved or not.
            state.sim.sync_file(*inode, state.files[*inode].len(), true);
            state.sim.gone.push((path.to_owned(), *inode));
        }
        Node::Folder(folder) => {
            for (name, node) in state.folders[*folder].clone() {
                note_gone(state, &path.join(name), &node);
            }
        }
        Node::Link(_) => {}
    }
}
