//! How many files may be open at once.

#[cfg(test)]
mod tests;

/// What one reader may keep open, as a part of what the process may: pages, searches and the
/// follower read at the same time.
const SHARE: u64 = 8;

/// What is assumed if the system does not tell a limit.
const USUAL_LIMIT: u64 = 512;

/// Raises the limit of open files to what the system allows.
pub fn raise_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = rustix::process::Rlimit {
            current: limit.maximum,
            ..limit
        };
        // The limit stays as it is then, and more files are closed in between.
        let _ = setrlimit(Resource::Nofile, raised);
    }
}

/// Returns how many files one reader may keep open. Others are closed after each read.
pub(crate) fn share() -> usize {
    share_of(limit())
}

fn share_of(limit: u64) -> usize {
    usize::try_from(limit / SHARE).unwrap_or(usize::MAX)
}

#[cfg(unix)]
fn limit() -> u64 {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    // Some systems name no limit, and have one.
    limit
        .current
        .map_or(1 << 16, |limit| limit.max(USUAL_LIMIT / 4))
}

#[cfg(not(unix))]
fn limit() -> u64 {
    USUAL_LIMIT
}
