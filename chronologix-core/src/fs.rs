//! The file system: the only room that names `std::fs`. Blocking.
//!
//! `FileSystem` and `LogFile` ([`traits`]) are what the rest of the crate needs of a file system. [`os`] is the
//! real one. `sim` is one for tests that forgets what was not synced. [`retention_fs`] is what
//! retention may do with closed folders. [`poller`] is where the writer waits for its files.

pub(crate) mod os;
pub(crate) mod poller;
pub(crate) mod retention_fs;
#[cfg(any(test, feature = "testing"))]
#[cfg_attr(
    any(loom, not(test)),
    expect(
        dead_code,
        reason = "the crash model, which looks at all of it, is not there"
    )
)]
pub(crate) mod sim;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod traits;
