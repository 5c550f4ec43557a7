//! A disk in memory whose power is cut. What was not synced survives in part, as on real disks:
//! names without their bytes, bytes without their names, pieces of what was written.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Disk, DiskFile};

/// The power of a machine, which is cut after so many steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power(Arc<Mutex<Steps>>);

#[derive(Debug, Default)]
struct Steps {
    done: usize,
    /// The step that is not done any more, nor those behind it. `None`: the power stays.
    cut_at: Option<usize>,
}

impl Power {
    pub(crate) fn cut_at(step: usize) -> Self {
        let power = Self::default();
        power.steps().cut_at = Some(step);
        power
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether there is power for one more step.
    pub(crate) fn step(&self) -> bool {
        let mut steps = self.steps();
        let is_on = steps.cut_at.is_none_or(|cut| steps.done < cut);
        steps.done += usize::from(is_on);
        is_on
    }

    /// Returns whether the power was cut.
    pub(crate) fn is_off(&self) -> bool {
        let steps = self.steps();
        steps.cut_at.is_some_and(|cut| steps.done >= cut)
    }
}

/// What of a disk survives a cut.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Survives {
    /// Only what was synced.
    Synced,
    /// All that was written.
    Written,
    /// All names, and of bytes only those that were synced. The others are zeros.
    Names,
    /// All bytes, and of names only those that were synced.
    Bytes,
    /// Each piece or not, by the bits of this number.
    Some(u64),
}

impl Survives {
    fn is_taken(&mut self, is_name: bool) -> bool {
        match self {
            Self::Synced => false,
            Self::Written => true,
            Self::Names => is_name,
            Self::Bytes => !is_name,
            Self::Some(bits) => next(bits).is_multiple_of(2),
        }
    }
}

/// Returns the next number of a generator (xorshift).
pub(crate) fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state >> 5
}

/// A change of names that was not synced.
#[derive(Clone, Debug)]
enum NameChange {
    Added(PathBuf, usize),
    Removed(PathBuf),
    Renamed(PathBuf, PathBuf, usize),
}

/// A file, or a folder.
#[derive(Clone, Debug, Default)]
struct Inode {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    is_folder: bool,
}

#[derive(Debug, Default)]
struct Contents {
    inodes: Vec<Inode>,
    /// As they are seen.
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    /// Since the folder of the name was synced last, in their order.
    changes: Vec<NameChange>,
}

/// The disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct CrashDisk {
    contents: Arc<Mutex<Contents>>,
    power: Power,
}

impl CrashDisk {
    /// A disk with one folder.
    pub(crate) fn with_folder(path: &Path) -> Self {
        let disk = Self::default();
        let folder = Inode {
            is_folder: true,
            ..Inode::default()
        };
        disk.contents().inodes.push(folder);
        for names in path.ancestors() {
            disk.contents().names.insert(names.to_owned(), 0);
            disk.contents().synced_names.insert(names.to_owned(), 0);
        }
        disk
    }

    /// The same disk, with this power from now on.
    pub(crate) fn powered_by(&self, power: &Power) -> Self {
        Self {
            contents: Arc::clone(&self.contents),
            power: power.clone(),
        }
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the disk as it is found after a power cut.
    pub(crate) fn after_cut(&self, mut survives: Survives) -> Self {
        let contents = self.contents();
        let mut inodes = contents.inodes.clone();
        for inode in &mut inodes {
            inode.bytes = surviving_bytes(inode, &mut survives);
            inode.synced.clone_from(&inode.bytes);
        }
        let mut names = contents.synced_names.clone();
        for change in &contents.changes {
            if survives.is_taken(true) {
                apply(change, &mut names);
            }
        }
        // What lies in a folder that is lost is lost.
        let known = names.clone();
        names.retain(|path, _| path.ancestors().all(|above| known.contains_key(above)));
        let contents = Contents {
            inodes,
            synced_names: names.clone(),
            names,
            changes: Vec::new(),
        };
        Self {
            contents: Arc::new(Mutex::new(contents)),
            power: Power::default(),
        }
    }

    fn step(&self) -> io::Result<MutexGuard<'_, Contents>> {
        if self.power.step() {
            Ok(self.contents())
        } else {
            Err(io::Error::other("the power is cut"))
        }
    }
}

fn surviving_bytes(inode: &Inode, survives: &mut Survives) -> Vec<u8> {
    if inode.bytes == inode.synced {
        return inode.bytes.clone();
    }
    match survives {
        Survives::Synced => inode.synced.clone(),
        Survives::Written | Survives::Bytes => inode.bytes.clone(),
        // The length is on disk, the bytes are not.
        Survives::Names => {
            let mut bytes = inode.bytes.clone();
            let same = bytes.iter().zip(&inode.synced).take_while(|(a, b)| a == b);
            let same = same.count();
            bytes[same..].fill(0);
            bytes
        }
        Survives::Some(bits) => {
            let length = usize::try_from(next(bits)).unwrap_or(0) % (inode.bytes.len() + 1);
            let mut bytes = inode.bytes[..length].to_vec();
            for piece in bytes.chunks_mut(7) {
                if next(bits).is_multiple_of(4) {
                    piece.fill(0);
                }
            }
            match next(bits) % 3 {
                0 => inode.synced.clone(),
                1 => inode.bytes.clone(),
                _ => bytes,
            }
        }
    }
}

fn apply(change: &NameChange, names: &mut BTreeMap<PathBuf, usize>) {
    match change {
        NameChange::Added(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        NameChange::Removed(path) => {
            names.remove(path);
        }
        NameChange::Renamed(from, to, inode) => {
            names.remove(from);
            names.insert(to.clone(), *inode);
        }
    }
}

impl Contents {
    fn change(&mut self, change: NameChange) {
        apply(&change, &mut self.names);
        self.changes.push(change);
    }

    fn inode(&self, path: &Path) -> io::Result<usize> {
        let found = self.names.get(path).copied();
        found.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }

    fn add(&mut self, path: &Path, inode: Inode) -> io::Result<usize> {
        let is_there = path.parent().is_some_and(|it| self.names.contains_key(it));
        if !is_there {
            return Err(io::Error::from(ErrorKind::NotFound));
        }
        self.inodes.push(inode);
        let number = self.inodes.len() - 1;
        self.change(NameChange::Added(path.to_owned(), number));
        Ok(number)
    }
}

impl NameChange {
    fn is_in(&self, folder: &Path) -> bool {
        let (Self::Added(path, _) | Self::Removed(path) | Self::Renamed(_, path, _)) = self;
        path.parent() == Some(folder)
    }
}

impl Disk for CrashDisk {
    fn read(&self, path: &Path) -> io::Result<String> {
        let contents = self.contents();
        let inode = contents.inode(path)?;
        let text = String::from_utf8(contents.inodes[inode].bytes.clone());
        text.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut contents = self.step()?;
        let inode = match contents.inode(path) {
            Ok(inode) => {
                contents.inodes[inode].bytes.clear();
                inode
            }
            Err(_) => contents.add(path, Inode::default())?,
        };
        let disk = self.clone();
        Ok(Box::new(CrashFile { disk, inode }))
    }

    fn open_end(&self, path: &Path) -> io::Result<(Box<dyn DiskFile>, Option<u8>)> {
        let mut contents = self.step()?;
        let inode = match contents.inode(path) {
            Ok(inode) => inode,
            Err(_) => contents.add(path, Inode::default())?,
        };
        let last = contents.inodes[inode].bytes.last().copied();
        let disk = self.clone();
        Ok((Box::new(CrashFile { disk, inode }), last))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut contents = self.step()?;
        let inode = contents.inode(from)?;
        contents.change(NameChange::Renamed(from.to_owned(), to.to_owned(), inode));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut contents = self.step()?;
        contents.inode(path)?;
        contents.change(NameChange::Removed(path.to_owned()));
        Ok(())
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        let mut contents = self.step()?;
        if contents.names.contains_key(path) {
            return Err(io::Error::from(ErrorKind::AlreadyExists));
        }
        let folder = Inode {
            is_folder: true,
            ..Inode::default()
        };
        contents.add(path, folder).map(drop)
    }

    fn is_folder(&self, path: &Path) -> bool {
        let contents = self.contents();
        let inode = contents.inode(path);
        inode.is_ok_and(|inode| contents.inodes[inode].is_folder)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut contents = self.step()?;
        contents.inode(path)?;
        let changes = std::mem::take(&mut contents.changes);
        let (synced, others) = changes.into_iter().partition(|it| it.is_in(path));
        contents.changes = others;
        let synced: Vec<NameChange> = synced;
        for change in &synced {
            apply(change, &mut contents.synced_names);
        }
        Ok(())
    }
}

/// A file of the disk.
#[derive(Debug)]
struct CrashFile {
    disk: CrashDisk,
    inode: usize,
}

impl DiskFile for CrashFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut contents = self.disk.step()?;
        contents.inodes[self.inode].bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut contents = self.disk.step()?;
        let inode = &mut contents.inodes[self.inode];
        inode.synced.clone_from(&inode.bytes);
        Ok(())
    }
}
