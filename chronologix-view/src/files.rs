//! ROOM: the tree on disk: its folders, its files, their lines and when these were logged.
//!
//! Nothing is ever written, and nothing but regular files is ever opened.

pub(crate) use self::{
    dating::{Dating, Stamps, start_in},
    lines::{Lines, RawLine},
    listing::Listing,
    packed::{metadata, open_file},
    positional::{Identity, OpenFile, file_length, read_at},
    root::Root,
    tree::{Tree, looks_like_tree, tree_of},
};

mod dating;
mod lines;
mod listing;
mod packed;
mod positional;
mod root;
mod tree;
