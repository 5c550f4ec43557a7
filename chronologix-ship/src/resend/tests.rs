//! Tests of sending refused records once more.

use std::{
    collections::VecDeque,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

use super::{Resent, resend_file};
use crate::{
    clock::{Clock, Stop},
    error::ShipError,
    retry::Outcome,
    transport::{Answer, ContentType, Transport},
};

/// Answers with these in turn, then with success.
struct Statuses(VecDeque<u16>, Vec<String>);

impl Transport for Statuses {
    fn post(&mut self, head: &[u8], records: &[u8], kind: ContentType) -> Answer {
        assert_eq!((records, kind), (&b""[..], ContentType::Json));
        self.1.push(String::from_utf8(head.to_vec()).unwrap());
        let status = self.0.pop_front().unwrap_or(200);
        Answer {
            outcome: match status {
                0 => Outcome::NoAnswer,
                _ => Outcome::Answered {
                    status,
                    retry_after: None,
                },
            },
            body: b"why".to_vec(),
            sent: 1,
        }
    }
}

/// Goes on by a second with each look.
struct Ticking(std::sync::Mutex<Instant>);

impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn instant(&self) -> Instant {
        let mut now = self.0.lock().unwrap();
        *now += Duration::from_secs(1);
        *now
    }

    fn wait(&self, _stop: &Stop, _time: Duration) -> bool {
        false
    }
}

const LINES: &str = "{\"resourceLogs\":[1],\"rejected\":{\"records\":7}}\n\
                     torn {\n\
                     {\"resourceLogs\":[2],\"rejected\":{\"records\":5}}\n";

/// Sends those lines: the result, what is left of the file, what was sent.
fn resend(statuses: &[u16]) -> (Result<Resent, ShipError>, Option<String>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rejected.jsonl");
    fs::write(&path, LINES).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Ticking(std::sync::Mutex::new(Instant::now())));
    let mut transport = Statuses(statuses.iter().copied().collect(), Vec::new());
    let result = resend_file(&path, "http://r", &mut transport, &clock);
    let left = fs::read_to_string(&path).ok();
    let names = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(names, usize::from(left.is_some()));
    (result, left, transport.1)
}

#[test]
fn what_is_taken_leaves_the_file() {
    let (result, left, sent) = resend(&[]);
    assert_eq!(
        result.unwrap().to_string(),
        "sent 12 records; 1 lines cannot be read"
    );
    assert_eq!(left.as_deref(), Some("torn {\n"));
    assert_eq!(sent, [r#"{"resourceLogs":[1]}"#, r#"{"resourceLogs":[2]}"#]);
}

#[test]
fn what_is_refused_again_stays() {
    let (result, left, _) = resend(&[400]);
    let expected = "sent 5 records; 1 requests were refused again (status 400: why); \
                    1 lines cannot be read";
    assert_eq!(result.unwrap().to_string(), expected);
    let lines: Vec<_> = LINES.lines().take(2).collect();
    assert_eq!(left, Some(lines.join("\n") + "\n"));
}

#[test]
fn a_receiver_that_is_away_is_waited_for_a_minute() {
    let (result, _, sent) = resend(&[0, 503, 0]);
    assert_eq!(result.unwrap().records, 12);
    assert_eq!(sent.len(), 5);
    let (result, left, sent) = resend(&[0; 500]);
    assert_eq!(
        result.unwrap_err().to_string(),
        "cannot send to http://r: why"
    );
    assert_eq!(left.as_deref(), Some(LINES));
    assert!(sent.len() <= 62, "{}", sent.len());
}

#[test]
fn wrong_credentials_end_it_and_all_stays() {
    let (result, left, sent) = resend(&[200, 401]);
    let error = result.unwrap_err().to_string();
    assert_eq!(error, "cannot send to http://r: status 401: why");
    let rest: Vec<_> = LINES.lines().skip(1).collect();
    assert_eq!(left, Some(rest.join("\n") + "\n"));
    assert_eq!(sent.len(), 2);
}
