//! Sealed trees on a real disk: what loggers seal, what is left of it after compression and
//! retention, and what a verification says when something was changed.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};
use chronologix::{Config, Logger};
use chronologix_reader::{LogTree, Verification, VerifyOptions};

/// How long anything here may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// Of RFC 8410, 10.3.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

/// A tree in a folder that has the keys as well.
struct Sealed {
    dir: tempfile::TempDir,
}

impl Sealed {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("seal.pem"), PRIVATE).unwrap();
        fs::create_dir(dir.path().join("logs")).unwrap();
        fs::write(dir.path().join("logs/seal.pub"), PUBLIC).unwrap();
        Self { dir }
    }

    fn base(&self) -> PathBuf {
        self.dir.path().join("logs")
    }

    fn start(&self, change: impl FnOnce(Config) -> Config) -> Logger {
        let config = Config::new()
            .base_log_dir(self.base())
            .streams(["app", "errors"])
            // A logger that ends has sealed before the next one starts, however slow the machine.
            .exit_timeout(DEADLINE);
        let config = config.seal(true).seal_key(self.dir.path().join("seal.pem"));
        change(config).start_blocking().unwrap()
    }

    /// Writes the logs of a folder that was closed so many days ago.
    fn closed(&self, days_ago: i64) -> PathBuf {
        let then = Utc::now() - TimeDelta::days(days_ago);
        let folder = self.base().join(then.format("%Y-%m-%d").to_string());
        fs::create_dir(&folder).unwrap();
        let line = |number| format!("[12:00:00] line {number} of some text\n");
        let text: String = (0..3_000).map(line).collect();
        fs::write(folder.join("app.log"), text).unwrap();
        fs::write(folder.join("errors.log"), "").unwrap();
        folder
    }

    fn verify(&self) -> Verification {
        let options = VerifyOptions::new().public_key_pem(PUBLIC).unwrap();
        LogTree::open(self.base())
            .unwrap()
            .verify(&options)
            .unwrap()
    }
}

fn log(logger: &Logger, text: &str) {
    let app = logger.stream("app").unwrap();
    app.log(format_args!("{text}")).written().wait().unwrap();
}

/// Waits without opening what is in the tree: some systems remove and replace nothing that is
/// open.
#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        // Not in a circle: what is waited for runs only when no other wants to.
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

#[track_caller]
fn assert_intact(verification: &Verification) {
    assert!(verification.is_intact(), "{:?}", verification.findings);
    assert_eq!(verification.signed, verification.links);
}

#[test]
fn starts_and_ends_in_one_interval_are_sealed_one_after_the_other() {
    let sealed = Sealed::new();
    sealed.closed(3);
    for round in 1..4 {
        let logger = sealed.start(|config| config);
        log(&logger, &"one more ".repeat(round));
        logger.stop_blocking().unwrap();
        let verification = sealed.verify();
        assert_intact(&verification);
        assert_eq!(verification.folders, 2);
        let times = verification.resealed.first().map_or(1, |(_, times)| *times);
        assert_eq!(times, round);
    }
    // The files of today, with one bit flipped.
    let today = Utc::now().format("%Y-%m-%d").to_string();
    let path = sealed.base().join(&today).join("app.log");
    let mut bytes = fs::read(&path).unwrap();
    bytes[20] ^= 1;
    fs::write(&path, bytes).unwrap();
    let found = sealed.verify().findings;
    assert_eq!(found.len(), 1);
    let text = found[0].to_string();
    assert!(
        text.starts_with(&format!("{today}/app.log, lines 1 to 3: ")),
        "{text}"
    );
}

#[test]
fn compressed_folders_are_verified_by_what_is_in_them() {
    for kind in ["zst", "gz", "tar.zst", "tar.gz", "zip"] {
        let sealed = Sealed::new();
        let old = sealed.closed(4);
        let logger = sealed.start(|config| config.compress(kind));
        wait_until("it is compressed", || logger.stats().files_compressed == 1);
        logger.stop_blocking().unwrap();
        assert!(kind.len() < 3 || kind == "zst" || !old.exists(), "{kind}");
        let verification = sealed.verify();
        assert_intact(&verification);
        assert_eq!((verification.folders, verification.files), (2, 4), "{kind}");
        // Late records come back to it, and are sealed.
        fs::create_dir_all(&old).unwrap();
        fs::write(old.join("app.log"), "[12:00:01] late\n").unwrap();
        let found = sealed.verify().findings;
        assert!(
            found[0].text.contains("were added after"),
            "{kind}: {found:?}"
        );
        let logger = sealed.start(|config| config.compress(kind));
        logger.stop_blocking().unwrap();
        let sums = old.join(".sums");
        let text = fs::read_to_string(&sums).unwrap();
        assert_eq!(text.matches("sums 1").count(), 2, "{text}");
        assert_intact(&sealed.verify());
    }
}

#[test]
fn folders_that_retention_removes_stay_in_the_chain() {
    let sealed = Sealed::new();
    // By the last one, which is not removed, the clock is trusted.
    for days_ago in [8, 7, 6, 3] {
        sealed.closed(days_ago);
    }
    sealed.start(|config| config).stop_blocking().unwrap();
    let verification = sealed.verify();
    assert_eq!(verification.folders, 5);
    let head = verification.head.unwrap();
    let logger = sealed.start(|config| config.retain("90h"));
    wait_until("they are removed", || logger.stats().folders_removed == 3);
    logger.stop_blocking().unwrap();
    let verification = sealed.verify();
    assert_intact(&verification);
    assert_eq!(verification.folders, 2);
    // The head that was there before is still in the chain.
    let options = VerifyOptions::new().head(&format!("{}:{}", head.number, head.digest));
    let tree = LogTree::open(sealed.base()).unwrap();
    assert!(tree.verify(&options.unwrap()).unwrap().is_intact());
}

#[test]
fn loggers_that_share_a_tree_seal_it_together() {
    let sealed = Sealed::new();
    let one = sealed.start(|config| config);
    let config = Config::new().base_log_dir(sealed.base()).stream("audit");
    let other = config
        .seal(true)
        .seal_key(sealed.dir.path().join("seal.pem"));
    let other = other.start_blocking().unwrap();
    log(&one, "one");
    let audit = other.stream("audit").unwrap();
    audit.log(format_args!("two")).written().wait().unwrap();
    other.stop_blocking().unwrap();
    log(&one, "three");
    one.stop_blocking().unwrap();
    let verification = sealed.verify();
    assert_intact(&verification);
    assert_eq!(verification.files, 3);
}

#[test]
fn sums_are_no_log() {
    let sealed = Sealed::new();
    sealed.closed(2);
    let logger = sealed.start(|config| config);
    log(&logger, "one");
    logger.stop_blocking().unwrap();
    let tree = LogTree::open(sealed.base()).unwrap();
    let streams: std::collections::BTreeSet<String> = tree
        .records()
        .map(|record| record.unwrap().stream().to_owned())
        .collect();
    assert_eq!(streams.into_iter().collect::<Vec<_>>(), ["app"]);
}

#[test]
fn a_key_that_is_none_is_a_problem_of_the_configuration() {
    let sealed = Sealed::new();
    let config = Config::new().stream("app").seal(true);
    let missing = config
        .clone()
        .seal_key("/no/such/seal.pem")
        .validate()
        .unwrap_err();
    assert!(
        missing.to_string().contains("seal_key: cannot be read: "),
        "{missing}"
    );
    let public = config
        .seal_key(sealed.base().join("seal.pub"))
        .validate()
        .unwrap_err();
    assert!(
        public
            .to_string()
            .contains("it is no private Ed25519 key in PEM"),
        "{public}"
    );
}

/// Runs the command of `docs/audit.md` that has this word, if the tool is here.
fn documented(tool: &str, folder: &Path) {
    if Command::new(tool).arg("--version").output().is_err() {
        // Not by way of the captured stderr: it is to be seen.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no {tool}");
        return;
    }
    let page = include_str!("../../docs/audit.md");
    let blocks = page.split("```sh\n").skip(1);
    let mut blocks = blocks.map(|block| block.split("```").next().unwrap());
    let script = blocks.find(|block| {
        block.contains(&format!("{tool} pkeyutl")) || block.contains(&format!("{tool} --check"))
    });
    let output = Command::new("sh")
        .args(["-euc", script.unwrap()])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn other_programs_verify_the_same() {
    let sealed = Sealed::new();
    let old = sealed.closed(2);
    sealed.start(|config| config).stop_blocking().unwrap();
    documented("openssl", &sealed.base());
    documented("b3sum", &old);
}
