//! What the fault suite does to its own process. Part of the `testing` feature, and no part of the public API.

use std::io;

use crate::process::libc_hooks;

/// Forks this process. Gives the child's number in the parent, `None` in the child, which has this thread alone.
///
/// # Errors
///
/// The system's, if it has no room for another process.
pub fn fork() -> io::Result<Option<i32>> {
    libc_hooks::fork()
}

/// Waits for the end of a child. Gives its status: the code it exited with, or the number of the signal, negative.
///
/// # Errors
///
/// The system's, if there is no such child.
pub fn wait_for(child: i32) -> io::Result<i32> {
    libc_hooks::wait_for(child)
}

/// Ends this process at once, as a process does that nobody asks.
pub fn exit_at_once(code: i32) -> ! {
    libc_hooks::exit_at_once(code)
}

/// Sends a signal to this thread.
pub fn raise(signal: i32) {
    libc_hooks::raise(signal);
}

/// Writes to where nothing is.
pub fn crash() {
    libc_hooks::crash();
}
