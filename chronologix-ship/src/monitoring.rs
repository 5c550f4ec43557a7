//! `/metrics` and `/healthz` over HTTP, for those who watch a run.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use crate::{error::ShipError, metrics::Watched};

/// How long a client may take. It is served before the next.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is read of a request.
const REQUEST_BYTES: u64 = 8 << 10;

/// Answers from now on, until the process ends. Returns the address, whose port is chosen by the
/// system if it was 0.
///
/// # Errors
///
/// If the address cannot be used.
pub(crate) fn listen(
    address: SocketAddr,
    metrics: Arc<dyn Watched>,
) -> Result<SocketAddr, ShipError> {
    let failed = |source| ShipError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let serve = move || {
        for client in listener.incoming().flatten() {
            // A client that went away has no use for an error.
            let _ = answer(&client, &*metrics);
        }
    };
    let thread = thread::Builder::new().name("chronologix-ship-metrics".to_owned());
    thread.spawn(serve).map_err(failed)?;
    Ok(bound)
}

fn answer(mut client: &TcpStream, metrics: &dyn Watched) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(client.take(REQUEST_BYTES)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // To the end of the headers: a client that still writes would see a broken connection.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    client.write_all(response(&request, metrics).as_bytes())
}

/// Returns the response to the first line of a request.
fn response(request: &str, metrics: &dyn Watched) -> String {
    let mut words = request.split(' ');
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let path = path.split('?').next().unwrap_or_default();
    let (status, body) = match (method, path) {
        (Some("GET" | "HEAD"), "/metrics") => ("200 OK", metrics.to_text()),
        // A receiver or a store that is away is no reason to start this process anew.
        (Some("GET" | "HEAD"), "/healthz") => {
            let state = metrics.awaited().map_or_else(
                || "ok\n".to_owned(),
                |awaited| format!("waiting for the {awaited}\n"),
            );
            ("200 OK", state)
        }
        (Some("GET" | "HEAD"), _) => (
            "404 Not Found",
            "there are /metrics and /healthz\n".to_owned(),
        ),
        _ => ("405 Method Not Allowed", "only GET\n".to_owned()),
    };
    let length = body.len();
    let body = if method == Some("HEAD") { "" } else { &body };
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

#[cfg(test)]
mod tests;
