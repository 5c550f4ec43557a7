//! ROOM: the tree on disk: its folders, its files, their lines and when these were logged.
//!
//! Nothing is ever written, and nothing but regular files is ever opened.

pub(crate) use self::{
    dating::{Dating, Stamps, start_in},
    lines::{Lines, RawLine},
    listing::Listing,
    positional::{Identity, file_length, open_file, read_at},
    tree::{Tree, is_file, looks_like_tree, tree_of},
};

mod dating;
mod lines;
mod listing;
mod positional;
mod tree;
