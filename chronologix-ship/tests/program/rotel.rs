//! A receiver that others wrote. `.ci/engines` installs it; without it the test says that it is
//! skipped.

use std::{
    env, fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::tree::{Tree, once, printed};

/// How long it may take to print what it got.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that ends with the test.
struct Rotel(Child);

impl Drop for Rotel {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns where the program is, if it is installed.
fn find() -> Option<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines");
    let folder = env::var_os("CHRONOLOGIX_ENGINES").map_or_else(usual, PathBuf::from);
    let path = folder.join("bin/rotel-agent");
    if !path.exists() {
        // Not by way of the captured stderr: it is to be seen.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no rotel-agent: run .ci/engines"
        );
        return None;
    }
    Some(path)
}

/// Returns an address that nothing listens on.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn rotel_takes_what_is_sent_and_prints_it() {
    let Some(rotel) = find() else { return };
    let mut tree = Tree::new();
    tree.log(40);
    let printed_by_it = tree.dir.path().join("rotel.txt");
    let (http, grpc) = (free_address(), free_address());
    let output = fs::File::create(&printed_by_it).unwrap();
    let mut command = Command::new(rotel);
    command.args([
        "start",
        "--otlp-http-endpoint",
        &http,
        "--otlp-grpc-endpoint",
        &grpc,
    ]);
    command.args(["--exporter", "blackhole", "--debug-log", "logs"]);
    command.args(["--debug-log-verbosity", "detailed"]);
    command
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output);
    let _rotel = Rotel(command.spawn().unwrap());

    // It is waited for until it listens.
    let mut command = once(&tree.path(), &format!("http://{http}"));
    let output = command
        .args(["--service-name", "billing"])
        .output()
        .unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "sent 40 records\n"),
        "{err}"
    );

    let is_there = |text: &str| {
        let found = (0..40).all(|number| text.contains(&format!("record {number}")));
        found && text.contains("billing") && text.contains("chronologix.key")
    };
    let begun = Instant::now();
    loop {
        let text = fs::read_to_string(&printed_by_it).unwrap();
        if is_there(&text) {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{text}");
        thread::park_timeout(Duration::from_millis(20));
    }
}
