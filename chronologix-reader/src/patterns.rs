//! Patterns: what the messages of one log statement have in common. Pure.
//!
//! ```text
//!   message ─┬─ Catalogue ─► statement ──────────────┬─► PatternTable ── group ─► Patterns
//!            └─ mask, if none fits ─► masked message ─┘
//! ```
//!
//! What varies by its spelling alone, such as a number or a path, is masked at once. What varies by
//! its words, such as a name, is found by `grouping` in all masked messages together. So the result
//! does not depend on the order in which they are read. `matcher` finds the messages of a pattern
//! without the others.

pub use self::{
    catalogue::{Catalogue, SourceLine},
    diff::{ChangeKind, Exposure, PatternChange, diff},
    found::{Pattern, Patterns},
    table::{PatternCount, PatternTable},
};
pub(crate) use self::{finder::StatementFinder, masking::Masking, matcher::PatternMatcher};

mod catalogue;
mod diff;
mod finder;
mod found;
mod grouping;
mod mask;
mod masker;
mod masking;
mod matcher;
mod prefix_tree;
mod shapes;
mod skeleton;
mod spread;
mod table;
mod template;
mod words;

#[cfg(test)]
mod tests;
