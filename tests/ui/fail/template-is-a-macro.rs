//! The template takes the arguments itself.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, format!("a {}", 1)).detach();
}
