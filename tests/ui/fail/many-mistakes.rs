//! All mistakes are told at once.

#[chronologix::streams(
    app,
    app,
    nul,
    errors -> (ap, errors),
    audit(durability = "fsync", colour = "red", file = "a/b") -> app,
)]
fn main() {}
