//! Ships closed folders to a store of objects: each file as one object, checked after the upload.
//! Only then the folder is marked as shipped.

use std::{
    collections::{BTreeSet, HashSet},
    fmt, io,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use chronologix_schema::{
    layout::{Folder, ShippedMark},
    settings::{ConfigError, ConfigProblem, options::ObjectFormat},
};

use self::{
    closed::{ClosedFile, ClosedFolder, ClosedTree},
    content::{FileExtent, content, extent},
    key::{KeyParts, key},
    store::UploadError,
};
use crate::{
    clock::{Clock, Stop, random},
    cursor::StateDir,
    error::ShipError,
    notice::Notice,
    retry::Tries,
};

pub(crate) use self::{metrics::ObjectMetrics, status::FolderStatus, store::Store};

mod closed;
mod content;
mod key;
mod metrics;
#[cfg(feature = "parquet")]
mod parquet;
mod status;
mod store;

#[cfg(test)]
mod tests;

/// How long a run waits before it looks for folders that were closed meanwhile.
const PAUSE: Duration = Duration::from_secs(60);

/// How often a run to the end looks again, because retention has changed a folder meanwhile.
const MOST_LOOKS: u32 = 8;

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
    form: ObjectForm,
    app: &'a str,
    host: &'a str,
    clock: &'a dyn Clock,
    stop: &'a Stop,
    metrics: Arc<ObjectMetrics>,
    report: &'a dyn Fn(&Notice),
    /// How long the store is waited for. `None`: as long as it takes.
    patience: Option<Duration>,
    /// The store has taken something since the start.
    has_worked: bool,
    runtime: tokio::runtime::Runtime,
    shipped: ShippedFolders,
    /// Folders that cannot be read, each reported once.
    unreadable: HashSet<Folder>,
}

/// How far a run came with a folder.
enum Step {
    Done,
    /// Retention has compressed or removed a file meanwhile.
    Changed,
    Stopped,
}

/// How an upload ended that did not fail.
enum Upload {
    Done,
    Stopped,
}

/// What becomes of a file.
#[derive(Debug)]
enum ObjectForm {
    /// Its lines as they are, compressed.
    Lines,
    /// A table. The tree tells what its lines look like.
    #[cfg(feature = "parquet")]
    Parquet(chronologix_reader::LogTree),
}

impl ObjectForm {
    /// # Errors
    ///
    /// If this program cannot make it, or the tree cannot be read.
    fn new(format: ObjectFormat, tree: &std::path::Path) -> Result<Self, ShipError> {
        #[cfg(not(feature = "parquet"))]
        let _ = tree;
        match format {
            ObjectFormat::Lines => Ok(Self::Lines),
            #[cfg(feature = "parquet")]
            ObjectFormat::Parquet => {
                let opened = chronologix_reader::LogTree::open(tree);
                opened.map(Self::Parquet).map_err(|error| ShipError::Tree {
                    path: tree.to_owned(),
                    source: error.into(),
                })
            }
            other => {
                let why = format!(
                    "this program was built without it; install chronologix-ship with the \
                     feature `{other}`"
                );
                let problem = ConfigProblem::new("object_format", other.to_string(), why);
                Err(ConfigError::new(vec![problem]).into())
            }
        }
    }
}

/// What a [`FolderShipper`] is given.
pub(crate) struct ShipperParts<'a> {
    pub(crate) store: Store,
    pub(crate) format: ObjectFormat,
    /// The folder of the tree.
    pub(crate) tree: &'a std::path::Path,
    pub(crate) app: &'a str,
    pub(crate) host: &'a str,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) stop: &'a Stop,
    pub(crate) metrics: Arc<ObjectMetrics>,
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
            form: ObjectForm::new(parts.format, parts.tree)?,
            store: parts.store,
            app: parts.app,
            host: parts.host,
            clock: parts.clock,
            stop: parts.stop,
            metrics: parts.metrics,
            report: parts.report,
            patience: parts.patience,
            has_worked: false,
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
        let mut looks = 0;
        loop {
            let (mut failed, mut is_changed) = (None, false);
            looks += 1;
            let folders = self.tree.unshipped(self.clock.now())?;
            self.metrics.found.store(folders.len() as u64, Relaxed);
            let mut waiting = folders.iter().copied().collect::<BTreeSet<_>>();
            let mut unreadable = 0;
            for folder in folders {
                self.count_waiting(&waiting);
                let read = self.tree.read(folder);
                match read.and_then(|read| self.ship(&read)) {
                    Ok(Step::Done) => drop(waiting.remove(&folder)),
                    Ok(Step::Changed) => is_changed = true,
                    Ok(Step::Stopped) => return Ok(self.shipped),
                    Err(error @ ShipError::Unreadable { .. }) => {
                        if self.unreadable.insert(folder) {
                            (self.report)(&Notice::NotShipped(error.to_string()));
                        }
                        unreadable += 1;
                        failed = Some(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            self.count_waiting(&waiting);
            self.metrics.unreadable.store(unreadable, Relaxed);
            self.tree.forget_gone()?;
            if once && is_changed && looks < MOST_LOOKS {
                continue;
            }
            if once {
                return failed.map_or(Ok(self.shipped), Err);
            }
            if self.clock.wait(self.stop, PAUSE) {
                return Ok(self.shipped);
            }
        }
    }

    /// Counts the folders that wait, oldest first.
    fn count_waiting(&self, waiting: &BTreeSet<Folder>) {
        let oldest = waiting.first().map(|folder| self.tree.start(*folder));
        let oldest = oldest.map_or(0, |oldest| oldest.timestamp());
        self.metrics.oldest.store(oldest, Relaxed);
        self.metrics.waiting.store(waiting.len() as u64, Relaxed);
    }

    /// Returns what would be shipped: the keys of all objects.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn keys(&self) -> Result<Vec<String>, ShipError> {
        let folders = self.tree.unshipped(self.clock.now())?;
        let mut keys = Vec::new();
        for folder in folders {
            let folder = &self.tree.read(folder)?;
            let mark = self.tree.mark(folder.folder);
            let files = folder.files.iter().filter(|file| !is_shipped(file, &mark));
            keys.extend(files.map(|file| self.key(folder, file)));
        }
        Ok(keys)
    }

    fn key(&self, folder: &ClosedFolder, file: &ClosedFile) -> String {
        key(&KeyParts {
            prefix: &self.store.prefix,
            app: self.app,
            host: self.host,
            stream: &file.stream,
            start: folder.start,
            part: file.part,
            suffix: match self.form {
                #[cfg(feature = "parquet")]
                ObjectForm::Parquet(_) => "parquet",
                ObjectForm::Lines if file.is_json => "jsonl.zst",
                ObjectForm::Lines => "log.zst",
            },
        })
    }

    /// Ships the files of a folder that are not in the store yet, and marks it.
    fn ship(&mut self, folder: &ClosedFolder) -> Result<Step, ShipError> {
        let before = self.tree.mark(folder.folder);
        let (mut mark, mut is_new) = (ShippedMark::default(), false);
        for file in &folder.files {
            let extent = match self.ship_file(folder, file, &before) {
                Ok(Some((extent, is_uploaded))) => {
                    is_new |= is_uploaded;
                    extent
                }
                Ok(None) => return Ok(Step::Stopped),
                // The next look finds what is there.
                Err(ShipError::Unreadable { source, .. })
                    if source.kind() == io::ErrorKind::NotFound =>
                {
                    return Ok(Step::Changed);
                }
                Err(error) => return Err(error),
            };
            mark.files.insert(file.name.clone(), extent.plain_bytes);
            mark.stood.extend(extent.stood);
        }
        self.tree.set_mark(folder.folder, &mark)?;
        self.shipped.folders += u64::from(is_new);
        self.metrics.folders.fetch_add(is_new.into(), Relaxed);
        Ok(Step::Done)
    }

    /// Ships a file, unless it was shipped in another shape. Returns how much there is of it, and
    /// whether it was uploaded. `None` if the run was asked to stop.
    fn ship_file(
        &mut self,
        folder: &ClosedFolder,
        file: &ClosedFile,
        before: &ShippedMark,
    ) -> Result<Option<(FileExtent, bool)>, ShipError> {
        let shipped = shipped_extent(file, before).map_err(unreadable(folder, file))?;
        if let Some(extent) = shipped {
            return Ok(Some((extent, false)));
        }
        let made = match &self.form {
            ObjectForm::Lines => content(&file.sources),
            #[cfg(feature = "parquet")]
            ObjectForm::Parquet(tree) => {
                let name = folder.folder.name();
                parquet::table(tree, (&name, &file.name), &file.sources)
            }
        };
        let (content, extent) = made.map_err(unreadable(folder, file))?;
        let Some(mut content) = content else {
            return Ok(Some((extent, false)));
        };
        let key = self.key(folder, file);
        match self.upload(&key, &mut content.file, content.bytes) {
            Ok(Upload::Done) => {}
            Ok(Upload::Stopped) => return Ok(None),
            Err(UploadError::Content(source)) => {
                return Err(unreadable(folder, file)(source));
            }
            Err(UploadError::Passing(why) | UploadError::Lasting(why)) => {
                let endpoint = self.store.url.clone();
                return Err(ShipError::Receiver { endpoint, why });
            }
        }
        self.shipped.objects += 1;
        self.shipped.bytes += content.bytes;
        self.metrics.objects.fetch_add(1, Relaxed);
        self.metrics.bytes.fetch_add(content.bytes, Relaxed);
        Ok(Some((extent, true)))
    }

    /// Uploads an object, and tries again for as long as the store is waited for.
    fn upload(
        &mut self,
        key: &str,
        content: &mut std::fs::File,
        bytes: u64,
    ) -> Result<Upload, UploadError> {
        let mut tries = Tries::begin(self.clock.instant(), self.patience);
        loop {
            let uploaded = self
                .runtime
                .block_on(self.store.upload(key, content, bytes));
            let why = match uploaded {
                Ok(()) => {
                    self.has_worked = true;
                    self.metrics.is_away.store(false, Relaxed);
                    let now = self.clock.now().timestamp();
                    self.metrics.last_success.store(now, Relaxed);
                    if tries.count() > 0 {
                        let endpoint = self.store.url.clone();
                        let after = tries.lasted(self.clock.instant());
                        (self.report)(&Notice::Back { endpoint, after });
                    }
                    return Ok(Upload::Done);
                }
                // What has worked is being changed, and is waited for.
                Err(UploadError::Lasting(why)) if self.has_worked => why,
                Err(UploadError::Passing(why)) => why,
                Err(error) => return Err(error),
            };
            self.metrics.is_away.store(true, Relaxed);
            self.metrics.retried.fetch_add(1, Relaxed);
            if tries.count() == 0 {
                let endpoint = self.store.url.clone();
                let why = why.clone();
                (self.report)(&Notice::Away { endpoint, why });
            }
            let Some(pause) = tries.failed(self.clock.instant(), None, random()) else {
                return Err(UploadError::Passing(why));
            };
            if self.clock.wait(self.stop, pause) {
                return Ok(Upload::Stopped);
            }
        }
    }
}

/// Returns how much there is of a file that was shipped as it is or in another shape. Reads it if
/// nothing else tells.
fn shipped_extent(file: &ClosedFile, mark: &ShippedMark) -> io::Result<Option<FileExtent>> {
    if !mark.files.contains_key(&file.name) {
        return Ok(None);
    }
    let extent = extent(&file.sources)?;
    let is_shipped = mark.has(&file.name, extent.plain_bytes);
    Ok(is_shipped.then_some(extent))
}

/// Returns whether a file was shipped as it is or in another shape.
fn is_shipped(file: &ClosedFile, mark: &ShippedMark) -> bool {
    shipped_extent(file, mark).is_ok_and(|extent| extent.is_some())
}

fn unreadable(folder: &ClosedFolder, file: &ClosedFile) -> impl FnOnce(io::Error) -> ShipError {
    let file = format!("{}/{}", folder.folder, file.name);
    move |source| ShipError::Unreadable { file, source }
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
