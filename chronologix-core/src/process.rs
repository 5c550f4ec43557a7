//! What loggers do when the process exits, panics, gets a signal or forks.

#[cfg(unix)]
pub(crate) mod fork;
pub(crate) mod hooks;
#[cfg(unix)]
pub(crate) mod signals;
