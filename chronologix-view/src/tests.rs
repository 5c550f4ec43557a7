//! What the tests of several modules share: a model fed by hand, and a tree in memory.

mod fake_tree;
pub(crate) mod harness;
