//! Fields that records carry because of where and by whom they are made.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::{Bench, config};
use crate::{Fields, InContext, Secret, StreamHandle, in_context, in_context_sync};

const APP: &str = "2025-05-04__14-00/app.log";

/// Logs a message and says whether this was the future's first turn; ready with the second.
struct TwoTurns<'a>(&'a StreamHandle, u32);

impl Future for TwoTurns<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        self.1 += 1;
        self.0.log(format_args!("turn {}", self.1)).detach();
        if self.1 == 2 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

/// What the closure logs to `app`.
fn logged(work: impl FnOnce(&StreamHandle)) -> Vec<String> {
    let bench = Bench::new();
    work(&bench.logger.stream("app").unwrap());
    bench.flush();
    let messages = bench.messages(APP);
    bench.stop();
    messages
}

#[test]
fn a_childs_records_carry_its_fields_and_those_of_its_parents() {
    let bench = Bench::new();
    let request = bench.logger.with([("request", 17)]);
    let user = request.with(Fields::new().with("user", "ann bee").with("admin", true));
    for logger in [&bench.logger, &request, &user] {
        let app = logger.stream("app").unwrap();
        app.log(format_args!("x")).detach();
    }
    let handle = user.stream("app").unwrap().with([("request", 18)]);
    handle.log(format_args!("nearest first")).detach();
    bench.flush();
    assert_eq!(
        bench.messages(APP),
        [
            "x",
            "x request=17",
            r#"x user="ann bee" admin=true request=17"#,
            r#"nearest first request=18 user="ann bee" admin=true"#,
        ]
    );
    bench.stop();
}

#[test]
fn a_future_carries_its_fields_from_thread_to_thread_and_leaves_none_behind() {
    let messages = logged(|app| {
        let mut future = pin!(in_context([("task", 1)], TwoTurns(app, 0)));
        assert!(!poll(future.as_mut()));
        app.log(format_args!("between")).detach();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                assert!(poll(future.as_mut()));
                app.log(format_args!("after")).detach();
            });
            other.join().unwrap();
        });
        assert!(Fields::current().is_empty());
    });
    assert_eq!(
        messages,
        ["turn 1 task=1", "between", "turn 2 task=1", "after"]
    );
}

#[test]
fn futures_that_take_turns_do_not_mix() {
    let messages = logged(|app| {
        let mut one = pin!(in_context([("task", 1)], TwoTurns(app, 0)));
        let mut two = pin!(in_context([("task", 2)], TwoTurns(app, 0)));
        for _ in 0..2 {
            poll(one.as_mut());
            poll(two.as_mut());
        }
    });
    let expected = [
        "turn 1 task=1",
        "turn 1 task=2",
        "turn 2 task=1",
        "turn 2 task=2",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn contexts_add_up_where_a_future_is_polled_not_where_it_is_made() {
    let messages = logged(|app| {
        let child = app.with([("child", 0)]);
        let inner = in_context(Fields::from([("a", 1), ("inner", 1)]), TwoTurns(&child, 0));
        let mut inner = pin!(inner);
        in_context_sync(Fields::from([("a", 2), ("outer", 2)]), || {
            poll(inner.as_mut());
            in_context_sync([("third", 3)], || poll(inner.as_mut()));
        });
    });
    assert_eq!(
        messages,
        [
            "turn 1 child=0 a=1 inner=1 outer=2",
            "turn 2 child=0 a=1 inner=1 third=3 outer=2",
        ]
    );
}

#[test]
fn what_a_future_logs_when_it_is_dropped_belongs_to_it() {
    struct Last<'a>(&'a StreamHandle);
    impl Drop for Last<'_> {
        fn drop(&mut self) {
            self.0.log(format_args!("dropped")).detach();
        }
    }
    let messages = logged(|app| {
        let last = Last(app);
        let future = in_context([("task", 1)], async move {
            std::future::pending::<()>().await;
            drop(last);
        });
        let mut future: Pin<Box<InContext<_>>> = Box::pin(future);
        poll(future.as_mut());
        drop(future);
        app.log(format_args!("later")).detach();
    });
    assert_eq!(messages, ["dropped task=1", "later"]);
}

#[test]
fn a_panic_leaves_no_context_behind() {
    let messages = logged(|app| {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            in_context_sync([("task", 1)], || panic!("on purpose"));
        }));
        assert!(panicked.is_err());
        app.log(format_args!("after")).detach();
    });
    assert_eq!(messages, ["after"]);
}

#[test]
fn the_keys_of_every_line_cannot_be_forged() {
    let messages = logged(|app| {
        let fields = Fields::new().with("level", "CRITICAL").with("message", "x");
        in_context_sync(fields, || app.log(format_args!("y")).detach());
        let hostile = [("a b=\"c\n", "\n[14:30:00] [ERROR] forged")];
        in_context_sync(hostile, || app.log(format_args!("z")).detach());
    });
    assert_eq!(
        messages,
        [
            "y level_=CRITICAL message_=x",
            r#"z "a b=\"c\n"="\n[14:30:00] [ERROR] forged""#,
        ]
    );
}

#[test]
fn a_context_of_any_size_is_cut_and_costs_the_record_nothing() {
    let long = "x".repeat(3 << 20);
    let messages = logged(|app| {
        let fields = Fields::new().with("long", long.as_str()).with("then", 1);
        in_context_sync(fields, || app.log(format_args!("one")).detach());
        let many = (0..2_000)
            .map(|at| (format!("key{at}"), at))
            .collect::<Fields>();
        in_context_sync(many, || app.log(format_args!("two")).detach());
    });
    assert!(messages[0].starts_with("one long="), "the message is whole");
    assert!(messages[0].contains("… [cut at 1 MiB]") && messages[0].ends_with(" then=1"));
    assert!(messages[1].starts_with("two key0=0") && messages[1].ends_with(" key999=999"));
}

#[test]
fn a_secret_is_hidden_however_it_is_logged() {
    let messages = logged(|app| {
        let key = Secret::new("hunter2");
        app.log(format_args!("{key} {key:?} {:?}", Some(&key)))
            .detach();
        let fields = Fields::new().with("key", key);
        in_context_sync(fields, || app.log(format_args!("fields")).detach());
    });
    assert_eq!(messages, ["*** *** Some(***)", "fields key=***"]);
}

/// A bench whose redactor hides keys with `key` in them, and has `errors` in JSON, mirrored to
/// `app` in text.
fn redacted() -> Bench {
    let config = config().redact(|key, value| match (key, value) {
        ("panics", _) => panic!("on purpose"),
        (_, "4000 1234") => Some("4000 ****\n".to_owned()),
        _ if key.contains("key") => Some("***".to_owned()),
        _ => None,
    });
    Bench::with(config.configure_stream("errors", |errors| errors.format("json")))
}

#[test]
fn what_a_redactor_gives_is_what_all_files_get() {
    let bench = redacted();
    let fields = Fields::new()
        .with("api_key", 7)
        .with("card", "4000 1234")
        .with("order", 17);
    let errors = bench.logger.with(fields).stream("errors").unwrap();
    errors
        .log(format_args!("api_key=7 in a message is not seen"))
        .detach();
    bench.flush();
    assert_eq!(
        bench.messages(APP),
        [r#"api_key=7 in a message is not seen api_key=*** card="4000 ****\n" order=17"#]
    );
    let lines = bench.messages("2025-05-04__14-00/errors.log");
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["api_key"], "***");
    assert_eq!(line["card"], "4000 ****\n");
    assert_eq!(line["order"], 17);
    bench.stop();
}

#[test]
fn a_redactor_that_panics_hides_the_value_and_stops_nothing() {
    let bench = redacted();
    let app = bench.logger.stream("app").unwrap();
    app.with([("panics", 1)]).log(format_args!("one")).detach();
    app.with([("order", 17)]).log(format_args!("two")).detach();
    bench.flush();
    assert_eq!(bench.messages(APP), ["one panics=***", "two order=17"]);
    bench.stop();
}

#[test]
fn a_task_has_its_context_wherever_its_user_code_runs() {
    // An argument's own `Display` that logs stands in the same place as its record.
    struct Shown<'a>(&'a StreamHandle, AtomicBool);
    impl std::fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.1.store(true, Ordering::Relaxed);
            self.0.log(format_args!("inner")).detach();
            f.write_str("shown")
        }
    }
    let messages = logged(|app| {
        let shown = Arc::new(Shown(app, AtomicBool::new(false)));
        in_context_sync([("task", 1)], || app.log(format_args!("{shown}")).detach());
        assert!(shown.1.load(Ordering::Relaxed));
    });
    assert_eq!(messages, ["inner task=1", "shown task=1"]);
}
