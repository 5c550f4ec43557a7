//! Trees at rest: they are not looked at without a report, and a report is enough.

use std::{fs, thread, time::Duration};

use super::{FIRST, SECOND, Tree};

/// In tests, files of which nothing is reported are looked at once an hour.
#[test]
fn files_at_rest_are_not_looked_at() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(&app, "[14:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    // What was reported while the first files were found.
    tree.follower.next_batch(9, Duration::ZERO).unwrap();
    let looked = tree.follower.pace.looked();
    for _ in 0..5 {
        let batch = tree
            .follower
            .next_batch(9, Duration::from_millis(1))
            .unwrap();
        assert!(batch.is_empty() && tree.follower.is_caught_up());
    }
    assert_eq!(tree.follower.pace.looked(), looked);
    for (path, line) in [
        (app, "[14:00:02.0] a2\n"),
        (format!("{FIRST}/audit.log"), "[14:00:03.0] u1\n"),
        (format!("{SECOND}/app.log"), "[15:00:01.0] a3\n"),
    ] {
        tree.add(&path, line);
        let batch = tree.follower.next_batch(9, Duration::ZERO).unwrap();
        assert_eq!(batch.len(), 1, "{path}");
        assert!(
            tree.follower
                .next_batch(9, Duration::ZERO)
                .unwrap()
                .is_empty()
        );
    }
}

#[test]
fn a_follower_that_waits_is_woken_by_a_line() {
    let mut tree = Tree::new();
    tree.add(&format!("{FIRST}/app.log"), "[14:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    let path = tree.path(&format!("{SECOND}/app.log"));
    let writer = thread::spawn(move || {
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(path, "[15:00:01.0] a2\n").unwrap();
    });
    let batch = tree
        .follower
        .next_batch(9, Duration::from_secs(600))
        .unwrap();
    assert_eq!(batch.len(), 1);
    writer.join().unwrap();
}
