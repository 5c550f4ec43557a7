//! Reads what the operating system knows of this process and this machine, and prepares it for a
//! run.

use std::{
    fs,
    fs::File,
    io::{self, Write as _},
    path::Path,
    time::Instant,
};

/// The unit of `/proc/stat`.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes written at once while pages are made ready.
static BLOCK: [u8; 1 << 16] = [b'x'; 1 << 16];

/// Writes and removes a file of this size, so that the pages the logger's file will occupy are free
/// and known to the host. On a virtual machine a page that the guest has not used for a while costs
/// a fault in the host, several times what copying the bytes costs, and which logger meets such
/// pages would be chance.
pub(crate) fn make_pages_ready(dir: &Path, bytes: u64) -> io::Result<()> {
    let path = dir.join("pages");
    let mut file = File::create(&path)?;
    for _ in 0..bytes.div_ceil(BLOCK.len() as u64) {
        file.write_all(&BLOCK)?;
    }
    drop(file);
    fs::remove_file(path)
}

/// The largest resident set this process ever had, in KiB. `None` where there is no `/proc`.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time used so far, by everybody and by this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    at: Instant,
    /// Ticks in which a processor was not idle, those the host took included.
    all: f64,
    own: f64,
}

impl Usage {
    /// `None` where there is no `/proc`.
    pub(crate) fn now() -> Option<Self> {
        let ticks = |text: &str| text.parse::<f64>().ok();
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let cpu = stat.lines().next()?.strip_prefix("cpu ")?;
        let cpu = cpu
            .split_whitespace()
            .map(ticks)
            .collect::<Option<Vec<_>>>()?;
        // user nice system idle iowait irq softirq steal; what follows is part of the first two.
        let all = cpu.iter().take(8).sum::<f64>() - cpu.get(3)? - cpu.get(4)?;
        let own = fs::read_to_string("/proc/self/stat").ok()?;
        // Behind the name, which may hold anything, the twelfth and thirteenth are user and system.
        let own = own.rsplit_once(')')?.1.split_whitespace().skip(11);
        let own = own.take(2).map(ticks).sum::<Option<f64>>()?;
        let at = Instant::now();
        Some(Self { at, all, own })
    }

    /// How many processors all other processes kept busy since.
    pub(crate) fn others_since(self) -> Option<f64> {
        let now = Self::now()?;
        let others = (now.all - self.all) - (now.own - self.own);
        let ticks = (now.at - self.at).as_secs_f64() * TICKS_PER_SECOND;
        Some((others / ticks).max(0.0))
    }
}

/// The processor and the kernel, for the head of a table.
pub(crate) fn describe() -> String {
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cpus} × {model}, kernel {}", kernel.trim())
}
