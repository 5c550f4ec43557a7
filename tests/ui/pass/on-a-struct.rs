//! On unit structs; guards the associated constants, and that an unused stream gives no warning.
#![deny(warnings)]

/// The streams of this program.
#[derive(Debug)]
#[chronologix::streams(app, errors -> app)]
struct Logs;

fn main() {
    let _config = Logs::config();
    chronologix::log!(Logs::app, "by the struct").detach();
    chronologix::log!(app, "by the name: <>", Logs.me()).detach();
}

impl Logs {
    fn me(&self) -> &Self {
        self
    }
}

impl std::fmt::Display for Logs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("me")
    }
}
