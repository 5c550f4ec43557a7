//! Draws the pictures in `assets`: screens of the program on a made-up tree, in a pseudo-terminal.
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
    let pictures = [
        ("viewer.svg", "dark", (30, 112), svg::DARK),
        ("viewer-light.svg", "light", (30, 112), svg::LIGHT),
        ("viewer-80x24.svg", "dark", (24, 80), svg::DARK),
    ];
    for (name, theme, size, paper) in pictures {
        let screen = scene::play(theme, size);
        let path = format!("{}/assets/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, svg::draw(&screen, paper)).unwrap();
    }
}

#[cfg(not(unix))]
fn main() {}
