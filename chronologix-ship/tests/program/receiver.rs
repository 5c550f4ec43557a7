//! A receiver of OTLP/HTTP on loopback, which refuses, delays and breaks off as a test wants.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::{AnyValue, any_value::Value},
    logs::v1::LogRecord,
};
use prost::Message as _;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is answered to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Success.
    Taken,
    /// This status, with more headers and a body.
    Status(u16, &'static str, Vec<u8>),
    /// Nothing: the connection breaks after the request was read.
    Cut,
    /// Nothing: the connection breaks after the records were taken.
    TakenAndCut,
}

/// A record as it was received.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Received {
    pub(crate) record: LogRecord,
    /// The request that it came with, counted from 0.
    pub(crate) request: usize,
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    /// Names in lower case, with `: ` and the value.
    pub(crate) headers: Vec<String>,
    pub(crate) content: ExportLogsServiceRequest,
}

#[derive(Default)]
struct State {
    replies: VecDeque<Reply>,
    requests: Vec<Request>,
    records: Vec<Received>,
    connections: Vec<TcpStream>,
    /// Goes up with each stop: connections of before are not served.
    run: usize,
    keeps_requests: bool,
}

/// The receiver. It stops when it is dropped.
#[derive(Clone)]
pub(crate) struct Receiver {
    state: Arc<(Mutex<State>, Condvar)>,
    address: SocketAddr,
}

impl Receiver {
    /// Starts one that answers with `replies` in turn, then takes all.
    pub(crate) fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            state: Arc::default(),
            address: listener.local_addr().unwrap(),
        };
        receiver.state().replies = replies.into_iter().collect();
        receiver.state().keeps_requests = true;
        receiver.serve(listener);
        receiver
    }

    /// Keeps only the records of what comes, for many of them.
    pub(crate) fn forget_requests(&self) {
        self.state().keeps_requests = false;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, listener: TcpListener) {
        let (receiver, run) = (self.clone(), self.state().run);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if receiver.state().run != run {
                    break;
                }
                receiver
                    .state()
                    .connections
                    .push(client.try_clone().unwrap());
                let receiver = receiver.clone();
                thread::spawn(move || receiver.converse(&client, run));
            }
        });
    }

    /// Refuses connections from now on, and breaks those that are open.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.run += 1;
        for connection in state.connections.drain(..) {
            // One that is closed already is as good.
            let _ = connection.shutdown(Shutdown::Both);
        }
        drop(state);
        // Wakes the listener, which then goes.
        let _ = TcpStream::connect(self.address);
    }

    /// Listens again at the same address.
    pub(crate) fn start_again(&self) {
        let listener = loop {
            // The listener of before may still be on its way out.
            match TcpListener::bind(self.address) {
                Ok(listener) => break listener,
                Err(_) => thread::yield_now(),
            }
        };
        self.serve(listener);
    }

    fn converse(&self, client: &TcpStream, run: usize) {
        let mut reader = BufReader::new(client.try_clone().unwrap());
        // A client that goes away ends it.
        while self.exchange(&mut reader, client, run).is_some() {}
        let _ = client.shutdown(Shutdown::Both);
    }

    fn exchange(
        &self,
        reader: &mut BufReader<TcpStream>,
        mut client: &TcpStream,
        run: usize,
    ) -> Option<()> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let prefix = format!("{name}: ");
            lines
                .iter()
                .find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
        };
        let length = header("content-length")?.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = match header("content-encoding").as_deref() {
            Some("gzip") => {
                let mut plain = Vec::new();
                flate2::read::GzDecoder::new(&body[..])
                    .read_to_end(&mut plain)
                    .unwrap();
                plain
            }
            Some("zstd") => zstd::decode_all(&body[..]).unwrap(),
            None => body,
            Some(other) => panic!("{other}"),
        };
        let content = match header("content-type").as_deref() {
            Some("application/x-protobuf") => ExportLogsServiceRequest::decode(&body[..]).unwrap(),
            Some("application/json") => serde_json::from_slice(&body).unwrap(),
            other => panic!("{other:?}"),
        };
        let mut state = self.state();
        if state.run != run {
            return None;
        }
        let reply = state.replies.pop_front().unwrap_or(Reply::Taken);
        let request = state.requests.len();
        if matches!(reply, Reply::Taken | Reply::TakenAndCut) {
            let scopes = content.resource_logs.iter().flat_map(|it| &it.scope_logs);
            let records = scopes.flat_map(|it| &it.log_records).cloned();
            let records = records.map(|record| Received { record, request });
            let records: Vec<_> = records.collect();
            state.records.extend(records);
        }
        let content = if state.keeps_requests {
            content
        } else {
            ExportLogsServiceRequest::default()
        };
        let line = lines.remove(0);
        state.requests.push(Request {
            line,
            headers: lines,
            content,
        });
        drop(state);
        self.state.1.notify_all();
        let (status, headers, body) = match reply {
            Reply::Taken => (200, "", Vec::new()),
            Reply::Status(status, headers, body) => (status, headers, body),
            Reply::Cut | Reply::TakenAndCut => return None,
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        );
        client.write_all(head.as_bytes()).ok()?;
        client.write_all(&body).ok()
    }

    /// Returns all records that were taken, once there are `count`.
    pub(crate) fn records(&self, count: usize) -> Vec<Received> {
        self.wait(|state| state.records.len() >= count);
        self.state().records.clone()
    }

    /// Returns how many records were taken.
    pub(crate) fn count(&self) -> usize {
        self.state().records.len()
    }

    /// Returns all requests, once there are `count`.
    pub(crate) fn requests(&self, count: usize) -> Vec<Request> {
        self.wait(|state| state.requests.len() >= count);
        self.state().requests.clone()
    }

    /// Waits until `count` records were taken.
    pub(crate) fn wait_for(&self, count: usize) {
        self.wait(|state| state.records.len() >= count);
    }

    #[track_caller]
    fn wait(&self, is_there: impl Fn(&State) -> bool) {
        let (_, changed) = &*self.state;
        let waited = changed.wait_timeout_while(self.state(), PATIENCE, |state| !is_there(state));
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let (requests, records) = (state.requests.len(), state.records.len());
        assert!(
            !timeout.timed_out(),
            "waited in vain; there are {requests} requests and {records} records"
        );
    }
}

/// Returns the text of an attribute.
pub(crate) fn attribute(record: &LogRecord, key: &str) -> Option<String> {
    let found = record.attributes.iter().find(|it| it.key == key)?;
    text(found.value.as_ref())
}

/// Returns the message of a record.
pub(crate) fn body(record: &LogRecord) -> String {
    text(record.body.as_ref()).unwrap_or_default()
}

fn text(value: Option<&AnyValue>) -> Option<String> {
    match value?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        other => panic!("no text: {other:?}"),
    }
}
