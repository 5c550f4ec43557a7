//! Log statements: who they are, what they have logged, and their ids in lines.

use super::{Desk, config};
use crate::{
    Config, Fields, Level, LogFuture, StatementStats, StreamConfig, ValueKind,
    codec::encode::{Formatted, RawNumber, RawText},
    frontend::{
        callsite::{Callsite, SourceFile},
        context::in_context_sync,
        submit::{submit, submit_after},
    },
};

pub(super) static ORDERS: SourceFile = SourceFile {
    module: "shop::orders",
    path: "src/orders.rs",
};

static FILLED: Callsite = Callsite::new(Some(Level::Info), "filled {} at {} for {}")
    .at(&ORDERS, 7)
    .keys(&["user", "is_new"])
    .formats(&[(1, |value, out| out.formatted(format_args!("{value:.2}")))]);

static PINNED: Callsite = Callsite::new(None, "an order")
    .at(&ORDERS, 9)
    .id(&"order.filled");

static EVERY: Callsite = Callsite::new(None, "rare {}").at(&ORDERS, 13);

static WITH_ITS_OWN: Callsite = Callsite::new(None, "mine").at(&ORDERS, 11).keys(&["id"]);

/// The id of [`FILLED`] in the stream `app`.
const FILLED_ID: &str = "65fd8c4651";

fn fill(desk: &Desk, stream: &str) -> LogFuture {
    let arguments = (
        RawNumber(5_u64),
        (
            RawNumber(1.5_f64),
            (
                Formatted(format_args!("{:?}", Some(1))),
                (RawText("ann"), (RawNumber(true), ())),
            ),
        ),
    );
    submit(&desk.stream(stream), &FILLED, arguments)
}

fn counts(found: &StatementStats) -> (u64, u64, u64, u64) {
    let StatementStats {
        records,
        bytes,
        dropped,
        suppressed,
        ..
    } = found;
    (*records, *bytes, *dropped, *suppressed)
}

fn found(desk: &Desk) -> Vec<StatementStats> {
    desk.shared.statements.snapshot().into_iter().collect()
}

#[test]
fn a_statement_is_what_its_call_site_says() {
    let mut desk = Desk::new();
    fill(&desk, "app").detach();
    desk.settle();
    let found = found(&desk);
    let [StatementStats { statement, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(statement.id, FILLED_ID);
    assert_eq!(statement.level, Some(Level::Info));
    assert_eq!(statement.template, "filled {} at {} for {}");
    assert_eq!(
        (&*statement.crate_name, &*statement.module),
        ("shop", "shop::orders")
    );
    assert_eq!((&*statement.file, statement.line), ("src/orders.rs", 7));
    // What has a format spec may look like anything.
    let kinds = [ValueKind::Integer, ValueKind::Any, ValueKind::Any];
    assert_eq!(statement.arguments, kinds);
    let fields = statement
        .fields
        .iter()
        .map(|field| (&*field.key, field.kind));
    let expected = [("user", ValueKind::Text), ("is_new", ValueKind::Bool)];
    assert!(fields.eq(expected));
}

#[test]
fn records_and_bytes_are_counted_in_the_files_of_mirrors_as_well() {
    let mut desk = Desk::new();
    fill(&desk, "app").detach();
    fill(&desk, "app").detach();
    fill(&desk, "errors").detach();
    desk.log("app", "without a macro").detach();
    desk.settle();
    let line = "[14:30:00] [INFO] filled 5 at 1.50 for Some(1) user=ann is_new=true\n".len() as u64;
    let found = found(&desk);
    let counted: Vec<_> = found.iter().map(counts).collect();
    let without = "[14:30:00] without a macro\n".len() as u64;
    assert_eq!(
        counted,
        [(2, 2 * line, 0, 0), (1, 2 * line, 0, 0), (1, without, 0, 0)]
    );
    let streams = found
        .iter()
        .map(|it| (&*it.statement.stream, it.statement.id.is_empty()));
    assert!(streams.eq([("app", false), ("errors", false), ("app", true)]));
    let written: u64 = found.iter().map(|it| it.bytes).sum();
    assert_eq!(written, desk.shared.stats().bytes_written);
    let shown = desk.shared.statements.snapshot().to_string();
    let first = format!(
        "{} bytes, 2 records: app INFO \"filled {{}} at {{}} for {{}}\" at src/orders.rs:7, \
         id {FILLED_ID}\n",
        2 * line
    );
    assert!(shown.starts_with(&first), "{shown}");
    assert!(shown.ends_with("1 record: app \"{}\""), "{shown}");
}

#[test]
fn the_display_names_ten() {
    let mut desk = Desk::with(
        Config::new()
            .streams((0..13).map(|it| format!("s{it}")))
            .base_log_dir("/base"),
    );
    for stream in 0..13 {
        fill(&desk, &format!("s{stream}")).detach();
    }
    desk.settle();
    let shown = desk.shared.statements.snapshot().to_string();
    assert_eq!(shown.lines().count(), 11);
    assert!(shown.ends_with("\nand 3 more"), "{shown}");
}

#[test]
fn what_was_dropped_or_only_counted_belongs_to_a_statement() {
    let config = Config::new()
        .base_log_dir("/base")
        .queue_capacity(4096)
        .stream(StreamConfig::new("drops").overflow("drop"))
        .stream(StreamConfig::new("repeats").dedup("10s"));
    let mut desk = Desk::with(config);
    for _ in 0..1000 {
        fill(&desk, "drops").detach();
    }
    desk.settle();
    let [first] = &found(&desk)[..] else { panic!() };
    assert_eq!(first.records + first.dropped, 1000);
    assert_eq!(first.dropped, desk.shared.stats().dropped);
    assert!(first.dropped > 0);

    for _ in 0..5 {
        submit(&desk.stream("repeats"), &PINNED, ()).detach();
    }
    desk.settle();
    for left_out in [0, 17, 4] {
        let arguments = (RawText("é"), ());
        submit_after(&desk.stream("drops"), &EVERY, left_out, arguments).detach();
        desk.settle();
    }
    let found = found(&desk);
    let of = |template: &str| {
        let mut found = found.iter().filter(|it| it.statement.template == template);
        counts(found.next().unwrap())
    };
    assert_eq!((of("an order").0, of("an order").3), (1, 4));
    assert_eq!((of("rare {}").0, of("rare {}").3), (3, 21));
}

#[test]
fn lines_have_ids_where_their_streams_ask_for_them() {
    let config = config()
        .configure_stream("audit", |it| it.format("json").ids(true))
        .configure_stream("app", |it| it.ids(true).thread(true));
    let mut desk = Desk::with(config);
    fill(&desk, "audit").detach();
    fill(&desk, "app").detach();
    submit(&desk.stream("audit"), &PINNED, ()).detach();
    submit(&desk.stream("audit"), &WITH_ITS_OWN, (RawNumber(5_u64), ())).detach();
    in_context_sync(Fields::from([("id", "outer")]), || {
        submit(&desk.stream("audit"), &PINNED, ()).detach();
    });
    desk.log("audit", "without a macro").detach();
    desk.settle();
    let audit = desk.text(super::AUDIT).unwrap();
    let ends: Vec<_> = audit
        .lines()
        .map(|line| line.split_once(r#""message":"#).unwrap().1)
        .collect();
    let id_in_audit =
        chronologix_schema::layout::Statement::id_of("shop", "audit", "filled {} at {} for {}");
    let first = format!(
        r#""filled 5 at 1.50 for Some(1)","user":"ann","is_new":true,"id":"{id_in_audit}"}}"#
    );
    assert_eq!(
        ends,
        [
            &*first,
            r#""an order","id":"order.filled"}"#,
            r#""mine","id":5}"#,
            r#""an order","id":"outer"}"#,
            r#""without a macro"}"#,
        ]
    );
    let app = desk.text(super::APP).unwrap();
    assert!(
        app.lines()
            .any(|line| line.ends_with(&format!(" id={FILLED_ID}"))),
        "{app}"
    );
}
