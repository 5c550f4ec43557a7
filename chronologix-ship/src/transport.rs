//! Requests over HTTP/1.1, with TLS, proxies and compression.

use std::{
    error::Error as _,
    fmt, fs,
    io::{self, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use chronologix_schema::settings::options::ContentEncoding;
use flate2::{Compression, write::GzEncoder};
use ureq::{
    Agent, Proxy,
    tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig},
};

use crate::{
    error::ShipError,
    otlp::status_message,
    retry::{Outcome, retry_after},
    settings::Receiver,
};

/// What is read of an answer.
const ANSWER_BYTES: u64 = 64 << 10;

/// Levels that cost less than the network.
const GZIP_LEVEL: u32 = 1;
const ZSTD_LEVEL: i32 = 1;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// The body of the answer, or what went wrong in words.
    pub(crate) body: Vec<u8>,
    /// Bytes of the body that was sent, compressed.
    pub(crate) sent: u64,
}

impl Answer {
    /// Returns what happened, in words.
    pub(crate) fn why(&self) -> String {
        let message = status_message(&self.body);
        match self.outcome {
            Outcome::Answered { status, .. } if message.is_empty() => format!("status {status}"),
            Outcome::Answered { status, .. } => format!("status {status}: {message}"),
            Outcome::NoAnswer | Outcome::NoConnection => message,
        }
    }
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    Protobuf,
    Json,
}

/// Takes requests and returns what is answered.
pub(crate) trait Transport: Send {
    /// Sends `head` and `records` as one body.
    fn post(&mut self, head: &[u8], records: &[u8], kind: ContentType) -> Answer;
}

/// A connection to a receiver, which is kept open between requests.
pub(crate) struct HttpTransport {
    agent: Agent,
    receiver: Receiver,
    now: fn() -> DateTime<Utc>,
    /// The body of the last request; its room serves the next.
    body: Vec<u8>,
}

impl HttpTransport {
    /// Makes ready to send; connects with the first request.
    ///
    /// # Errors
    ///
    /// If a certificate or the proxy cannot be used.
    pub(crate) fn new(receiver: &Receiver) -> Result<Self, ShipError> {
        let proxy = receiver.proxy.as_ref().map(|url| {
            Proxy::new(url).map_err(|error| ShipError::Receiver {
                endpoint: receiver.endpoint.clone(),
                why: format!(
                    "the proxy {} cannot be used: {error}; give it as http://host:port",
                    without_credentials(url)
                ),
            })
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(receiver.timeout))
            .timeout_connect(Some(receiver.timeout.min(Duration::from_secs(10))))
            .proxy(proxy.transpose()?)
            .tls_config(tls(receiver)?)
            .user_agent(concat!("chronologix-ship/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            receiver: receiver.clone(),
            now: Utc::now,
            body: Vec::new(),
        })
    }

    fn send(&self, kind: ContentType) -> Result<(Outcome, Vec<u8>), ureq::Error> {
        let kind = match kind {
            ContentType::Protobuf => "application/x-protobuf",
            ContentType::Json => "application/json",
        };
        let mut request = self.agent.post(&self.receiver.endpoint);
        request = request.header("content-type", kind);
        request = match self.receiver.compression {
            ContentEncoding::None => request,
            encoding => request.header("content-encoding", encoding.as_str()),
        };
        for (name, value) in &self.receiver.headers {
            request = request.header(name, value);
        }
        let mut response = request.send(&self.body[..])?;
        let asked = response.headers().get("retry-after");
        let asked = asked.and_then(|value| value.to_str().ok());
        let outcome = Outcome::Answered {
            status: response.status().as_u16(),
            retry_after: asked.and_then(|text| retry_after(text, (self.now)())),
        };
        // A status is an answer, whatever becomes of the body behind it.
        let body = response.body_mut().with_config().limit(ANSWER_BYTES);
        Ok((outcome, body.read_to_vec().unwrap_or_default()))
    }
}

impl Transport for HttpTransport {
    fn post(&mut self, head: &[u8], records: &[u8], kind: ContentType) -> Answer {
        let body = std::mem::take(&mut self.body);
        match compressed(self.receiver.compression, body, &[head, records]) {
            Ok(body) => self.body = body,
            Err(error) => {
                return Answer {
                    outcome: Outcome::NoAnswer,
                    body: format!("cannot compress: {error}").into_bytes(),
                    sent: 0,
                };
            }
        }
        let sent = self.body.len() as u64;
        match self.send(kind) {
            Ok((outcome, body)) => Answer {
                outcome,
                body,
                sent,
            },
            Err(error) => Answer {
                outcome: outcome_of(&error),
                body: in_words(&error).into_bytes(),
                sent,
            },
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("endpoint", &self.receiver.endpoint)
            .finish_non_exhaustive()
    }
}

/// Compresses parts into one body, in the room of an old one.
///
/// # Errors
///
/// Never in practice: it writes to memory.
fn compressed(
    encoding: ContentEncoding,
    mut body: Vec<u8>,
    parts: &[&[u8]],
) -> io::Result<Vec<u8>> {
    body.clear();
    match encoding {
        ContentEncoding::Gzip => {
            let mut encoder = GzEncoder::new(body, Compression::new(GZIP_LEVEL));
            parts.iter().try_for_each(|part| encoder.write_all(part))?;
            encoder.finish()
        }
        ContentEncoding::Zstd => {
            let mut encoder = zstd::stream::write::Encoder::new(body, ZSTD_LEVEL)?;
            parts.iter().try_for_each(|part| encoder.write_all(part))?;
            encoder.finish()
        }
        _ => {
            body.extend(parts.iter().copied().flatten());
            Ok(body)
        }
    }
}

/// Returns what a failure says of the next try.
fn outcome_of(error: &ureq::Error) -> Outcome {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Pem(_)
        | ureq::Error::Rustls(_) => Outcome::NoConnection,
        ureq::Error::Io(error) if is_of_tls(error) || is_of_name(error) => Outcome::NoConnection,
        _ => Outcome::NoAnswer,
    }
}

/// Returns whether TLS failed in the middle of a connection that looks sound otherwise.
fn is_of_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

/// Returns whether there is no host of that name. The system's resolver has no kind of error for
/// it, only words. A resolver that has failed for the moment says so.
fn is_of_name(error: &io::Error) -> bool {
    let words = error.to_string();
    let is_windows = error.raw_os_error() == Some(11_001);
    let is_lookup = words.contains("failed to lookup address");
    is_windows || is_lookup && !words.contains("Temporary failure")
}

/// Returns what went wrong, and what to look at.
fn in_words(error: &ureq::Error) -> String {
    const NAME: &str = "; is the name of the host right?";
    const VOUCHER: &str = "; `certificate` names the authority that vouches for the receiver";
    let refused = io::ErrorKind::ConnectionRefused;
    let (mut words, hint) = match error {
        ureq::Error::Io(error) => {
            let hint = match error {
                error if is_of_name(error) => NAME,
                error if is_of_tls(error) => VOUCHER,
                error if error.kind() == refused => {
                    "; does the receiver listen for OTLP/HTTP there? Its usual port is 4318"
                }
                _ => "",
            };
            (error.to_string(), hint)
        }
        ureq::Error::HostNotFound => (error.to_string(), NAME),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => (error.to_string(), VOUCHER),
        _ => (error.to_string(), ""),
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words + hint
}

/// Returns a URL without user and password.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{host}")
        }
        None => url
            .rsplit_once('@')
            .map_or(url, |(_, host)| host)
            .to_owned(),
    }
}

fn tls(receiver: &Receiver) -> Result<TlsConfig, ShipError> {
    let mut config = TlsConfig::builder();
    if let Some(path) = &receiver.certificate {
        let pem = read_pem(path)?;
        let authorities = ureq::tls::parse_pem(&pem).filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        });
        let authorities: Vec<_> = authorities.collect();
        if authorities.is_empty() {
            return Err(no_pem(receiver, path, "certificate"));
        }
        config = config.root_certs(RootCerts::Specific(Arc::new(authorities)));
    }
    if let (Some(certificate), Some(key)) = (&receiver.client_certificate, &receiver.client_key) {
        let pem = read_pem(certificate)?;
        let chain: Vec<Certificate<'static>> = ureq::tls::parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if chain.is_empty() {
            return Err(no_pem(receiver, certificate, "certificate"));
        }
        let pem = read_pem(key)?;
        let private = PrivateKey::from_pem(&pem);
        let private = private.map_err(|_error| no_pem(receiver, key, "private key"))?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&chain, private)));
    }
    Ok(config.build())
}

fn read_pem(path: &Path) -> Result<Vec<u8>, ShipError> {
    fs::read(path).map_err(ShipError::io("cannot read", path))
}

fn no_pem(receiver: &Receiver, path: &Path, what: &str) -> ShipError {
    ShipError::Receiver {
        endpoint: receiver.endpoint.clone(),
        why: format!("{} has no {what} in PEM form", path.display()),
    }
}

#[cfg(test)]
mod tests;
