//! Settings from a file and from the environment, as users see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

// Files of `good/` and `bad/`, with what they are told.
mod corpus;
// Each file is taken or refused, with everything that is wrong.
mod files;
// What a wrong file leaves behind: nothing; and how its problems look.
mod refusals;
// The JSON schema of the file, for editors.
mod schema;
// The page of the docs: its file is one, with every key.
mod page;
// Levels that follow a file.
mod reload;

/// The streams that the tests of `reload` declare.
#[chronologix::streams(app)]
mod declared {}
