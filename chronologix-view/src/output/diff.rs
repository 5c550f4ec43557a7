//! Prints what is new, gone, or much more or less frequent than before.

use std::{
    io::{self, Write},
    path::PathBuf,
    str::FromStr,
    sync::Arc,
};

use chrono::TimeDelta;
use chronologix_schema::layout::TimeZone;
use serde_json::{Map, Value};

use super::{
    Options, OutputError, Shape, TimeRange,
    columns::{on_one_line, write_cells},
    object::printed_time,
    pattern_table::insert_source,
    stats::StatsShape,
    tree_printer::{PatternSource, pattern_table},
};
use crate::{
    patterns::{Catalogue, Exposure, PatternChange, PatternTable, SourceLine, diff},
    query::TimeSpec,
    sanitize,
    streams::StreamNames,
    tree::{Clock, LONGEST_PRINTED, Root, Tree},
};

#[cfg(test)]
mod tests;

/// The names of the columns.
const HEADS: [&str; 7] = [
    "change", "now", "before", "level", "pattern", "example", "source",
];

/// What records are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DiffWith {
    /// Those of as long a time just before.
    Before,
    /// Those of as long a time, so much earlier.
    Earlier(TimeDelta),
    /// Those of another tree or file.
    Other(PathBuf),
}

impl FromStr for DiffWith {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "" => return Err("name a span of time such as -1d, or another tree".into()),
            "before" | "previous" => Self::Before,
            "yesterday" => Self::Earlier(TimeDelta::days(1)),
            "last week" | "last-week" => Self::Earlier(TimeDelta::days(7)),
            _ => match text.parse() {
                Ok(TimeSpec::Before(span)) if span > TimeDelta::zero() => Self::Earlier(span),
                _ => Self::Other(text.into()),
            },
        })
    }
}

/// Prints how the patterns of a tree differ from those it is compared with.
///
/// # Errors
///
/// Fails with [`OutputError::NewErrors`] if a pattern with records of level error or higher is new.
pub(super) fn print_diff(
    root: Root,
    with: &DiffWith,
    options: &Options,
    clock: Clock,
    (out, notes): (&mut dyn Write, &mut dyn Write),
) -> Result<(), OutputError> {
    let names = StreamNames::default();
    let mut tree = Tree::new(root.clone(), LONGEST_PRINTED, names.clone());
    // What cannot be read is reported below.
    let _ = tree.refresh(clock());
    let mut range = TimeRange::new(options, &tree, clock())?;
    let zone = options.zone.clone().unwrap_or(TimeZone::UTC);
    let (earlier, other) = match with {
        DiffWith::Other(path) => {
            let opened = Root::open(std::slice::from_ref(path), false, clock());
            let other = opened.root.ok_or_else(|| {
                let troubles = opened.troubles.join("; ");
                OutputError::NothingToCompare(path.display().to_string(), troubles)
            })?;
            (range, other)
        }
        DiffWith::Before | DiffWith::Earlier(_) => {
            let since = range.since.ok_or(OutputError::NoSince)?;
            let until = range.until.unwrap_or_else(clock);
            range.until = Some(until);
            let span = match with {
                DiffWith::Earlier(span) => *span,
                _ => until - since,
            };
            let earlier = TimeRange {
                since: Some(since.checked_sub_signed(span).ok_or(OutputError::NoTime)?),
                until: Some(until.checked_sub_signed(span).ok_or(OutputError::NoTime)?),
            };
            (earlier, root.clone())
        }
    };
    // Both sides know the statements of both, so that a pattern is the same on both.
    let mut statements = other.statements();
    let mut other_names = names.clone();
    if matches!(with, DiffWith::Other(_)) {
        statements.push('\n');
        statements.push_str(&root.statements());
        other_names = StreamNames::default();
    }
    let catalogue = Arc::new(Catalogue::parse(&statements));
    let source = PatternSource {
        root,
        names,
        catalogue: Arc::clone(&catalogue),
        range,
    };
    let (now, is_now_whole) = pattern_table(source, options, clock, notes)?;
    let source = PatternSource {
        root: other,
        names: other_names,
        catalogue,
        range: earlier,
    };
    let (before, is_before_whole) = pattern_table(source, options, clock, notes)?;
    let changes = diff(&now, &before, exposure(with, &now, &before));
    let shape = match options.shape {
        Shape::Patterns(shape) => shape,
        _ => StatsShape::Table,
    };
    let mut shown: Vec<&PatternChange> = changes.iter().collect();
    if options.patterns.rarest_first {
        shown.reverse();
    }
    write(out, &shown, shape, &zone)?;
    out.flush()?;
    if !is_now_whole || !is_before_whole {
        Err(OutputError::Incomplete)
    } else if changes.iter().any(PatternChange::is_new_error) {
        Err(OutputError::NewErrors)
    } else {
        Ok(())
    }
}

/// Returns how much was looked at: as long a time, or all records of two trees.
fn exposure(with: &DiffWith, now: &PatternTable, before: &PatternTable) -> Exposure {
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs few digits")]
    let records = |table: &PatternTable| table.records().max(1) as f64;
    match with {
        DiffWith::Other(_) => Exposure {
            now: records(now),
            before: records(before),
        },
        DiffWith::Before | DiffWith::Earlier(_) => Exposure {
            now: 1.0,
            before: 1.0,
        },
    }
}

fn write(
    out: &mut dyn Write,
    changes: &[&PatternChange],
    shape: StatsShape,
    zone: &TimeZone,
) -> io::Result<()> {
    match shape {
        StatsShape::Table => {
            let rows: Vec<[String; 7]> = changes.iter().map(|change| cells(change)).collect();
            write_table(out, &rows)
        }
        StatsShape::Json => changes.iter().try_for_each(|change| {
            sanitize::write_json(&mut *out, &object(change, zone))?;
            out.write_all(b"\n")
        }),
        StatsShape::Csv => {
            write_cells(out, HEADS.map(ToOwned::to_owned).into_iter())?;
            let mut rows = changes.iter().map(|change| cells(change));
            rows.try_for_each(|cells| write_cells(out, cells.into_iter()))
        }
    }
}

fn cells(change: &PatternChange) -> [String; 7] {
    let level = change.pattern.count.highest_level();
    let source = change.pattern.source.as_ref();
    [
        change.kind.as_str().to_owned(),
        change.now.records.to_string(),
        change.before.records.to_string(),
        level.map_or_else(|| "-".to_owned(), |level| level.as_str().to_owned()),
        change.pattern.text.to_string(),
        example(change).to_owned(),
        source.map(SourceLine::to_string).unwrap_or_default(),
    ]
}

/// Returns a message of the records now, or before, if there are none now.
fn example(change: &PatternChange) -> &str {
    if change.now.records > 0 {
        &change.now.example
    } else {
        &change.before.example
    }
}

fn object(change: &PatternChange, zone: &TimeZone) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("change".into(), change.kind.as_str().into());
    object.insert("pattern".into(), (&*change.pattern.id).into());
    object.insert("text".into(), (&*change.pattern.text).into());
    if let Some(source) = &change.pattern.source {
        insert_source(&mut object, source);
    }
    object.insert("now".into(), change.now.records.into());
    object.insert("before".into(), change.before.records.into());
    let likelihood = (change.likelihood * 100.0).round() / 100.0;
    object.insert("likelihood_ratio".into(), likelihood.into());
    if let Some(level) = change.pattern.count.highest_level() {
        object.insert("level".into(), level.as_str().into());
    }
    let times = [
        ("first", change.pattern.count.first),
        ("last", change.pattern.count.last),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            object.insert(name.into(), printed_time(time, zone).into());
        }
    }
    object.insert("example".into(), example(change).into());
    object
}

/// Writes cells as a table, the example of each row below it, and where its statement stands.
fn write_table(out: &mut dyn Write, rows: &[[String; 7]]) -> io::Result<()> {
    let heads = HEADS.map(ToOwned::to_owned);
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&heads]);
        cells
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let [change_width, now_width, before_width, level_width] = widths;
    for row in [&heads]
        .into_iter()
        .filter(|_| !rows.is_empty())
        .chain(rows)
    {
        let [change, now, before, level, pattern, example, source] = row;
        write!(out, "{change:<change_width$}  {now:>now_width$}  ")?;
        write!(out, "{before:>before_width$}  {level:<level_width$}  ")?;
        writeln!(out, "{}", on_one_line(pattern))?;
        if row == &heads {
            continue;
        }
        let margin = widths.iter().sum::<usize>() + 2 * widths.len();
        let is_other = |text: &&String| !text.is_empty() && *text != pattern;
        for text in [example, source].into_iter().filter(is_other) {
            writeln!(out, "{:margin$}{}", "", on_one_line(text))?;
        }
    }
    Ok(())
}
