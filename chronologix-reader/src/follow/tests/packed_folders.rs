//! Folders that are packed while they are followed.

use std::fs::{self, File};

use chrono::TimeDelta;

use super::{FIRST, FollowCursor, SECOND, Tree, follow};
use crate::tests::packed;

#[test]
fn folders_that_are_packed_meanwhile_go_on_where_they_were() {
    let mut tree = Tree::new();
    tree.add(&format!("{FIRST}/app.log"), "[14:00:01.0] a1\n");
    tree.add(&format!("{FIRST}/audit.log"), "[14:00:02.0] u1\n");
    assert_eq!(tree.read(), ["app: a1", "audit: u1"]);
    tree.restart();
    tree.add(&format!("{FIRST}/audit.log"), "[14:00:03.0] u2\n");
    let archive = File::create(tree.path(&format!("{FIRST}.tar.zst"))).unwrap();
    let packed = zstd::Encoder::new(archive, 1).unwrap().auto_finish();
    let mut archive = tar::Builder::new(packed);
    archive.append_dir_all(FIRST, tree.path(FIRST)).unwrap();
    drop(archive.into_inner().unwrap());
    fs::remove_dir_all(tree.path(FIRST)).unwrap();
    assert_eq!(tree.read(), ["audit: u2"]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn late_lines_beside_an_archive_are_read_alone() {
    let app = format!("{FIRST}/app.log");
    let archive = format!("{FIRST}.tar.zst");
    // When the archive was looked at, or not, before the late lines came.
    for (is_looked_at, restarts) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut tree = Tree::new();
        tree.add(&app, "[14:00:01.0] a1\n");
        tree.add(&format!("{FIRST}/audit.log"), "[14:00:02.0] u1\n");
        tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] b1\n");
        assert_eq!(tree.read(), ["app: a1", "audit: u1", "app: b1"]);
        tree.finish();
        let text = |name: &str| fs::read_to_string(tree.path(&format!("{FIRST}/{name}"))).unwrap();
        let files = [
            ("app.log", &*text("app.log")),
            ("audit.log", &*text("audit.log")),
        ];
        fs::write(tree.path(&archive), packed(FIRST, &files)).unwrap();
        fs::remove_dir_all(tree.path(FIRST)).unwrap();
        if is_looked_at {
            tree.wait(TimeDelta::minutes(10));
            assert_eq!(tree.read(), [""; 0]);
        }
        for late in ["l1", "l2"] {
            if restarts {
                tree.restart();
            }
            tree.add(&app, &format!("[14:00:03.0] {late}\n"));
            tree.wait(TimeDelta::minutes(10));
            let said = format!("{is_looked_at} {restarts}");
            assert_eq!(tree.read(), [format!("app: {late}")], "{said}");
            tree.wait(TimeDelta::minutes(10));
            assert_eq!(tree.read(), [""; 0], "{said}");
        }
        assert_eq!(tree.incidents(), []);
        assert!(tree.follower.is_caught_up());
        // From the first record.
        tree.follower = follow(tree.dir.path(), FollowCursor::start()).unwrap();
        let all = ["app: a1", "audit: u1", "app: l1", "app: l2", "app: b1"];
        assert_eq!(tree.read(), all);
    }
}
