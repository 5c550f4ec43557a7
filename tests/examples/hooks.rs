//! The example with hooks.

use super::run::run;

#[test]
fn hooks() {
    let run = run("hooks");
    let mut said = run.stdout.lines().collect::<Vec<_>>();
    // Two hooks, two threads: nobody knows which fails first.
    said[..2].sort_unstable();
    assert_eq!(
        said,
        [
            r#"told: hook "broken" failed: connection refused"#,
            r#"told: hook "endless" failed: timed out after 20 ms"#,
            "paged: errors on sda: 97 % full",
            "paged: errors on sdc: gone",
            "pager: 2 calls, of which 0 failed and 0 took too long",
            "broken: 1 calls, of which 1 failed and 0 took too long",
            "endless: 1 calls, of which 0 failed and 1 took too long",
        ]
    );
    let messages = [
        "the disks are being checked",
        "[ERROR] 97 % full disk=sda",
        "[INFO] below the level of the pager disk=sdb",
        "[CRITICAL] gone disk=sdc",
    ];
    assert_eq!(run.messages("logs/hooks", "app.log"), messages);
}
