//! Which closed folders are shipped, by stream, for `chronologix-ship status`.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{closed::ClosedTree, content::extent, is_shipped};
use crate::{
    error::ShipError,
    figures::{age, bytes, columns, grouped},
    settings::Settings,
};

/// How far the closed folders of a tree are shipped.
#[derive(Clone, Debug)]
pub(crate) struct FolderStatus {
    store: Option<String>,
    /// Folders with a mark.
    shipped: u64,
    /// Closed folders of which something is not shipped.
    waiting: u64,
    streams: BTreeMap<String, StreamFiles>,
    now: DateTime<Utc>,
}

/// Files of one stream.
#[derive(Clone, Debug, Default)]
struct StreamFiles {
    shipped: u64,
    shipped_bytes: u64,
    /// When the last folder begins that has one.
    up_to: Option<DateTime<Utc>>,
    waiting: u64,
    waiting_bytes: u64,
    /// When the first folder begins that has one.
    oldest: Option<DateTime<Utc>>,
}

impl FolderStatus {
    /// Looks at the marks of a tree, and at what has none. `None` if no folder was shipped, and no
    /// store is named.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn read(settings: &Settings, now: DateTime<Utc>) -> Result<Option<Self>, ShipError> {
        let is_used = |tree: &ClosedTree| settings.store.is_some() || tree.marks().is_dir();
        let Some(tree) = ClosedTree::open(&settings.tree).ok().filter(is_used) else {
            return Ok(None);
        };
        let mut status = Self {
            store: settings.store.clone(),
            shipped: 0,
            waiting: 0,
            streams: BTreeMap::new(),
            now,
        };
        for folder in tree.folders()? {
            let mark = tree.mark(folder);
            status.shipped += u64::from(!mark.files.is_empty());
            for (file, plain_bytes) in mark.files {
                let Some(stream) = tree.stream(&file).filter(|_| plain_bytes > 0) else {
                    continue;
                };
                let files = status.streams.entry(stream.name.clone()).or_default();
                files.shipped += 1;
                files.shipped_bytes += plain_bytes;
                files.up_to = files.up_to.max(Some(tree.start(folder)));
            }
        }
        for folder in tree.unshipped(now)? {
            let mark = tree.mark(folder);
            // A folder that cannot be read waits as a whole.
            let found = tree.read(folder);
            let files = found.map_or_else(|_| Vec::new(), |found| found.files);
            let is_read = !files.is_empty();
            let mut has_waiting = !is_read;
            for file in files.iter().filter(|file| !is_shipped(file, &mark)) {
                has_waiting = true;
                let size = extent(&file.sources).map_or(0, |extent| extent.plain_bytes);
                let files = status.streams.entry(file.stream.clone()).or_default();
                files.waiting += 1;
                files.waiting_bytes += size;
                files.oldest = files.oldest.or(Some(tree.start(folder)));
            }
            status.waiting += u64::from(has_waiting);
        }
        Ok(Some(status))
    }

    fn age(&self, oldest: Option<DateTime<Utc>>) -> Option<Duration> {
        Some((self.now - oldest?).to_std().unwrap_or_default())
    }

    pub(crate) fn to_table(&self) -> String {
        let heads = [
            "stream", "files", "bytes", "up to", "waiting", "bytes", "age",
        ];
        let mut lines = vec![heads.map(str::to_owned)];
        lines.extend(self.streams.iter().map(|(stream, files)| {
            let waited = self.age(files.oldest);
            [
                stream.clone(),
                grouped(files.shipped),
                bytes(files.shipped_bytes),
                files.up_to.map_or_else(|| "-".to_owned(), moment),
                grouped(files.waiting),
                bytes(files.waiting_bytes),
                waited.map_or_else(|| "-".to_owned(), age),
            ]
        }));
        let store = self.store.as_deref().unwrap_or("not named");
        let (shipped, waiting) = (grouped(self.shipped), grouped(self.waiting));
        format!(
            "store     {store}\nfolders   {shipped} shipped, {waiting} waiting\n\n{}",
            columns(&lines, &[0, 3])
        )
    }

    pub(crate) fn to_json(&self) -> Value {
        let streams = self.streams.iter().map(|(stream, files)| {
            let state = json!({
                "shipped_files": files.shipped,
                "shipped_bytes": files.shipped_bytes,
                "shipped_up_to": files.up_to.map(moment),
                "waiting_files": files.waiting,
                "waiting_bytes": files.waiting_bytes,
                "waiting_seconds": self.age(files.oldest).map_or(0, |age| age.as_secs()),
            });
            (stream.clone(), state)
        });
        json!({
            "store": self.store,
            "shipped_folders": self.shipped,
            "waiting_folders": self.waiting,
            "streams": streams.collect::<Map<_, _>>(),
        })
    }
}

/// Returns a time as it stands in a table.
fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
