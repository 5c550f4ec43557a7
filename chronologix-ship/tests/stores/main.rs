//! Real stores and query engines: closed folders are shipped to them and read back. `.ci/engines`
//! installs them. A test whose engine is missing says that it is skipped.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write as _,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

mod azure;
mod gcs;
#[cfg(feature = "parquet")]
mod parquet;
mod s3;

/// How long anything here may take.
const DEADLINE: Duration = Duration::from_secs(120);

const MANIFEST: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []},
        {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
        {"name": "orders", "file": "orders.log", "format": "json", "mirror": []}
    ]
}"#;

/// The root of the repository.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The path of an engine's program. `None` if it is not installed, which is said where it is seen.
fn find(program: &str) -> Option<PathBuf> {
    let folder = env::var_os("CHRONOLOGIX_ENGINES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| workspace().join("target/engines"));
    let path = folder.join("bin").join(program);
    if !path.exists() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no {program}: run .ci/engines");
        return None;
    }
    Some(path)
}

/// A process that ends with the test.
struct Engine(Child);

impl Engine {
    fn start(command: &mut Command, port: u16) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let engine = Self(child.spawn().unwrap());
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < DEADLINE, "it does not listen");
            thread::park_timeout(Duration::from_millis(20));
        }
        engine
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nothing listens on, and that no other test was given.
fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap();
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if given.insert(port) {
            return port;
        }
    }
}

/// Writes the tree that `docs/query.md` describes. All of it was closed long ago.
fn write_tree(base: &Path) {
    fs::create_dir_all(base).unwrap();
    fs::write(base.join(".chronologix.json"), MANIFEST).unwrap();
    for hour in 14..17 {
        let folder = base.join(format!("2025-05-04__{hour}-00"));
        fs::create_dir(&folder).unwrap();
        let requests = (0..6_u32).map(|minute| {
            let took = 7 * minute;
            format!("[{hour}:0{minute}:00] [INFO] request {minute} took {took} ms status=200\n")
        });
        let orders = (0..6_u32).map(|minute| {
            let (order, price) = (10 * hour + minute, 0.25 * f64::from(minute));
            let time = format!("2025-05-04T{hour}:0{minute}:00.000000+00:00");
            let message = format!("order {order} filled");
            let line = serde_json::json!({
                "timestamp": time, "level": "INFO", "stream": "orders", "message": message,
                "price": price,
            });
            format!("{line}\n")
        });
        let (app, orders) = (requests.collect::<String>(), orders.collect::<String>());
        let error = format!("[{hour}:06:00] [ERROR] disk full path=/var\n");
        fs::write(folder.join("app.log"), app + &error).unwrap();
        fs::write(folder.join("errors.log"), &error).unwrap();
        fs::write(folder.join("orders.log"), orders).unwrap();
    }
}

/// The lines of each file of a tree, by stream and hour.
fn line_counts(base: &Path) -> BTreeMap<(String, u32), usize> {
    let mut counts = BTreeMap::new();
    for hour in 14..17 {
        for stream in ["app", "errors", "orders"] {
            let file = base.join(format!("2025-05-04__{hour}-00/{stream}.log"));
            let lines = fs::read_to_string(file).unwrap().lines().count();
            counts.insert((stream.to_owned(), hour), lines);
        }
    }
    counts
}

/// Checks that the objects below `logs` are the files of the tree, byte for byte and line by line.
#[track_caller]
fn assert_whole(base: &Path, objects: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(objects.len(), 9);
    let mut counts = BTreeMap::new();
    for hour in 14..17 {
        for (stream, suffix) in [("app", "log"), ("errors", "log"), ("orders", "jsonl")] {
            let key = format!(
                "logs/app=billing/host=web-3/stream={stream}/dt=2025-05-04/hour={hour}/\
                 {hour}-00.{suffix}.zst"
            );
            let plain = zstd::decode_all(&*objects[&key]).unwrap();
            let file = base.join(format!("2025-05-04__{hour}-00/{stream}.log"));
            assert_eq!(plain, fs::read(file).unwrap(), "{key}");
            let lines = String::from_utf8(plain).unwrap().lines().count();
            counts.insert((stream.to_owned(), hour), lines);
        }
    }
    assert_eq!(counts, line_counts(base));
}

fn ship(base: &Path, store: &str, variables: &[(&str, String)]) -> Output {
    ship_as("lines", base, store, variables)
}

/// Ships a tree, each file in a format.
fn ship_as(format: &str, base: &Path, store: &str, variables: &[(&str, String)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chronologix-ship"));
    command
        .arg("objects")
        .arg(base)
        .args(["--once", "--store", store, "--object-format", format]);
    command.args(["--service-name", "billing", "--host-name", "web-3"]);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.output().unwrap()
}

#[track_caller]
fn ship_well(base: &Path, store: &str, variables: &[(&str, String)]) {
    let output = ship(base, store, variables);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

/// The columns and the rows that a statement returned.
type Table = (Vec<String>, Vec<Vec<serde_json::Value>>);

/// Runs statements in a folder. Returns what each returned, if it was anything.
fn run(python: &Path, folder: &Path, engine: &str, statements: &[&str]) -> Vec<Option<Table>> {
    let script = workspace().join("tests/engines/run_statements.py");
    let mut child = Command::new(python);
    let child = child.arg(script).arg(engine).current_dir(folder);
    let mut child = child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    serde_json::to_writer(&mut stdin, statements).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{engine}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs the statements of the page that are for an engine and a kind of objects, with each engine
/// that is there.
fn query_all(python: &Path, folder: &Path, kind: &str) {
    for (engine, module) in [
        ("duckdb", "duckdb"),
        ("datafusion", "datafusion"),
        ("clickhouse", "chdb"),
    ] {
        let mut import = Command::new(python);
        let import = import
            .args(["-c", &format!("import {module}")])
            .output()
            .unwrap();
        if import.status.success() {
            query(python, folder, engine, kind);
        } else {
            let _ = writeln!(std::io::stderr(), "SKIPPED: no {module}: run .ci/engines");
        }
    }
}

/// Runs statements of the page, and compares what they return with what it shows.
fn query(python: &Path, folder: &Path, engine: &str, kind: &str) {
    let path = workspace().join("docs/query.md");
    let page = fs::read_to_string(&path).unwrap();
    let begin = format!("```sql {engine} {kind}\n");
    let blocks = page.split(&begin).skip(1).map(|rest| {
        let (statement, rest) = rest.split_once("```").unwrap();
        let shown = rest.trim_start().strip_prefix("```text\n");
        (
            statement,
            shown.map(|shown| shown.split_once("```").unwrap().0),
        )
    });
    let blocks = blocks.collect::<Vec<_>>();
    assert!(!blocks.is_empty(), "the page has no statement for {engine}");
    let statements = blocks.iter().map(|it| it.0).collect::<Vec<_>>();
    let tables = run(python, folder, engine, &statements);
    for ((statement, shown), table) in blocks.iter().zip(tables) {
        let words = |line: &str| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let expected = shown.map(|shown| shown.lines().map(words).collect::<Vec<_>>());
        let cell = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let found = table.map(|(columns, rows)| {
            let rows = rows
                .into_iter()
                .map(|row| row.into_iter().map(cell).collect());
            [columns]
                .into_iter()
                .chain(rows)
                .collect::<Vec<Vec<String>>>()
        });
        assert_eq!(found, expected, "{statement}");
    }
}

#[test]
fn what_is_shipped_is_counted_by_query_engines_as_it_was_written() {
    let Some(python) = find("python") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (base, lake) = (dir.path().join("my_logs"), dir.path().join("lake"));
    write_tree(&base);
    ship_well(&base, &format!("file://{}", lake.display()), &[]);
    query_all(&python, dir.path(), "shipped");
}

/// The one line that a run said that could not work.
fn only_error(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

#[test]
fn a_folder_for_temporary_files_that_is_missing_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let (base, lake) = (dir.path().join("my_logs"), dir.path().join("lake"));
    write_tree(&base);
    let missing = dir.path().join("missing").display().to_string();
    let store = format!("file://{}", lake.display());
    let failed = ship(&base, &store, &[("TMPDIR", missing.clone())]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).contains(&missing));
    assert!(marked(&base).is_empty());
}

/// The folders of a tree with a mark.
fn marked(base: &Path) -> Vec<String> {
    let entries = fs::read_dir(base.join(".chronologix.shipped"));
    let names = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name());
    let names = names.filter_map(|name| name.into_string().ok());
    let folders = names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()));
    folders.collect()
}

/// Returns what the object of a file holds, in a store that is a folder.
fn object(lake: &Path, folder: &str) -> Vec<u8> {
    let hour = &folder[12..14];
    let key = format!(
        "app=billing/host=web-3/stream=app/dt={}/hour={hour}/{hour}-00.log.zst",
        &folder[..10]
    );
    zstd::decode_all(&*fs::read(lake.join(key)).unwrap()).unwrap()
}

#[test]
fn a_run_that_is_killed_marks_nothing_that_is_not_in_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let (base, lake) = (dir.path().join("my_logs"), dir.path().join("lake"));
    fs::create_dir_all(&base).unwrap();
    fs::write(base.join(".chronologix.json"), MANIFEST).unwrap();
    let text = |folder: &str| format!("{folder} has many lines\n").repeat(20_000);
    let folders = (0..48).map(|hour| format!("2025-05-{:02}__{:02}-00", 4 + hour / 24, hour % 24));
    let folders = folders.collect::<Vec<_>>();
    for folder in &folders {
        fs::create_dir(base.join(folder)).unwrap();
        fs::write(base.join(folder).join("app.log"), text(folder)).unwrap();
    }
    let store = format!("file://{}", lake.display());
    for killed in 1..8 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chronologix-ship"));
        command
            .arg("objects")
            .arg(&base)
            .args(["--once", "--quiet", "--store", &store]);
        command.args(["--service-name", "billing", "--host-name", "web-3"]);
        let mut run = command.spawn().unwrap();
        while marked(&base).len() < killed * 6 && run.try_wait().unwrap().is_none() {
            thread::park_timeout(Duration::from_micros(200));
        }
        run.kill().unwrap();
        run.wait().unwrap();
        for folder in marked(&base) {
            assert!(
                object(&lake, &folder) == text(&folder).into_bytes(),
                "{folder}"
            );
        }
    }
    ship_well(&base, &store, &[]);
    assert_eq!(marked(&base).len(), folders.len());
    for folder in &folders {
        assert!(
            object(&lake, folder) == text(folder).into_bytes(),
            "{folder}"
        );
    }
}

#[test]
fn retention_removes_what_is_shipped_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (base, lake) = (dir.path().join("my_logs"), dir.path().join("lake"));
    write_tree(&base);
    // Late records stand beside what is compressed.
    let early = base.join("2025-05-04__14-00/app.log");
    let compressed = zstd::encode_all(&*fs::read(&early).unwrap(), 3).unwrap();
    fs::write(early.with_extension("log.zst"), compressed).unwrap();
    fs::write(&early, "[14:59:59] late\n").unwrap();
    let store = format!("file://{}", lake.display());
    ship_well(&base, &store, &[]);
    assert!(object(&lake, "2025-05-04__14-00").ends_with(b"/var\n[14:59:59] late\n"));
    let grown = base.join("2025-05-04__15-00/app.log");
    let mut grown = fs::OpenOptions::new().append(true).open(grown).unwrap();
    grown.write_all(b"[15:59:59] late\n").unwrap();
    let run = |removed: u64| {
        let config = chronologix_core::Config::new()
            .base_log_dir(&base)
            .interval("1h")
            .streams(["app", "errors"])
            .retain("1B")
            .retain_after("shipped");
        let logger = config.start_blocking().unwrap();
        let begun = Instant::now();
        while logger.stats().folders_removed < removed {
            assert!(begun.elapsed() < DEADLINE, "nothing is removed");
            thread::park_timeout(Duration::from_millis(1));
        }
        logger.stop_blocking().unwrap();
        assert_eq!(logger.stats().folders_removed, removed);
    };
    run(2);
    let folder = base.join("2025-05-04__15-00");
    assert!(folder.join("app.log").exists());
    // Its mark is of another size.
    ship_well(&base, &store, &[]);
    run(1);
    assert!(!folder.exists());
    assert!(object(&lake, "2025-05-04__15-00").ends_with(b"[15:59:59] late\n"));
}

/// Decodes base64.
fn decoded(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte: u8| digits.iter().position(|it| *it == byte);
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_usize, 0_u32);
    for digit in text.bytes().filter_map(digit) {
        bits = (bits << 6 | digit) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}
