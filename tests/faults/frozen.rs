//! Clocks that stand still, go back, tick seldom, or show a time that is none, as libfaketime, test
//! machines and old processors have them: they cost the stamps, and nothing else.

use std::{fs, time::Duration};

use chronologix::{Config, StreamConfig};

use crate::{
    lines::folders,
    rounds,
    script::Script,
    tools::{self, Tool},
    victim::Casting,
};

/// Shows the time that the environment asks for, and hides that the counter of the processor is to
/// be trusted, so that records are stamped with what is shown.
const CLOCKS: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *now) {
    static long reads;
    const char *shown = getenv(id == CLOCK_REALTIME ? "WALL" : "MONOTONIC");
    if (shown) {
        now->tv_sec = atoll(shown);
        now->tv_nsec = 0;
        return 0;
    }
    syscall(SYS_clock_gettime, id, now);
    if (getenv("COARSE"))
        now->tv_nsec -= now->tv_nsec % 10000000;
    /* As if each read were made on the other one of two processors. */
    if (getenv("APART") && __atomic_add_fetch(&reads, 1, __ATOMIC_RELAXED) % 2)
        now->tv_sec -= 1;
    return 0;
}
int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    if (!getenv("COUNTER") && strstr(path, "clocksource")) {
        errno = ENOENT;
        return -1;
    }
    return syscall(SYS_openat, -100, path, flags, mode);
}
__attribute__((constructor)) static void begin() {
    if (getenv("TRAPPED"))
        prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
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
    // Before and after what the kernel's clocks show.
    let cases = ["1", "99999999999"].into_iter().flat_map(|monotonic| {
        let walls = ["1", "1609446600", "4102444800"].into_iter();
        walls.map(move |wall| vec![("MONOTONIC", monotonic), ("WALL", wall)])
    });
    cost_stamps_alone("clocks stand still", cases);
}

#[test]
fn clocks_that_go_back_tick_seldom_or_are_out_of_range_cost_stamps_alone() {
    let cases = [
        vec![("COARSE", "")],
        vec![("APART", "")],
        vec![("APART", ""), ("COARSE", "")],
        vec![("TRAPPED", "")],
    ];
    // Before 1970, and around the last second whose nanoseconds fit, in 2262.
    let walls = [
        "-1",
        "-99999999999",
        "9223372035",
        "9223372037",
        "999999999999",
    ];
    let cases = cases
        .into_iter()
        .chain(walls.map(|wall| vec![("WALL", wall)]));
    cost_stamps_alone("clocks are odd", cases);
}

/// Logs in processes that see such clocks.
fn cost_stamps_alone(test: &str, cases: impl Iterator<Item = Vec<(&'static str, &'static str)>>) {
    if !tools::are_here(test, &[Tool::Gcc]) {
        return;
    }
    let _machine = rounds::alone();
    let dir = tempfile::tempdir().unwrap();
    let library = tools::preload(dir.path(), "clocks", CLOCKS);
    for variables in cases {
        for counter in [&[][..], &[("COUNTER", "")]] {
            let variables = variables.iter().chain(counter);
            let case = format!("{:?}", variables.clone().collect::<Vec<_>>());
            let base = dir.path().join(&case);
            let mut victim = Casting::of("frozen")
                .with("base", base.display())
                .environment("LD_PRELOAD", library.to_str().unwrap());
            for (name, value) in variables {
                victim = victim.environment(name, value);
            }
            let mut victim = victim.start();
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
