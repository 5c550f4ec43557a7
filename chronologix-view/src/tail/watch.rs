//! Wakes the follower when something may have changed: file events where they are to be had.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::mpsc::{SyncSender, TrySendError},
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::tree::Identity;

/// Watches a few folders, never a whole tree.
pub(crate) struct Watch {
    /// None where events are not to be had.
    watcher: Option<RecommendedWatcher>,
    /// The folders that are watched, and which folder was found under the path.
    watched: BTreeMap<PathBuf, Option<Identity>>,
    /// Why there are no events, until it was told.
    trouble: Option<String>,
}

impl Watch {
    /// Sends to `wake` whenever something happens in a folder; never waits for room.
    pub(crate) fn new(wake: SyncSender<()>) -> Self {
        let handler = move |event: notify::Result<Event>| {
            // Our own reading opens files and folders, which is an event too. An error, such as a
            // queue that ran over, is a reason to look.
            if event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                return;
            }
            match wake.try_send(()) {
                // It is awake, or gone.
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

    /// Watches these folders and no others. Says whether one was added, whose content may have
    /// changed since it was looked at.
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
                // It may be gone, and the watch with it.
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
                // It comes or goes just now; the next scan sees.
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

    /// Whether events are to be had.
    pub(crate) fn has_events(&self) -> bool {
        self.watcher.is_some()
    }

    /// Why there are no events, once.
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
