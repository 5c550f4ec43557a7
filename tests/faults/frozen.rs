//! Clocks that stand still, or show a time that is none, as libfaketime and test machines have
//! them: they cost the stamps, and nothing else.

use std::{fs, time::Duration};

use chronologix::{Config, StreamConfig};

use crate::{
    lines::folders,
    rounds,
    script::Script,
    tools::{self, Tool},
    victim::Casting,
};

/// Shows the same time for ever.
const STANDS_STILL: &str = r#"
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now) {
    now->tv_sec = atoll(getenv(id == CLOCK_REALTIME ? "WALL" : "MONOTONIC"));
    now->tv_nsec = 0;
    return 0;
}
"#;

/// Half of them waited for.
const RECORDS: u64 = 400;

/// Logs, waits to be looked at, and stops.
pub(crate) fn play(script: &Script) {
    let config = Config::new()
        .base_log_dir(script.path("base"))
        .stream("app")
        .stream(StreamConfig::new("audit").durability("synced"));
    let logger = config.start_blocking().unwrap();
    let [app, audit] = ["app", "audit"].map(|name| logger.stream(name).unwrap());
    for number in 0..RECORDS / 2 {
        audit
            .log(format_args!("{number}"))
            .wait()
            .into_result()
            .unwrap();
        app.log(format_args!("{number}")).detach();
    }
    script.say("made");
    script.wait_for("enough");
    logger.stop_blocking().unwrap();
    script.say(&format!("stopped {}", logger.stats().written));
}

/// Hundredths of a second for which a process ran.
fn processor_time(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields = fields.split(' ').skip(11).take(2);
    fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

#[test]
fn clocks_that_stand_still_cost_stamps_alone() {
    if !tools::are_here("clocks stand still", &[Tool::Gcc]) {
        return;
    }
    let _machine = rounds::alone();
    let dir = tempfile::tempdir().unwrap();
    let library = tools::preload(dir.path(), "still", STANDS_STILL);
    // Before and after what the kernel's clocks show.
    for monotonic in ["1", "99999999999"] {
        for wall in ["1", "1609446600", "4102444800"] {
            let case = format!("{monotonic} {wall}");
            let base = dir.path().join(&case);
            let mut victim = Casting::of("frozen")
                .with("base", base.display())
                .environment("LD_PRELOAD", library.to_str().unwrap())
                .environment("MONOTONIC", monotonic)
                .environment("WALL", wall)
                .start();
            victim.hear("made");
            let lines = || {
                let files = folders(&base).into_iter();
                let files = files.flat_map(|folder| {
                    ["app.log", "audit.log"].map(|name| fs::read_to_string(folder.join(name)))
                });
                files
                    .flatten()
                    .map(|text| text.lines().count() as u64)
                    .sum::<u64>()
            };
            assert!(
                rounds::until(|| lines() == RECORDS),
                "{case}: {} lines",
                lines()
            );
            let before = processor_time(victim.pid);
            rounds::last(Duration::from_millis(500));
            let busy = processor_time(victim.pid) - before;
            assert!(
                busy < 10,
                "{case}: ran for {busy} of 50 hundredths while idle"
            );
            victim.tell("enough");
            assert_eq!(victim.hear("stopped"), RECORDS.to_string(), "{case}");
            assert_eq!(victim.succeed(), "", "{case}");
        }
    }
}
