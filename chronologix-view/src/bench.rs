//! For the benchmarks of this crate and for nobody else: no part of the interface.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    query::{
        Answer, Case, Direction, Filter, Pattern, Place, Query, QueryId, QueryService, Reply,
        Request, Sink, TreeSource, View,
    },
    streams::StreamNames,
};

/// How long a question took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Until the first part of the answer that held something.
    pub first: Duration,
    /// Until the answer was whole.
    pub whole: Duration,
    /// What was found: rows, or lines.
    pub found: u64,
}

/// A query service that is asked one question after the other.
#[derive(Debug)]
pub struct Bench {
    service: QueryService,
    replies: mpsc::Receiver<Reply>,
    asked: u64,
}

impl Bench {
    /// Of the tree in `base`.
    ///
    /// # Panics
    ///
    /// When there are no more threads.
    #[must_use]
    pub fn new(base: &Path) -> Self {
        let source = TreeSource {
            base: base.to_owned().into(),
            names: StreamNames::default(),
            clock: Timestamp::now,
        };
        let (sender, replies) = mpsc::channel();
        let sink: Sink = Arc::new(move |reply| drop(sender.send(reply)));
        let service = QueryService::start(&source, &sink);
        Self {
            service: service.expect("a thread can be started"),
            replies,
            asked: 0,
        }
    }

    /// A search over all files.
    pub fn search(&mut self, pattern: &str) -> Took {
        self.ask(Request::Search {
            view: View::default(),
            pattern: compiled(pattern),
            near: Place::End,
        })
    }

    /// A histogram of all files.
    pub fn histogram(&mut self) -> Took {
        self.ask(Request::Histogram {
            view: View::default(),
        })
    }

    /// The last rows, or the last that match.
    pub fn last_page(&mut self, pattern: Option<&str>, rows: usize) -> Took {
        self.page(pattern, Place::End, Direction::Older, rows, 0)
    }

    /// The last rows that match, with so many around each of them.
    pub fn last_page_with_context(&mut self, pattern: &str, rows: usize, context: usize) -> Took {
        self.page(Some(pattern), Place::End, Direction::Older, rows, context)
    }

    /// The first rows.
    pub fn first_page(&mut self, rows: usize) -> Took {
        self.page(None, Place::Beginning, Direction::Newer, rows, 0)
    }

    /// The rows from a time on.
    ///
    /// # Panics
    ///
    /// When that is no time.
    pub fn page_at(&mut self, time: &str, rows: usize) -> Took {
        let time = time.parse().expect("a time");
        self.page(None, Place::Time(time), Direction::Newer, rows, 0)
    }

    fn page(
        &mut self,
        pattern: Option<&str>,
        from: Place,
        direction: Direction,
        rows: usize,
        context: usize,
    ) -> Took {
        let filter = Filter {
            include: pattern.map(compiled).into_iter().collect(),
            ..Filter::default()
        };
        let view = View {
            streams: None,
            filter,
        };
        self.ask(Request::Page {
            view,
            from,
            direction,
            rows,
            context,
        })
    }

    fn ask(&mut self, request: Request) -> Took {
        self.asked += 1;
        let id = QueryId(self.asked);
        let start = Instant::now();
        self.service.ask(Query { id, request });
        let (mut first, mut found) = (None, 0);
        loop {
            let reply = self.replies.recv().expect("the librarian answers");
            let is_complete = match reply.answer {
                Answer::Page(page) => {
                    found += page.records.len() as u64;
                    page.is_complete
                }
                Answer::Found(answer) => {
                    found += u64::from(answer.key.is_some());
                    answer.is_complete
                }
                Answer::Hits(hits) => {
                    found = hits.lines.iter().sum();
                    hits.is_complete
                }
                Answer::Histogram(histogram) => {
                    found = histogram
                        .buckets
                        .iter()
                        .map(|bucket| bucket.lines.iter().sum::<u64>())
                        .sum();
                    histogram.is_complete
                }
                Answer::Trouble(trouble) => panic!("{trouble}"),
            };
            if found > 0 {
                first.get_or_insert(start.elapsed());
            }
            if is_complete {
                let whole = start.elapsed();
                return Took {
                    first: first.unwrap_or(whole),
                    whole,
                    found,
                };
            }
        }
    }
}

fn compiled(pattern: &str) -> Pattern {
    Pattern::new(pattern, Case::Sensitive).expect("a pattern")
}
