//! The durable references: for each record a write under a mutex, and an fdatasync if it shall be
//! synced.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Caller, DurableCaller, Peer};
use crate::{Failure, order::Order, time_of_day::TimeOfDay};

/// A file behind a mutex.
#[derive(Clone)]
pub(crate) struct MutexLoop<const SYNC: bool>(Arc<Mutex<Unbuffered>>);

struct Unbuffered {
    file: File,
    line: Vec<u8>,
    stamp: TimeOfDay,
}

impl Unbuffered {
    fn log(&mut self, order: &Order<'_>, sync: bool) -> Result<(), Failure> {
        self.line.clear();
        write!(self.line, "[{}] ", self.stamp.now())?;
        order.write_to(&mut self.line);
        self.line.push(b'\n');
        self.file.write_all(&self.line)?;
        if sync {
            self.file.sync_data()?;
        }
        Ok(())
    }
}

impl<const SYNC: bool> Peer for MutexLoop<SYNC> {
    type Caller = Self;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = File::options()
            .append(true)
            .create(true)
            .open(dir.join("app.log"))?;
        Ok(Self(Arc::new(Mutex::new(Unbuffered {
            file,
            line: Vec::new(),
            stamp: TimeOfDay::default(),
        }))))
    }

    fn caller(&self) -> Result<Self, Failure> {
        Ok(self.clone())
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<const SYNC: bool> Caller for MutexLoop<SYNC> {
    fn log(&mut self, order: &Order<'_>) {
        // A record that failed is missed in the file.
        let _ = self.sync(order);
    }
}

impl<const SYNC: bool> DurableCaller for MutexLoop<SYNC> {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .log(order, SYNC)
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        // Blocking, as such a loop does when it is called from a task; the other tasks get their
        // turn in between.
        self.sync(order)?;
        tokio::task::yield_now().await;
        Ok(())
    }
}
