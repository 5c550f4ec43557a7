//! Other people's engines on trees that the library wrote. `.ci/engines` installs them. A test
//! whose engine is missing says that it is skipped.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

// Where the engines are, and processes of them that end with the test.
mod engine;
// Any text and any type in JSON lines, read by DuckDB.
mod json_lines;
// The statements of `docs/query.md`.
mod query_page;
// The configurations of `docs/collect.md`.
#[cfg(unix)]
mod tailers;

/// The streams of this test binary. Tests that start them take turns: see `engine::turn`.
#[chronologix::streams(app(keep = "trace", min_level = "info"), errors -> app, orders(format = "json", ids = true, min_level = "info", compile_min_level = "debug"))]
mod declared {}
