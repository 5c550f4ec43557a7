//! chronologix with three streams, one of them mirrored.

use std::path::Path;

use chronologix::{Logger, log};

use super::{Caller, Drained, Peer, StreamsCaller, ours};
use crate::{
    Failure,
    order::Order,
    workloads::mirrored::{APP, ERRORS},
};

#[chronologix::streams(app, errors -> app, audit)]
struct Streams;

/// A running logger.
pub(crate) struct OursStreams(Logger);

pub(crate) struct Waiting;

impl Peer for OursStreams {
    type Caller = Waiting;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let config = chronologix_streams::config()
            .base_log_dir(dir)
            .timestamp_format("%H:%M:%S.%f");
        Ok(Self(config.start_blocking()?))
    }

    fn caller(&self) -> Result<Waiting, Failure> {
        Ok(Waiting)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        ours::drain(&self.0)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Caller for Waiting {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        self.log_to(APP, order);
    }
}

impl StreamsCaller for Waiting {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = *order;
        let record = match stream {
            APP => log!(
                chronologix_streams::app,
                "order <> filled at <> for <>",
                number,
                price,
                name
            ),
            ERRORS => log!(
                chronologix_streams::errors,
                "order <> filled at <> for <>",
                number,
                price,
                name
            ),
            _ => log!(
                chronologix_streams::audit,
                "order <> filled at <> for <>",
                number,
                price,
                name
            ),
        };
        // What became of it, the lines in the files tell.
        let _ = record.wait();
    }
}
