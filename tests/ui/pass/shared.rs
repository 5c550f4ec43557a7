//! A declaration that another module brings, as another crate would; guards `pub use` at the root.

mod logs {
    /// The streams of the workspace.
    #[chronologix::streams(app, errors -> app)]
    pub struct Logs;
}

pub use logs::{Logs, chronologix_streams};

fn main() {
    let _config = Logs::config();
    chronologix::log!(app, "short").detach();
    chronologix::log!(chronologix_streams::errors, "by a path").detach();
    chronologix::log!(logs::Logs::errors, "by the struct").detach();
    // A stream is a value like any other.
    const CHOSEN: chronologix::Stream = chronologix_streams::app;
    chronologix::log!(self::choice::CHOSEN, "by another name").detach();
    let _ = CHOSEN;
}

mod choice {
    pub const CHOSEN: chronologix::Stream = super::Logs::app;
}
