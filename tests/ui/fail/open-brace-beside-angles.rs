//! Told in our own words, as the compiler knows no `<>`.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<> {", 1).detach();
}
