//! An asymmetric pair of fences: free on the callers' side, expensive on the writer's.
//!
//! Two threads that each write one variable and then read the other's need a sequentially
//! consistent fence in between, or both may miss the other's write. Callers pass such a fence with
//! every record, and the writer passes one only before it parks. A full fence makes a caller wait
//! until its own stores have reached the cache, which takes 100 to 200 ns when a line has to come
//! from another core.
//!
//! So the work is moved to the writer. Its *heavy* fence asks the kernel to execute a fence on
//! every processor that runs this process ([`membarrier(2)`]). The callers' *light* fence then only
//! has to keep the compiler from reordering. Folly has the same pair as
//! `asymmetric_thread_fence_light` and `asymmetric_thread_fence_heavy`. Where the kernel has no
//! such call, and in the models of loom, both are full fences.
//!
//! [`membarrier(2)`]: https://man7.org/linux/man-pages/man2/membarrier.2.html

use std::sync::atomic::{AtomicBool, Ordering, compiler_fence};

use super::sync::fence;

/// Whether the kernel executes the callers' fences. Set before the first writer runs.
static BY_KERNEL: AtomicBool = AtomicBool::new(false);

/// Registers the process with the kernel. Must run before there are callers.
///
/// If the kernel refuses, all fences are full ones, so the result is correct in both cases.
pub(super) fn register() {
    if kernel::register() {
        BY_KERNEL.store(true, Ordering::SeqCst);
    }
}

/// The callers' fence. It pairs with [`heavy`], and not with another of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct LightFence {
    by_kernel: bool,
}

impl LightFence {
    /// Creates the fence. Must run after [`register`].
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

    /// Longer than any store stays in the buffer of a processor.
    const STORE_BUFFER_DRAIN: Duration = Duration::from_millis(1);

    pub(super) fn register() -> bool {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
            && membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }

    pub(super) fn fence() {
        // The kernel agreed once, so it refuses only if the process has forbidden itself the call
        // since, for example by seccomp. Callers still have the light fence, so the writer waits
        // until their stores must have become visible.
        if membarrier(MembarrierCommand::PrivateExpedited).is_err() && !register() {
            thread::sleep(STORE_BUFFER_DRAIN);
        }
    }
}

#[cfg(not(all(target_os = "linux", not(miri), not(loom))))]
mod kernel {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn fence() {}
}
