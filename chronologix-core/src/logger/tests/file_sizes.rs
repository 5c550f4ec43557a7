//! Files that may not grow beyond a size, as the whole logger writes them.

use super::{Bench, config, messages};

/// The messages in the files of a stream, by number.
fn in_files(bench: &Bench, stream: &str) -> Vec<Vec<String>> {
    let name = |number| match number {
        0 => format!("{stream}.log"),
        number => format!("{stream}.{number}.log"),
    };
    let folder = "2025-05-04__14-00";
    let there = bench.fs.list(&format!("/base/{folder}"));
    let names = (0..).map(name).take_while(|name| there.contains(name));
    names
        .map(|name| messages(&bench.fs, &format!("{folder}/{name}")))
        .collect()
}

#[test]
fn a_stream_and_its_mirror_go_on_in_numbered_files_each_by_its_own_size() {
    let bench = Bench::with(config().max_file_size("4KiB"));
    let text = "x".repeat(100);
    let message = |number: usize| format!("{number} {text}");
    for number in 0..200 {
        let stream = if number % 4 == 0 { "errors" } else { "app" };
        bench.log(stream, &message(number)).detach();
    }
    bench.stop();
    let app = in_files(&bench, "app");
    let errors = in_files(&bench, "errors");
    assert!(app.len() > 4 && errors.len() > 1 && errors.len() < app.len());
    let all = (0..200).map(message).collect::<Vec<_>>();
    assert_eq!(app.concat(), all);
    let every_fourth = all.iter().step_by(4).cloned().collect::<Vec<_>>();
    assert_eq!(errors.concat(), every_fourth);
    bench.fs.for_each_snapshot(|file| {
        assert!(file.bytes.len() <= 4096, "{}", file.path.display());
    });
    assert_eq!(bench.logger.stats().synced, 200);
}

#[test]
fn a_synced_record_survives_in_whichever_file_it_is() {
    let bench = Bench::with(config().max_file_size("4KiB"));
    let text = "x".repeat(1500);
    for number in 0..9 {
        bench
            .log("audit", &format!("{number} {text}"))
            .wait()
            .into_result()
            .unwrap();
    }
    bench.fs.crash();
    let audit = in_files(&bench, "audit");
    assert_eq!(audit.len(), 5);
    assert_eq!(audit.concat().len(), 9);
}
