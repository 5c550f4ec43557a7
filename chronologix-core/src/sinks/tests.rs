//! Echo and hooks of a whole logger, in memory.

pub(crate) mod console;

mod hooks;
mod no_files;
#[cfg(feature = "tokio")]
mod runtimes;

use std::{
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use crate::{Config, Level, testing::TestLogger};

/// What no test should have to wait for.
const LONG: Duration = Duration::from_secs(60);

/// The streams `app`, `errors` (mirrored to `app`) and `json`.
fn config() -> Config {
    let config = Config::new().stream("app").stream("errors");
    let json = crate::StreamConfig::new("json").format("json");
    config.stream(json).mirror("errors", "app")
}

fn log(logger: &TestLogger, stream: &str, level: Level, message: &str) {
    let stream = logger.logger().stream(stream).unwrap();
    stream.log_at(level, format_args!("{message}")).wait();
}

/// Comes back once it is so.
#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "it never came to that");
        std::thread::yield_now();
    }
}

/// Stands still until the other end is dropped.
#[derive(Clone)]
struct Gate(Arc<Mutex<mpsc::Receiver<()>>>);

fn gate() -> (mpsc::Sender<()>, Gate) {
    let (opener, closed) = mpsc::channel();
    (opener, Gate(Arc::new(Mutex::new(closed))))
}

impl Gate {
    fn pass(&self) {
        let _ = self.0.lock().unwrap().recv();
    }
}
