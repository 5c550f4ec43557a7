//! What a disk in memory holds: folders with names in them, files with bytes, and of both what is durable.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    ops::Range,
    path::{Component, Path, PathBuf},
};

use super::{CrashSeed, faults::Faults};

#[derive(Debug)]
pub(crate) struct SimState {
    /// By inode.
    pub(crate) files: Vec<SimInode>,
    /// By inode. The first is the root.
    pub(crate) folders: Vec<SimFolder>,
    pub(crate) faults: Faults,
    /// Most bytes one append takes.
    pub(crate) short: usize,
    /// Appends wait.
    pub(crate) held: bool,
    /// An append waits.
    pub(crate) waits: bool,
    /// Appends that took something, and the bytes they took.
    pub(crate) appended: (u64, u64),
    /// Files open now, and how many may be.
    pub(crate) open: (usize, usize),
    /// Folders that loggers hold, once for each.
    pub(crate) holds: Vec<usize>,
    /// Files taken away from outside: where they stood, and their inodes.
    pub(crate) gone: Vec<(PathBuf, usize)>,
}

/// The names in one folder. A folder that is made again under the same name is another folder.
#[derive(Debug, Default)]
pub(crate) struct SimFolder {
    pub(crate) now: BTreeMap<OsString, Node>,
    pub(crate) durable: BTreeMap<OsString, Node>,
    /// The names that may differ between the two.
    unsynced: Vec<OsString>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Folder(usize),
    File(usize),
    Link(String),
}

#[derive(Debug, Default)]
pub(crate) struct SimInode {
    pub(crate) bytes: Vec<u8>,
    /// Bytes of which a sync said that they are durable.
    pub(crate) synced: usize,
    /// Bytes that a sync has failed to save since the last crash. The file reads as if they were there.
    pub(crate) lost: Vec<Range<usize>>,
    /// The same, ever: what a crash left of them was luck.
    pub(crate) unsaved: Vec<Range<usize>>,
}

impl Default for SimState {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            folders: vec![SimFolder::default()],
            faults: Faults::default(),
            short: usize::MAX,
            held: false,
            waits: false,
            appended: (0, 0),
            open: (0, usize::MAX),
            holds: Vec::new(),
            gone: Vec::new(),
        }
    }
}

impl SimState {
    /// What stands at `path`.
    pub(crate) fn at(&self, path: &Path) -> Option<Node> {
        let mut node = Node::Folder(0);
        for part in parts(path) {
            let Node::Folder(folder) = node else {
                return None;
            };
            node = self.folders[folder].now.get(part.as_os_str())?.clone();
        }
        Some(node)
    }

    pub(crate) fn folder(&self, path: &Path) -> io::Result<usize> {
        match self.at(path) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The folder that `path` stands in.
    fn parent(&self, path: &Path) -> io::Result<usize> {
        self.folder(path.parent().unwrap_or(Path::new("")))
    }

    /// Changes what stands at `path`; durable once its folder is synced.
    pub(crate) fn set(&mut self, path: &Path, node: Option<Node>) -> io::Result<()> {
        let folder = self.parent(path)?;
        let names = &mut self.folders[folder];
        names.unsynced.extend(path.file_name().map(OsString::from));
        change(&mut names.now, path, node);
        Ok(())
    }

    /// Changes what stands at `path`, from outside: durable at once. What stood there is gone.
    pub(crate) fn set_from_outside(&mut self, path: &Path, node: Option<Node>) {
        let Ok(folder) = self.parent(path) else {
            return;
        };
        if let Some(old) = self.at(path) {
            self.note_gone(path, &old);
        }
        change(&mut self.folders[folder].now, path, node.clone());
        change(&mut self.folders[folder].durable, path, node);
    }

    /// Whether the file has a name anywhere.
    pub(crate) fn has_name(&self, inode: usize) -> bool {
        let mut is_there = false;
        self.walk(false, |_, file| is_there |= file == inode);
        is_there
    }

    pub(crate) fn rename_from_outside(&mut self, from: &Path, to: &Path) {
        let (Ok(from_folder), Ok(to_folder)) = (self.parent(from), self.parent(to)) else {
            return;
        };
        let node = self.at(from);
        for (folder, path, node) in [(from_folder, from, None), (to_folder, to, node)] {
            change(&mut self.folders[folder].now, path, node.clone());
            change(&mut self.folders[folder].durable, path, node);
        }
    }

    fn note_gone(&mut self, path: &Path, node: &Node) {
        match node {
            Node::File(inode) => {
                // Whoever takes it away takes all that is in it, saved or not.
                self.files[*inode].sync();
                self.gone.push((path.to_owned(), *inode));
            }
            Node::Folder(folder) => {
                for (name, node) in self.folders[*folder].now.clone() {
                    self.note_gone(&path.join(name), &node);
                }
            }
            Node::Link(_) => {}
        }
    }

    /// Makes the folders on the way to `path` that are missing. Gives those, outermost first.
    pub(crate) fn make_folders(&mut self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut made = Vec::new();
        let mut at = PathBuf::from("/");
        for part in parts(path) {
            at.push(part);
            match self.at(&at) {
                Some(Node::Folder(_)) => {}
                Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
                None => {
                    self.folders.push(SimFolder::default());
                    let folder = Node::Folder(self.folders.len() - 1);
                    self.set(&at, Some(folder))?;
                    made.push(at.clone());
                }
            }
        }
        Ok(made)
    }

    /// The same, from outside.
    pub(crate) fn make_durable_folders(&mut self, path: &Path) {
        // If something else stands there, the test finds out.
        for made in self.make_folders(path).unwrap_or_default() {
            let node = self.at(&made);
            if let Ok(folder) = self.parent(&made) {
                change(&mut self.folders[folder].durable, &made, node);
            }
        }
    }

    pub(crate) fn add_file(&mut self, content: SimInode) -> Node {
        self.files.push(content);
        Node::File(self.files.len() - 1)
    }

    /// Calls `each` with path and inode of every file that can be reached, now or if only what is durable were left.
    pub(crate) fn walk(&self, durable: bool, mut each: impl FnMut(&Path, usize)) {
        let mut folders = vec![(PathBuf::from("/"), 0)];
        while let Some((path, folder)) = folders.pop() {
            let names = &self.folders[folder];
            let names = if durable { &names.durable } else { &names.now };
            for (name, node) in names {
                match node {
                    Node::File(inode) => each(&path.join(name), *inode),
                    Node::Folder(inner) => folders.push((path.join(name), *inner)),
                    Node::Link(_) => {}
                }
            }
        }
    }

    /// Loses what was not synced, as far as luck does not spare it.
    pub(crate) fn crash(&mut self, mut luck: CrashSeed) {
        for folder in &mut self.folders {
            folder.spare(&mut luck);
            folder.now = folder.durable.clone();
            folder.unsynced.clear();
        }
        for file in &mut self.files {
            file.crash(&mut luck);
        }
    }
}

impl SimFolder {
    pub(crate) fn sync(&mut self) {
        for name in self.unsynced.drain(..) {
            match self.now.get(&name).cloned() {
                Some(node) => self.durable.insert(name, node),
                None => self.durable.remove(&name),
            };
        }
    }

    /// Makes some of the changes to names durable, each for itself.
    fn spare(&mut self, luck: &mut CrashSeed) {
        for name in std::mem::take(&mut self.unsynced) {
            if luck.below(2) == 1 {
                self.unsynced.push(name);
            }
        }
        self.sync();
    }

    /// Forgets all names; durable with the next sync.
    pub(crate) fn clear(&mut self) {
        self.unsynced
            .extend(std::mem::take(&mut self.now).into_keys());
    }
}

impl SimInode {
    /// What a crash leaves for certain.
    pub(crate) fn surviving(&self) -> Vec<u8> {
        let mut bytes = self.bytes[..self.synced].to_owned();
        let lost = self.lost.iter().flat_map(Clone::clone);
        for at in lost.filter(|at| *at < self.synced) {
            bytes[at] = 0;
        }
        bytes
    }

    fn crash(&mut self, luck: &mut CrashSeed) {
        let mut bytes = self.surviving();
        // File systems write pages back when they like, and the length of a file may be ahead of its data.
        let tail = &self.bytes[self.synced..];
        if luck.below(2) == 1 {
            let kept = luck.below(tail.len() + 1);
            bytes.extend_from_slice(&tail[..kept]);
            if luck.below(2) == 1 {
                bytes.resize(bytes.len() + luck.below(tail.len() - kept + 1), 0);
            }
        }
        self.synced = bytes.len();
        self.bytes = bytes;
        self.lost.clear();
        for unsaved in &mut self.unsaved {
            *unsaved = unsaved.start.min(self.synced)..unsaved.end.min(self.synced);
        }
    }

    pub(crate) fn sync(&mut self) {
        self.synced = self.bytes.len();
    }

    /// As the kernel does: forgets that the pages were dirty, and saves none of them ever.
    pub(crate) fn fail_to_sync(&mut self) {
        let from = self.lost.last().map_or(0, |lost| lost.end);
        let lost = from.max(self.synced)..self.bytes.len();
        self.lost.push(lost.clone());
        self.unsaved.push(lost);
    }
}

fn change(names: &mut BTreeMap<OsString, Node>, path: &Path, node: Option<Node>) {
    let name = path.file_name().unwrap_or_default();
    match node {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}

fn parts(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components()
        .filter(|part| matches!(part, Component::Normal(_)))
}
