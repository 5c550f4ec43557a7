//! ROOM: any place of the tree, without reading the tree.
//!
//! ```text
//!   screen ── Query ─► QueryService ─┬─► PageQuery   pages and finds: a few blocks around one place
//!          ◄─ Reply ──               └─► ScanJob     search and histogram: all files
//! ```
//!
//! Lines of a file are in order of time, so a place in time is found by halving, with a few small
//! reads, and no index is needed. Answers come as events, so that the screen never waits.

#[cfg(test)]
pub(crate) use self::reply::{Bucket, Found};
pub(crate) use self::{
    filter::{Filter, FilterRule, Verdict, View, level},
    folder_cursor::Step,
    pattern::{BadPattern, Case, Pattern},
    reply::{Answer, Histogram, Hits, Page, Reply},
    request::{Direction, Place, Query, QueryId, Request, RequestKind, Target},
    service::{QueryService, ReplySink, TreeSource},
    time_spec::{BadTimeSpec, TimeSpec},
    tree_cursor::{Bounds, TreeCursor, handovers},
};

mod blocks;
mod context;
mod filter;
mod folder_cursor;
mod histogram;
mod page_query;
mod pattern;
mod reply;
mod request;
mod scan;
mod scan_job;
mod service;
mod stream_files;
mod time_spec;
mod tree_cursor;
