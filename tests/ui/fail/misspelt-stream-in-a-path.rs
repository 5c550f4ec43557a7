//! As with any path.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(chronologix_streams::adit, "x").detach();
}
