//! Late lines that stand beside a compressed file while it is followed.

use std::fs;

use chrono::TimeDelta;

use super::{FIRST, FollowCursor, SECOND, Tree, follow};
use crate::tests::{compressed, packed};

/// Compresses a file as retention does. `look` is called before the original is removed.
fn compress(tree: &mut Tree, path: &str, mut look: impl FnMut(&mut Tree)) {
    let text = fs::read_to_string(tree.path(path)).unwrap();
    let archive = tree.path(&format!("{path}.zst"));
    fs::write(archive, compressed(&text)).unwrap();
    look(tree);
    fs::remove_file(tree.path(path)).unwrap();
}

#[test]
fn late_lines_beside_a_compressed_file_are_read_alone() {
    let app = format!("{FIRST}/app.log");
    // When the compressed files were looked at, or not, before the late lines came.
    for (is_looked_at, restarts) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut tree = Tree::new();
        tree.add(&app, "[14:00:01.0] a1\n");
        tree.add(&format!("{FIRST}/app.1.log"), "[14:00:02.0] a2\n");
        tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] b1\n");
        assert_eq!(tree.read(), ["app: a1", "app: a2", "app: b1"]);
        tree.finish();
        for name in ["app.1.log", "app.log"] {
            compress(&mut tree, &format!("{FIRST}/{name}"), |tree| {
                if is_looked_at {
                    tree.wait(TimeDelta::minutes(10));
                    assert_eq!(tree.read(), [""; 0]);
                }
            });
        }
        if is_looked_at {
            tree.finish();
        }
        let said = format!("{is_looked_at} {restarts}");
        let late = ["app.log", "app.log", "app.1.log", "app.2.log"];
        for (at, file) in late.into_iter().enumerate() {
            if restarts {
                tree.restart();
            }
            let line = format!("[14:00:0{}.0] l{at}\n", at + 3);
            tree.add(&format!("{FIRST}/{file}"), &line);
            tree.wait(TimeDelta::minutes(10));
            assert_eq!(tree.read(), [format!("app: l{at}")], "{said}");
            tree.finish();
        }
        assert_eq!(tree.incidents(), []);
        assert!(tree.follower.is_caught_up());
        // From the first record.
        tree.follower = follow(tree.dir.path(), FollowCursor::start()).unwrap();
        let all = ["a1", "a2", "l0", "l1", "l2", "l3", "b1"];
        assert_eq!(
            tree.read(),
            all.map(|text| format!("app: {text}")),
            "{said}"
        );
    }
}

#[test]
fn an_original_whose_compression_was_killed_goes_on() {
    let app = format!("{FIRST}/app.log");
    for restarts in [true, false] {
        let mut tree = Tree::new();
        tree.add(&app, "[14:00:01.0] a1\n");
        assert_eq!(tree.read(), ["app: a1"]);
        let text = fs::read_to_string(tree.path(&app)).unwrap();
        fs::write(tree.path(&format!("{app}.zst")), compressed(&text)).unwrap();
        for late in ["l1", "l2"] {
            if restarts {
                tree.restart();
            }
            tree.add(&app, &format!("[14:00:02.0] {late}\n"));
            assert_eq!(tree.read(), [format!("app: {late}")]);
        }
        assert_eq!(tree.incidents(), []);
        tree.follower = follow(tree.dir.path(), FollowCursor::start()).unwrap();
        assert_eq!(tree.read(), ["app: a1", "app: l1", "app: l2"]);
    }
}

#[test]
fn late_lines_are_read_alone_in_a_folder_beside_its_archive() {
    let app = format!("{FIRST}/app.log");
    for restarts in [true, false] {
        let mut tree = Tree::new();
        tree.add(&app, "[14:00:01.0] a1\n");
        tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] b1\n");
        assert_eq!(tree.read(), ["app: a1", "app: b1"]);
        tree.finish();
        let text = fs::read_to_string(tree.path(&app)).unwrap();
        let archive = tree.path(&format!("{FIRST}.tar.zst"));
        fs::write(archive, packed(FIRST, &[("app.log", &text)])).unwrap();
        fs::remove_dir_all(tree.path(FIRST)).unwrap();
        tree.finish();
        for late in ["l1", "l2"] {
            tree.add(&app, &format!("[14:00:02.0] {late}\n"));
            tree.wait(TimeDelta::minutes(10));
            assert_eq!(tree.read(), [format!("app: {late}")]);
            tree.finish();
            if restarts {
                tree.restart();
            }
            if late == "l1" {
                compress(&mut tree, &app, |_| {});
                tree.finish();
            }
        }
        assert_eq!(tree.incidents(), []);
        tree.follower = follow(tree.dir.path(), FollowCursor::start()).unwrap();
        assert_eq!(tree.read(), ["app: a1", "app: l1", "app: l2", "app: b1"]);
    }
}
