//! log4rs. It has no thread of its own: each call formats and writes its line under a mutex.

use std::path::Path;

use log::LevelFilter;
use log4rs::{
    append::file::FileAppender,
    config::{Appender, Config, Root},
    encode::pattern::PatternEncoder,
};

use super::{Drained, Peer, log_crate::LogCrate};
use crate::Failure;

/// The logger is installed for the whole process.
pub(crate) struct Log4rs;

impl Peer for Log4rs {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let lines = PatternEncoder::new("[{d(%H:%M:%S%.6f)(utc)}] {m}{n}");
        let file = FileAppender::builder()
            .encoder(Box::new(lines))
            .build(dir.join("app.log"))?;
        let config = Config::builder()
            .appender(Appender::builder().build("app", Box::new(file)))
            .build(Root::builder().appender("app").build(LevelFilter::Info))?;
        log4rs::init_config(config)?;
        Ok(Self)
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}
