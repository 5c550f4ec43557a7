//! Watches folders for file events.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::mpsc::{SyncSender, TrySendError},
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::tree::Identity;

/// A watcher of a few folders.
pub(crate) struct Watch {
    /// `None` if there are no file events.
    watcher: Option<RecommendedWatcher>,
    /// The watched folders, with their identities.
    watched: BTreeMap<PathBuf, Option<Identity>>,
    /// Why there are no file events, until it was reported.
    trouble: Option<String>,
}

impl Watch {
    /// Sends to `wake` after each event, without blocking.
    pub(crate) fn new(wake: SyncSender<()>) -> Self {
        let handler = move |event: notify::Result<Event>| {
            // Reading causes access events of its own. An error, such as a queue overflow, requires
            // a scan.
            if event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                return;
            }
            match wake.try_send(()) {
                // The receiver is awake or gone.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        };
        let (watcher, trouble) = match notify::recommended_watcher(handler) {
            Ok(watcher) => (Some(watcher), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            watcher,
            watched: BTreeMap::new(),
            trouble,
        }
    }

    /// Watches these folders only. Returns whether one was added, because its content may have
    /// changed before.
    pub(crate) fn aim(&mut self, wanted: &[(PathBuf, Option<Identity>)]) -> bool {
        let Some(watcher) = &mut self.watcher else {
            return false;
        };
        let is_wanted = |path: &Path, identity: Option<Identity>| {
            wanted.iter().any(|(other, now)| {
                other == path && (now.is_none() || identity.is_none() || *now == identity)
            })
        };
        self.watched.retain(|path, identity| {
            let is_wanted = is_wanted(path, *identity);
            if !is_wanted {
                // The folder may be gone, and the watch with it.
                let _ = watcher.unwatch(path);
            }
            is_wanted
        });
        let mut has_added = false;
        for (path, identity) in wanted {
            if let Some(known) = self.watched.get_mut(path) {
                *known = known.or(*identity);
                continue;
            }
            match watcher.watch(path, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(path.clone(), *identity);
                    has_added = true;
                }
                // The folder is being created or removed. The next scan will see it.
                Err(error) if !path.is_dir() => drop(error),
                Err(error) => {
                    self.trouble = Some(error.to_string());
                    self.watcher = None;
                    return true;
                }
            }
        }
        has_added
    }

    /// Returns whether there are file events.
    pub(crate) fn has_events(&self) -> bool {
        self.watcher.is_some()
    }

    /// Returns once why there are no file events.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("watched", &self.watched)
            .finish_non_exhaustive()
    }
}
