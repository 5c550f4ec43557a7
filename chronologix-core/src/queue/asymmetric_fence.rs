//! Two fences that work together, one of which costs nothing.
//!
//! Two threads that each write something and then read what the other wrote need a sequentially consistent fence between the two, or
//! both may miss the other's write. Callers pass here with every record, the writer seldom. A full fence makes a caller wait until
//! its own stores have reached the cache, 100 to 200 ns when a line has to come from another core. So where the kernel can have a fence
//! executed on every processor that runs this process ([`membarrier(2)`]), the writer asks for that, and callers only keep the
//! compiler from moving their load up. Elsewhere both execute a full fence, and so do the models, in which the two are the same.
//!
//! [`membarrier(2)`]: https://man7.org/linux/man-pages/man2/membarrier.2.html

use std::sync::atomic::{AtomicBool, Ordering, compiler_fence};

use super::sync::fence;

/// Whether the kernel fences for the callers. Set before the first writer runs, for all loggers.
static BY_KERNEL: AtomicBool = AtomicBool::new(false);

/// Asks the kernel for its help. To be called before there are callers; without it all is right as well.
pub(super) fn prepare() {
    if kernel::is_willing() {
        BY_KERNEL.store(true, Ordering::SeqCst);
    }
}

/// The callers' fence. It goes with [`heavy`], not with another of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct LightFence {
    by_kernel: bool,
}

impl LightFence {
    /// To be made behind [`prepare`].
    pub(super) fn new() -> Self {
        Self {
            by_kernel: BY_KERNEL.load(Ordering::SeqCst),
        }
    }

    #[inline]
    pub(super) fn light(self) {
        if self.by_kernel {
            compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
    }
}

/// The writer's fence.
pub(super) fn heavy() {
    fence(Ordering::SeqCst);
    if BY_KERNEL.load(Ordering::Relaxed) {
        kernel::fence();
    }
}

#[cfg(all(target_os = "linux", not(miri), not(loom)))]
mod kernel {
    use std::{thread, time::Duration};

    use rustix::thread::{MembarrierCommand, membarrier};

    /// No store stays this long in the buffer of a processor.
    const LONG: Duration = Duration::from_millis(1);

    pub(super) fn is_willing() -> bool {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
            && membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }

    /// It was willing once, and so is refused only if the process has since forbidden itself the call.
    pub(super) fn fence() {
        if membarrier(MembarrierCommand::PrivateExpedited).is_err() && !is_willing() {
            thread::sleep(LONG);
        }
    }
}

#[cfg(not(all(target_os = "linux", not(miri), not(loom))))]
mod kernel {
    pub(super) fn is_willing() -> bool {
        false
    }

    pub(super) fn fence() {}
}
