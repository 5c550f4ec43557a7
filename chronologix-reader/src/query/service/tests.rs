//! Queries and replies.

use std::{
    fmt::Write as _,
    fs,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use chrono::DateTime;

use super::*;
use crate::{
    query::{Case, Direction, Hits, LineRegex, Page, Place, Request, Target, View},
    streams::StreamId,
};

/// A query service of a small tree, and its replies.
struct Client {
    service: QueryService,
    replies: Receiver<Reply>,
    dir: tempfile::TempDir,
    asked: u64,
}

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]}]}"#;

const PATIENCE: Duration = Duration::from_secs(20);

impl Client {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".chronologix.json"), DESCRIPTION).unwrap();
        for hour in 10..13 {
            let folder = dir.path().join(format!("2025-05-04__{hour}-00"));
            fs::create_dir(&folder).unwrap();
            let line = |minute: u32| {
                let level = if minute % 20 == 7 {
                    "[ERROR]"
                } else {
                    "[INFO]"
                };
                format!("[{hour}:{minute:02}:00] {level} record {minute}\n")
            };
            let lines: String = (0..60).map(line).collect();
            let errors: String = (0..60)
                .filter(|minute| minute % 20 == 7)
                .map(line)
                .collect();
            fs::write(folder.join("app.log"), lines).unwrap();
            fs::write(folder.join("errors.log"), errors).unwrap();
        }
        let source = TreeSource {
            base: dir.path().to_owned().into(),
            names: StreamNames::default(),
            clock: || DateTime::UNIX_EPOCH,
        };
        let (sender, replies) = mpsc::channel();
        // The test may have ended already.
        let sink: ReplySink = Arc::new(move |reply| drop(sender.send(reply)));
        let no_files = CreateFile(Arc::new(|_| Err("no files".to_owned())));
        Self {
            service: QueryService::start(source, no_files, sink).unwrap(),
            replies,
            dir,
            asked: 0,
        }
    }

    fn ask(&mut self, request: Request) -> QueryId {
        self.asked += 1;
        let id = QueryId(self.asked);
        self.service.ask(Query { id, request });
        id
    }

    fn answer(&self, id: QueryId) -> Answer {
        loop {
            let reply = self.replies.recv_timeout(PATIENCE).unwrap();
            // On a busy machine the service reports its progress first.
            let is_progress = match &reply.answer {
                Answer::Page(page) => page.records.is_empty() && !page.is_complete,
                Answer::Found(found) => found.key.is_none() && !found.is_complete,
                _ => false,
            };
            if reply.id == id && !is_progress {
                return reply.answer;
            }
        }
    }

    fn page(&mut self, from: Place, direction: Direction, rows: usize) -> Page {
        let id = self.ask(Request::Page {
            view: View::default(),
            from,
            direction,
            rows,
            context: 0,
        });
        match self.answer(id) {
            Answer::Page(page) => page,
            other => panic!("{other:?}"),
        }
    }
}

fn texts(page: &Page) -> Vec<&str> {
    page.records
        .iter()
        .map(|record| &*record.line.text)
        .collect()
}

#[test]
fn pages_follow_each_other() {
    let mut client = Client::new();
    let page = client.page(Place::End, Direction::Older, 2);
    assert_eq!(
        texts(&page),
        ["[12:58:00] [INFO] record 58", "[12:59:00] [INFO] record 59"]
    );
    assert!(page.is_complete && !page.is_at_end);
    let page = client.page(page.reached, Direction::Older, 1);
    assert_eq!(texts(&page), ["[12:57:00] [INFO] record 57"]);
    let page = client.page(Place::Beginning, Direction::Newer, 1_000);
    assert_eq!(page.records.len(), 180);
    assert!(page.is_at_end);
    assert_eq!(
        page.records[7].streams.iter().count(),
        2,
        "a mirrored copy is folded"
    );
    let time = "2025-05-04T11:06:30Z".parse().unwrap();
    let page = client.page(Place::Time(time), Direction::Newer, 1);
    assert_eq!(texts(&page), ["[11:07:00] [ERROR] record 7"]);
    fs::remove_dir_all(client.dir.path()).unwrap();
    let page = client.page(Place::End, Direction::Older, 2);
    assert!(page.records.is_empty() && page.is_at_end);
}

#[test]
fn the_next_and_the_previous_of_a_kind_are_found() {
    let mut client = Client::new();
    let time = "2025-05-04T11:30:00Z".parse().unwrap();
    let pattern = LineRegex::new("record 1$", Case::Smart).unwrap();
    let cases = [
        (
            Target::Level(chronologix_schema::Level::Error),
            Direction::Newer,
            Some("11:47"),
        ),
        (
            Target::Level(chronologix_schema::Level::Error),
            Direction::Older,
            Some("11:27"),
        ),
        (Target::Match(pattern), Direction::Newer, Some("12:01")),
        (
            Target::Level(chronologix_schema::Level::Critical),
            Direction::Older,
            None,
        ),
    ];
    for (target, direction, expected) in cases {
        let id = client.ask(Request::Find {
            view: View::default(),
            target,
            from: Place::Time(time),
            direction,
        });
        let Answer::Found(found) = client.answer(id) else {
            panic!("no find")
        };
        let minute = found
            .key
            .map(|key| key.instant.to_string()[11..16].to_owned());
        assert_eq!(minute.as_deref(), expected);
        assert!(found.is_complete);
    }
}

#[test]
fn a_search_counts_everything_and_places_its_hits() {
    let mut client = Client::new();
    let id = client.ask(Request::Search {
        view: View::default(),
        pattern: LineRegex::new("record 2?7", Case::Smart).unwrap(),
        near: Place::End,
    });
    let mut all = Hits::default();
    while !all.is_complete {
        let Answer::Hits(hits) = client.answer(id) else {
            panic!("no hits")
        };
        let keys = [all.keys, hits.keys].concat();
        all = Hits { keys, ..hits };
    }
    assert_eq!((all.keys.len(), &all.lines), (12, &vec![6, 6]));
    assert_eq!(all.read, all.total);
    all.keys.sort();
    // The positions are those of the pages.
    let page = client.page(Place::Beginning, Direction::Newer, 8);
    assert_eq!(all.keys[0], page.records[7].line.key);
    assert_eq!(all.keys[1].stream, StreamId(1));
}

#[test]
fn a_histogram_counts_every_line() {
    let mut client = Client::new();
    let id = client.ask(Request::Histogram {
        view: View::default(),
    });
    let histogram = loop {
        let Answer::Histogram(histogram) = client.answer(id) else {
            panic!("no histogram")
        };
        if histogram.is_complete {
            break histogram;
        }
    };
    let sum = |stream: usize| -> u64 {
        let lines = histogram
            .buckets
            .iter()
            .map(|bucket| bucket.lines.get(stream).copied());
        lines.map(Option::unwrap_or_default).sum()
    };
    assert_eq!((sum(0), sum(1)), (180, 9));
    let errors: i64 = histogram
        .buckets
        .iter()
        .map(|bucket| bucket.levels[5])
        .sum();
    assert_eq!(errors, 9, "each of those that are mirrored once");
}

#[test]
fn only_the_newest_question_of_a_kind_is_answered() {
    let mut client = Client::new();
    let page = |from| Request::Page {
        view: View::default(),
        from,
        direction: Direction::Older,
        rows: 1_000,
        context: 0,
    };
    for _ in 0..50 {
        client.ask(page(Place::End));
    }
    let last = client.ask(page(Place::Beginning));
    let Answer::Page(found) = client.answer(last) else {
        panic!("no page")
    };
    assert!(found.records.is_empty());
    assert!(client.replies.try_recv().is_err(), "nothing comes after it");
    client.ask(page(Place::End));
    client.service.cancel(RequestKind::Page);
    let last = client.ask(Request::Find {
        view: View::default(),
        target: Target::Level(chronologix_schema::Level::Error),
        from: Place::End,
        direction: Direction::Older,
    });
    client.answer(last);
}

#[test]
fn the_whole_of_a_long_line_is_searched_and_filtered() {
    let mut client = Client::new();
    let path = client.dir.path().join("2025-05-04__11-00/app.log");
    let mut text = fs::read_to_string(&path).unwrap();
    let (before, after) = ("x".repeat(70_000), "y".repeat(70_000));
    writeln!(text, "[11:59:30] {before}NEEDLE{after}\n[11:59:40] short").unwrap();
    fs::write(&path, text).unwrap();
    let needle = LineRegex::new("NEEDLE", Case::Smart).unwrap();
    let mut keys = Vec::new();
    for (from, direction) in [
        (Place::Beginning, Direction::Newer),
        (Place::End, Direction::Older),
    ] {
        let id = client.ask(Request::Find {
            view: View::default(),
            target: Target::Match(needle.clone()),
            from,
            direction,
        });
        let Answer::Found(found) = client.answer(id) else {
            panic!("nothing found")
        };
        keys.push(found.key.unwrap());
        let rule = crate::query::FilterRule::new(needle.clone(), true);
        let id = client.ask(Request::Page {
            view: View {
                streams: None,
                filter: crate::query::Filter::new(None, vec![rule]),
            },
            from,
            direction,
            rows: 10,
            context: 0,
        });
        let Answer::Page(page) = client.answer(id) else {
            panic!("no page")
        };
        let line = &page.records[0].line;
        assert_eq!((page.records.len(), line.key), (1, keys[0]));
        assert_eq!((line.text.len(), line.is_cut), (64 << 10, true));
        assert_eq!(line.beyond.as_ref().unwrap().column, 70_012);
    }
    assert_eq!(keys[0], keys[1]);
}
