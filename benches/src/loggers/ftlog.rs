//! ftlog, set to wait for room. It always writes the delay of a line behind the stamp.

use std::{fmt::Display, path::Path};

use ftlog::{FtLogFormat, LoggerGuard, appender::FileAppender};
use log::Record;

use super::{Drained, Peer, log_crate::LogCrate};
use crate::Failure;

/// Records of its queue, as many as it has by default.
const QUEUE: usize = 100_000;

/// The logger is installed for the whole process; this flushes it.
pub(crate) struct Ftlog(LoggerGuard);

/// The message alone. Formatted on the caller's thread, as ftlog's own format does.
struct Message;

impl FtLogFormat for Message {
    fn msg(&self, record: &Record<'_>) -> Box<dyn Send + Sync + Display> {
        Box::new(record.args().to_string())
    }
}

impl Peer for Ftlog {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let time = time::format_description::parse_owned::<1>(
            "[hour]:[minute]:[second].[subsecond digits:6]",
        )?;
        let logger = ftlog::builder()
            .format(Message)
            .time_format(time)
            .utc()
            .bounded(QUEUE, true)
            .root(
                FileAppender::builder()
                    .path(dir.join("app.log").as_path())
                    .build(),
            )
            .build()?;
        Ok(Self(logger.init()?))
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        log::logger().flush();
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        drop(self.0);
        Ok(())
    }
}
