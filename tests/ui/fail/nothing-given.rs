//! The stream comes first.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!().detach();
}
