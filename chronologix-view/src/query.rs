//! Queries about any place of the tree, without reading all of it.
//!
//! ```text
//!   screen ── Query ─► QueryService ─┬─► PageQuery  pages and finds: a few blocks at one place
//!          ◄─ Reply ──               ├─► ScanJob    search and histogram: all files
//!                                    └─► Export     the records of a range, in order
//! ```
//!
//! The lines of a file are in order of time. A binary search with a few small reads finds a point
//! in time, so no index is needed. Replies are events, so the screen never waits for a query.

#[cfg(test)]
pub(crate) use self::reply::{Bucket, Found};
pub(crate) use self::{
    condition::Condition,
    export::CreateFile,
    filter::{Filter, FilterRule, Verdict, View, level_of_word},
    folder_cursor::Step,
    pattern::{BadPattern, Case, Pattern},
    record_counts::{RecordCount, RecordCounts, count_records},
    reply::{Answer, Histogram, Hits, Page, Reply, Taken, add_to},
    request::{
        Destination, Direction, Place, Query, QueryId, RecordRange, Request, RequestKind, Target,
    },
    service::{QueryService, ReplySink, TreeSource},
    time_spec::{BadTimeSpec, TimeSpec},
    tree_cursor::{Bounds, TreeCursor, handovers},
    whole_records::{LiveRecords, WholeRecords},
};

mod blocks;
mod condition;
mod context;
mod export;
mod filter;
mod folder_cursor;
mod histogram;
mod long_lines;
mod page_query;
mod pattern;
mod record_boundary;
mod record_counts;
mod reply;
mod request;
mod scan;
mod scan_job;
mod service;
mod stream_files;
mod time_spec;
mod tree_cursor;
mod values;
mod whole_records;
