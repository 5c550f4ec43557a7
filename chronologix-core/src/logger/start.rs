//! Starting a logger: by the configuration, and in a forked child.
//!
//! What was queued before a fork is the parent's. The first record of the child starts a writer of
//! its own.

use std::{
    error::Error as _,
    future::Future,
    io,
    sync::{Arc, atomic::AtomicU32},
};

#[cfg(feature = "toml")]
use super::reload;
use super::{Logger, StopOnDrop};
use crate::{
    Config, ConfigError, ConfigProblem, DiskError, Error, Incident, LogError,
    backend::writer::{SharedState, Writer},
    clock::Clock,
    config::{Settings, StreamSettings},
    error_reporter::ErrorReporter,
    format::line::LineLayout,
    fs::{no_files::NoFiles, os::OsFs, traits::FileSystem},
    process::hooks,
    queue::{
        block_on::block_on,
        channel::{Channel, StreamPolicy},
        oneshot,
        recorder::Recorder,
        registry::QueueRegistry,
    },
    retention,
    stream::{DeclaredStreams, Levels},
    worker,
};

impl Config {
    /// Starts the logger: creates the folders and files, and the writer thread.
    ///
    /// Only the writer thread touches the disk, so no executor is blocked.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a setting is wrong or the base directory cannot be used. Nothing is
    /// left on disk then. [`Error::AlreadyStarted`] if a logger is running these declared streams.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is ready, no logger stays behind.
    pub fn start(self) -> impl Future<Output = Result<Logger, Error>> + Send {
        let fs = file_system(self.options.no_files);
        start_on(self, fs)
    }

    /// As [`Config::start`], blocking, for code outside async.
    ///
    /// # Errors
    ///
    /// As [`Config::start`].
    pub fn start_blocking(self) -> Result<Logger, Error> {
        block_on(self.start())
    }
}

fn file_system(no_files: bool) -> Box<dyn FileSystem> {
    if no_files {
        Box::new(NoFiles)
    } else {
        Box::new(OsFs::default())
    }
}

/// Starts a logger on any file system.
pub(crate) async fn start_on(config: Config, fs: Box<dyn FileSystem>) -> Result<Logger, Error> {
    let mut settings = config.check()?;
    settings.sinks.use_current_runtime();
    let base = settings.base.display().to_string();
    DeclaredStreams::claim(&config.declared)?;
    // From here on `SharedState::end` releases the declaration, wherever the start fails.
    let shared = Arc::new(share(settings, &config));
    let logger = Logger {
        shared: Arc::clone(&shared),
        context: None,
        _last: Arc::new(StopOnDrop(shared)),
    };
    #[cfg(any(test, feature = "testing"))]
    logger.watch_clock(&config.clock);
    let (opened, answer) = oneshot::channel();
    let opened = |outcome| opened.send(outcome);
    fs.report_to(&logger.shared.error_reporter);
    let begin = |shared: Arc<SharedState>| {
        let writer = Writer::open(Arc::clone(&shared), fs)?;
        hooks::install();
        hooks::register(&shared, &mut hooks::block_forks());
        // No record is taken before the hooks know the logger.
        for streams in &shared.declared {
            streams.started(&shared.queues);
        }
        Ok(writer)
    };
    if let Err(error) = spawn(Arc::clone(&logger.shared), begin, opened) {
        drop(logger.shared.end());
        return Err(Error::Thread(error));
    }
    match answer.await {
        Some(Ok(())) => {
            #[cfg(feature = "toml")]
            reload::watch(&logger.shared)?;
            Ok(logger)
        }
        Some(Err(error)) => {
            let cause = error.source().map(|cause| format!(": {cause}"));
            let why = format!(
                "{base:?} cannot be used: {error}{}; choose a directory that this process can create or write to",
                cause.unwrap_or_default()
            );
            let problem = ConfigProblem::new("base_log_dir", &base, why);
            Err(Error::Config(ConfigError::new(vec![problem])))
        }
        None => Err(Error::Log(LogError::Stopped)),
    }
}

pub(crate) fn share(settings: Settings, config: &Config) -> SharedState {
    let queues = Arc::new(queues(&settings, config.clock.clone()));
    let streams = settings
        .streams
        .iter()
        .map(|it| (it.name.clone(), it.taken));
    let levels = Levels::new(
        Arc::clone(&queues),
        config.declared.clone(),
        streams,
        &settings.filter,
    );
    let error_reporter = ErrorReporter::new(config.on_error.clone());
    SharedState::new(
        settings,
        queues,
        Arc::new(levels),
        error_reporter,
        config.declared.clone(),
    )
}

fn queues(settings: &Settings, clock: Clock) -> QueueRegistry {
    let rule = |stream: &StreamSettings| {
        let targets = stream.targets.iter().map(|target| usize::from(*target));
        let layouts = targets.map(|target| &settings.streams[target].layout);
        StreamPolicy {
            durability: stream.durability,
            overflow: stream.overflow,
            // `Levels` sets it.
            threshold: AtomicU32::new(0),
            location: layouts
                .clone()
                .map(LineLayout::needed_location)
                .max()
                .unwrap_or_default(),
            names_thread: layouts.clone().any(LineLayout::names_thread),
            recorder: stream.keep.map(|keep| Recorder::new(keep.level, keep.last)),
        }
    };
    let streams = settings.streams.iter().map(rule).collect();
    QueueRegistry::new(Channel::new(settings.queue_capacity, streams, clock))
}

/// Starts the writer thread, and calls `opened` once its folders are open or cannot be opened.
fn spawn(
    shared: Arc<SharedState>,
    begin: impl FnOnce(Arc<SharedState>) -> Result<Writer, DiskError> + Send + 'static,
    opened: impl FnOnce(Result<(), DiskError>) + Send + 'static,
) -> Result<(), Arc<io::Error>> {
    // Records of a forked child go to the child's own writer.
    let parent = Arc::downgrade(&shared);
    let child = move || Some(Arc::clone(&parent.upgrade()?.here().queues));
    shared.queues.set_fork_child(child);
    let work = move || {
        let guard = EndOnDrop(Arc::clone(&shared));
        match begin(Arc::clone(&shared)) {
            Ok(writer) => {
                // Before the caller goes on: what comes later is not of the start.
                let clock = &shared.queues.channel.clock;
                let started = clock.with_suspended(writer.timeline.now());
                opened(Ok(()));
                retention::start(&shared, &*writer.fs, started);
                writer.run();
            }
            Err(error) => {
                // The declaration is released first, because the caller may start again at once.
                drop(guard);
                opened(Err(error));
            }
        }
    };
    worker::spawn("chronologix", Box::new(work))
        .map(drop)
        .map_err(Arc::new)
}

/// Ends the logger when its writer thread ends, also by a panic, so that no caller waits for ever.
struct EndOnDrop(Arc<SharedState>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        drop(self.0.end());
        self.0.error_reporter.shutdown(self.0.settings.exit_timeout);
    }
}

impl SharedState {
    /// Returns the logger of this process: itself, or in a forked child one with the same settings,
    /// which is started if it is not running yet.
    pub(crate) fn here(self: &Arc<Self>) -> &Arc<Self> {
        if !self.queues.channel.is_inherited() || self.has_ended() {
            return self;
        }
        if let Some(child) = self.fork_child.get() {
            return child.here();
        }
        // Holds off forks, so that a child of this process never sees a half-initialised logger.
        let mut forks = hooks::block_forks();
        let start = || self.start_child(&mut forks);
        self.fork_child.get_or_init(start).here()
    }

    /// As [`SharedState::here`], but starts nothing.
    pub(super) fn running_here(self: &Arc<Self>) -> Option<&Arc<Self>> {
        if self.queues.channel.is_inherited() {
            return self.fork_child.get()?.running_here();
        }
        Some(self)
    }

    /// Starts the logger of a forked child. It reads only what never changes in the parent's state,
    /// because threads that the child does not have may hold the locks.
    fn start_child(&self, forks: &mut hooks::ForksBlocked) -> Arc<Self> {
        let queues = queues(&self.settings, self.queues.channel.clock.clone());
        // The declaration still refers to the parent's state, which leads here.
        let mut settings = self.settings.clone();
        settings.sinks.leave_runtime();
        // Handles read the levels of the parent's queues, in this process as well.
        let levels = Arc::clone(&self.levels);
        let error_reporter = ErrorReporter::new(self.error_reporter.handler.clone());
        let child = Self::new(
            settings,
            Arc::new(queues),
            levels,
            error_reporter,
            Vec::new(),
        );
        let child = Arc::new(child);
        // Before its thread: the process may end before that runs.
        hooks::register(&child, forks);
        // No caller waits for the folders, so they are opened with the first record.
        let begin = |child: Arc<Self>| {
            let fs = file_system(child.settings.no_files);
            fs.report_to(&child.error_reporter);
            Ok(Writer::after_fork(child, fs))
        };
        if let Err(error) = spawn(Arc::clone(&child), begin, drop) {
            drop(child.end());
            child.error_reporter.report(Incident::Thread(error));
        }
        child
    }
}
