//! Draws `assets/viewer.svg`: the real program on a made-up tree, in a pseudo-terminal, pressed some
//! keys and photographed.
//!
//! ```text
//! cargo build -p chronologix-view && cargo run -p chronologix-view --example picture
//! ```
#![cfg_attr(
    unix,
    expect(clippy::unwrap_used, reason = "whoever runs this sees why it failed")
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
