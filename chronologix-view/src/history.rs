//! ROOM: any place of the tree, without reading the tree.
//!
//! ```text
//!   screen ─ Question ─► librarian ─┬─► pages, finds     a few blocks around one place
//!          ◄─── Reply ───           └─► surveys          search and histogram over all files
//! ```
//!
//! Lines of a file are in order of time, so a place in time is found by halving, with a few small
//! reads, and no index is needed. Answers come as events, so that the screen never waits.

#[cfg(test)]
pub(crate) use self::reply::{Bar, Found};
pub(crate) use self::{
    filter::{Filter, View, level},
    journey::{Bounds, Journey, handovers},
    librarian::{Librarian, Library, Sink},
    moment::{BadMoment, Moment},
    pattern::{BadPattern, Case, Pattern},
    reply::{Answer, Histogram, Hits, Page, Record, Reply},
    request::{Direction, Kind, Place, Question, Request, Target, Ticket},
    walk::Step,
};

mod around;
mod bars;
mod blocks;
mod filter;
mod journey;
mod librarian;
mod moment;
mod pattern;
mod reading;
mod reply;
mod request;
mod strand;
mod survey;
mod sweep;
mod walk;
