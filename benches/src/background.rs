//! What the other threads of this process do while one thread watches.

use std::{
    fs,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use crate::report::Load;

/// What they have done so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Background {
    at: Instant,
    processor_time: Duration,
    /// How often one of them went to sleep or was put aside, which is as often as it woke up.
    switches: u64,
}

impl Background {
    /// `None` where there is no `/proc`.
    pub(crate) fn now() -> Option<Self> {
        let own = fs::read_link("/proc/thread-self").ok()?;
        let mut switches = 0;
        for task in fs::read_dir("/proc/self/task").ok()? {
            let task = task.ok()?;
            if Some(task.file_name().as_os_str()) != own.file_name() {
                // A thread may have ended meanwhile.
                let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
                switches += status.lines().filter_map(context_switches).sum::<u64>();
            }
        }
        let process = processor_time(ClockId::ProcessCPUTime);
        Some(Self {
            at: Instant::now(),
            processor_time: process.saturating_sub(processor_time(ClockId::ThreadCPUTime)),
            switches,
        })
    }

    /// What they did since.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub(crate) fn since(self) -> Option<Load> {
        let now = Self::now()?;
        let seconds = (now.at - self.at).as_secs_f64();
        let busy = now.processor_time.saturating_sub(self.processor_time);
        Some(Load {
            wake_ups_per_second: now.switches.saturating_sub(self.switches) as f64 / seconds,
            processors: busy.as_secs_f64() / seconds,
        })
    }
}

fn context_switches(line: &str) -> Option<u64> {
    let (name, number) = line.split_once(':')?;
    if !name.ends_with("voluntary_ctxt_switches") {
        return None;
    }
    number.trim().parse().ok()
}

fn processor_time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    )
}
