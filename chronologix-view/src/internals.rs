//! The entry points of this crate's benchmarks. Behind a private feature, and exempt from semver.

use std::{
    path::Path,
    sync::{Arc, mpsc},
};

use chrono::Utc;

use crate::{
    query::{
        Answer, Case, CreateFile, Direction, Filter, FilterRule, LineRegex, Place, Query, QueryId,
        QueryService, Reply, ReplySink, Request, TreeSource, View,
    },
    streams::StreamNames,
};

/// A query about a whole tree.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    /// All lines that match.
    Search(&'a str),
    /// The number of lines over time.
    Histogram,
    /// A page of rows.
    Page {
        /// `beginning`, `end` for the last rows, or a timestamp.
        from: &'a str,
        /// Only rows that match.
        pattern: Option<&'a str>,
        /// The number of rows.
        rows: usize,
        /// The number of context rows around each match.
        context: usize,
    },
}

/// A query service that answers one query at a time.
#[derive(Debug)]
pub struct Queries {
    service: QueryService,
    replies: mpsc::Receiver<Reply>,
    asked: u64,
}

impl Queries {
    /// Starts a query service for the tree in `base`.
    ///
    /// # Panics
    ///
    /// Panics if no thread can be started.
    #[must_use]
    pub fn new(base: &Path) -> Self {
        let source = TreeSource {
            base: base.to_owned().into(),
            names: StreamNames::default(),
            clock: Utc::now,
        };
        let (sender, replies) = mpsc::channel();
        let sink: ReplySink = Arc::new(move |reply| drop(sender.send(reply)));
        let no_files = CreateFile(Arc::new(|_| Err("no files are written".to_owned())));
        let service = QueryService::start(source, no_files, sink).expect("a thread can be started");
        let asked = 0;
        Self {
            service,
            replies,
            asked,
        }
    }

    /// Runs a query. Calls `found` after each part of the answer, with the number of rows or lines
    /// found so far.
    ///
    /// # Panics
    ///
    /// Panics if a pattern or a timestamp is invalid, or if a file cannot be read.
    pub fn ask(&mut self, ask: Ask<'_>, mut found: impl FnMut(u64)) {
        self.asked += 1;
        let id = QueryId(self.asked);
        let request = request(ask);
        self.service.ask(Query { id, request });
        let (mut rows, mut is_complete) = (0, false);
        while !is_complete {
            let reply = self.replies.recv().expect("the service answers");
            let lines;
            (lines, is_complete) = match reply.answer {
                Answer::Page(page) => {
                    rows += page.records.len() as u64;
                    (rows, page.is_complete)
                }
                Answer::Hits(hits) => (hits.lines.iter().sum(), hits.is_complete),
                Answer::Histogram(counted) => {
                    let lines = counted.buckets.iter().flat_map(|bucket| &bucket.lines);
                    (lines.sum(), counted.is_complete)
                }
                Answer::Top(top) => (top.records, top.is_complete),
                Answer::Taken(taken) => (taken.records, taken.is_complete),
                Answer::Found(answer) => (answer.key.is_some().into(), answer.is_complete),
                Answer::Trouble(trouble) => panic!("{trouble}"),
            };
            found(lines);
        }
    }
}

fn request(ask: Ask<'_>) -> Request {
    let compiled = |text| LineRegex::new(text, Case::Sensitive).expect("a pattern");
    match ask {
        Ask::Search(pattern) => Request::Search {
            view: View::default(),
            pattern: compiled(pattern),
            near: Place::End,
        },
        Ask::Histogram => Request::Histogram {
            view: View::default(),
        },
        Ask::Page {
            from,
            pattern,
            rows,
            context,
        } => {
            let rules = pattern.map(|text| FilterRule::new(compiled(text), true));
            let (from, direction) = match from {
                "beginning" => (Place::Beginning, Direction::Newer),
                "end" => (Place::End, Direction::Older),
                time => (Place::Time(time.parse().expect("a time")), Direction::Newer),
            };
            Request::Page {
                view: View {
                    streams: None,
                    filter: Filter::new(None, rules.into_iter().collect()),
                },
                from,
                direction,
                rows,
                context,
            }
        }
    }
}
