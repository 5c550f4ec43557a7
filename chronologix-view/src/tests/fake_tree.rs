//! A query service on a list of lines instead of a tree.

use std::{path::PathBuf, sync::Arc};

use crate::{
    line::{Key, LogLine},
    merge::Record,
    patterns::Catalogue,
    query::{
        Answer, Bucket, Destination, Direction, FilterRule, Found, Histogram, Hits, Page, Place,
        Query, ReadRecord, RecordRange, Reply, Request, Taken, Tally, Target, Top, TopAnswer, View,
        add_to,
    },
    streams::{StreamSet, Streams},
};

/// All lines of a tree, in order.
#[derive(Debug, Default)]
pub(crate) struct FakeTree {
    lines: Vec<Arc<LogLine>>,
    /// The number of rows in a part of an answer. 0 is for answers in one part.
    pub(crate) part: usize,
    /// The number of requested pages.
    pub(crate) pages: usize,
    /// The files that were written.
    pub(crate) written: Vec<(PathBuf, String)>,
    /// The log statements of the tree.
    pub(crate) catalogue: Arc<Catalogue>,
}

impl FakeTree {
    /// Adds a line.
    pub(crate) fn add(&mut self, line: LogLine) {
        self.lines.push(Arc::new(line));
        self.lines.sort_by_key(|line| line.key);
    }

    /// Answers a query like the query service.
    pub(crate) fn answer(&mut self, query: Query, streams: &Streams) -> Vec<Reply> {
        let answers = match query.request {
            Request::Page {
                view,
                from,
                direction,
                rows,
                context,
            } => {
                self.pages += 1;
                self.page(&view, from, direction, rows, context)
            }
            Request::Find {
                mut view,
                target,
                from,
                direction,
            } => {
                match target {
                    Target::Match(pattern) => {
                        view.filter.rules.push(FilterRule::new(pattern, true));
                    }
                    Target::Level(level) => view.filter.set_least(Some(level)),
                }
                let found = self.rows(&view, from, direction).next();
                vec![Answer::Found(Found {
                    key: found.map(|line| line.key),
                    reached: from,
                    is_complete: true,
                })]
            }
            Request::Search {
                mut view, pattern, ..
            } => {
                view.filter.rules.push(FilterRule::new(pattern, true));
                let keys: Vec<Key> = self
                    .rows(&view, Place::Beginning, Direction::Newer)
                    .map(|line| line.key)
                    .collect();
                let mut lines = Vec::new();
                for key in &keys {
                    add_to(&mut lines, key.stream, 1);
                }
                vec![Answer::Hits(Hits {
                    lines,
                    keys,
                    read: 1,
                    total: 1,
                    is_complete: true,
                })]
            }
            Request::Top { view, top } => vec![Answer::Top(self.top(&view, &top, streams))],
            Request::Histogram { view } => {
                vec![Answer::Histogram(self.histogram(&view, streams))]
            }
            Request::Take { range, to } => vec![Answer::Taken(self.take(&range, &to))],
        };
        let id = query.id;
        let reply = |answer| Reply {
            id,
            streams: streams.clone(),
            answer,
        };
        answers.into_iter().map(reply).collect()
    }

    /// Answers a question about a field.
    fn top(&self, view: &View, top: &Top, streams: &Streams) -> TopAnswer {
        let mut tally = Tally::new(top, &self.catalogue);
        for line in self.rows(view, Place::Beginning, Direction::Newer) {
            let texts = [(line.text.as_ref().into(), line.format)];
            let record = ReadRecord {
                key: line.key,
                own: line.own,
                texts: &texts,
                lines: &|| vec![Record::of(LogLine::clone(line))],
            };
            tally.add(top, &record, streams.name(line.key.stream));
        }
        tally.answer(top, 1, 1, true)
    }

    /// Takes the records of a range. Those for a file are kept in `written`.
    fn take(&mut self, range: &RecordRange, to: &Destination) -> Taken {
        let (mut lines, mut records, mut is_over) = (Vec::new(), 0, false);
        let mut first_line = None;
        for line in self.rows(&range.view, Place::Beginning, Direction::Newer) {
            let (first, last) = range.keys.unwrap_or((line.key, line.key));
            is_over |= line.key > last && line.begins_record;
            if line.key >= first && !is_over {
                lines.push(line.text.to_string());
                first_line.get_or_insert_with(|| Arc::clone(line));
                records += u64::from(line.begins_record || records == 0);
            }
        }
        let text = lines.join("\n");
        if let Destination::File(path) = to {
            self.written.push((path.clone(), text.clone()));
        }
        let is_short = *to == Destination::Clipboard && text.len() <= 64 << 10;
        Taken {
            records,
            percent: 100,
            is_complete: true,
            text: is_short.then_some(text),
            line: first_line.filter(|_| *to == Destination::Screen),
            problem: None,
        }
    }

    /// Returns the rows from a place on, nearest first.
    fn rows<'a>(
        &'a self,
        view: &'a View,
        from: Place,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = &'a Arc<LogLine>> + 'a> {
        let is_beyond = move |line: &&Arc<LogLine>| match (from, direction) {
            (Place::Beginning, Direction::Newer) | (Place::End, Direction::Older) => true,
            (Place::Beginning | Place::End, _) => false,
            (Place::Time(time), Direction::Newer) => line.key.instant >= time,
            (Place::Time(time), Direction::Older) => line.key.instant < time,
            (Place::Row(key), Direction::Newer) => line.key > key,
            (Place::Row(key), Direction::Older) => line.key < key,
        };
        let is_in_view = |line: &&Arc<LogLine>| {
            let streams = view.streams.as_ref();
            streams.is_none_or(|streams| streams.contains(&line.key.stream))
                && view.filter.takes(line)
        };
        let lines = self.lines.iter();
        match direction {
            Direction::Newer => Box::new(lines.filter(is_beyond).filter(is_in_view)),
            Direction::Older => Box::new(lines.rev().filter(is_beyond).filter(is_in_view)),
        }
    }

    fn page(
        &self,
        view: &View,
        from: Place,
        direction: Direction,
        rows: usize,
        context: usize,
    ) -> Vec<Answer> {
        let all = View {
            streams: view.streams.clone(),
            ..View::default()
        };
        let lines: Vec<_> = self.rows(&all, from, direction).collect();
        let begins_at_row = matches!(from, Place::Row(_));
        let is_near = |at: usize| {
            if begins_at_row && at < context {
                return true;
            }
            let until = lines.len().min(at + context + 1);
            let mut near = lines[at.saturating_sub(context)..until].iter();
            near.any(|line| view.filter.takes(line))
        };
        let near: Vec<_> = (0..lines.len()).filter(|at| is_near(*at)).collect();
        let all = near.len();
        let mut records: Vec<Record> = near
            .into_iter()
            .take(rows)
            .map(|at| lines[at])
            .map(|line| Record {
                line: Arc::clone(line),
                streams: StreamSet::of(line.key.stream),
            })
            .collect();
        let mut answers = Vec::new();
        let part = if self.part == 0 { rows } else { self.part };
        loop {
            let rest = records.split_off(part.min(records.len()));
            let is_complete = rest.is_empty();
            let reached = records
                .last()
                .map_or(from, |record| Place::Row(record.line.key));
            if direction == Direction::Older {
                records.reverse();
            }
            answers.push(Answer::Page(Page {
                records,
                reached,
                is_at_end: is_complete && all <= rows,
                is_complete,
            }));
            if is_complete {
                return answers;
            }
            records = rest;
        }
    }

    fn histogram(&self, view: &View, streams: &Streams) -> Histogram {
        let mut buckets: Vec<Bucket> = Vec::new();
        for line in self.lines.iter().filter(|line| line.begins_record) {
            if buckets
                .last()
                .is_none_or(|bucket| bucket.folder != line.key.folder)
            {
                buckets.push(Bucket::new(line.key.folder, line.key.instant));
            }
            if let Some(bucket) = buckets.last_mut() {
                let stream = line.key.stream;
                add_to(&mut bucket.lines, stream, 1);
                let is_hit = !view.filter.is_clear() && view.filter.takes(line);
                add_to(&mut bucket.hits, stream, is_hit.into());
                let is_error = line.level() >= Some(chronologix_schema::Level::Error);
                add_to(&mut bucket.errors, stream, is_error.into());
                let level = line.level().map_or(0, |level| level as usize);
                bucket.levels[level] += streams.weights(None).get(stream.index()).unwrap_or(&1);
            }
        }
        Histogram {
            buckets,
            read: 1,
            total: 1,
            is_complete: true,
        }
    }
}
