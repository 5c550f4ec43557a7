//! What the macros take and refuse, one mistake per file; the messages are those of one pinned
//! compiler.
//!
//! Each case is compiled against the libraries that this test itself is linked with, so that
//! nothing is built for it. With `CHRONOLOGIX_BLESS=1` the expected messages are written anew, for
//! a look at what changed.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

use std::{
    any::TypeId,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use tempfile::TempDir;

/// The compiler as the cases need it.
struct Compiler {
    /// `--extern` and the like.
    options: Vec<String>,
    /// The root of the workspace: paths in messages begin there.
    root: PathBuf,
    out: TempDir,
}

/// What a case is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Compiles and runs.
    Pass,
    /// Does not compile; the messages stand beside it.
    Fail,
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "a test that does nothing has to say so"
)]
fn ui() {
    let version = Command::new("rustc").arg("--version").output().unwrap();
    if !version.stdout.starts_with(b"rustc 1.95.") {
        eprintln!("SKIPPED: the messages in tests/ui are those of rustc 1.95");
        return;
    }
    let compiler = Compiler::new();
    let cases = cases(&compiler.root);
    assert!(cases.len() > 100, "only {} cases are found", cases.len());
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((kind, case)) = cases.get(next.fetch_add(1, Relaxed)) {
            if let Err(why) = compiler.check(*kind, case) {
                failures
                    .lock()
                    .unwrap()
                    .push(format!("{}: {why}", case.display()));
            }
        }
    };
    let threads = thread::available_parallelism().unwrap().get();
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// A crate that has every lint of clippy on hears of nothing that the macros do. What it does
/// itself is allowed in it.
#[test]
#[expect(
    clippy::print_stderr,
    reason = "a test that does nothing has to say so"
)]
fn no_lint_of_clippy_is_about_a_call() {
    let version = Command::new("clippy-driver").arg("--version").output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"clippy 0.1.95 ")) {
        eprintln!("SKIPPED: the lints in tests/ui/lint are those of clippy 1.95");
        return;
    }
    let compiler = Compiler::new();
    let out = compiler.out.path().join("calls");
    let case = Path::new("tests/ui/lint/calls.rs");
    let rustc = compiler.rustc(case, &out, "metadata");
    let mut clippy = Command::new("clippy-driver");
    clippy.args(rustc.get_args()).current_dir(&compiler.root);
    let checked = clippy.output().unwrap();
    let said = String::from_utf8(checked.stderr).unwrap();
    assert!(checked.status.success() && said.is_empty(), "{said}");
}

/// All cases, with paths from the root of the workspace.
fn cases(root: &Path) -> Vec<(Kind, PathBuf)> {
    let folders = [
        (Kind::Pass, "pass"),
        (Kind::Pass, "config-pass"),
        (Kind::Fail, "fail"),
        (Kind::Fail, "config-fail"),
    ];
    let mut cases = Vec::new();
    for (kind, folder) in folders {
        let folder = Path::new("tests/ui").join(folder);
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let name = PathBuf::from(entry.unwrap().file_name());
            if name.extension().is_some_and(|extension| extension == "rs") {
                cases.push((kind, folder.join(name)));
            }
        }
    }
    cases
}

impl Compiler {
    fn new() -> Self {
        let libraries = env::current_exe().unwrap().parent().unwrap().to_owned();
        let mut compiler = Self {
            options: vec![format!("-Ldependency={}", libraries.display())],
            root: Path::new(env!("CARGO_MANIFEST_DIR"))
                .parent()
                .unwrap()
                .to_owned(),
            out: tempfile::tempdir().unwrap(),
        };
        for (library, name, id) in [
            ("chronologix", "Logger", TypeId::of::<chronologix::Logger>()),
            ("tempfile", "TempDir", TypeId::of::<TempDir>()),
            (
                "tokio",
                "runtime::Runtime",
                TypeId::of::<tokio::runtime::Runtime>(),
            ),
        ] {
            let path = compiler.library(&libraries, library, name, id);
            let found = format!("--extern={library}={}", path.display());
            compiler.options.push(found);
        }
        compiler
    }

    /// The library that this test is linked with, of all that were ever built here: the one in
    /// which a type has the same identity.
    #[track_caller]
    fn library(&self, folder: &Path, library: &str, name: &str, id: TypeId) -> PathBuf {
        let start = format!("lib{library}-");
        let entries = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let is_candidate = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".rlib")
        };
        let mut candidates: Vec<_> = entries.filter(is_candidate).collect();
        candidates.sort_by_key(|path| fs::metadata(path).and_then(|of| of.modified()).ok());
        let probe = self.out.path().join("probe.rs");
        let text = format!(
            "fn main() {{ print!(\"{{:?}}\", std::any::TypeId::of::<{library}::{name}>()) }}"
        );
        fs::write(&probe, text).unwrap();
        let is_it = |path: &PathBuf| {
            let option = format!("--extern={library}={}", path.display());
            let program = self.out.path().join("probe");
            let built = self.rustc(&probe, &program, "link").arg(option).output();
            built.unwrap().status.success()
                && Command::new(program).output().unwrap().stdout == format!("{id:?}").as_bytes()
        };
        // The newest is it, unless others were built since.
        let found = candidates.into_iter().rev().find(is_it);
        found.unwrap_or_else(|| panic!("no {start}*.rlib in {}", folder.display()))
    }

    fn rustc(&self, source: &Path, out: &Path, emit: &str) -> Command {
        let mut command = Command::new("rustc");
        command
            .arg(source)
            .args(["--edition=2024", "--error-format=json", "--crate-name=case"])
            .arg(format!("--emit={emit}"))
            .arg("-o")
            .arg(out)
            .args(&self.options)
            .env("CARGO_MANIFEST_DIR", self.root.join("tests/ui/config"))
            .env_remove("RUST_BACKTRACE")
            .current_dir(&self.root);
        command
    }

    fn check(&self, kind: Kind, case: &Path) -> Result<(), String> {
        let out = self.out.path().join(case.file_stem().unwrap());
        let emit = if kind == Kind::Pass {
            "link"
        } else {
            "metadata"
        };
        let compiled = self.rustc(case, &out, emit).output().unwrap();
        let messages = messages(&String::from_utf8(compiled.stderr).unwrap());
        match kind {
            Kind::Pass if !compiled.status.success() => {
                Err(format!("it must compile:\n{messages}"))
            }
            Kind::Pass => {
                let run = Command::new(out).output().unwrap();
                let said = String::from_utf8_lossy(&run.stderr);
                run.status
                    .success()
                    .then_some(())
                    .ok_or(format!("it must run: {said}"))
            }
            Kind::Fail if compiled.status.success() => Err("it must not compile".to_owned()),
            Kind::Fail => {
                let expected = self.root.join(case).with_extension("stderr");
                if env::var_os("CHRONOLOGIX_BLESS").is_some() {
                    fs::write(&expected, &messages).unwrap();
                }
                let expected = fs::read_to_string(expected).unwrap_or_default();
                let why = format!("\nexpected\n{expected}\nbut it says\n{messages}");
                (messages == expected).then_some(()).ok_or(why)
            }
        }
    }
}

/// The errors among what the compiler says, without what differs from one machine to another.
fn messages(said: &str) -> String {
    let mut errors = Vec::new();
    for line in said.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = message["rendered"].as_str().unwrap();
        if message["level"] == "error" && !text.starts_with("error: aborting due to") {
            errors.push(text.trim_end().lines().map(portable).collect::<String>());
        }
    }
    errors.join("\n")
}

fn portable(line: &str) -> String {
    // "and 8 others": how many is up to the standard library.
    match line
        .trim_start()
        .strip_prefix("and ")
        .and_then(|rest| rest.strip_suffix(" others"))
    {
        Some(_) => format!(
            "{}and $N others\n",
            " ".repeat(line.len() - line.trim_start().len())
        ),
        None => format!("{}\n", line.trim_end()),
    }
}
