//! What `chronologix-view` stands on. Exempt from semver: use the types at the root of this crate.

/// What lines of other programs look like.
pub mod formats {
    pub use crate::formats::{
        ColourPiece, FormatEntry, LineFormat, behind_hole, has_colours, line_text, pieces,
        strip_colours,
    };
}

/// A line, and where it belongs.
pub mod line {
    pub use crate::line::{Beyond, Key, LogLine, rfc3339};
}

/// Streams merged into one timeline.
pub mod merge {
    pub use crate::merge::{Fold, FoldOutcome, Record};
}

/// What messages have in common.
pub mod patterns {
    pub use crate::patterns::{
        Catalogue, ChangeKind, Exposure, Pattern, PatternChange, PatternCount, PatternTable,
        Patterns, SourceLine, diff,
    };
}

/// Queries about any place of a tree.
pub mod query {
    pub use crate::query::{
        Answer, BadCondition, BadRegex, BadTimeSpec, Bounds, Case, Condition, CreateFile,
        Destination, Direction, Field, FieldRule, Filter, FilterRule, Histogram, Hits, LineRegex,
        LineValues, LiveRecords, PATTERN, Page, PatternRange, PatternWatch, Place, Query, QueryId,
        QueryService, RankedChanges, RankedPatterns, RankedRecord, RankedValues, Ranking,
        RecordCount, RecordCounts, RecordGroups, RecordRange, Reply, ReplySink, Request,
        RequestKind, Step, Taken, Target, TimeSpec, Top, TopAnswer, TopOf, TopRows, TreeCursor,
        TreeSource, ValueCount, Verdict, View, WholeRecords, Windows, add_to, count_patterns,
        count_records, find_top, handovers, level_of_word, quoted, text_of,
    };
    pub use crate::query::{Bucket, Found, ReadRecord, Tally};
}

/// The parts and the fields of a line.
pub mod record {
    pub use crate::record::{continue_values, field_by_name, message, values};
}

/// The streams of a tree.
pub mod streams {
    pub use crate::streams::{StreamId, StreamNames, StreamSet, Streams};
}

/// Following files as they grow.
pub mod tail {
    pub use crate::tail::{Change, Follower, Incident, Opening, Waiting, pump};
}

/// The tree on disk.
pub mod tree {
    pub use crate::tree::{
        Clock, Foreign, LONGEST_PRINTED, Opened, Root, Tree, has_input, looks_like_tree,
        raise_limit, shown_path, tree_of, wait_for_all,
    };
}
