//! Records below the level of a stream, which are kept in memory until something asks for them.

use std::{io::ErrorKind, thread, time::Duration};

use super::{Bench, HOUR};
use crate::{
    Config, Level, LevelFilter, Stream, StreamConfig, StreamHandle,
    codec::arg::{Arg, RawArg as _},
    frontend::{
        callsite::Callsite,
        submit::{enabled, submit},
    },
    fs::tests::sim::{FsOp, SimFs},
    in_context_sync,
    stream::tests::declared,
};

const APP: &str = "2025-05-04__14-00/app.log";
const KEPT: &str = "2025-05-04__14-00/app.kept.log";

fn app() -> StreamConfig {
    StreamConfig::new("app").min_level("info").keep("trace")
}

fn config(app: StreamConfig) -> Config {
    Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .timestamp_format("%H:%M:%S")
        .stream(app)
        .stream("errors")
        .mirror("errors", "app")
}

fn bench() -> Bench {
    Bench::with(config(app()))
}

fn handle(bench: &Bench, stream: &str) -> StreamHandle {
    bench.logger.stream(stream).unwrap()
}

fn log(bench: &Bench, stream: &str, level: Level, message: &str) {
    handle(bench, stream)
        .log_at(level, format_args!("{message}"))
        .detach();
}

#[test]
fn an_error_has_what_was_kept_before_it_written() {
    let bench = bench();
    log(&bench, "app", Level::Trace, "one");
    bench.clock.advance(Duration::from_secs(1));
    log(&bench, "app", Level::Info, "two");
    log(&bench, "app", Level::Debug, "three");
    bench.flush();
    assert_eq!(bench.messages(APP), ["[INFO] two"]);
    assert!(bench.fs.text(&format!("/base/{KEPT}")).is_none());
    bench.clock.advance(Duration::from_secs(1));
    log(&bench, "app", Level::Error, "four");
    bench.clock.advance(Duration::from_nanos(1));
    log(&bench, "app", Level::Debug, "five");
    bench.flush();
    assert_eq!(
        bench.messages(APP),
        [
            "[INFO] two",
            "[INFO] chronologix: 2 kept records from 14:30:00 to 14:30:01 are in app.kept.log",
            "[ERROR] four",
        ]
    );
    let text = bench.fs.text(&format!("/base/{KEPT}")).unwrap();
    assert_eq!(text, "[14:30:00] [TRACE] one\n[14:30:01] [DEBUG] three\n");
    bench.stop();
    // A normal end asks for nothing.
    assert_eq!(bench.messages(KEPT).len(), 2);
}

#[test]
fn each_kept_record_goes_to_the_folder_of_its_own_time() {
    let bench = bench();
    log(&bench, "app", Level::Trace, "early");
    bench.clock.advance(HOUR);
    log(&bench, "app", Level::Trace, "late");
    log(&bench, "app", Level::Critical, "the end");
    bench.flush();
    assert_eq!(bench.messages(KEPT), ["[TRACE] early"]);
    assert_eq!(
        bench.messages("2025-05-04__15-00/app.kept.log"),
        ["[TRACE] late"]
    );
    assert_eq!(
        bench.messages("2025-05-04__15-00/app.log"),
        [
            "[INFO] chronologix: 2 kept records from 14:30:00 to 15:30:00 are in app.kept.log",
            "[CRITICAL] the end",
        ]
    );
    bench.stop();
}

#[test]
fn errors_in_a_row_have_records_written_once_in_a_while() {
    let bench = bench();
    let error_after = |seconds| {
        bench.clock.advance(Duration::from_secs(seconds));
        log(&bench, "app", Level::Debug, "kept");
        log(&bench, "app", Level::Error, "boom");
        bench.flush();
        bench.messages(KEPT).len()
    };
    assert_eq!(error_after(1), 1);
    assert_eq!(error_after(59), 1);
    assert_eq!(error_after(1), 3);
    bench.logger.dump("app").unwrap();
    log(&bench, "app", Level::Debug, "kept");
    bench.logger.dump("app").unwrap();
    bench.flush();
    assert_eq!(bench.messages(KEPT).len(), 4, "whoever calls it gets it");
    bench.stop();
}

#[test]
fn without_a_pause_each_error_has_them_written() {
    let bench = Bench::with(config(app().every("0s")));
    for round in 1..=3 {
        log(&bench, "app", Level::Debug, "kept");
        log(&bench, "app", Level::Error, "boom");
        bench.flush();
        assert_eq!(bench.messages(KEPT).len(), round);
    }
    bench.stop();
}

#[test]
fn an_error_of_another_stream_asks_if_the_file_gets_its_copy() {
    let bench = Bench::with(config(app()).stream("other"));
    log(&bench, "app", Level::Debug, "kept");
    log(&bench, "other", Level::Error, "elsewhere");
    bench.flush();
    assert!(bench.fs.text(&format!("/base/{KEPT}")).is_none());
    log(&bench, "errors", Level::Error, "mirrored");
    bench.flush();
    assert_eq!(bench.messages(KEPT), ["[DEBUG] kept"]);
    let line = "[INFO] chronologix: 1 kept record from 14:30:00 to 14:30:00 is in app.kept.log";
    assert_eq!(bench.messages(APP), [line, "[ERROR] mirrored"]);
    bench.stop();
}

#[test]
fn what_is_kept_follows_the_levels() {
    let bench = bench();
    let mut before = 0;
    // The errors ask for dumps as well, so what is there may be there at any time.
    let mut kept = || {
        for level in Level::ALL {
            log(&bench, "app", level, "");
        }
        bench.clock.advance(Duration::from_secs(61));
        bench.logger.dump("app").unwrap();
        bench.flush();
        let now = bench.fs.text(&format!("/base/{KEPT}")).unwrap_or_default();
        let now = now.lines().count();
        now - std::mem::replace(&mut before, now)
    };
    assert_eq!(kept(), 2);
    bench.logger.set_level("app", Level::Critical).unwrap();
    assert_eq!(kept(), 5);
    bench.logger.set_level("app", Level::Trace).unwrap();
    assert_eq!(kept(), 0);
    bench.logger.set_level("app", LevelFilter::Off).unwrap();
    assert_eq!(kept(), 0, "what is off is not kept");
    bench.logger.set_level("app", Level::Warn).unwrap();
    // The handles of this module have none: what is said of others counts for those alone.
    bench.logger.set_filter("other=off").unwrap();
    assert_eq!(kept(), 3);
    bench.stop();
}

#[test]
fn a_module_that_is_off_is_not_kept() {
    use crate::frontend::callsite::SourceFile;

    macro_rules! in_module {
        ($path:literal) => {{
            static FILE: SourceFile = SourceFile {
                module: $path,
                path: "",
            };
            static CALLSITE: Callsite = Callsite::new(Some(Level::Debug), $path).at(&FILE, 1);
            &CALLSITE
        }};
    }
    declared!(app);
    let bench = Bench::with(declared_config(app).filter("noisy=off,loud=debug"));
    for callsite in [in_module!("noisy"), in_module!("loud"), in_module!("quiet")] {
        if enabled(app, callsite, Some(Level::Debug)) {
            submit(app, callsite, ()).detach();
        }
    }
    bench.logger.dump("app").unwrap();
    bench.flush();
    assert_eq!(bench.messages(KEPT), ["[DEBUG] quiet"]);
    assert_eq!(bench.messages(APP)[0], "[DEBUG] loud");
    bench.stop();
}

fn declared_config(app: Stream) -> Config {
    let declared = app.declaration().config();
    declared
        .stream(self::app())
        .base_log_dir("/base")
        .interval("1h")
}

#[test]
fn records_keep_all_that_they_carry() {
    static RAW: Callsite = Callsite::new(Some(Level::Trace), "raw {} {}").keys(&["key"]);
    declared!(app);
    let bench = Bench::with(declared_config(app));
    let (number, text, key) = (7_u32, "long enough to take some words", -1_i64);
    let log_raw = || {
        assert!(enabled(app, &RAW, Some(Level::Trace)));
        let arguments = (
            Arg(&number).__encode(format_args!("")),
            (
                Arg(&text).__encode(format_args!("")),
                (Arg(&key).__encode(format_args!("")), ()),
            ),
        );
        // In memory it is acknowledged at once, whatever is asked for.
        submit(app, &RAW, arguments).synced().wait().unwrap();
    };
    log_raw();
    in_context_sync([("request", 17)], log_raw);
    let user = bench.logger.with([("user", "ann")]);
    let long = "x".repeat(10_000);
    user.stream("app")
        .unwrap()
        .log_at(Level::Debug, format_args!("{long}"))
        .detach();
    log(&bench, "app", Level::Error, "boom");
    bench.flush();
    let raw = "[TRACE] raw 7 long enough to take some words key=-1";
    assert_eq!(
        bench.messages(KEPT),
        [
            raw.to_owned(),
            format!("{raw} request=17"),
            format!("[DEBUG] {long} user=ann")
        ]
    );
    assert_eq!(bench.logger.stats().written, 1);
    bench.stop();
}

#[test]
fn json_lines_name_the_stream_of_the_file() {
    let bench = Bench::with(config(app().format("json").thread(true)));
    thread::scope(|scope| {
        let keep = || log(&bench, "app", Level::Debug, "kept");
        let named = thread::Builder::new().name("worker-7".to_owned());
        named.spawn_scoped(scope, keep).unwrap().join().unwrap();
    });
    log(&bench, "app", Level::Error, "boom");
    bench.flush();
    let text = bench.fs.text(&format!("/base/{KEPT}")).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"timestamp":"2025-05-04T14:30:00.000000+00:00","level":"DEBUG","#,
            r#""stream":"app.kept","message":"kept","thread":"worker-7"}"#,
            "\n"
        )
    );
    let manifest = bench.fs.text("/base/.chronologix.json").unwrap();
    assert!(manifest.contains(r#""file": "app.kept.log""#), "{manifest}");
    bench.stop();
}

#[test]
fn the_oldest_are_lost_and_counted() {
    let bench = Bench::with(config(app().last("64KiB")));
    let app = handle(&bench, "app");
    for number in 0..10_000 {
        app.log_at(Level::Debug, format_args!("{number}")).detach();
        bench.clock.advance(Duration::from_nanos(1));
    }
    log(&bench, "app", Level::Error, "boom");
    bench.flush();
    let kept = bench.messages(KEPT);
    let first = 10_000 - kept.len();
    let expected = (first..10_000).map(|number| format!("[DEBUG] {number}"));
    assert_eq!(kept, expected.collect::<Vec<_>>());
    assert!((1_000..9_000).contains(&first), "{first}");
    let line = &bench.messages(APP)[0];
    let lost = format!("are in app.kept.log; {first} records before that were lost");
    assert!(line.ends_with(&lost), "{line}");
    bench.stop();
}

#[test]
fn threads_are_brought_into_one_order() {
    let bench = Bench::with(config(app()));
    thread::scope(|scope| {
        for number in 0..8 {
            let (bench, app) = (&bench, handle(&bench, "app"));
            scope.spawn(move || {
                for at in 0..1_000 {
                    app.log_at(Level::Trace, format_args!("{number} {at}"))
                        .detach();
                    bench.clock.advance(Duration::from_nanos(1));
                }
            });
        }
    });
    // The threads have ended.
    log(&bench, "app", Level::Error, "boom");
    bench.flush();
    let kept = bench.messages(KEPT);
    assert_eq!(kept.len(), 8_000);
    for number in 0..8 {
        let own = kept.iter().filter_map(|line| {
            let own = line.strip_prefix(&format!("[TRACE] {number} "))?;
            own.parse::<usize>().ok()
        });
        assert!(own.eq(0..1_000));
    }
    bench.stop();
}

#[test]
fn a_disk_that_refuses_in_the_middle_costs_no_line_and_doubles_none() {
    let bench = Bench::with(config(app()));
    let app = handle(&bench, "app");
    let long = "x".repeat(1_000);
    for number in 0..2_000 {
        app.log_at(Level::Debug, format_args!("{number} {long}"))
            .detach();
    }
    bench.fs.write_short(5_000);
    bench
        .fs
        .fail_after(50, FsOp::Append, "app.kept.log", 3, ErrorKind::StorageFull);
    let error = app.log_at(Level::Error, format_args!("boom"));
    error.written().wait().unwrap();
    let kept = bench.messages(KEPT);
    assert_eq!(kept.len(), 2_000);
    for (number, line) in kept.iter().enumerate() {
        assert!(line.starts_with(&format!("[DEBUG] {number} ")), "{line}");
    }
    assert_eq!(bench.messages(APP).last().unwrap(), "[ERROR] boom");
    assert_eq!(bench.logger.stats().disk_errors, 3);
    bench.stop();
}

#[test]
fn a_deleted_file_is_made_again_and_none_is_made_ahead() {
    let bench = bench();
    assert!(
        !bench
            .fs
            .list("/base/2025-05-04__14-00")
            .iter()
            .any(|name| name.contains("kept"))
    );
    log(&bench, "app", Level::Debug, "one");
    bench.logger.dump("app").unwrap();
    bench.flush();
    bench.fs.delete(&format!("/base/{KEPT}"));
    bench.clock.advance(Duration::from_secs(1));
    bench.flush();
    assert!(bench.fs.text(&format!("/base/{KEPT}")).is_none());
    log(&bench, "app", Level::Debug, "two");
    bench.logger.dump("app").unwrap();
    bench.flush();
    assert_eq!(bench.messages(KEPT), ["[DEBUG] two"]);
    bench.stop();
}

#[test]
fn after_a_stop_nothing_is_kept_and_the_next_logger_begins_with_nothing() {
    static KEPT_CALL: Callsite = Callsite::new(Some(Level::Debug), "kept");
    declared!(app);
    let fs = SimFs::with_folder("/base");
    let start = || Bench::on(&fs, declared_config(app)).unwrap();
    let keep = || submit(app, &KEPT_CALL, ()).wait().into_result();
    let first = start();
    keep().unwrap();
    first.stop();
    assert!(first.logger.dump("app").is_err());
    keep().unwrap();
    assert_eq!(first.logger.stats().refused, 0);
    let second = start();
    keep().unwrap();
    second.logger.dump("app").unwrap();
    second.flush();
    assert_eq!(second.messages(KEPT), ["[DEBUG] kept"]);
    second.stop();
}

#[test]
fn a_stream_of_kept_records_cannot_be_logged_to() {
    let bench = bench();
    assert!(bench.logger.stream("app.kept").is_err());
    assert!(bench.logger.dump("app.kept").is_err());
    // Nothing is kept of this one.
    bench.logger.dump("errors").unwrap();
    bench.flush();
    bench.stop();
}
