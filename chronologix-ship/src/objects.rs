//! Ships closed folders to a store of objects: each file as one object, checked after the upload.
//! Only then the folder is marked as shipped.

use std::{
    collections::HashSet,
    fmt,
    hash::{BuildHasher as _, RandomState},
    io,
    time::{Duration, Instant},
};

use chronologix_schema::layout::{Folder, ShippedMark};

use self::{
    closed::{ClosedFile, ClosedFolder, ClosedTree},
    content::content,
    key::{KeyParts, key},
    store::UploadError,
};
use crate::{
    clock::{Clock, Stop},
    cursor::StateDir,
    error::ShipError,
    notice::Notice,
    retry::wait,
};

pub(crate) use self::store::Store;

mod closed;
mod content;
mod key;
mod store;

#[cfg(test)]
mod tests;

/// How long a run waits before it looks for folders that were closed meanwhile.
const PAUSE: Duration = Duration::from_secs(60);

/// What a run shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShippedFolders {
    pub(crate) folders: u64,
    pub(crate) objects: u64,
    /// As they are in the store.
    pub(crate) bytes: u64,
}

/// Ships the closed folders of a tree.
pub(crate) struct FolderShipper<'a> {
    tree: ClosedTree,
    store: Store,
    app: &'a str,
    host: &'a str,
    clock: &'a dyn Clock,
    stop: &'a Stop,
    report: &'a dyn Fn(&Notice),
    /// How long the store is waited for. `None`: as long as it takes.
    patience: Option<Duration>,
    /// The store has taken something since the start.
    has_worked: bool,
    random: RandomState,
    runtime: tokio::runtime::Runtime,
    shipped: ShippedFolders,
    /// Folders that cannot be read, each reported once.
    unreadable: HashSet<Folder>,
}

/// How far a run came with a folder.
enum Step {
    Done,
    Stopped,
}

/// What a [`FolderShipper`] is given.
pub(crate) struct ShipperParts<'a> {
    pub(crate) store: Store,
    /// The folder of the tree.
    pub(crate) tree: &'a std::path::Path,
    pub(crate) app: &'a str,
    pub(crate) host: &'a str,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) stop: &'a Stop,
    pub(crate) report: &'a dyn Fn(&Notice),
    pub(crate) patience: Option<Duration>,
}

impl<'a> FolderShipper<'a> {
    /// Opens a tree.
    ///
    /// # Errors
    ///
    /// If it is none, or no thread of its own can be used for requests.
    pub(crate) fn new(parts: ShipperParts<'a>) -> Result<Self, ShipError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Ok(Self {
            tree: ClosedTree::open(parts.tree)?,
            store: parts.store,
            app: parts.app,
            host: parts.host,
            clock: parts.clock,
            stop: parts.stop,
            report: parts.report,
            patience: parts.patience,
            has_worked: false,
            random: RandomState::new(),
            runtime: runtime.map_err(ShipError::io("cannot prepare requests for", parts.tree))?,
            shipped: ShippedFolders::default(),
            unreadable: HashSet::new(),
        })
    }

    /// Ships folders until the run is asked to stop, or, with `once`, all that are closed now.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed, another process ships it, a mark cannot be written, or the
    /// store cannot be used as it is configured. With `once`, also if a folder could not be read.
    pub(crate) fn run(mut self, once: bool) -> Result<ShippedFolders, ShipError> {
        let marks = StateDir::new(self.tree.marks());
        let _lock = marks.lock()?;
        // Nothing is uploaded that could not be marked.
        marks.check()?;
        loop {
            let mut failed = None;
            for folder in self.tree.unshipped(self.clock.now())? {
                match self.ship(&folder) {
                    Ok(Step::Done) => {}
                    Ok(Step::Stopped) => return Ok(self.shipped),
                    Err(error @ ShipError::Unreadable { .. }) => {
                        if self.unreadable.insert(folder.folder) {
                            (self.report)(&Notice::NotShipped(error.to_string()));
                        }
                        failed = Some(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            self.tree.forget_gone()?;
            if once {
                return failed.map_or(Ok(self.shipped), Err);
            }
            if self.clock.wait(self.stop, PAUSE) {
                return Ok(self.shipped);
            }
        }
    }

    /// Returns what would be shipped: the keys of all objects.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn keys(&self) -> Result<Vec<String>, ShipError> {
        let folders = self.tree.unshipped(self.clock.now())?;
        let keys = folders.iter().flat_map(|folder| {
            let files = folder.files.iter();
            files.map(|file| self.key(folder, file))
        });
        Ok(keys.collect())
    }

    fn key(&self, folder: &ClosedFolder, file: &ClosedFile) -> String {
        key(&KeyParts {
            prefix: &self.store.prefix,
            app: self.app,
            host: self.host,
            stream: &file.stream,
            start: folder.start,
            part: file.part,
            is_json: file.is_json,
        })
    }

    /// Ships the files of a folder that are not in the store yet, and marks it.
    fn ship(&mut self, folder: &ClosedFolder) -> Result<Step, ShipError> {
        let mut mark = ShippedMark::default();
        for file in &folder.files {
            let content = match content(&file.sources) {
                Ok(content) => content,
                // Retention has compressed or removed it. The next look finds what is there.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Step::Done),
                Err(source) => return Err(unreadable(folder, file, source)),
            };
            let Some(mut content) = content else {
                mark.files.insert(file.name.clone(), 0);
                continue;
            };
            let key = self.key(folder, file);
            match self.upload(&key, &mut content.file, content.bytes) {
                Ok(Step::Done) => {}
                Ok(Step::Stopped) => return Ok(Step::Stopped),
                Err(UploadError::Content(source)) => {
                    return Err(unreadable(folder, file, source));
                }
                Err(UploadError::Passing(why) | UploadError::Lasting(why)) => {
                    let endpoint = self.store.url.clone();
                    return Err(ShipError::Receiver { endpoint, why });
                }
            }
            self.shipped.objects += 1;
            self.shipped.bytes += content.bytes;
            mark.files.insert(file.name.clone(), content.plain_bytes);
        }
        self.tree.set_mark(folder.folder, &mark)?;
        self.shipped.folders += 1;
        Ok(Step::Done)
    }

    /// Uploads an object, and tries again for as long as the store is waited for.
    fn upload(
        &mut self,
        key: &str,
        content: &mut std::fs::File,
        bytes: u64,
    ) -> Result<Step, UploadError> {
        let begun = self.clock.instant();
        let mut failed = 0;
        loop {
            let uploaded = self
                .runtime
                .block_on(self.store.upload(key, content, bytes));
            let why = match uploaded {
                Ok(()) => {
                    self.has_worked = true;
                    if failed > 0 {
                        self.report_back(begun);
                    }
                    return Ok(Step::Done);
                }
                // What has worked is being changed, and is waited for.
                Err(UploadError::Lasting(why)) if self.has_worked => why,
                Err(UploadError::Passing(why)) => why,
                Err(error) => return Err(error),
            };
            if failed == 0 {
                let endpoint = self.store.url.clone();
                let why = why.clone();
                (self.report)(&Notice::Away { endpoint, why });
            }
            failed += 1;
            let waited = self.clock.instant().saturating_duration_since(begun);
            if self.patience.is_some_and(|patience| waited >= patience) {
                return Err(UploadError::Passing(why));
            }
            let pause = wait(failed, None, self.random.hash_one((key, failed)));
            if self.clock.wait(self.stop, pause) {
                return Ok(Step::Stopped);
            }
        }
    }

    fn report_back(&self, begun: Instant) {
        let endpoint = self.store.url.clone();
        let after = self.clock.instant().saturating_duration_since(begun);
        (self.report)(&Notice::Back { endpoint, after });
    }
}

fn unreadable(folder: &ClosedFolder, file: &ClosedFile, source: io::Error) -> ShipError {
    ShipError::Unreadable {
        file: format!("{}/{}", folder.folder, file.name),
        source,
    }
}

impl fmt::Display for ShippedFolders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            folders,
            objects,
            bytes,
        } = self;
        write!(
            f,
            "shipped {folders} folders: {objects} objects, {bytes} bytes"
        )
    }
}
