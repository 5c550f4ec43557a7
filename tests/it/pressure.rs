//! A queue with no room.

use std::process::Command;

use chronologix::log;

use crate::{
    chronologix_streams,
    tree::{lines_of, turn},
};

const RECORDS: u64 = 1_000_000;

/// Set in the child process whose memory is measured.
const CHILD: &str = "CHRONOLOGIX_TEST_PRESSURE";

#[test]
fn a_million_records_as_fast_as_they_come_fit_into_32_mib() {
    if let Some(base) = std::env::var_os(CHILD) {
        return log_a_million(base.as_ref());
    }
    let base = tempfile::tempdir().unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "pressure::a_million_records_as_fast_as_they_come_fit_into_32_mib",
        ])
        .env(CHILD, base.path())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(lines_of(base.path(), "app.log").len() as u64, RECORDS);
}

fn log_a_million(base: &std::path::Path) {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let logger = chronologix_streams::config()
            .base_log_dir(base)
            .start()
            .await
            .unwrap();
        let tasks = (0..4).map(|task| {
            tokio::spawn(async move {
                for at in 0..RECORDS / 4 {
                    log!(app, "task <> makes record <> of a good length", task, at)
                        .await
                        .into_result()
                        .unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        logger.stop().await.unwrap();
        assert_eq!(logger.stats().written, RECORDS);
    });
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        let kib = peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap();
        assert!(kib < 32 * 1024, "peak RSS {kib} KiB");
    }
}
