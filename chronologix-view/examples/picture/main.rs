//! Draws `assets/viewer.svg`: a screen of the program on a made-up tree, in a pseudo-terminal.
//!
//! ```text
//! cargo build -p chronologix-view && cargo run -p chronologix-view --example picture
//! ```
#![cfg_attr(
    unix,
    expect(clippy::unwrap_used, reason = "a panic shows why it failed")
)]

#[cfg(unix)]
mod scene;
#[cfg(unix)]
mod svg;

#[cfg(unix)]
fn main() {
    let screen = scene::play();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/viewer.svg");
    std::fs::write(path, svg::draw(&screen)).unwrap();
}

#[cfg(not(unix))]
fn main() {}
