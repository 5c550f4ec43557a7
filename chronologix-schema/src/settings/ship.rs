//! The table `[ship]` of a settings file: where `chronologix-ship` sends records, and how.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use super::{
    ConfigProblem,
    keys::{self, Key, MIRROR_TAKES, SHIP, SIZE, Takes, duration, parsed},
    names::unknown_stream,
    options::{ContentEncoding, ObjectFormat, StartAt},
    quantity::{ByteSize, format_duration},
};

/// Bytes that the records of one request may take before compression.
const BATCH_BYTES: std::ops::RangeInclusive<u64> = (64 << 10)..=(64 << 20);

/// Records that one request may hold.
const BATCH_RECORDS: std::ops::RangeInclusive<usize> = 1..=1_000_000;

/// The options of `chronologix-ship` as they were given. `None` is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShipOptions {
    /// The address of the receiver. `/v1/logs` is added unless it ends so.
    pub endpoint: Option<String>,
    /// Headers of each request: name and value.
    pub headers: Option<Vec<(String, String)>>,
    /// How the body of a request is compressed.
    pub compression: Option<ContentEncoding>,
    /// How long a request may take, from the connection to the answer.
    pub timeout: Option<Duration>,
    /// The authorities that may vouch for the receiver, as PEM, in place of the usual ones.
    pub certificate: Option<PathBuf>,
    /// The certificate that the receiver asks for, as PEM.
    pub client_certificate: Option<PathBuf>,
    /// Its private key, as PEM.
    pub client_key: Option<PathBuf>,
    /// The resource attribute `service.name`.
    pub service_name: Option<String>,
    /// The resource attribute `host.name`.
    pub host_name: Option<String>,
    /// Other resource attributes: name and value.
    pub resource: Option<Vec<(String, String)>>,
    /// The streams that are sent. `None`: all.
    pub streams: Option<Vec<String>>,
    /// Where the first run begins.
    pub start_at: Option<StartAt>,
    /// The records of one request.
    pub batch_records: Option<usize>,
    /// The bytes of one request, before compression.
    pub batch_bytes: Option<ByteSize>,
    /// How long a record may wait for others.
    pub batch_age: Option<Duration>,
    /// How long the end of the program waits for the answer to a request.
    pub grace: Option<Duration>,
    /// The folder of the cursor and of rejected records.
    pub state_dir: Option<PathBuf>,
    /// The store that closed folders are uploaded to.
    pub store: Option<String>,
    /// What becomes of each of their files.
    pub object_format: Option<ObjectFormat>,
    /// The address of `/metrics` and `/healthz`.
    pub listen: Option<SocketAddr>,
}

/// The keys of the table.
#[rustfmt::skip] // A line a key.
pub const SHIP_KEYS: &[Key<ShipOptions>] = &[
    Key::text("endpoint", "http://localhost:4318", |o, text| endpoint(text).map(|()| o.endpoint = Some(text.to_owned()))),
    Key::new("headers", HEADERS_TAKE, Takes::Amounts { clear: |o| o.headers = Some(Vec::new()), add: |o, text| parse_header(text).map(|it| o.headers.get_or_insert_default().push(it)) }),
    Key::text("compression", "gzip", |o, text| parsed(text).map(|it| o.compression = Some(it))),
    Key::text("timeout", "10s", |o, text| positive(text).map(|time| o.timeout = Some(time))),
    Key::text("certificate", "/etc/ssl/receiver.pem", |o, text| path(text).map(|it| o.certificate = Some(it))),
    Key::text("client_certificate", "/etc/ssl/client.pem", |o, text| path(text).map(|it| o.client_certificate = Some(it))),
    Key::text("client_key", "/etc/ssl/client.key", |o, text| path(text).map(|it| o.client_key = Some(it))),
    Key::text("service_name", "billing", |o, text| filled(text).map(|it| o.service_name = Some(it))),
    Key::text("host_name", "web-3", |o, text| filled(text).map(|it| o.host_name = Some(it))),
    Key::new("resource", RESOURCE_TAKES, Takes::Amounts { clear: |o| o.resource = Some(Vec::new()), add: |o, text| parse_attribute(text).map(|it| o.resource.get_or_insert_default().push(it)) }),
    Key::new(keys::STREAMS, MIRROR_TAKES, Takes::Amounts { clear: |o| o.streams = Some(Vec::new()), add: |o, text| { o.streams.get_or_insert_default().push(text.to_owned()); Ok(()) } }),
    Key::text("start_at", "beginning", |o, text| parsed(text).map(|it| o.start_at = Some(it))),
    Key::new("batch_records", "a number such as 8192", Takes::Count(|o, records| o.batch_records = Some(records))),
    Key::new("batch_bytes", SIZE, Takes::Amount(|o, text| parsed(text).map(|it| o.batch_bytes = Some(it)))),
    Key::text("batch_age", "1s", |o, text| positive(text).map(|time| o.batch_age = Some(time))),
    Key::text("grace", "5s", |o, text| duration(text).map(|time| o.grace = Some(time))),
    Key::text("state_dir", "/var/lib/billing-ship", |o, text| path(text).map(|it| o.state_dir = Some(it))),
    Key::text("store", "s3://bucket/logs", |o, text| store(text).map(|()| o.store = Some(text.to_owned()))),
    Key::text("object_format", "lines", |o, text| parsed(text).map(|it| o.object_format = Some(it))),
    Key::text("listen", "127.0.0.1:9464", |o, text| address(text).map(|it| o.listen = Some(it))),
];

/// Kinds of stores, as their addresses begin.
const STORES: [&str; 4] = ["s3", "gs", "az", "file"];

const HEADERS_TAKE: &str = r#"a string such as "authorization=Bearer abc", or an array of these"#;
const RESOURCE_TAKES: &str =
    r#"a string such as "deployment.environment.name=prod", or an array of these"#;

impl ShipOptions {
    /// Adds everything that is wrong with the options, as far as options alone can tell. `streams`
    /// are the names of those of the tree.
    pub(super) fn check(&self, streams: &[&str], problems: &mut Vec<ConfigProblem>) {
        let named = self.streams.iter().flatten();
        let unknown = named.filter(|name| !streams.contains(&name.as_str()));
        let key = format!("{SHIP}.{}", keys::STREAMS);
        problems.extend(unknown.map(|name| unknown_stream(&key, name, streams)));
        self.check_values(problems);
    }

    /// Adds everything that is wrong with the options by themselves.
    pub fn check_values(&self, problems: &mut Vec<ConfigProblem>) {
        let mut add = |option: &str, value: String, why: String| {
            problems.push(ConfigProblem::new(format!("{SHIP}.{option}"), value, why));
        };
        let bytes = self.batch_bytes.map(ByteSize::bytes);
        if let Some(bytes) = bytes.filter(|bytes| !BATCH_BYTES.contains(bytes)) {
            let why = format!("{bytes} bytes; allowed: 64KiB to 64MiB");
            add("batch_bytes", ByteSize::new(bytes).to_string(), why);
        }
        let records = self.batch_records;
        if let Some(records) = records.filter(|records| !BATCH_RECORDS.contains(records)) {
            let why = format!("{records} records; allowed: 1 to 1000000");
            add("batch_records", records.to_string(), why);
        }
        if let Some(age) = self.batch_age.filter(|age| age.as_secs() >= 3600) {
            let why = "a record would wait for an hour; allowed: 1ms to 59m".to_owned();
            add("batch_age", format_duration(age), why);
        }
        if self.client_certificate.is_some() != self.client_key.is_some() {
            let (given, missing) = match &self.client_key {
                Some(_) => ("client_key", "client_certificate"),
                None => ("client_certificate", "client_key"),
            };
            let why = format!("`{given}` needs `{missing}`; give both, or leave out both");
            add(given, String::new(), why);
        }
    }
}

/// Checks the address of a receiver.
fn endpoint(text: &str) -> Result<(), String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_host = |host: &str| {
        !host.is_empty() && !host.starts_with(':') && !host.contains([' ', '"', '<', '>'])
    };
    match host {
        Some(host) if is_host(host) && !text.contains(char::is_whitespace) => Ok(()),
        _ => Err(format!(
            "{text:?} is no address of a receiver; \
             allowed: http:// or https:// with a host, such as http://localhost:4318"
        )),
    }
}

/// Checks the address of a store of objects.
fn store(text: &str) -> Result<(), String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let is_known = STORES.contains(&scheme);
    // A path has no host in front: `file://logs` would be another folder than it looks.
    let has_place = match scheme {
        "file" => rest.starts_with('/') && rest.len() > 1,
        _ => !rest.is_empty() && !rest.starts_with('/'),
    };
    if is_known && has_place && !text.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(format!(
        "{text:?} is no address of a store; \
         allowed: s3://bucket/prefix, gs://bucket/prefix, az://container/prefix, file:///path"
    ))
}

/// Parses a header, `name=value`.
///
/// # Errors
///
/// With what is wrong with it, and what is allowed. The value may be a secret, and is not quoted.
pub fn parse_header(text: &str) -> Result<(String, String), String> {
    let allowed = "allowed: name=value, such as authorization=Bearer abc";
    let Some((name, value)) = text.split_once('=') else {
        return Err(format!("a header without \"=\"; {allowed}"));
    };
    let (name, value) = (name.trim(), value.trim());
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_part) {
        return Err(format!("{name:?} is no name of a header; {allowed}"));
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(format!(
            "the value of header {name:?} has control characters"
        ));
    }
    Ok((name.to_ascii_lowercase(), value.to_owned()))
}

/// Parses a resource attribute, `name=value`.
///
/// # Errors
///
/// With what is wrong with it, and what is allowed.
pub fn parse_attribute(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err(format!(
            "{text:?} is no attribute; allowed: name=value, such as deployment.environment.name=prod"
        )),
    }
}

fn positive(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    let why = || format!("{text}; allowed: a duration above 0, such as 10s");
    (!time.is_zero()).then_some(time).ok_or_else(why)
}

fn filled(text: &str) -> Result<String, String> {
    let why = || "the text is empty; leave out the key for the default".to_owned();
    let is_filled = !text.trim().is_empty();
    is_filled.then(|| text.to_owned()).ok_or_else(why)
}

fn path(text: &str) -> Result<PathBuf, String> {
    filled(text).map(PathBuf::from)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_error: std::net::AddrParseError| {
        format!("{text:?} is no address with a port; allowed: such as 127.0.0.1:9464")
    })
}

#[cfg(test)]
mod tests;
