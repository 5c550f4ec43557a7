//! The thread that sends: each batch until it is answered, then the cursor.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering::Relaxed, mpsc::Receiver},
    time::Duration,
};

use super::Marked;
use crate::{
    clock::{Clock, Stop, random},
    cursor::{Progress, StateDir},
    dead_letter::{Rejection, set_aside},
    error::ShipError,
    metrics::Metrics,
    notice::Notice,
    otlp::{Batch, Resource, partial_success, status_message},
    retry::{Experience, Outcome, Tries, Verdict, verdict},
    transport::{Answer, ContentType, Transport},
};

/// What gets notices.
pub(crate) type Report = Arc<dyn Fn(&Notice) + Send + Sync>;

/// What a sender works with.
pub(crate) struct SenderParts {
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) endpoint: String,
    pub(crate) resource: Resource,
    pub(crate) state: StateDir,
    pub(crate) progress: Progress,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stop: Stop,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) report: Report,
    /// Bodies are compressed in a way that not every receiver reads.
    pub(crate) is_encoding_rare: bool,
    /// How long a receiver is waited for. `None`: as long as it takes.
    pub(crate) give_up_after: Option<Duration>,
}

/// Sends shipments one after the other.
pub(crate) struct Sender {
    parts: SenderParts,
    /// The receiver has taken a batch since the start.
    has_worked: bool,
    /// The tries that failed since the receiver has last taken a batch.
    tries: Option<Tries>,
    /// A receiver that drops records is reported once.
    has_dropped: bool,
    /// As [`Sender::has_dropped`], for those that it refuses.
    has_refused: bool,
}

/// How the tries of a batch ended.
enum Delivery {
    Done,
    /// The run was asked to stop.
    Stopped,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("endpoint", &self.parts.endpoint)
            .field("has_worked", &self.has_worked)
            .finish_non_exhaustive()
    }
}

impl Sender {
    pub(crate) fn new(parts: SenderParts) -> Self {
        Self {
            parts,
            has_worked: false,
            tries: None,
            has_dropped: false,
            has_refused: false,
        }
    }

    pub(super) fn stop(&self) -> &Stop {
        &self.parts.stop
    }

    pub(super) fn report(&self) -> Report {
        Arc::clone(&self.parts.report)
    }

    /// Sends shipments as they come. After one that is not answered before the run is asked to
    /// stop, no other is sent: its cursor would be behind records that did not arrive.
    ///
    /// # Errors
    ///
    /// As [`super::run`].
    pub(super) fn ship_all(&mut self, due: &Receiver<Marked>) -> Result<(), ShipError> {
        for marked in due {
            if let Delivery::Stopped = self.ship(marked)? {
                break;
            }
        }
        Ok(())
    }

    /// Sends a shipment, and then marks it.
    fn ship(&mut self, (shipment, cursor): Marked) -> Result<Delivery, ShipError> {
        for batch in shipment.batches {
            let records = batch.count;
            if let Delivery::Stopped = self.deliver(batch)? {
                (self.parts.report)(&Notice::Unanswered { records });
                return Ok(Delivery::Stopped);
            }
        }
        let progress = &mut self.parts.progress;
        progress.advance(&shipment.reached);
        progress.cursor = cursor;
        progress.written = self.parts.clock.now();
        self.parts.state.save(progress)?;
        Ok(Delivery::Done)
    }

    /// Sends a batch until it is answered, in parts if it is too large.
    fn deliver(&mut self, batch: Batch) -> Result<Delivery, ShipError> {
        let mut parts = vec![batch];
        while let Some(batch) = parts.pop() {
            let head = self.parts.resource.head(&batch.records);
            let transport = &mut self.parts.transport;
            let answer = transport.post(&head, &batch.records, ContentType::Protobuf);
            self.parts.metrics.bytes.fetch_add(answer.sent, Relaxed);
            let known = Experience {
                has_worked: self.has_worked,
                is_encoding_rare: self.parts.is_encoding_rare,
            };
            match verdict(&answer.outcome, batch.count, known) {
                Verdict::Delivered => self.delivered(&batch, &answer),
                Verdict::TryAgain { asked } => {
                    parts.push(batch);
                    if self.try_again(asked, &answer)? {
                        return Ok(Delivery::Stopped);
                    }
                }
                Verdict::Split => {
                    self.parts.metrics.split.fetch_add(1, Relaxed);
                    // The last is the next: halves keep their order.
                    let [first, second] = batch.halves().unwrap_or_default();
                    parts.extend([second, first]);
                }
                Verdict::SetAside => self.set_aside(&batch, &answer)?,
                Verdict::GiveUp => return Err(self.unusable(&answer)),
            }
        }
        Ok(Delivery::Done)
    }

    fn delivered(&mut self, batch: &Batch, answer: &Answer) {
        let Self { parts, .. } = self;
        let metrics = &parts.metrics;
        self.has_worked = true;
        metrics.records.fetch_add(batch.count as u64, Relaxed);
        metrics.delivered.fetch_add(1, Relaxed);
        let was_away = metrics.is_away.swap(false, Relaxed);
        let now = parts.clock.now().timestamp();
        metrics.last_success.store(now, Relaxed);
        let tries = self.tries.take();
        if let Some(tries) = tries.filter(|_| was_away) {
            (parts.report)(&Notice::Back {
                endpoint: parts.endpoint.clone(),
                after: tries.lasted(parts.clock.instant()),
            });
        }
        let partial = partial_success(&answer.body);
        let is_whole = partial.rejected == 0 && partial.message.is_empty();
        if !is_whole && !self.has_dropped {
            (parts.report)(&Notice::Rejected {
                records: partial.rejected,
                message: partial.message,
            });
        }
        self.has_dropped = !is_whole;
        metrics.rejected.fetch_add(partial.rejected, Relaxed);
        let progress = &mut parts.progress;
        progress.rejected += partial.rejected;
        self.has_refused = false;
    }

    /// Waits before the next try. Returns whether the run was asked to stop.
    fn try_again(&mut self, asked: Option<Duration>, answer: &Answer) -> Result<bool, ShipError> {
        let Self { parts, .. } = self;
        parts.metrics.retried.fetch_add(1, Relaxed);
        let now = parts.clock.instant();
        let begin = || Tries::begin(now, parts.give_up_after);
        let tries = self.tries.get_or_insert_with(begin);
        let pause = tries.failed(now, asked, random());
        let is_stale = self.has_worked && answer.outcome == Outcome::NoAnswer;
        if tries.count() == 1 && is_stale {
            // The receiver has closed a connection that was not used for a while: no news.
            return Ok(parts.stop.is_asked());
        }
        if !parts.metrics.is_away.swap(true, Relaxed) {
            (parts.report)(&Notice::Away {
                endpoint: parts.endpoint.clone(),
                why: answer.why(),
            });
        }
        let pause = pause.ok_or_else(|| {
            let seconds = parts.give_up_after.unwrap_or_default().as_secs();
            ShipError::Receiver {
                endpoint: parts.endpoint.clone(),
                why: format!("{}; tried for {seconds} s", answer.why()),
            }
        })?;
        Ok(parts.clock.wait(&parts.stop, pause) || parts.stop.is_asked())
    }

    fn set_aside(&mut self, batch: &Batch, answer: &Answer) -> Result<(), ShipError> {
        let Self { parts, .. } = self;
        let status = match answer.outcome {
            Outcome::Answered { status, .. } => status,
            Outcome::NoAnswer | Outcome::NoConnection => 0,
        };
        let path = parts.state.rejected_path();
        let rejection = Rejection {
            status,
            message: status_message(&answer.body),
            endpoint: parts.endpoint.clone(),
            at: parts.clock.now(),
        };
        let disk = parts.state.disk();
        set_aside(disk, &path, &parts.resource, batch, &rejection)?;
        parts
            .metrics
            .set_aside
            .fetch_add(batch.count as u64, Relaxed);
        parts.progress.rejected += batch.count as u64;
        if !self.has_refused {
            self.has_refused = true;
            (parts.report)(&Notice::SetAside {
                records: batch.count,
                status,
                message: rejection.message,
                path,
            });
        }
        Ok(())
    }

    /// Returns the error of a receiver that cannot be used.
    fn unusable(&self, answer: &Answer) -> ShipError {
        let hint = match answer.outcome {
            Outcome::Answered { status, .. } => match status {
                401 | 403 => "; the header with its credentials is set by `headers`",
                300..=399 | 404 | 405 => "; is the path right? Logs usually go to /v1/logs",
                407 => "; the proxy asks for credentials: http://user:password@host:port",
                400 | 415 => "; does it read this compression? `compression = \"gzip\"` is usual",
                _ => "",
            },
            Outcome::NoAnswer | Outcome::NoConnection => "",
        };
        ShipError::Receiver {
            endpoint: self.parts.endpoint.clone(),
            why: answer.why() + hint,
        }
    }
}
