//! The program with two libraries that log.

use super::run::run;

#[test]
fn libraries_log_to_the_tree_of_the_program() {
    let run = run("libraries");
    assert!(run.succeeded, "{}", run.stderr);
    let lines = |stream: &str| run.messages("logs/libraries", &format!("{stream}.log"));
    assert_eq!(
        lines("orders"),
        [
            "[INFO] placed order=1 items=3",
            "[WARN] there is nothing in it order=2"
        ]
    );
    assert_eq!(lines("audit"), ["[INFO] paid order=1 cents=4200"]);
    assert_eq!(
        lines("app"),
        [
            "begins",
            "[DEBUG] asking the bank target=example_payments",
            "[WARN] there is nothing in it order=2",
        ]
    );
}
