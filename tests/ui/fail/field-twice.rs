//! A key is given once.

#[chronologix::streams(app, audit)]
fn main() {
    let user = 1;
    chronologix::log!(app, user, id = 1, "user" = 2; "x").detach();
}
