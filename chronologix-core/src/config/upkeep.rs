//! What becomes of folders once they are closed, and of files that grow.

use super::{Config, ConfigProblem, StreamConfig};
use crate::{ByteSize, Compression, Retention};

#[cfg(test)]
mod tests;

/// The smallest limit: some lines must fit.
const SMALLEST_LIMIT: u64 = 4 << 10;

/// What is asked for, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct UpkeepSettings {
    pub(crate) retain: Vec<Retention>,
    pub(crate) compress: Option<Compression>,
    /// In bytes. The writer's business, not that of the upkeep.
    pub(crate) max_file_size: Option<u64>,
}

impl Config {
    /// How long logs are kept: an age (`7d`; units `m`, `h`, `d`, `w`), a total size (`10GiB`), or a number of folders. Default: for ever.
    ///
    /// Several rules may be given, one call each; what is too old, too many or too much by any of them is removed, oldest first, a whole
    /// interval folder or its archive at a time. The age counts from the time a folder was closed. The number counts the folder in use,
    /// and so does the size.
    ///
    /// Looked after at the start and after each rollover, by a thread of low priority that works for all loggers of the tree. It
    /// touches nothing but the files of the tree's streams in folders with names of ours; whatever else lies there stays, and so does its folder.
    /// The current and the next folder, and those closed less than two intervals ago, stay in any case.
    ///
    /// It needs a lock of the kind that Unix systems have: elsewhere, such as on Windows, this and [`Config::compress`] are a [`ConfigError`](crate::ConfigError).
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().interval("1h").retain("7d").retain("10GiB").validate()?;
    /// Config::new().retain(30).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn retain<R>(mut self, rule: R) -> Self
    where
        R: TryInto<Retention>,
        R::Error: Into<ConfigProblem>,
    {
        match rule.try_into() {
            Ok(rule) if rule.is_nothing() => {
                let problem = ConfigProblem::from(rule.nothing());
                self.problems.push(problem.at("retain"));
            }
            Ok(rule) => self.upkeep.retain.push(rule),
            Err(error) => self.problems.push(error.into().at("retain")),
        }
        self
    }

    /// Forgets the rules given so far: all is kept.
    pub(super) fn retain_all(mut self) -> Self {
        self.upkeep.retain.clear();
        self
    }

    /// Compresses closed folders: `zst` or `gz` for each file in place (`app.log.zst`), or `tar.zst`, `tar.gz` or `zip` for each folder
    /// beside it. Default: not at all.
    ///
    /// Each is a feature of this crate: `zstd`, `gzip`, `zip`, and `tar` together with one of the first two.
    ///
    /// It is done two intervals after a folder was closed, by the thread that [`Config::retain`] speaks of. A file goes only when its
    /// archive is whole and on disk. Empty files stay as they are, unless the whole folder is packed.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().compress("zst");
    /// # #[cfg(feature = "zstd")]
    /// config.validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn compress<C>(mut self, compression: C) -> Self
    where
        C: TryInto<Compression>,
        C::Error: Into<ConfigProblem>,
    {
        match compression.try_into() {
            Ok(compression) => self.upkeep.compress = Some(compression),
            Err(error) => self.problems.push(error.into().at("compress")),
        }
        self
    }

    /// How large a file may become, 4 KiB at least: `100MiB`, or a number of bytes. Default: as large as it likes.
    ///
    /// The next line goes to `app.1.log` then, in the same folder, and so on up to `app.9999.log`, which grows. Nothing is renamed, and no line is
    /// split: one that is longer than this has a file to itself. The full file is synced when it is left.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().max_file_size("100MiB").validate()?;
    /// assert!(Config::new().max_file_size(100).validate().is_err());
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn max_file_size<S>(mut self, size: S) -> Self
    where
        S: TryInto<ByteSize>,
        S::Error: Into<ConfigProblem>,
    {
        match size.try_into() {
            Ok(size) => self.upkeep.max_file_size = Some(size.bytes()),
            Err(error) => self.problems.push(error.into().at("max_file_size")),
        }
        self
    }

    pub(super) fn check_upkeep(
        &self,
        streams: &[StreamConfig],
        problems: &mut Vec<ConfigProblem>,
    ) -> UpkeepSettings {
        if let Some(size) = self
            .upkeep
            .max_file_size
            .filter(|size| *size < SMALLEST_LIMIT)
        {
            let value = size.to_string();
            let why = format!("{value} bytes; allowed: {SMALLEST_LIMIT} (4KiB) or more");
            problems.push(ConfigProblem::new("max_file_size", &value, &why));
        }
        if let Some(compression) = self.upkeep.compress {
            problems.extend(without_features(compression));
            let looks_packed = |file: &String| {
                let file = file.to_ascii_lowercase();
                [".zst", ".gz"].iter().any(|ending| file.ends_with(ending))
            };
            for stream in streams {
                let file = stream.file_name();
                if looks_packed(&file) {
                    let key = format!("streams.{}.file", stream.name);
                    let why = format!(
                        "{file:?} has the name of a compressed file, and closed folders are compressed; choose another"
                    );
                    problems.push(ConfigProblem::new(&key, &file, &why));
                }
            }
        }
        if self.upkeep.is_asked_for() && !cfg!(all(unix, not(target_os = "solaris"))) {
            let why = "closed folders are looked after under a lock that this system does not have; leave out `retain` and `compress`";
            problems.push(ConfigProblem::new("retain", "", why));
        }
        self.upkeep.clone()
    }
}

/// The problem with a compression that this build cannot do.
fn without_features(compression: Compression) -> Option<ConfigProblem> {
    let built_in = [
        ("zstd", cfg!(feature = "zstd")),
        ("gzip", cfg!(feature = "gzip")),
        ("tar", cfg!(feature = "tar")),
        ("zip", cfg!(feature = "zip")),
    ];
    let needed: &[&str] = match compression {
        Compression::Zst => &["zstd"],
        Compression::Gz => &["gzip"],
        Compression::TarZst => &["tar", "zstd"],
        Compression::TarGz => &["tar", "gzip"],
        _ => &["zip"],
    };
    let missing = needed
        .iter()
        .filter(|feature| built_in.contains(&(**feature, false)));
    let missing = missing
        .map(|feature| format!("{feature:?}"))
        .collect::<Vec<_>>();
    (!missing.is_empty()).then(|| {
        let word = compression.as_str();
        let features = missing.join(", ");
        let why = format!(
            "{word:?} was not built in; switch it on in Cargo.toml: chronologix = {{ version = \"…\", features = [{features}] }}"
        );
        ConfigProblem::new("compress", word, &why)
    })
}

impl UpkeepSettings {
    /// Whether there is anything to do in closed folders.
    pub(crate) fn is_asked_for(&self) -> bool {
        self.compress.is_some() || !self.retain.is_empty()
    }
}
