//! `log!` looks at the root of the crate, and the compiler finds where the declaration is instead.

mod setup {
    #[chronologix::streams(app)]
    pub(crate) fn start() {
        chronologix::log!(app, "x").detach();
    }
}

fn main() {
    setup::start();
}
