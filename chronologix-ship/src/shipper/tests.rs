//! Tests of a run with a receiver that follows a script, by a clock that is not waited for.

use std::{
    collections::VecDeque,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use chronologix_schema::settings::ship::ShipOptions;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use prost::Message as _;
use serde_json::{Value, json};

use super::{Sender, SenderParts, Summary, run};
use crate::{
    clock::{Clock, Stop},
    cursor::{Progress, StateDir},
    error::ShipError,
    metrics::Metrics,
    notice::Notice,
    otlp::Resource,
    retry::Outcome,
    settings::{Settings, Variables},
    source::{Place, Record, Source},
    transport::{Answer, ContentType, Transport},
};

mod simulation;

/// Records with the numbers from `next` on, up to `end`.
struct Numbers {
    next: u64,
    end: u64,
}

impl Source for Numbers {
    fn next_batch(
        &mut self,
        max: usize,
        _timeout: Duration,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<usize, ShipError> {
        let first = self.next;
        self.next = self.end.min(first + max as u64);
        for number in first..self.next {
            each(&Record {
                stream: "app",
                mirrors: Vec::new(),
                time: Some(1_746_367_339_000_000_000),
                level: None,
                message: number.to_string().into(),
                fields: Vec::new(),
                id: None,
                place: Place {
                    folder: "2025-05-04",
                    file: "app.log",
                    offset: number * 60,
                },
                bytes: 60,
            });
        }
        Ok(usize::try_from(self.next - first).unwrap())
    }

    fn cursor(&mut self) -> Value {
        json!(self.next)
    }

    fn is_caught_up(&self) -> bool {
        self.next == self.end
    }

    fn lag_bytes(&self) -> u64 {
        (self.end - self.next) * 60
    }

    fn take_incidents(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// A receiver that answers with these in turn, then with success; what it took, by number.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    answers: VecDeque<Answer>,
    /// Records of requests that were answered with success.
    taken: Vec<u64>,
    requests: usize,
    /// The largest number of records that it takes at once.
    largest: Option<usize>,
    stop_after: Option<(usize, Stop)>,
}

impl Script {
    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(statuses: &[u16]) -> Self {
        let script = Self::default();
        script.told().answers = statuses.iter().map(|it| answer(*it)).collect();
        script
    }
}

fn answer(status: u16) -> Answer {
    Answer {
        outcome: match status {
            0 => Outcome::NoAnswer,
            1 => Outcome::NoConnection,
            _ => Outcome::Answered {
                status,
                retry_after: None,
            },
        },
        body: format!("says {status}").into_bytes(),
        sent: 9,
    }
}

impl Transport for Script {
    fn post(&mut self, head: &[u8], records: &[u8], kind: ContentType) -> Answer {
        assert_eq!(kind, ContentType::Protobuf);
        let body = [head, records].concat();
        let request = ExportLogsServiceRequest::decode(&body[..]).unwrap();
        let records = &request.resource_logs[0].scope_logs[0].log_records;
        let mut told = self.told();
        told.requests += 1;
        if let Some((_, stop)) = told.stop_after.as_ref().filter(|it| it.0 == told.requests) {
            stop.ask();
        }
        if told.largest.is_some_and(|largest| records.len() > largest) {
            return answer(413);
        }
        let found = told.answers.pop_front().unwrap_or_else(|| answer(200));
        if matches!(found.outcome, Outcome::Answered { status: 200, .. }) {
            told.taken.extend(records.iter().map(|record| {
                let body = record.body.clone().unwrap().value.unwrap();
                match body {
                    opentelemetry_proto::tonic::common::v1::any_value::Value::StringValue(it) => {
                        it.parse::<u64>().unwrap()
                    }
                    other => panic!("{other:?}"),
                }
            }));
        }
        found
    }
}

/// A clock that jumps when it is waited for.
struct Jumping {
    start: Instant,
    waited: Mutex<Duration>,
}

impl Clock for Jumping {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + *self.waited.lock().unwrap()
    }

    fn instant(&self) -> Instant {
        self.start + *self.waited.lock().unwrap()
    }

    fn wait(&self, stop: &Stop, time: Duration) -> bool {
        // Enough to come to an end of any try.
        *self.waited.lock().unwrap() += time + Duration::from_secs(1);
        stop.is_asked()
    }
}

struct Run {
    dir: tempfile::TempDir,
    script: Script,
    metrics: Arc<Metrics>,
    notices: Arc<Mutex<Vec<Notice>>>,
    result: Result<Summary, ShipError>,
}

impl Run {
    fn progress(&self) -> Option<Progress> {
        StateDir::new(self.dir.path()).load().unwrap()
    }

    fn notices(&self) -> Vec<String> {
        let notices = self.notices.lock().unwrap();
        let dir = self.dir.path().display().to_string();
        notices
            .iter()
            .map(|it| it.to_string().replace(&dir, "DIR"))
            .collect()
    }
}

fn settings(dir: &Path) -> Settings {
    let options = ShipOptions {
        batch_records: Some(10),
        state_dir: Some(dir.to_owned()),
        ..ShipOptions::default()
    };
    let none = ShipOptions::default();
    Settings::resolve(dir.join("logs"), options, &Variables::new(), none, "h").unwrap()
}

/// Sends records up to `end` to a receiver that follows a script.
fn ship(end: u64, script: Script, stop: &Stop) -> Run {
    let dir = tempfile::tempdir().unwrap();
    let (metrics, notices) = (Arc::new(Metrics::default()), Arc::default());
    let clock: Arc<dyn Clock> = Arc::new(Jumping {
        start: Instant::now(),
        waited: Mutex::default(),
    });
    let heard: Arc<Mutex<Vec<Notice>>> = Arc::clone(&notices);
    let sender = Sender::new(SenderParts {
        transport: Box::new(script.clone()),
        endpoint: "http://r/v1/logs".to_owned(),
        resource: Resource::new([]),
        state: StateDir::new(dir.path()),
        progress: Progress::default(),
        clock: Arc::clone(&clock),
        stop: stop.clone(),
        metrics: Arc::clone(&metrics),
        report: Arc::new(move |notice| heard.lock().unwrap().push(notice.clone())),
        is_encoding_rare: false,
        give_up_after: Some(Duration::from_secs(600)),
    });
    let mut source = Numbers { next: 0, end };
    let settings = settings(dir.path());
    let result = run(&mut source, sender, &settings, true, &clock, &metrics);
    Run {
        dir,
        script,
        metrics,
        notices,
        result,
    }
}

fn numbers(range: std::ops::Range<u64>) -> Vec<u64> {
    range.collect()
}

#[test]
fn all_records_arrive_once_and_in_order() {
    let run = ship(95, Script::default(), &Stop::default());
    let summary = run.result.as_ref().unwrap();
    assert_eq!(
        (summary.records, summary.set_aside, summary.rejected),
        (95, 0, 0)
    );
    assert_eq!(run.script.told().taken, numbers(0..95));
    let progress = run.progress().unwrap();
    assert_eq!(progress.cursor, json!(95));
    assert_eq!(progress.streams[0].records, 95);
    assert_eq!(progress.streams[0].offset, 94 * 60);
    assert_eq!(run.notices(), [""; 0]);
    assert_eq!(run.metrics.lag_bytes.load(Relaxed), 0);
}

#[test]
fn a_receiver_that_is_away_is_waited_for_and_reported_once() {
    let run = ship(
        20,
        Script::answers(&[0, 503, 429, 200, 502, 0]),
        &Stop::default(),
    );
    run.result.as_ref().unwrap();
    assert_eq!(run.script.told().taken, numbers(0..20));
    let notices = run.notices();
    assert_eq!(notices.len(), 4, "{notices:?}");
    assert_eq!(
        notices[0],
        "http://r/v1/logs does not take records: says 0; trying again"
    );
    assert!(notices[1].starts_with("http://r/v1/logs takes records again, after "));
    let away = "http://r/v1/logs does not take records: status 502: says 502; trying again";
    assert_eq!(notices[2], away);
    assert_eq!(run.metrics.retried.load(Relaxed), 5);
    assert!(!run.metrics.is_away.load(Relaxed));
}

#[test]
fn a_connection_that_was_closed_while_idle_is_no_news() {
    let run = ship(20, Script::answers(&[200, 0]), &Stop::default());
    run.result.as_ref().unwrap();
    assert_eq!(run.script.told().taken, numbers(0..20));
    assert_eq!(run.notices(), [""; 0]);
}

#[test]
fn nothing_is_marked_of_a_receiver_that_stays_away() {
    let run = ship(20, Script::answers(&[0; 5000]), &Stop::default());
    let error = run.result.as_ref().unwrap_err();
    let expected = "cannot send to http://r/v1/logs: says 0; tried for 600 s";
    assert_eq!(error.to_string(), expected);
    assert_eq!(run.progress(), None);
}

#[test]
fn wrong_settings_end_the_run_and_mark_nothing() {
    let cases = [
        (1, "says 1"),
        (
            401,
            "status 401: says 401; the header with its credentials is set by `headers`",
        ),
        (
            404,
            "status 404: says 404; is the path right? Logs usually go to /v1/logs",
        ),
        (
            415,
            "status 415: says 415; does it read this compression? `compression = \"gzip\"` is usual",
        ),
    ];
    for (status, why) in cases {
        let run = ship(20, Script::answers(&[status]), &Stop::default());
        let error = run.result.as_ref().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot send to http://r/v1/logs: {why}")
        );
        assert_eq!(error.exit_code(), 1);
        assert_eq!(run.progress(), None);
        assert_eq!(run.script.told().requests, 1);
    }
}

#[test]
fn a_refused_batch_is_set_aside_and_the_next_is_sent() {
    let run = ship(30, Script::answers(&[200, 400, 200]), &Stop::default());
    let summary = run.result.as_ref().unwrap();
    assert_eq!((summary.records, summary.set_aside), (20, 10));
    let taken = [numbers(0..10), numbers(20..30)].concat();
    assert_eq!(run.script.told().taken, taken);
    let text = fs::read_to_string(run.dir.path().join("rejected.jsonl")).unwrap();
    let line: Value = serde_json::from_str(&text).unwrap();
    let records = &line["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
    assert_eq!(records.as_array().unwrap().len(), 10);
    assert_eq!(records[0]["body"]["stringValue"], "10");
    assert_eq!(line["rejected"]["status"], 400);
    let expected = "the receiver refused 10 records with status 400 (says 400); \
                    they are in DIR/rejected.jsonl";
    assert_eq!(run.notices(), [expected]);
    let progress = run.progress().unwrap();
    assert_eq!((progress.cursor, progress.rejected), (json!(30), 10));
}

#[test]
fn a_batch_that_is_too_large_is_cut_until_it_fits() {
    let script = Script::default();
    script.told().largest = Some(3);
    let run = ship(20, script, &Stop::default());
    run.result.as_ref().unwrap();
    assert_eq!(run.script.told().taken, numbers(0..20));
    assert!(run.metrics.split.load(Relaxed) > 0);
}

#[test]
fn a_record_that_is_too_large_alone_is_set_aside() {
    let script = Script::default();
    script.told().largest = Some(0);
    let run = ship(2, script, &Stop::default());
    assert_eq!(run.result.as_ref().unwrap().set_aside, 2);
    assert_eq!(run.progress().unwrap().rejected, 2);
}

#[test]
fn dropped_records_are_counted_and_reported_once() {
    let partial = ExportLogsServiceResponse {
        partial_success: Some(ExportLogsPartialSuccess {
            rejected_log_records: 4,
            error_message: "too old".to_owned(),
        }),
    };
    let mut partly = answer(200);
    partly.body = partial.encode_to_vec();
    let script = Script::default();
    script.told().answers = VecDeque::from(vec![partly; 3]);
    let run = ship(30, script, &Stop::default());
    assert_eq!(run.result.as_ref().unwrap().rejected, 12);
    let expected = "the receiver dropped 4 records of a request: too old";
    assert_eq!(run.notices(), [expected]);
    assert_eq!(run.progress().unwrap().rejected, 12);
}

#[test]
fn a_stop_finishes_the_request_in_flight_and_no_other() {
    let (stop, script) = (Stop::default(), Script::default());
    script.told().stop_after = Some((3, stop.clone()));
    let run = ship(1000, script, &stop);
    run.result.as_ref().unwrap();
    let sent = u64::try_from(run.script.told().taken.len()).unwrap();
    // What was already handed over is sent as well.
    assert!((30..=60).contains(&sent), "{sent}");
    assert_eq!(run.script.told().taken, numbers(0..sent));
    assert_eq!(run.progress().unwrap().cursor, json!(sent));
}

#[test]
fn a_stop_ends_the_wait_for_a_receiver_that_is_away() {
    let (stop, script) = (Stop::default(), Script::answers(&[0; 100]));
    script.told().stop_after = Some((2, stop.clone()));
    let run = ship(20, script, &stop);
    run.result.as_ref().unwrap();
    assert_eq!(run.progress(), None);
    assert!(run.script.told().requests <= 4);
    let last = run.notices().pop().unwrap();
    let expected = "stopped before the receiver answered; the next run sends 10 records again";
    assert_eq!(last, expected);
}

/// What follows an unanswered request must not be marked, even if the receiver is back.
#[test]
fn nothing_is_sent_behind_a_request_that_was_not_answered_before_a_stop() {
    let (stop, script) = (Stop::default(), Script::answers(&[200, 503]));
    script.told().stop_after = Some((2, stop.clone()));
    let run = ship(1000, script, &stop);
    run.result.as_ref().unwrap();
    assert_eq!(run.script.told().taken, numbers(0..10));
    assert_eq!(run.script.told().requests, 2);
    assert_eq!(run.progress().unwrap().cursor, json!(10));
    let unanswered = run.notices();
    assert!(
        unanswered
            .last()
            .unwrap()
            .ends_with("sends 10 records again")
    );
}

#[test]
fn a_cursor_that_cannot_be_written_ends_the_run() {
    let script = Script::default();
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone");
    let metrics = Arc::new(Metrics::default());
    let clock: Arc<dyn Clock> = Arc::new(Jumping {
        start: Instant::now(),
        waited: Mutex::default(),
    });
    let sender = Sender::new(SenderParts {
        transport: Box::new(script.clone()),
        endpoint: "http://r/v1/logs".to_owned(),
        resource: Resource::new([]),
        state: StateDir::new(&gone),
        progress: Progress::default(),
        clock: Arc::clone(&clock),
        stop: Stop::default(),
        metrics: Arc::clone(&metrics),
        report: Arc::new(|_| {}),
        is_encoding_rare: false,
        give_up_after: None,
    });
    let mut source = Numbers { next: 0, end: 50 };
    let result = run(
        &mut source,
        sender,
        &settings(&gone),
        true,
        &clock,
        &metrics,
    );
    let error = result.unwrap_err();
    let expected = format!(
        "cannot write the cursor {}",
        gone.join("cursor.json.new").display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(script.told().taken, numbers(0..10));
}
