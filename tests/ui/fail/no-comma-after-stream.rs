//! A comma stands between.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app "starting").detach();
}
