//! The compiler suggests the bound.

#[chronologix::streams(app, audit)]
fn main() {
    show(1);
}

fn show<T>(value: T) {
    chronologix::log!(app, "<>", value).detach();
}
