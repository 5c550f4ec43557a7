//! The reference with as many files as are asked for.

use std::{
    mem,
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{
    Caller, Peer, StreamsCaller,
    reference::{Block, Format},
};
use crate::{Failure, order::Order};

/// The files until the only caller takes them.
pub(crate) struct ManyFiles<F>(Mutex<Vec<Block<F>>>);

pub(crate) struct Lines<F>(Vec<Block<F>>);

impl<F: Format> Peer for ManyFiles<F> {
    type Caller = Lines<F>;

    fn start(dir: &Path, streams: usize) -> Result<Self, Failure> {
        let open = |stream| Block::open(&dir.join(format!("stream-{stream}.log")));
        let files = (0..streams).map(open).collect::<Result<_, _>>()?;
        Ok(Self(Mutex::new(files)))
    }

    fn caller(&self) -> Result<Lines<F>, Failure> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Lines(mem::take(&mut *files)))
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<F: Format> Caller for Lines<F> {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        self.log_to(0, order);
    }

    fn end(mut self) -> Result<(), Failure> {
        self.0.iter_mut().try_for_each(Block::finish)
    }
}

impl<F: Format> StreamsCaller for Lines<F> {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        self.0[stream].log(order);
    }
}
