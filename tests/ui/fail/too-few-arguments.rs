//! The count is that of the compiler.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<> of <>", 1).detach();
}
