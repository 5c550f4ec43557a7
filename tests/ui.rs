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
}
