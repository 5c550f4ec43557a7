//! ROOM: many streams as one timeline. Pure; the screen and the plain output share it.
//!
//! ```text
//!   app     a1 e1 a2 ┐  heads: the earliest line of all streams
//!   errors     e1    ┘    └► timeline: lines of the same time together
//!                              └► fold: a mirrored copy joins its line
//!                                   └► a1, e1 (errors→app), a2
//! ```

pub(crate) use self::{
    fold::{Fold, FoldOutcome},
    heads::Source,
    timeline::Timeline,
};

mod fold;
mod heads;
mod timeline;

#[cfg(test)]
mod tests;
