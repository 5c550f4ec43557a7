//! Files that begin with lines which are no records of theirs.

use super::{
    options::{matching, since},
    *,
};

#[test]
fn lines_that_a_failed_sync_repeats_are_printed_once() {
    let (before, batch) = ("[14:00:01] a1\n", "[14:00:02] a2\n[14:00:03] a3\n");
    let old = format!("{before}{batch}[14:00:04] a4\n");
    let bytes = before.len()..before.len() + batch.len();
    let mark = format!(
        "[14:00:02] [WARN] chronologix: bytes {} to {} of app.log are repeated here, its sync \
         failed\n",
        bytes.start, bytes.end
    );
    let messages = |base: &Path, options: &Options| {
        let (out, ..) = run(base, options);
        let lines = out.lines().filter_map(|line| line.split_once("] "));
        let found: Vec<&str> = lines.map(|(_, message)| message).collect();
        found.join(" ")
    };
    let folder = |name| format!("2025-05-04__14-00/{name}");
    for repeated in [batch, &batch[..before.len()]] {
        let new = format!("{mark}{repeated}[14:00:05] a5\n");
        let dir = folder_of(&[
            (".chronologix.json", DESCRIPTION),
            (&folder("app.log"), &old),
            (&folder("app.1.log"), &new),
        ]);
        for packs in [false, true] {
            if packs {
                let path = dir.path().join(folder("app.log"));
                let packed = zstd::encode_all(old.as_bytes(), 1).unwrap();
                fs::write(path.with_extension("log.zst"), packed).unwrap();
                fs::remove_file(path).unwrap();
            }
            let last = Options {
                last: Some(3),
                ..Options::default()
            };
            for (options, expected) in [
                (Options::default(), "a1 a2 a3 a4 a5"),
                (last, "a3 a4 a5"),
                (since(Some("14:00:02"), None), "a2 a3 a4 a5"),
                (since(Some("14:00:05"), None), "a5"),
                (since(None, Some("14:00:03")), "a1 a2"),
            ] {
                assert_eq!(messages(dir.path(), &options), expected, "{options:?}");
            }
            let (json, ..) = run(dir.path(), &shaped(Shape::Json));
            assert_eq!(json.lines().count(), 5);
            let (stats, ..) = run(dir.path(), &shaped(Shape::Stats(StatsShape::Table)));
            assert!(stats.contains("app           5     70"), "{stats}");
        }
    }
    // What the first file has lost is in the second alone.
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        (&folder("app.log"), before),
        (&folder("app.1.log"), &format!("{mark}{batch}")),
    ]);
    let (out, ..) = run(dir.path(), &Options::default());
    assert_eq!(out, format!("{before}{mark}{batch}"));
}

#[test]
fn headers_of_files_are_no_records() {
    let header = |file| {
        format!(
            "# chronologix/1 stream=app folder=2025-05-04__14-00 file={file} run=9f2c81d0a4b37e65\n"
        )
    };
    let folder = |name| format!("2025-05-04__14-00/{name}");
    let lines = "[14:00:01] a1\n[14:00:02] a2\n";
    let mark = "[14:00:02] [WARN] chronologix: bytes 100 to 114 of app.log are repeated here, its \
                sync failed\n";
    let first = header("app.log") + lines;
    assert_eq!(first.find("[14:00:02]"), Some(100));
    let second = header("app.1.log") + mark + "[14:00:02] a2\n[14:00:03] a3\n";
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        (&folder("app.log"), &first),
        (&folder("app.1.log"), &second),
        (&folder("errors.log"), &header("errors.log")),
    ]);
    for packs in [false, true] {
        if packs {
            let path = dir.path().join(folder("app.log"));
            let packed = zstd::encode_all(first.as_bytes(), 1).unwrap();
            fs::write(path.with_extension("log.zst"), packed).unwrap();
            fs::remove_file(path).unwrap();
        }
        let expected = format!("{lines}[14:00:03] a3\n");
        // Twice, for what is known of an unpacked file.
        for _ in 0..2 {
            let (out, ..) = run(dir.path(), &Options::default());
            assert_eq!(out, expected);
            let last = Options {
                last: Some(3),
                ..Options::default()
            };
            assert_eq!(run(dir.path(), &last).0, expected);
            let found = Options {
                filter: matching("chronologix"),
                ..Options::default()
            };
            assert_eq!(run(dir.path(), &found).0, "");
            let (stats, ..) = run(dir.path(), &shaped(Shape::Stats(StatsShape::Table)));
            assert!(stats.contains("app           3     42"), "{stats}");
        }
    }
}
