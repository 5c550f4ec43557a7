//! What the benchmarks of this crate call. Behind a private feature, and no part of the interface.

use std::{
    path::Path,
    sync::{Arc, mpsc},
};

use chrono::Utc;

use crate::{
    query::{
        Answer, Case, Direction, Filter, FilterRule, Pattern, Place, Query, QueryId, QueryService,
        Reply, ReplySink, Request, TreeSource, View,
    },
    streams::StreamNames,
};

/// A query about a whole tree.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    /// All lines that match.
    Search(&'a str),
    /// How many lines there are by time.
    Histogram,
    /// Rows from a place on.
    Page {
        /// `beginning`, `end` for the last rows, or a time.
        from: &'a str,
        /// Only rows that match.
        pattern: Option<&'a str>,
        /// How many.
        rows: usize,
        /// So many around each row that matches.
        context: usize,
    },
}

/// A query service that answers one query after the other.
#[derive(Debug)]
pub struct Queries {
    service: QueryService,
    replies: mpsc::Receiver<Reply>,
    asked: u64,
}

impl Queries {
    /// Queries about the tree in `base`.
    ///
    /// # Panics
    ///
    /// When the system has no more threads.
    #[must_use]
    pub fn new(base: &Path) -> Self {
        let source = TreeSource {
            base: base.to_owned().into(),
            names: StreamNames::default(),
            clock: Utc::now,
        };
        let (sender, replies) = mpsc::channel();
        let sink: ReplySink = Arc::new(move |reply| drop(sender.send(reply)));
        let service = QueryService::start(&source, &sink).expect("a thread can be started");
        let asked = 0;
        Self {
            service,
            replies,
            asked,
        }
    }

    /// Asks, and calls `found` after each part of the answer with the number of rows or lines that
    /// were found so far.
    ///
    /// # Panics
    ///
    /// When a pattern or a time is none, or a file cannot be read.
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
                Answer::Found(answer) => (answer.key.is_some().into(), answer.is_complete),
                Answer::Trouble(trouble) => panic!("{trouble}"),
            };
            found(lines);
        }
    }
}

fn request(ask: Ask<'_>) -> Request {
    let compiled = |text| Pattern::new(text, Case::Sensitive).expect("a pattern");
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
