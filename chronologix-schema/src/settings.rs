//! What settings are: their words, quantities and rules. Pure.

pub mod options;
pub mod period;
pub mod quantity;
pub mod suggest;
