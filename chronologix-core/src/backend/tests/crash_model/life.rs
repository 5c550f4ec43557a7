//! One writer, from its start to its end, and two threads that log to it.

use std::sync::Arc;

use super::ledger::Fate;
use crate::{
    Config, DiskError, LogFuture, Stats,
    backend::writer::{Round, SharedState, Writer},
    codec::encode::{Arguments as _, BufEncoder, Formatted},
    config::Settings,
    frontend::callsite::{Callsite, SourceFile},
    fs::{tests::sim::SimFs, traits::FileSystem},
    logger::share,
    queue::{
        command::Command,
        oneshot,
        record_header::RecordHeader,
        spsc::producer::{Producer, PushOutcome},
    },
};

/// Rounds after which a writer on a healthy disk has nothing to do any more.
const ENOUGH: usize = 12;

#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) shared: Arc<SharedState>,
    /// Until it ends.
    writer: Option<Writer>,
    /// Of one of the threads. The other has the queue of the dying.
    producer: Producer,
    fs: SimFs,
    appended_before: u64,
    /// Records that were made.
    pub(crate) made: u64,
    /// Records dropped for certain.
    pub(crate) dropped: u64,
    /// The disk was made to refuse, or files were taken away: callers may get errors.
    pub(crate) may_fail: bool,
    /// Flushes, with the number of records made before, in this life and earlier.
    flushes: Vec<(usize, oneshot::Receiver<()>)>,
    reopens: Vec<oneshot::Receiver<()>>,
}

static FILE: SourceFile = SourceFile {
    module: "model::program",
    path: "src/program.rs",
};

static CALLSITE: Callsite = Callsite::new(None, "{}").at(&FILE, 1);

impl Life {
    pub(crate) fn begin(
        fs: &SimFs,
        settings: &Settings,
        config: &Config,
    ) -> Result<Self, DiskError> {
        let shared = Arc::new(share(settings.clone(), config));
        let appended_before = fs.appended_bytes();
        let door: Box<dyn FileSystem> = Box::new(fs.clone());
        let writer = Writer::open(Arc::clone(&shared), door).inspect_err(|_| drop(shared.end()))?;
        Ok(Self {
            producer: shared.queues.join().unwrap(),
            shared,
            writer: Some(writer),
            fs: fs.clone(),
            appended_before,
            made: 0,
            dropped: 0,
            may_fail: false,
            flushes: Vec::new(),
            reopens: Vec::new(),
        })
    }

    /// Makes a record.
    pub(crate) fn log(&mut self, queue: usize, stream: usize, message: &str) -> (LogFuture, Fate) {
        let args = (Formatted(format_args!("{message}")), ());
        let mut bytes = Vec::new();
        args.encode(&mut BufEncoder::new(&mut bytes));
        let stream = u16::try_from(stream).unwrap();
        let header = RecordHeader {
            callsite: CALLSITE.number(&args),
            stream,
        };
        let offer = |producer: &mut Producer| {
            let admission = producer.push_or_defer(header, &bytes);
            let fate = match admission {
                PushOutcome::Queued(_) => Fate::Queued,
                PushOutcome::Deferred(_) => Fate::Deferred,
                PushOutcome::Dropped | PushOutcome::Closed => Fate::Refused,
            };
            (
                LogFuture::of_outcome(producer.queue(), stream, admission),
                fate,
            )
        };
        self.made += 1;
        let (record, fate) = match queue {
            0 => offer(&mut self.producer),
            _ => offer(&mut self.shared.queues.for_dying_thread()),
        };
        self.dropped += u64::from(fate == Fate::Refused);
        (record, fate)
    }

    pub(crate) fn round(&mut self) -> Result<Round, String> {
        let writer = self.writer.as_mut().unwrap();
        let round = writer.round();
        let written = self.shared.counters.snapshot().written;
        let acked = writer.merger.positions().map(|position| position.acked);
        let acked = acked.sum::<u64>();
        // Of a batch that the disk does not take as a whole.
        let counted = writer.group_commit.counted;
        if written != acked + counted || counted > 0 && round != Round::Blocked {
            return Err(format!(
                "{written} counted as written, {acked} acknowledged, {counted} of the batch"
            ));
        }
        Ok(round)
    }

    /// Works until there is nothing to do. The disk must be healthy.
    pub(crate) fn settle(&mut self) -> Result<(), String> {
        for _ in 0..ENOUGH {
            if self.round()? == Round::Idle {
                return Ok(());
            }
        }
        Err("the writer does not come to rest on a healthy disk".to_owned())
    }

    pub(crate) fn flush(&mut self, made_before: usize) {
        let commands = &self.shared.queues.channel.commands;
        self.flushes
            .push((made_before, commands.send(Command::Flush).unwrap()));
    }

    pub(crate) fn reopen(&mut self) {
        let commands = &self.shared.queues.channel.commands;
        self.reopens.push(commands.send(Command::Reopen).unwrap());
    }

    /// The flushes that are answered now: for each, how many records had been made before.
    pub(crate) fn answered_flushes(&mut self) -> Vec<usize> {
        let mut answered = Vec::new();
        self.flushes.retain_mut(|(made_before, answer)| {
            let outcome = super::poll_once(answer);
            // A read-only disk answers nothing: what remains is looked for.
            answered.extend(outcome.flatten().map(|()| *made_before));
            outcome.is_none()
        });
        self.reopens
            .retain_mut(|answer| super::poll_once(answer).is_none());
        answered
    }

    pub(crate) fn has_unanswered(&self) -> bool {
        !self.flushes.is_empty() || !self.reopens.is_empty()
    }

    /// As [`Writer::run`] does when it is told to stop. Only for healthy disks, for it would wait
    /// in earnest.
    pub(crate) fn stop(&mut self) -> Result<(), DiskError> {
        let outcome = self.writer.as_mut().unwrap().finish();
        drop(self.shared.end());
        self.writer = None;
        outcome
    }

    /// The same on a disk that may refuse for good, without the wait. Whether lines were given up.
    pub(crate) fn give_up(&mut self) -> Result<bool, String> {
        self.shared.queues.close();
        for _ in 0..ENOUGH {
            let round = self.round()?;
            let writer = self.writer.as_mut().unwrap();
            if round == Round::Idle && writer.merger.is_empty() {
                writer.errors.clear(crate::backend::retry::Operation::Write);
                break;
            }
        }
        let mut writer = self.writer.take().unwrap();
        let gives_up = writer.folders.has_lines();
        writer.give_up();
        writer.close();
        writer.group_commit.finish(&self.shared);
        drop(self.shared.end());
        Ok(gives_up)
    }

    /// The process is killed. Whether lines were on their way to their files.
    pub(crate) fn kill(&mut self) -> bool {
        let writer = self.writer.take().unwrap();
        drop(self.shared.end());
        writer.folders.has_lines()
    }

    /// Lines that could not be synced stand in two files until all of the batch are written.
    pub(crate) fn has_superseded(&self) -> bool {
        let writer = self.writer.as_ref();
        writer.is_some_and(|writer| writer.folders.has_superseded())
    }

    /// As [`Logger::stats`](crate::Logger::stats).
    pub(crate) fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Bytes that were appended in this life.
    pub(crate) fn appended_bytes(&self) -> u64 {
        self.fs.appended_bytes() - self.appended_before
    }
}
