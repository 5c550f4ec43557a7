//! Prints the existing records of a tree.

use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::Arc,
};

use chronologix_schema::layout::{Folder, TimeZone};

use super::{
    Context, Options, OutputError, PatternOptions, Shape, TimeRange, filter_of, printer::Printer,
    stats::StatsShape, wanted,
};
use crate::{
    merge::{Fold, Record},
    patterns::{Catalogue, PatternTable, Patterns},
    query::{
        Bounds, Direction, Filter, PatternRange, Place, Step, TreeCursor, TreeSource, Verdict,
        View, WholeRecords,
    },
    streams::StreamNames,
    tree::{Clock, LONGEST_PRINTED, Root, Tree},
};

/// How many lines are looked at to find a timestamp.
const PROBED: usize = 10_000;

/// Prints the existing records of a tree.
pub(super) struct TreePrinter<'a, 'b> {
    pub(super) tree: &'a mut Tree,
    pub(super) view: &'a View,
    pub(super) range: TimeRange,
    pub(super) bounds: Bounds,
    /// The first folder that is followed afterwards. Its records are remembered to detect later
    /// copies.
    pub(super) first_live: Option<Folder>,
    pub(super) clock: Clock,
    pub(super) fold: &'a mut Fold,
    pub(super) printer: &'a mut Printer<'b>,
}

impl TreePrinter<'_, '_> {
    /// Counts the records of the whole tree at once, if only counts are printed and no record is
    /// left out but by its time. Returns whether it did.
    pub(super) fn count_at_once(&mut self, source: &TreeSource, options: &Options) -> bool {
        if !options.shape.counts_patterns() {
            return options.takes_all() && self.count_all(source);
        }
        let statements = source.base.statements();
        let catalogue = Catalogue::parse(&statements);
        self.printer.know_statements(Arc::new(catalogue));
        options.takes_range() && self.count_patterns(source)
    }

    /// Counts all records at once, if only their counts are printed. Returns whether it did.
    pub(super) fn count_all(&mut self, source: &TreeSource) -> bool {
        let is_done = self.printer.count_all(source, self.view.streams.as_deref());
        self.tree.learn();
        is_done
    }

    /// Counts the patterns of all records of the range at once. Returns whether it did.
    pub(super) fn count_patterns(&mut self, source: &TreeSource) -> bool {
        let range = PatternRange {
            since: self.range.since,
            until: self.range.until,
        };
        let streams = self.view.streams.as_deref();
        let is_done = self.printer.count_patterns(source, streams, range);
        self.tree.learn();
        is_done
    }

    /// Finds the patterns of all records that match, so that each can be printed with its own.
    pub(super) fn learn_patterns(
        &mut self,
        root: &Root,
        options: &Options,
    ) -> Result<(), OutputError> {
        // What cannot be read is reported when it is printed.
        let mut notes = io::sink();
        let source = PatternSource {
            root: root.clone(),
            names: StreamNames::default(),
            catalogue: Arc::new(Catalogue::parse(&root.statements())),
            range: self.range,
        };
        let (table, _) = pattern_table(source, options, self.clock, &mut notes)?;
        self.printer.patterns = Some(Patterns::of(table));
        Ok(())
    }

    /// Prints everything, oldest first.
    pub(super) fn all(&mut self) -> Result<(), OutputError> {
        self.forward(self.view, Self::print)
    }

    /// Prints the records that match, and those around them.
    pub(super) fn with_context(&mut self, context: Context) -> Result<(), OutputError> {
        // The filter decides here, so that the others are read as well.
        let unfiltered = View {
            streams: self.view.streams.clone(),
            filter: Filter::default(),
        };
        let filter = &self.view.filter;
        let mut before: VecDeque<Vec<Record>> = VecDeque::new();
        let (mut after, mut is_gap, mut has_begun) = (0, false, false);
        self.forward(&unfiltered, |printer, record| {
            let first = record.first().filter(|record| record.line.begins_record);
            let level = first.and_then(|record| record.line.level());
            let lines = record.iter().map(|record| &*record.line);
            match filter.judge(&lines, level) {
                Verdict::Kept => {
                    if is_gap && has_begun && context != Context::default() {
                        printer.printer.gap()?;
                    }
                    for record in before.drain(..) {
                        printer.print_beside(&record)?;
                    }
                    printer.print(record)?;
                    (after, is_gap, has_begun) = (context.after, false, true);
                    Ok(())
                }
                Verdict::Near if after > 0 => {
                    after -= 1;
                    printer.print_beside(record)
                }
                Verdict::Near if printer.printer.is_full() => Err(OutputError::Enough),
                Verdict::Near => {
                    before.push_back(record.to_vec());
                    if before.len() > context.before {
                        before.pop_front();
                        is_gap = true;
                    }
                    Ok(())
                }
                Verdict::Out => Ok(()),
            }
        })
    }

    /// Prints the last records, oldest first.
    pub(super) fn last(&mut self, last: usize) -> Result<(), OutputError> {
        let mut found: Vec<Vec<Record>> = Vec::new();
        if last > 0 {
            self.backward(|_, record| {
                found.push(record.to_vec());
                Ok(found.len() < last)
            })?;
        }
        let mut found = found.into_iter().rev();
        found.try_for_each(|record| self.print(&record))
    }

    /// Prints the newest records first.
    pub(super) fn newest_first(&mut self, limit: Option<usize>) -> Result<(), OutputError> {
        let mut left = limit.unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(());
        }
        self.backward(|printer, record| {
            printer.print(record)?;
            left -= 1;
            Ok(left > 0)
        })
    }

    /// Returns whether a line of the selected streams has a timestamp.
    pub(super) fn has_times(&mut self) -> bool {
        let unfiltered = View {
            streams: self.view.streams.clone(),
            filter: Filter::default(),
        };
        let mut cursor = self.cursor(&unfiltered, Place::Beginning, Direction::Newer);
        let mut looked_at = 0;
        while looked_at < PROBED
            && let Some(lines) = self.next(&mut cursor)
        {
            if lines.iter().any(|line| line.line.own.is_some()) {
                return true;
            }
            looked_at += lines.len();
        }
        // Where there are no lines at all, times are not what is missing.
        looked_at == 0
    }

    /// Passes on the records of the range, oldest first.
    fn forward<F>(&mut self, view: &View, mut pass_on: F) -> Result<(), OutputError>
    where
        F: FnMut(&mut Self, &[Record]) -> Result<(), OutputError>,
    {
        let bounds = self.searched();
        let from = bounds.since.map_or(Place::Beginning, Place::Time);
        let mut cursor = self.cursor(view, from, Direction::Newer);
        let mut whole = WholeRecords::new(Direction::Newer);
        'tree: while let Some(lines) = self.next(&mut cursor) {
            for line in lines {
                let instant = line.line.key.instant;
                if bounds.until.is_some_and(|until| instant >= until) {
                    break 'tree;
                }
                if self.range.contains(&line.line)
                    && let Some(record) = whole.add(line)
                {
                    pass_on(self, record)?;
                }
            }
        }
        match whole.finish() {
            Some(record) => pass_on(self, record),
            None => Ok(()),
        }
    }

    /// Passes on the records of the range, newest first, until `pass_on` returns false.
    fn backward<F>(&mut self, mut pass_on: F) -> Result<(), OutputError>
    where
        F: FnMut(&mut Self, &[Record]) -> Result<bool, OutputError>,
    {
        let bounds = self.searched();
        let from = bounds.until.map_or(Place::End, Place::Time);
        let mut cursor = self.cursor(self.view, from, Direction::Older);
        let mut whole = WholeRecords::new(Direction::Older);
        'tree: while let Some(lines) = self.next(&mut cursor) {
            for line in lines.into_iter().rev() {
                let instant = line.line.key.instant;
                if bounds.since.is_some_and(|since| instant < since) {
                    break 'tree;
                }
                if self.range.contains(&line.line)
                    && let Some(record) = whole.add(line)
                    && !pass_on(self, record)?
                {
                    return Ok(());
                }
            }
        }
        match whole.finish() {
            Some(record) => pass_on(self, record).map(drop),
            None => Ok(()),
        }
    }

    /// Returns the range outside of which nothing is looked for. In small files of other loggers,
    /// everything is looked at: a clock may have been set back.
    fn searched(&self) -> TimeRange {
        if self.tree.is_read_in_whole() {
            return TimeRange::default();
        }
        let before_own = self.tree.timestamps().most_before_own();
        TimeRange {
            since: self
                .range
                .since
                .map(|since| since.checked_sub_signed(before_own).unwrap_or(since)),
            ..self.range
        }
    }

    fn cursor(&self, view: &View, from: Place, direction: Direction) -> TreeCursor {
        TreeCursor::by_time(self.tree, view, from, direction).within(self.bounds.clone())
    }

    /// Returns the next records, oldest first, or `None` at the end.
    fn next(&mut self, cursor: &mut TreeCursor) -> Option<Vec<Record>> {
        loop {
            match cursor.step(self.tree, (self.clock)()) {
                Step::Records(records) => return Some(records),
                Step::Pending => {}
                Step::Trouble(trouble) => {
                    self.printer.note(format_args!("{trouble}"));
                    self.printer.is_incomplete = true;
                }
                Step::End => return None,
            }
        }
    }

    /// Prints a record that matches.
    fn print(&mut self, record: &[Record]) -> Result<(), OutputError> {
        self.remember(record);
        self.printer.record(record, self.tree.streams())
    }

    /// Prints a record beside one that matches.
    fn print_beside(&mut self, record: &[Record]) -> Result<(), OutputError> {
        self.printer.neighbour(record, self.tree.streams())
    }

    fn remember(&mut self, record: &[Record]) {
        let live = self.first_live;
        for line in record {
            if live.is_some_and(|live| live <= line.line.key.folder) {
                let streams = self.tree.streams();
                self.fold.remember(&line.line, &line.streams, streams);
            }
        }
    }
}

/// Records whose patterns are counted.
pub(super) struct PatternSource {
    /// A tree, or some files.
    pub(super) root: Root,
    pub(super) names: StreamNames,
    /// The statements that they can be of.
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) range: TimeRange,
}

/// Counts the patterns of the records that match and are of the range. Returns whether everything
/// could be read, too.
pub(super) fn pattern_table(
    source: PatternSource,
    options: &Options,
    clock: Clock,
    notes: &mut dyn Write,
) -> Result<(PatternTable, bool), OutputError> {
    let PatternSource { root, names, .. } = source;
    let counting = Options {
        shape: Shape::Patterns(StatsShape::Table),
        patterns: PatternOptions::default(),
        first: None,
        last: None,
        ..options.clone()
    };
    let mut tree = Tree::new(root.clone(), LONGEST_PRINTED, names.clone());
    tree.refresh(clock()).map_err(|error| {
        OutputError::NothingToCompare(root.base().display().to_string(), error.to_string())
    })?;
    let view = View {
        streams: wanted(&counting, &mut tree, clock())?,
        filter: filter_of(&counting, &root, &names),
    };
    let mut out = io::sink();
    let mut printer = Printer::new(&mut out, notes, &counting, TimeZone::UTC);
    printer.know_statements(source.catalogue);
    let mut counter = TreePrinter {
        tree: &mut tree,
        view: &view,
        range: source.range,
        bounds: Bounds::whole(),
        first_live: None,
        clock,
        fold: &mut Fold::default(),
        printer: &mut printer,
    };
    let source = TreeSource {
        base: root,
        names,
        clock,
    };
    if !(counting.takes_range() && counter.count_patterns(&source)) {
        counter.all()?;
    }
    let is_whole = !printer.is_incomplete;
    Ok((printer.counted_patterns(), is_whole))
}
