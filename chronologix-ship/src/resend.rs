//! Refused records, sent once more: `chronologix-ship resend`.

use std::{
    fmt,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, BufWriter, ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;

use crate::{
    clock::{Clock, Stop, random},
    cursor::StateDir,
    disk::{Disk as _, OsDisk, folder_of},
    error::ShipError,
    retry::{Experience, Tries, Verdict, verdict},
    settings::Settings,
    transport::{Answer, ContentType, HttpTransport, Transport},
};

/// Nothing is known of the receiver: what was refused before says nothing of its settings.
const UNKNOWN: Experience = Experience {
    has_worked: false,
    is_encoding_rare: false,
};

/// How long a receiver that is away is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of the requests in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resent {
    /// Records that were taken.
    pub(crate) records: u64,
    /// Requests that were refused again, and stay in the file.
    pub(crate) refused: u64,
    /// What the receiver said of the last of them.
    pub(crate) why: String,
    /// Lines that are no requests, and stay in the file.
    pub(crate) unreadable: u64,
}

impl fmt::Display for Resent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sent {} records", self.records)?;
        if self.refused > 0 {
            write!(
                f,
                "; {} requests were refused again ({})",
                self.refused, self.why
            )?;
        }
        if self.unreadable > 0 {
            write!(f, "; {} lines cannot be read", self.unreadable)?;
        }
        Ok(())
    }
}

/// Sends the requests of a file of refused records. Those that are taken leave the file.
///
/// # Errors
///
/// If another process sends the records of this tree, if the file cannot be read or written, or if
/// the receiver cannot be reached. What was not taken stays in the file.
pub(crate) fn resend(settings: &Settings, file: Option<PathBuf>) -> Result<Resent, ShipError> {
    let state = StateDir::new(&settings.state_dir);
    let path = file.unwrap_or_else(|| state.rejected_path());
    let _lock = state.lock()?;
    let mut transport = HttpTransport::new(&settings.receiver)?;
    let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
    resend_file(&path, &settings.receiver.endpoint, &mut transport, &clock)
}

fn resend_file(
    path: &Path,
    endpoint: &str,
    transport: &mut dyn Transport,
    clock: &Arc<dyn Clock>,
) -> Result<Resent, ShipError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Resent::default()),
        Err(error) => {
            return Err(ShipError::io("cannot read refused records from", path)(
                error,
            ));
        }
    };
    let aside = path.with_extension("jsonl.new");
    let rest = File::create(&aside).map_err(ShipError::io("cannot write", &aside))?;
    let mut rest = BufWriter::new(rest);
    let (mut resent, mut failure) = (Resent::default(), None);
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(ShipError::io("cannot read refused records from", path))?;
        if line.is_empty() {
            continue;
        }
        let stays = failure.is_some()
            || match send(&line, endpoint, transport, clock, &mut resent) {
                Ok(stays) => stays,
                Err(error) => {
                    // The lines that follow stay as well.
                    failure = Some(error);
                    true
                }
            };
        if stays {
            let written = rest.write_all(&line).and_then(|()| rest.write_all(b"\n"));
            written.map_err(ShipError::io("cannot write", &aside))?;
        }
    }
    replace(path, &aside, rest).map_err(ShipError::io("cannot replace", path))?;
    failure.map_or(Ok(resent), Err)
}

/// Sends one line. Returns whether it stays in the file.
fn send(
    line: &[u8],
    endpoint: &str,
    transport: &mut dyn Transport,
    clock: &Arc<dyn Clock>,
    resent: &mut Resent,
) -> Result<bool, ShipError> {
    let Ok(Value::Object(mut request)) = serde_json::from_slice(line) else {
        resent.unreadable += 1;
        return Ok(true);
    };
    // The reason is for people.
    let reason = request.remove("rejected");
    let records = reason.and_then(|it| it.get("records")?.as_u64());
    let body = Value::Object(request).to_string();
    let unreachable = |answer: &Answer| ShipError::Receiver {
        endpoint: endpoint.to_owned(),
        why: answer.why(),
    };
    let mut tries = Tries::begin(clock.instant(), Some(PATIENCE));
    loop {
        let answer = transport.post(body.as_bytes(), &[], ContentType::Json);
        let asked = match verdict(&answer.outcome, 1, UNKNOWN) {
            Verdict::Delivered => {
                resent.records += records.unwrap_or(1);
                return Ok(false);
            }
            Verdict::SetAside | Verdict::Split => {
                resent.refused += 1;
                resent.why = answer.why();
                return Ok(true);
            }
            Verdict::GiveUp => return Err(unreachable(&answer)),
            Verdict::TryAgain { asked } => asked,
        };
        let pause = tries.failed(clock.instant(), asked, random());
        let pause = pause.ok_or_else(|| unreachable(&answer))?;
        clock.wait(&Stop::default(), pause);
    }
}

/// Puts what is left in the place of the file. An empty rest leaves no file.
fn replace(path: &Path, aside: &Path, rest: BufWriter<File>) -> io::Result<()> {
    let rest = rest.into_inner().map_err(io::IntoInnerError::into_error)?;
    rest.sync_all()?;
    if rest.metadata()?.len() == 0 {
        fs::remove_file(aside)?;
        fs::remove_file(path)?;
    } else {
        fs::rename(aside, path)?;
    }
    folder_of(path).map_or(Ok(()), |folder| OsDisk.sync_folder(folder))
}

#[cfg(test)]
mod tests;
