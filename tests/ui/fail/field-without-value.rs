//! Only a variable stands for itself.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "http.status"; "x").detach();
}
