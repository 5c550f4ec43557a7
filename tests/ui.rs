//! What the macros take and refuse, one mistake per file; the messages are those of one pinned compiler.

use std::process::Command;

#[test]
#[expect(
    clippy::print_stderr,
    reason = "a test that does nothing has to say so"
)]
fn ui() {
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .unwrap()
        .stdout;
    if !version.starts_with(b"rustc 1.95.") {
        eprintln!("SKIPPED: the messages in tests/ui/fail are those of rustc 1.95");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
    #[cfg(feature = "toml")]
    {
        place_settings().unwrap();
        cases.pass("tests/ui/config-pass/*.rs");
        cases.compile_fail("tests/ui/config-fail/*.rs");
    }
    #[cfg(not(feature = "toml"))]
    cases.compile_fail("tests/ui/config-off/*.rs");
}

/// Puts settings files where paths begin: at the folder of the manifest that trybuild makes.
#[cfg(feature = "toml")]
fn place_settings() -> std::io::Result<()> {
    use std::{fs, path::Path};

    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/chronologix");
    fs::create_dir_all(&made)?;
    for entry in fs::read_dir("tests/ui/config")? {
        let entry = entry?;
        fs::copy(entry.path(), made.join(entry.file_name()))?;
    }
    Ok(())
}
