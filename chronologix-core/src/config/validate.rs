//! The check of a configuration as a whole: the rules of settings, and what only this build, this
//! process and this declaration know.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use chronologix_schema::{
    layout,
    settings::{
        ConfigError, ConfigProblem, LoggerOptions, StreamOptions, keys::NO_FILES,
        names::unknown_stream,
    },
};

use super::{
    Config, Settings, StreamSettings, sealing,
    settings::{KeepSettings, Modes},
};
use crate::{
    ByteSize, Compression, CompressionSetting, Durability, Echo, Format, LevelFilter,
    format::{line::LineLayout, message::LineStyle},
    sinks::SinkSettings,
};

impl Config {
    /// Checks everything without starting anything.
    ///
    /// # Errors
    ///
    /// With all problems at once, each with the key, the value, and what is allowed.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let error = Config::new().interval("7h").timestamp_format("%Q").validate().unwrap_err();
    /// assert_eq!(error.problems().len(), 2);
    /// ```
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check().map(|_| ())
    }

    /// Turns the configuration into settings, or into everything that is wrong with it.
    pub(crate) fn check(&self) -> Result<Settings, ConfigError> {
        let options = &self.options;
        let mut problems = Vec::new();
        let zone = layout::zone(&options.timezone);
        let targets = options.check(zone.as_ref().err(), &mut problems);
        let base = if options.no_files {
            PathBuf::from("the console")
        } else {
            absolute("base_log_dir", &options.base_log_dir, &mut problems)
        };
        let streams = options.streams();
        let names = streams.iter().map(|stream| stream.name.as_str());
        let names = names.collect::<Vec<_>>();
        self.check_declared(&names, &mut problems);
        check_retention(options, &mut problems);
        let seal = sealing::check(options, &mut problems);
        let sinks = self.check_sinks(&names, &mut problems);
        #[cfg(feature = "toml")]
        let reload = self.check_reload(&mut problems);
        let zone = match zone {
            Ok(zone) if problems.is_empty() => zone,
            _ => return Err(ConfigError::new(problems)),
        };
        Ok(Settings {
            base,
            no_files: options.no_files,
            interval: options.interval,
            zone,
            timestamp_format: options.timestamp_format.clone(),
            streams: resolve(&streams, targets, options),
            logged: streams.len(),
            filter: options.filter.clone(),
            queue_capacity: options.queue_capacity,
            modes: Modes {
                file: options.file_mode,
                dir: options.dir_mode,
            },
            redactor: self.redactor.clone(),
            exit_timeout: options.exit_timeout,
            flush_on_signals: options.flush_on_signals,
            retain: options.retain.clone(),
            retain_after: options.retain_after,
            compress: options.compress,
            seal,
            max_file_size: options.max_file_size.map(ByteSize::bytes),
            file_header: options.file_header,
            sinks,
            #[cfg(feature = "toml")]
            reload,
        })
    }

    /// Checks that the declared streams come first: a record names its stream by its index.
    fn check_declared(&self, names: &[&str], problems: &mut Vec<ConfigProblem>) {
        for streams in &self.declared {
            let declared = streams.declaration.names().collect::<Vec<_>>();
            let place = names.get(usize::from(streams.first)..);
            if !place.is_some_and(|names| names.starts_with(&declared)) {
                let place = match streams.first {
                    0 => "they come first".to_owned(),
                    first => format!("they come after the first {first}"),
                };
                let why = format!(
                    "the declared streams are {}, and {place}, in this order; others may follow",
                    declared.join(", ")
                );
                problems.push(ConfigProblem::new("streams", names.join(", "), why));
            }
        }
    }

    /// Finds the streams of echo and hooks.
    fn check_sinks(&self, known: &[&str], problems: &mut Vec<ConfigProblem>) -> SinkSettings {
        let given = &self.options.echo;
        if self.echo.is_none() {
            problems.extend(given.problem_alone());
        }
        let mut unknown = |key: &str, names: Vec<String>| {
            let names = names.iter();
            problems.extend(names.map(|name| unknown_stream(key, name, known)));
        };
        let echo = self.echo.clone().unwrap_or_else(Echo::off).with(given);
        let mut settings = SinkSettings {
            echo: (!echo.is_off()).then_some(echo),
            hooks: self.hooks.clone(),
            echo_waits: self.options.no_files,
        };
        if let Some(echo) = &mut settings.echo {
            let names = echo.streams.resolve(known);
            // Those that were read are a problem of the settings already.
            unknown(
                "echo.streams",
                if given.streams.is_some() {
                    Vec::new()
                } else {
                    names
                },
            );
        }
        for hook in &mut settings.hooks {
            let key = format!("hooks.{}.streams", hook.name);
            unknown(&key, hook.streams.resolve(known));
        }
        if settings.echo_waits && settings.echo.is_none() && settings.hooks.is_empty() {
            let why = "without files, nothing would get the records; \
                       add an echo such as \"stdout\", or a hook";
            problems.push(ConfigProblem::new(NO_FILES, "true", why));
        }
        for (at, hook) in self.hooks.iter().enumerate() {
            let name = &hook.name;
            if self.hooks[..at].iter().any(|other| other.name == *name) {
                let why = format!("there are two hooks named {name:?}; give each its own name");
                problems.push(ConfigProblem::new("hooks", name, why));
            }
            if hook.queue == 0 {
                let key = format!("hooks.{name}.queue");
                let why = "0 records; allowed: 1 and more";
                problems.push(ConfigProblem::new(key, "0", why));
            }
        }
        settings
    }
}

/// Fills in the defaults.
fn resolve(
    streams: &[StreamOptions],
    targets: Vec<Vec<usize>>,
    options: &LoggerOptions,
) -> Vec<StreamSettings> {
    let index = |target: usize| u16::try_from(target).ok();
    let resolve = |(stream, targets): (&StreamOptions, Vec<usize>)| StreamSettings {
        name: stream.name.clone(),
        file: stream.file_name(),
        format: stream.format.unwrap_or_default(),
        multiline: stream.multiline.unwrap_or_default(),
        taken: stream.min_level.or(options.min_level).unwrap_or_default(),
        durability: stream.durability.unwrap_or_default(),
        overflow: stream.overflow.unwrap_or(options.overflow),
        dedup: stream.dedup,
        layout: layout(stream),
        keep: None,
        targets: targets.into_iter().filter_map(index).collect(),
    };
    let mut resolved = streams.iter().zip(targets).map(resolve).collect::<Vec<_>>();
    for (at, stream) in streams.iter().enumerate() {
        let (Some(level), Some(dumped_to)) = (stream.keep, index(resolved.len())) else {
            continue;
        };
        let dumps = dumps_of(&resolved[at], stream, dumped_to);
        resolved[at].keep = Some(KeepSettings {
            level,
            last: stream.kept_bytes(),
            every: stream.kept_every(),
            dumped_to,
        });
        resolved.push(dumps);
    }
    resolved
}

/// Returns what stands for a stream when its kept records are written: nothing is logged to it.
fn dumps_of(keeping: &StreamSettings, options: &StreamOptions, index: u16) -> StreamSettings {
    StreamSettings {
        name: options.kept_name(),
        file: options.kept_file_name(),
        taken: LevelFilter::Off,
        durability: Durability::Queued,
        dedup: None,
        targets: vec![index],
        ..keeping.clone()
    }
}

/// Returns how the lines of a stream's file look.
fn layout(stream: &StreamOptions) -> LineLayout {
    LineLayout {
        style: match stream.format.unwrap_or_default() {
            Format::Json => LineStyle::Json,
            _ => LineStyle::Text(stream.multiline.unwrap_or_default()),
        },
        location: stream.location.unwrap_or_default(),
        has_thread: stream.thread.unwrap_or_default(),
        has_id: stream.ids.unwrap_or_default(),
        template: stream.line.clone().map(Arc::new),
    }
}

/// Returns an absolute path: what is there stays there if the program changes its directory.
pub(super) fn absolute(key: &str, path: &Path, problems: &mut Vec<ConfigProblem>) -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let path = match (path.strip_prefix("~"), home) {
        (Ok(in_home), Some(home)) => Path::new(&home).join(in_home),
        (Ok(_), None) => {
            let why = "`~` is the home directory, but HOME is not set; name the path in full";
            let value = path.to_string_lossy();
            problems.push(ConfigProblem::new(key, value, why));
            path.to_owned()
        }
        (Err(_), _) => path.to_owned(),
    };
    std::path::absolute(&path).unwrap_or(path)
}

/// Checks that this build and this system can look after closed folders as asked.
fn check_retention(options: &LoggerOptions, problems: &mut Vec<ConfigProblem>) {
    if let Some(compression) = options.compress.map(CompressionSetting::compression) {
        let missing = missing_features(compression);
        if !missing.is_empty() {
            let word = compression.as_str();
            let features = missing.join(", ");
            let why = format!(
                "{word:?} is not built in; enable it in Cargo.toml: \
                 chronologix = {{ version = \"…\", features = [{features}] }}"
            );
            problems.push(ConfigProblem::new("compress", word, why));
        }
    }
    let is_asked_for = options.compress.is_some() || !options.retain.is_empty() || options.seal;
    if is_asked_for && cfg!(target_os = "solaris") {
        let why = "retention, compression and seals need a file lock, which this system does not \
                   have; leave out `retain`, `compress` and `seal`";
        problems.push(ConfigProblem::new("retain", "", why));
    }
}

/// Returns the features that a compression needs and this build does not have, in quotes.
fn missing_features(compression: Compression) -> Vec<String> {
    const ZSTD: (&str, bool) = ("zstd", cfg!(feature = "zstd"));
    const GZIP: (&str, bool) = ("gzip", cfg!(feature = "gzip"));
    const TAR: (&str, bool) = ("tar", cfg!(feature = "tar"));
    let needed: &[(&str, bool)] = match compression {
        Compression::Zst => &[ZSTD],
        Compression::Gz => &[GZIP],
        Compression::TarZst => &[TAR, ZSTD],
        Compression::TarGz => &[TAR, GZIP],
        _ => &[("zip", cfg!(feature = "zip"))],
    };
    let missing = needed.iter().filter(|(_, is_built_in)| !is_built_in);
    missing.map(|(feature, _)| format!("{feature:?}")).collect()
}
