//! Closed folders of a real tree: compressed so that the usual tools read them, removed when their
//! time has come, and whole after `kill -9`.

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};
use chronologix::{Config, Logger};

/// What the process to be killed is given: the base of its tree, and how to compress it.
const VICTIM: &str = "CHRONOLOGIX_TEST_UPKEEP_VICTIM";

/// How long anything here may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// A folder closed so many days ago.
fn folder(days_ago: i64) -> String {
    let then = Utc::now() - TimeDelta::days(days_ago);
    then.format("%Y-%m-%d").to_string()
}

fn start(base: &Path, change: impl FnOnce(Config) -> Config) -> Logger {
    let config = Config::new().base_log_dir(base).streams(["app", "errors"]);
    change(config).start_blocking().unwrap()
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        // Not in a circle: what is waited for runs only when no other wants to.
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Lines as logs have them, up to so many bytes.
fn lines(bytes: usize) -> String {
    let mut text = String::new();
    let mut state = 1_u64;
    while text.len() < bytes {
        // Not too easy to compress.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let took = state >> 54;
        text += "[14:00:00] request ";
        text += &state.to_string();
        text += " took ";
        text += &took.to_string();
        text += " ms\n";
    }
    text
}

/// A tree with one closed folder and logs in it; gives their text.
fn tree(base: &Path, days_ago: i64) -> (PathBuf, String) {
    let closed = base.join(folder(days_ago));
    fs::create_dir(&closed).unwrap();
    let text = lines(100_000);
    fs::write(closed.join("app.log"), &text).unwrap();
    fs::write(closed.join("errors.log"), "").unwrap();
    (closed, text)
}

/// What a tool prints, `None` if it is not here. It must succeed.
#[track_caller]
fn tool(command: &[&str], path: &Path) -> Option<Vec<u8>> {
    let output = Command::new(command[0])
        .args(&command[1..])
        .arg(path)
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        // Not by way of the captured stderr: it is to be seen.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {} is not here", command[0]);
        return None;
    };
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.stdout)
}

#[test]
fn compressed_files_are_read_by_the_usual_tools() {
    for (compression, test, cat) in [
        ("zst", &["zstd", "-t"][..], &["zstd", "-dc"][..]),
        ("gz", &["gzip", "-t"], &["gzip", "-dc"]),
    ] {
        let base = tempfile::tempdir().unwrap();
        let (closed, text) = tree(base.path(), 5);
        let logger = start(base.path(), |config| config.compress(compression));
        wait_until("it is compressed", || logger.stats().files_compressed == 1);
        logger.stop_blocking().unwrap();
        let archive = closed.join(format!("app.log.{compression}"));
        assert!(!closed.join("app.log").exists());
        assert!(closed.join("errors.log").exists());
        assert!(fs::metadata(&archive).unwrap().len() < text.len() as u64);
        tool(test, &archive);
        if let Some(unpacked) = tool(cat, &archive) {
            assert!(unpacked == text.as_bytes(), "{compression}");
        }
    }
}

#[test]
fn packed_folders_are_read_by_the_usual_tools() {
    for (compression, list, cat) in [
        ("tar.gz", &["tar", "tf"][..], &["tar", "xOf"][..]),
        (
            "tar.zst",
            &["tar", "--zstd", "-tf"],
            &["tar", "--zstd", "-xOf"],
        ),
        ("zip", &["unzip", "-t"], &["unzip", "-p"]),
        ("zip", &["python3", "-m", "zipfile", "-l"], &[]),
    ] {
        let base = tempfile::tempdir().unwrap();
        let (closed, text) = tree(base.path(), 5);
        let logger = start(base.path(), |config| config.compress(compression));
        wait_until("it is packed", || !closed.exists());
        logger.stop_blocking().unwrap();
        assert_eq!(logger.stats().files_compressed, 1);
        let archive = base.path().join(format!("{}.{compression}", folder(5)));
        if let Some(listed) = tool(list, &archive) {
            let listed = String::from_utf8(listed).unwrap();
            for name in ["app.log", "errors.log"] {
                let name = format!("{}/{name}", folder(5));
                assert!(listed.contains(&name), "{list:?}: {listed}");
            }
        }
        if cat.is_empty() {
            continue;
        }
        if let Some(unpacked) = tool(cat, &archive) {
            assert!(unpacked == text.as_bytes(), "{compression}");
        }
    }
}

#[test]
fn folders_go_when_their_time_has_come_and_what_else_is_there_stays() {
    let base = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let (outside_of_it, text) = tree(outside.path(), 30);
    for days_ago in [4, 8, 20, 31] {
        tree(base.path(), days_ago);
    }
    let theirs = base.path().join(folder(20)).join("notes.txt");
    fs::write(&theirs, "mine").unwrap();
    let archive = base.path().join(format!("{}.tar.zst", folder(40)));
    fs::write(&archive, "old").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside_of_it, base.path().join(folder(30))).unwrap();
    let logger = start(base.path(), |config| config.retain("7d"));
    wait_until("they are removed", || logger.stats().folders_removed == 4);
    logger.stop_blocking().unwrap();
    assert!(base.path().join(folder(4)).join("app.log").exists());
    assert!(!base.path().join(folder(8)).exists());
    assert!(!base.path().join(folder(31)).exists());
    assert!(!archive.exists());
    let names = fs::read_dir(theirs.parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1);
    assert_eq!(fs::read_to_string(theirs).unwrap(), "mine");
    #[cfg(unix)]
    assert!(base.path().join(folder(30)).is_symlink());
    assert!(fs::read_to_string(outside_of_it.join("app.log")).unwrap() == text);
}

#[test]
fn of_several_loggers_one_looks_after_the_tree() {
    let base = tempfile::tempdir().unwrap();
    for days_ago in 4..24 {
        tree(base.path(), days_ago);
    }
    let loggers = (0..4).map(|_| start(base.path(), |config| config.compress("gz").retain(12)));
    let loggers = loggers.collect::<Vec<_>>();
    // 12 with the current one: 4 to 14 days ago.
    let closed = |days_ago| base.path().join(folder(days_ago));
    wait_until("all is done", || {
        let is_packed = |days| !closed(days).join("app.log").exists();
        (4..15).all(is_packed) && (15..24).all(|days| !closed(days).exists())
    });
    for logger in &loggers {
        logger.stop_blocking().unwrap();
    }
    let compressed = loggers.iter().map(|logger| logger.stats().files_compressed);
    assert_eq!(compressed.sum::<u64>(), 11);
    for days_ago in 4..15 {
        assert!(closed(days_ago).join("app.log.gz").exists());
    }
}

#[test]
fn a_stop_does_not_wait_for_a_compression() {
    let base = tempfile::tempdir().unwrap();
    let (closed, _) = tree(base.path(), 5);
    let text = lines(1 << 20);
    let mut log = fs::File::create(closed.join("app.log")).unwrap();
    for _ in 0..64 {
        log.write_all(text.as_bytes()).unwrap();
    }
    let logger = start(base.path(), |config| config.compress("gz"));
    let aside = closed.join(".app.log.gz.tmp");
    wait_until("it has begun", || {
        fs::metadata(&aside).is_ok_and(|aside| aside.len() > 1 << 20)
    });
    logger.stop_blocking().unwrap();
    assert_eq!(logger.stats().files_compressed, 0);
    wait_until("it has cleared away", || !aside.exists());
    assert!(!closed.join("app.log.gz").exists());
    let left = fs::metadata(closed.join("app.log")).unwrap().len();
    assert_eq!(left, text.len() as u64 * 64);
}

/// The niceness of the threads of this process whose name begins like this.
#[cfg(target_os = "linux")]
fn niceness(name: &str) -> Vec<i32> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let nice = |task: std::io::Result<fs::DirEntry>| {
        let stat = fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
        let (before, fields) = stat.rsplit_once(") ")?;
        let (_, found) = before.split_once('(')?;
        // The 19th field of all; the third is the first here.
        let nice = fields.split(' ').nth(16)?.parse().ok()?;
        (found == name).then_some(nice)
    };
    tasks.filter_map(nice).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn it_runs_only_when_no_other_thread_wants_to() {
    let base = tempfile::tempdir().unwrap();
    let logger = start(base.path(), |config| config.retain("7d"));
    // The kernel keeps 15 bytes of a name.
    wait_until("it has begun", || niceness("chronologix-ret").contains(&19));
    assert!(!niceness("chronologix").contains(&19));
    logger.stop_blocking().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn who_is_told_of_its_trouble_runs_as_others_do() {
    let base = tempfile::tempdir().unwrap();
    // Not a file: it cannot be locked.
    fs::create_dir(base.path().join(".chronologix.upkeep.lock")).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let logger = start(base.path(), |config| {
        config.retain("7d").on_error(move |error| {
            let _ = tell.send((error.to_string(), niceness("chronologix-err")));
        })
    });
    let (error, niceness) = told.recv_timeout(DEADLINE).unwrap();
    assert!(error.starts_with("cannot lock for retention by"), "{error}");
    assert!(!niceness.is_empty() && !niceness.contains(&19));
    logger.stop_blocking().unwrap();
}

/// Not a test: what the process does that is to be killed. It compresses until then.
#[test]
fn victim_of_a_kill() {
    let Ok(victim) = std::env::var(VICTIM) else {
        return;
    };
    let (base, compression) = victim.split_once('|').unwrap();
    let logger = start(Path::new(base), |config| config.compress(compression));
    let _ = writeln!(std::io::stdout(), "\nstarted");
    // Its parent kills it, or ends it by hanging up.
    let _ = std::io::stdin().lock().read_line(&mut String::new());
    logger.stop_blocking().unwrap();
}

#[test]
fn a_kill_in_the_middle_costs_nothing_and_the_next_start_ends_what_was_begun() {
    let text = lines(4 << 20);
    for compression in ["zst", "gz", "tar.zst", "zip"] {
        for part in [0, 256 << 10] {
            let base = tempfile::tempdir().unwrap();
            let (closed, _) = tree(base.path(), 5);
            fs::write(closed.join("app.log"), &text).unwrap();
            let packs_folders = !["zst", "gz"].contains(&compression);
            let archive = if packs_folders {
                base.path().join(format!("{}.{compression}", folder(5)))
            } else {
                closed.join(format!("app.log.{compression}"))
            };
            let name = archive.file_name().unwrap().to_str().unwrap();
            let aside = archive.with_file_name(format!(".{name}.tmp"));
            kill_when(base.path(), compression, || {
                fs::metadata(&aside).is_ok_and(|aside| aside.len() >= part)
            });
            // Whole or absent, and the source there until it is whole.
            let is_left = closed.join("app.log").exists();
            assert!(is_left || archive.exists(), "{compression}");
            if is_left {
                assert!(fs::read_to_string(closed.join("app.log")).unwrap() == text);
            }
            let logger = start(base.path(), |config| config.compress(compression));
            wait_until("the next run has ended it", || {
                !closed.join("app.log").exists() && closed.exists() != packs_folders
            });
            logger.stop_blocking().unwrap();
            assert!(!aside.exists(), "{compression}");
            let cat: &[&str] = match compression {
                "zst" => &["zstd", "-dc"],
                "gz" => &["gzip", "-dc"],
                "tar.zst" => &["tar", "--zstd", "-xOf"],
                _ => &["unzip", "-p"],
            };
            if let Some(unpacked) = tool(cat, &archive) {
                assert!(unpacked == text.as_bytes(), "{compression}, {part}");
            }
        }
    }
}

/// Starts a process that compresses, and kills it with SIGKILL as soon as it is time.
fn kill_when(base: &Path, compression: &str, is_time: impl Fn() -> bool) {
    let test = "retention::victim_of_a_kill";
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(VICTIM, format!("{}|{compression}", base.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(victim.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "started"));
    wait_until("it has come so far", is_time);
    victim.kill().unwrap();
    victim.wait().unwrap();
}
