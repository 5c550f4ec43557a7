//! Told in our own words, as the compiler knows no `<>`.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<:.2f>", 1.0).detach();
}
