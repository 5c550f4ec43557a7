//! The measures.

use std::{
    env,
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{
    terminal::Terminal,
    tree::whole_tree,
    writer::{self, Writer},
};

const VIEWER: &str = env!("CARGO_BIN_EXE_chronologix-view");

/// A text that only the help has.
const IN_HELP: &str = "half a page down";

pub(crate) fn run() {
    let seconds = env::var("CHRONOLOGIX_BENCH_SECONDS");
    let seconds = seconds
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let seconds = Duration::from_secs(seconds);
    let wanted: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let measures: [(&str, &dyn Fn()); 9] = [
        ("start", &starts),
        ("folders", &many_folders),
        ("odd", &odd),
        ("append", &|| appends(seconds)),
        ("rollover", &new_folders),
        ("idle", &|| idle(seconds)),
        ("slow", &|| follow(1_000, seconds, false)),
        ("fast", &|| follow(50_000, seconds, false)),
        ("keys", &|| follow(50_000, seconds, true)),
    ];
    for (name, measure) in measures {
        if is_wanted(name) {
            measure();
        }
    }
}

/// From the start to the newest line.
fn starts() {
    let tree = whole_tree();
    let last = tree.join("2025-05-04__23-00/orders.log");
    let newest = fs::read_to_string(&last).unwrap();
    let newest = newest
        .lines()
        .next_back()
        .and_then(|line| line.split("] ").nth(2));
    let newest = newest.unwrap().to_owned();
    let files = files_of(&tree);
    let all: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let [end, no_sidecar] = [Path::new("+G"), Path::new("-n")];
    start("the tree", VIEWER, &[&tree], &newest, 20);
    start("one file", VIEWER, &[&last], &newest, 20);
    start(
        "one file, less",
        "less",
        &[no_sidecar, end, &last],
        &newest,
        20,
    );
    start("the tree, lnav", "lnav", &all, &newest, 1);
}

fn files_of(tree: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(tree)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let folders = folders.filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().flatten());
    files.map(|entry| entry.path()).collect()
}

fn start(what: &str, program: &str, arguments: &[&Path], newest: &str, times: usize) {
    let mut version = Command::new(program);
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if version.status().is_err() {
        println!("{what:<44} {program} is not installed");
        return;
    }
    let mut memory = String::new();
    let took = (0..times).map(|_| {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::start(program, arguments, home.path());
        let at = terminal.wait_for(newest);
        memory = terminal.memory();
        terminal.since_start(at)
    });
    let took = took.collect();
    println!(
        "{:<44} {}, {memory}",
        format!("first screen of {what}"),
        spread(took)
    );
}

/// A tree of 10,000 folders, and the next one made ahead.
fn many_folders() {
    let tree = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(tree.path(), "2024-01-01__00-00");
    for hour in 1..10_000 {
        let (day, hour) = (hour / 24, hour % 24);
        let (year, month, day) = (2024 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        writer.roll_over(&format!("{year}-{month:02}-{day:02}__{hour:02}-00"));
        writer.line();
    }
    let (newest, _) = writer.line();
    writer.roll_over("2026-01-01__00-00");
    start(
        "10,000 folders, the next one empty",
        VIEWER,
        &[tree.path()],
        &newest,
        20,
    );
}

/// A tree with everything that does not belong there, and 20,000 file events meanwhile.
fn odd() {
    let tree = tempfile::tempdir().unwrap();
    // The viewer need not run as the user who writes.
    fs::set_permissions(tree.path(), Permissions::from_mode(0o755)).unwrap();
    let base = tree.path().join("logs");
    let mut writer = Writer::new(&base, "2025-05-04__13-00");
    writer.roll_over("2025-05-04__14-00");
    let folder = base.join("2025-05-04__14-00");
    let endless = File::create(folder.join("endless.log")).unwrap();
    endless.set_len(20 << 30).unwrap();
    let fifo = folder.join("fifo.log");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    symlink("..", folder.join("loop.log")).unwrap();
    symlink(".", base.join("2025-05-04__12-00")).unwrap();
    symlink("2025-05-04__11-00", base.join("2025-05-04__11-00")).unwrap();
    let closed = base.join("2025-05-04__13-00");
    fs::set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    let (newest, _) = writer.line();
    // Root may read everything.
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", VIEWER].map(Path::new);
    let (program, mut arguments) = if fs::read_dir(&closed).is_ok() {
        ("setpriv", nobody.to_vec())
    } else {
        (VIEWER, Vec::new())
    };
    let mut version = Command::new(program);
    version
        .args(&arguments)
        .arg("--version")
        .stdout(Stdio::null());
    if !version.status().is_ok_and(|status| status.success()) {
        println!("odd trees: SKIPPED, nobody but root can start the viewer here");
        return;
    }
    arguments.push(&base);
    start(
        "loops, a FIFO, 20 GiB without a line",
        program,
        &arguments,
        &newest,
        20,
    );
    let mut terminal = Terminal::start(program, &arguments, tree.path());
    terminal.wait_for(&newest);
    for number in 0..10_000 {
        let path = folder.join(format!("event-{number}"));
        File::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
    }
    let (text, written) = writer.line();
    let took = terminal.wait_for(&text).duration_since(written);
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    println!(
        "{:<44} {}, {}",
        "append to screen after 20,000 events",
        spread(vec![took]),
        terminal.memory()
    );
}

/// From the write of a line to the screen, in a quiet tree.
fn appends(seconds: Duration) {
    let (_tree, mut writer, mut terminal) = begin();
    let end = Instant::now() + seconds;
    let mut took = Vec::new();
    while Instant::now() < end {
        // At a different phase of a frame each time.
        thread::sleep(Duration::from_millis(20 + took.len() as u64 % 37));
        let (text, written) = writer.line();
        took.push(terminal.wait_for(&text).duration_since(written));
    }
    println!("{:<44} {}", "append to screen", spread(took));
}

/// From the first line of a folder that was not made in advance to the screen.
fn new_folders() {
    let (_tree, mut writer, mut terminal) = begin();
    let took = (15..24).chain(0..8).map(|hour| {
        let day = if hour < 15 { 5 } else { 4 };
        thread::sleep(Duration::from_millis(100));
        writer.roll_over(&format!("2025-05-{day:02}__{hour:02}-00"));
        let (text, written) = writer.line();
        terminal.wait_for(&text).duration_since(written)
    });
    println!(
        "{:<44} {}",
        "first line of a new folder to screen",
        spread(took.collect())
    );
}

fn idle(seconds: Duration) {
    let (_tree, _writer, mut terminal) = begin();
    let before = (terminal.processor(), terminal.sent);
    let end = Instant::now() + seconds;
    while terminal.next(end).is_some() {}
    println!(
        "{:<44} {:.1} % of a core, {} bytes to the terminal",
        "idle",
        (terminal.processor() - before.0) / seconds.as_secs_f64() * 100.0,
        terminal.sent - before.1
    );
}

/// Starts a viewer that shows the first line of a tree.
fn begin() -> (tempfile::TempDir, Writer, Terminal) {
    let tree = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(&tree.path().join("logs"), "2025-05-04__14-00");
    let (text, _) = writer.line();
    let mut terminal = Terminal::start(VIEWER, &[&tree.path().join("logs")], tree.path());
    terminal.wait_for(&text);
    (tree, writer, terminal)
}

/// Measures how far the screen is behind a steady load, and how soon keys are answered.
fn follow(rate: u64, seconds: Duration, has_keys: bool) {
    let (_tree, mut writer, mut terminal) = begin();
    let ticks: Mutex<Vec<(u64, Instant)>> = Mutex::default();
    let (begun, before) = (Instant::now(), (terminal.processor(), terminal.sent));
    let end = begun + seconds;
    let (mut behind, mut reactions) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| writer.run(rate, end, |next, at| held(&ticks).push((next, at))));
        let mut next_key = begun + Duration::from_millis(500);
        let mut waits: Option<(Instant, Step)> = None;
        let mut steps = STEPS.iter().cycle();
        let watch_end = end + Duration::from_millis(100);
        while Instant::now() < watch_end {
            if has_keys && waits.is_none() && Instant::now() >= next_key {
                let step = *steps.next().unwrap();
                waits = Some((terminal.press(step.key), step));
                next_key = Instant::now() + Duration::from_millis(67);
            }
            let Some(at) =
                terminal.next((Instant::now() + Duration::from_millis(5)).min(watch_end))
            else {
                continue;
            };
            if let Some((pressed, step)) = waits
                && terminal.shows(step.text) == step.is_shown
            {
                reactions.push(at.duration_since(pressed));
                waits = None;
            } else if waits.is_none() && steps_are_done(&terminal) && at < end {
                behind.extend(age(&terminal, &held(&ticks), at));
            }
        }
    });
    let took = begun.elapsed().as_secs_f64();
    println!(
        "{:<44} {:.1} % of a core, {}, {:.0} KB/s to the terminal",
        format!(
            "{rate} lines/s{}",
            if has_keys { ", keys pressed" } else { "" }
        ),
        (terminal.processor() - before.0) / took * 100.0,
        terminal.memory(),
        f64::from(u32::try_from(terminal.sent - before.1).unwrap()) / took / 1e3,
    );
    println!("{:<44} {}", "  a frame is behind by", spread(behind));
    if has_keys {
        println!("{:<44} {}", "  key to reaction", spread(reactions));
    }
}

/// A key, and its effect on the screen.
#[derive(Clone, Copy)]
struct Step {
    key: &'static str,
    text: &'static str,
    is_shown: bool,
}

const STEPS: [Step; 4] = [
    Step {
        key: "?",
        text: IN_HELP,
        is_shown: true,
    },
    Step {
        key: "?",
        text: IN_HELP,
        is_shown: false,
    },
    Step {
        key: "k",
        text: "‖",
        is_shown: true,
    },
    Step {
        key: "G",
        text: "‖",
        is_shown: false,
    },
];

/// Returns whether the screen follows.
fn steps_are_done(terminal: &Terminal) -> bool {
    STEPS.iter().all(|step| !terminal.shows(step.text))
}

/// Returns the age of the oldest line that this frame does not show.
fn age(terminal: &Terminal, ticks: &[(u64, Instant)], at: Instant) -> Option<Duration> {
    let contents = terminal.contents();
    let numbers = contents.match_indices("line-").filter_map(|(found, mark)| {
        let digits = contents.get(found + mark.len()..)?.get(..9)?;
        digits.parse::<u64>().ok()
    });
    let newest = numbers.max()?;
    // Of the lines of one second, those of the last stream come last. The others may be above the
    // screen.
    let missing = (newest + 1..newest + 21).find(|number| writer::is_of_last_stream(*number))?;
    let (_, missing) = ticks.iter().find(|(next, _)| *next > missing)?;
    Some(at.saturating_duration_since(*missing))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Formats the median, the 95th and 99th percentile, and the maximum.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times
            .get(index)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    format!(
        "p50 {:.1}, p95 {:.1}, p99 {:.1}, longest {:.1} ms of {}",
        at(50),
        at(95),
        at(99),
        at(100),
        times.len()
    )
}
