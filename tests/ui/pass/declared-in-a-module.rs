//! A module may declare, if the root re-exports what it declares.

mod setup {
    #[chronologix::streams(app)]
    pub(crate) fn start() {
        chronologix::log!(app, "x").detach();
    }
}

pub(crate) use setup::chronologix_streams;

fn main() {
    chronologix_streams::off();
    setup::start();
    chronologix::log!(app, "x").detach();
}
