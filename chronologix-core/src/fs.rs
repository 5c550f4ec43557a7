//! The file system: the only room of this crate that names `std::fs`. Everything here blocks.
//!
//! [`traits`] is what the writer needs of a file system, [`retention_fs`] what retention needs of
//! closed folders. [`os`] implements both on the real one. [`no_files`] is for loggers without any.
//! [`memory`] is for users' tests. In our own, `tests/sim` also crashes and fails. [`poller`] is
//! where the writer waits until there is something to do.

#[cfg(any(test, feature = "testing"))]
pub(crate) mod memory;
pub(crate) mod no_files;
pub(crate) mod os;
pub(crate) mod poller;
pub(crate) mod retention_fs;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod traits;
