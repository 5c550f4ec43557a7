//! A log tree, or files, to be read.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::Utc;

use crate::{
    error::TreeError,
    follow::{FileRecords, FollowCursor, TreeFollower},
    streams::StreamNames,
    tree::{Clock, FileContent, Root},
};

/// A log tree, a folder of log files, or single files.
///
/// ```
/// use chronologix_reader::LogTree;
///
/// # let dir = tempfile::tempdir()?;
/// # std::fs::create_dir(dir.path().join("2025-05-04__15-00"))?;
/// # std::fs::write(dir.path().join("2025-05-04__15-00/app.log"), "[15:07:09] hello n=1\n")?;
/// # let my_logs = dir.path();
/// let tree = LogTree::open(my_logs)?;
/// for record in tree.records() {
///     let record = record?;
///     println!("{}: {}", record.stream(), record.message());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogTree {
    root: Root,
    clock: Clock,
}

impl LogTree {
    /// Opens what has this path: a tree, an interval folder of one, a folder of log files, or a
    /// file. Nothing is read yet.
    ///
    /// # Errors
    ///
    /// Fails if the path cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TreeError> {
        Self::open_all(&[path.as_ref().to_owned()])
    }

    /// Opens files and folders as one log, merged by time.
    ///
    /// # Errors
    ///
    /// Fails if one of the paths cannot be read.
    pub fn open_all(paths: &[PathBuf]) -> Result<Self, TreeError> {
        let clock: Clock = Utc::now;
        for path in paths {
            let unreadable = |source| TreeError::Unreadable {
                path: path.clone(),
                source,
            };
            path.metadata().map_err(unreadable)?;
        }
        let opened = Root::open(paths, false, clock());
        let problem = || TreeError::Unreadable {
            path: paths.first().cloned().unwrap_or_default(),
            source: io::Error::other(match opened.troubles.first() {
                Some(trouble) => trouble.clone(),
                None => "there is no path".to_owned(),
            }),
        };
        if !opened.troubles.is_empty() {
            return Err(problem());
        }
        let root = opened.root.clone().ok_or_else(problem)?;
        Ok(Self { root, clock })
    }

    /// Returns the base folder of the tree, or the folder of the first file.
    #[must_use]
    pub fn base(&self) -> &Path {
        self.root.base()
    }

    /// Returns whether it is a log tree, which can be followed.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        !self.root.is_of_files()
    }

    /// Reads the records that are there, all streams merged by time, each record once.
    #[cfg(feature = "query")]
    #[must_use]
    pub fn records(&self) -> crate::Records {
        crate::Records::new(self.root.clone(), self.clock)
    }

    /// Reads the records of one file from its content, which may be somewhere else: unpacked, or
    /// taken out of a store. It is not compressed, and does not grow. `folder` is the name of the
    /// interval folder, `file` that of the file in it: they tell what lines look like.
    ///
    /// In the hour that clocks show twice at the end of daylight saving time, lines without an
    /// offset are those of the second hour from where times go back. That is looked for in this
    /// content only: if the hour began once more in an earlier file of the stream, lines are dated
    /// an hour early. `records` and [`follow`](Self::follow) look at all files.
    ///
    /// ```
    /// use chronologix_reader::LogTree;
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let manifest = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC",
    /// #     "timestamp_format": "%H:%M:%S", "streams": []}"#;
    /// # std::fs::write(dir.path().join(".chronologix.json"), manifest)?;
    /// # let downloaded = dir.path().join("downloaded");
    /// # std::fs::write(&downloaded, "[15:07:09] hello n=1\n")?;
    /// # let my_logs = dir.path();
    /// let tree = LogTree::open(my_logs)?;
    /// let content = std::fs::File::open(downloaded)?;
    /// for record in tree.file_records("2025-05-04__15-00", "app.log", content)? {
    ///     let time = record?.time().expect("a time");
    ///     assert_eq!(time.to_rfc3339(), "2025-05-04T15:07:09+00:00");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if this is no tree, if it cannot be read, or if the names are not those of a folder
    /// and a log file.
    pub fn file_records(
        &self,
        folder: &str,
        file: &str,
        content: impl Into<FileContent>,
    ) -> Result<FileRecords, TreeError> {
        FileRecords::new(&self.root, self.clock, (folder, file), content.into())
    }

    /// Follows the tree from a cursor on.
    ///
    /// # Errors
    ///
    /// Fails if this is no tree, if it cannot be read, or if the cursor was kept of another tree.
    pub fn follow(&self, cursor: FollowCursor) -> Result<TreeFollower, TreeError> {
        TreeFollower::new(&self.root, StreamNames::default(), self.clock, cursor)
    }

    /// Verifies a sealed tree: compares the chain of seals, the sums of each folder and all that
    /// its files hold, on all cores. Everything that was changed, truncated, added, removed or
    /// renamed is a finding.
    ///
    /// ```no_run
    /// use chronologix_reader::{LogTree, VerifyOptions};
    ///
    /// let key = std::fs::read_to_string("seal.pub")?;
    /// let options = VerifyOptions::new().public_key_pem(&key)?;
    /// let verification = LogTree::open("my_logs")?.verify(&options)?;
    /// for finding in &verification.findings {
    ///     println!("{}: {finding}", finding.kind.as_str());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the base folder cannot be read, or if the tree is not sealed.
    #[cfg(feature = "seal")]
    pub fn verify(&self, options: &crate::VerifyOptions) -> Result<crate::Verification, TreeError> {
        crate::verify::verify(self.base(), options, (self.clock)())
    }

    /// The same, with a clock of its own.
    #[cfg(test)]
    pub(crate) fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }
}
