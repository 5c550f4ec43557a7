//! Queries about any place of the tree, without reading all of it.
//!
//! ```text
//!   screen ── Query ─► QueryService ─┬─► PageQuery  pages and finds: a few blocks at one place
//!          ◄─ Reply ──               ├─► ScanJob    search and histogram: all files
//!                                    ├─► find_top   values of a field, patterns: all files
//!                                    └─► Export     the records of a range, in order
//! ```
//!
//! The lines of a file are in order of time. A binary search with a few small reads finds a point
//! in time, so no index is needed. Replies are events, so the screen never waits for a query.

pub use self::{
    condition::{BadCondition, Condition, Field, PATTERN, quoted, text_of},
    export::CreateFile,
    filter::{FieldRule, Filter, FilterRule, Verdict, View, level_of_word},
    folder_cursor::Step,
    largest::RankedRecord,
    line_regex::{BadRegex, Case, LineRegex},
    pattern_counts::{PatternRange, PatternWatch, count_patterns},
    record_counts::{RecordCount, RecordCounts, RecordGroups, count_records},
    reply::{Answer, Histogram, Hits, Page, Reply, Taken, add_to},
    request::{
        Destination, Direction, Place, Query, QueryId, RecordRange, Request, RequestKind, Target,
    },
    service::{QueryService, ReplySink, TreeSource},
    time_spec::{BadTimeSpec, TimeSpec},
    top::{RankedChanges, RankedPatterns, Ranking, Top, TopAnswer, TopOf, TopRows, Windows},
    top_job::find_top,
    tree_cursor::{Bounds, TreeCursor, handovers},
    value_counts::{RankedValues, ValueCount},
    values::LineValues,
    whole_records::{LiveRecords, WholeRecords},
};
pub use self::{
    record_reader::ReadRecord,
    reply::{Bucket, Found},
    top::Tally,
};

mod blocks;
mod condition;
mod context;
mod export;
mod filter;
mod folder_cursor;
mod histogram;
mod largest;
mod line_regex;
mod long_lines;
mod mirrored;
mod page_query;
mod pattern_counts;
mod record_boundary;
mod record_counts;
mod record_reader;
mod reply;
mod request;
mod scan;
mod scan_job;
mod service;
mod stream_files;
mod time_spec;
mod top;
mod top_job;
mod tree_cursor;
mod value_counts;
mod values;
mod whole_records;
