//! The reference with three files: an error is formatted once and copied.

use std::path::Path;

use super::{
    Caller, Peer, StreamsCaller,
    reference::{Block, Format},
};
use crate::{
    Failure,
    order::Order,
    time_of_day::TimeOfDay,
    workloads::mirrored::{APP, AUDIT, ERRORS},
};

/// The files by stream.
pub(crate) struct ThreeFiles<F>([Block<F>; 3]);

pub(crate) struct Lines<F> {
    files: [Block<F>; 3],
    error: Vec<u8>,
    stamp: TimeOfDay,
}

impl<F: Format> Peer for ThreeFiles<F> {
    type Caller = Lines<F>;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let open = |name| Block::open(&dir.join(name));
        Ok(Self([
            open("app.log")?,
            open("errors.log")?,
            open("audit.log")?,
        ]))
    }

    fn caller(&self) -> Result<Lines<F>, Failure> {
        let [app, errors, audit] = &self.0;
        Ok(Lines {
            files: [app.twin()?, errors.twin()?, audit.twin()?],
            error: Vec::new(),
            stamp: TimeOfDay::default(),
        })
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<F: Format> Caller for Lines<F> {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        self.log_to(APP, order);
    }

    fn end(mut self) -> Result<(), Failure> {
        self.files.iter_mut().try_for_each(Block::finish)
    }
}

impl<F: Format> StreamsCaller for Lines<F> {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        match stream {
            ERRORS => {
                self.error.clear();
                F::write(order, self.stamp.now(), &mut self.error);
                self.files[ERRORS].copy(&self.error);
                self.files[APP].copy(&self.error);
            }
            AUDIT => self.files[AUDIT].log(order),
            _ => self.files[APP].log(order),
        }
    }
}
