//! The streams of the struct survive too.

#[chronologix::streams(app, errors -> ap)]
pub struct Logs;

fn main() {
    let _config = Logs::config();
    chronologix::log!(Logs::errors, "x").detach();
}
