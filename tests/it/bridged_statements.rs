//! The statements of records that come by `log` and by `tracing`: their ids, and the catalogue.

use std::{
    collections::BTreeSet,
    fs,
    hint::black_box,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use chronologix::{
    Config, FieldValue, Hook, Level, Logger, Statement, StatementStats, StreamConfig,
    bridge::{Routes, log::LogBridge, tracing::TracingLayer},
};
use log::{Log as _, Record, RecordBuilder};
use tempfile::TempDir;
use tracing::subscriber::with_default;
use tracing_log::LogTracer;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::tree::lines_of;

/// A logger with a stream of JSON with ids, and one of text without.
struct Fixture {
    base: TempDir,
    logger: Logger,
    /// What the field `id` was in the records that a hook got.
    hooked: Arc<Mutex<Vec<FieldValue>>>,
}

impl Fixture {
    fn start() -> Self {
        let base = tempfile::tempdir().unwrap();
        let hooked = Arc::new(Mutex::new(Vec::new()));
        let ids = Arc::clone(&hooked);
        let hook = Hook::new("ids", move |record| {
            let id = record.field("id").unwrap().clone();
            ids.lock().unwrap().push(id);
            async {}
        });
        let logger = Config::new()
            .base_log_dir(base.path())
            .stream(StreamConfig::new("json").format("json").ids(true))
            .stream("text")
            .hook(hook.streams(["json"]))
            .start_blocking()
            .unwrap();
        Self {
            base,
            logger,
            hooked,
        }
    }

    fn routes() -> Routes {
        Routes::new("json")
            .without_target()
            .full_queue_timeout(Duration::from_secs(60))
    }

    /// Runs something whose events come by the bridge.
    fn traced(&self, run: impl FnOnce()) {
        let layer = TracingLayer::new(&self.logger, Self::routes()).unwrap();
        with_default(tracing_subscriber::registry().with(layer), run);
    }

    fn log_bridge(&self) -> LogBridge {
        log::set_max_level(log::LevelFilter::Trace);
        LogBridge::new(&self.logger, Self::routes()).unwrap()
    }

    /// Returns message and id of each line, in their order. Hooks got the same ids.
    fn lines(&self) -> Vec<(String, String)> {
        self.logger.stop_blocking().unwrap();
        let lines = lines_of(self.base.path(), "json.log");
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(_, line)| {
                let record: serde_json::Value = serde_json::from_str(&line).unwrap();
                let text = |key: &str| record[key].as_str().unwrap().to_owned();
                (text("message"), text("id"))
            })
            .collect();
        let hooked = self.hooked.lock().unwrap();
        let expected = lines.iter().map(|(_, id)| FieldValue::from(id.as_str()));
        assert!(hooked.iter().cloned().eq(expected));
        drop(hooked);
        lines
    }

    fn catalogue(&self) -> Vec<Statement> {
        let path = self.base.path().join(".chronologix.statements.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines();
        lines
            .map(|line| Statement::from_json(line).unwrap())
            .collect()
    }

    /// Returns the counts of the statement with this id.
    fn counted(&self, id: &str) -> StatementStats {
        let mut all = self.logger.statements().into_iter();
        let found = all.find(|it| it.statement.id == id);
        found.unwrap_or_else(|| panic!("{id} was not counted"))
    }
}

fn id_of(template: &str) -> String {
    let crate_name = module_path!().split("::").next().unwrap();
    Statement::id_of(crate_name, "json", template)
}

mod moved {
    pub(super) fn started() {
        // Below other lines.
        tracing::warn!("started");
    }
}

/// A text that is made while the program runs.
fn made(text: &str) -> String {
    text.chars().collect()
}

#[cfg(target_os = "linux")]
#[test]
fn an_event_with_a_literal_is_a_statement() {
    let fixture = Fixture::start();
    let line = line!() + 3;
    fixture.traced(|| {
        for _ in 0..3 {
            tracing::info!(order = 17, r#type = "limit", "order taken");
        }
        tracing::info!("started");
        moved::started();
        tracing::info!(target: "audit", "an {{order}}");
        tracing::info!(message = "late", paid = true);
    });
    let ids: Vec<_> = fixture.lines().into_iter().map(|(_, id)| id).collect();
    let [taken, started, braces, late] =
        ["order taken", "started", "an {{order}}", "late"].map(id_of);
    let expected = [&taken, &taken, &taken, &started, &started, &braces, &late];
    assert!(ids.iter().eq(expected), "{ids:?}");

    let catalogue = fixture.catalogue();
    let templates: Vec<_> = catalogue.iter().map(|it| &*it.template).collect();
    let expected = ["order taken", "started", "started", "an {{order}}", "late"];
    assert_eq!(templates, expected);
    let first = &catalogue[0];
    assert_eq!((&*first.id, first.level), (&*taken, Some(Level::Info)));
    assert_eq!((&*first.module, &*first.file), (module_path!(), file!()));
    assert_eq!((first.line, first.arguments.len()), (line, 0));
    let keys: Vec<_> = first.fields.iter().map(|it| &*it.key).collect();
    assert_eq!(keys, ["order", "type"]);
    let counted = fixture.counted(&taken);
    assert_eq!((counted.records, &*counted.statement), (3, first));
}

#[test]
fn an_event_with_a_name_is_a_statement() {
    let fixture = Fixture::start();
    fixture.traced(|| {
        for quantity in [5, 7] {
            tracing::info!(name: "order.filled", quantity, "filled {quantity}");
        }
        tracing::info!(name: "order.closed", order = 17);
    });
    let lines = fixture.lines();
    let [filled, closed] = ["order.filled", "order.closed"].map(id_of);
    let ids: Vec<_> = lines.iter().map(|(_, id)| id).collect();
    assert_eq!(ids, [&filled, &filled, &closed]);
    let catalogue = fixture.catalogue();
    assert_eq!(catalogue.len(), 2);
    assert_eq!(catalogue[0].template, "order.filled");
    assert_eq!(fixture.counted(&filled).records, 2);
}

#[test]
fn other_events_share_an_id_and_are_not_in_the_catalogue() {
    let fixture = Fixture::start();
    fixture.traced(|| {
        // The compiler makes literals of literals in literals.
        let (one, order) = black_box((1, 17));
        tracing::info!("order {order} taken");
        // From another line, and with the same text in one piece.
        tracing::info!("{}", made("order 17 taken"));
        tracing::info!(message = %made("an order"));
        tracing::info!(target: "audit", "order {order} taken");
        tracing::warn!("order {order} taken");
        tracing::info!(b = 1, a = 2, "order {order} taken");
        tracing::info!(a = 1, b = 2, "order {one} taken");
        tracing::info!(only = "fields");
    });
    let ids: Vec<_> = fixture.lines().into_iter().map(|(_, id)| id).collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0], ids[2]);
    assert_eq!(ids[5], ids[6]);
    let different: BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), 5, "{ids:?}");
    assert_eq!(fixture.catalogue(), []);
    let counted = fixture.counted(&ids[0]);
    assert_eq!(counted.records, 3);
    assert_eq!(counted.statement.module, module_path!());
    assert_eq!(
        (&*counted.statement.template, &*counted.statement.file),
        ("{}", "")
    );
    let shown = counted.to_string();
    let end = format!(r#"json INFO "{{}}" of {}, id {}"#, module_path!(), ids[0]);
    assert!(shown.ends_with(&end), "{shown}");
}

#[test]
fn a_record_of_log_with_a_literal_is_a_statement() {
    let fixture = Fixture::start();
    let bridge = fixture.log_bridge();
    for _ in 0..3 {
        log::info!(logger: bridge, order = 17; "order taken");
        log::info!(logger: bridge, target: "audit", "order taken");
    }
    let order = black_box(17);
    log::info!(logger: bridge, "order {order} taken");
    log::info!(logger: bridge, "order {order} closed");
    log::warn!(logger: bridge, "order {order} closed");
    // Targets and paths that are made while the program runs, at one address.
    let mut made = String::new();
    for target in ["one", "two", "one"] {
        made.clear();
        made.push_str(target);
        let mut record = RecordBuilder::new();
        record.target(&made).level(log::Level::Info);
        bridge.log(&record.args(format_args!("a literal")).build());
        bridge.log(&record.args(format_args!("number {}", made.len())).build());
    }
    let lines = fixture.lines();
    let ids: Vec<_> = lines.iter().map(|(_, id)| &**id).collect();
    let taken = id_of("order taken");
    assert_eq!(ids[..6], [&*taken; 6]);
    assert_eq!(ids[6], ids[7]);
    assert_ne!(ids[6], ids[8]);
    let made = |name| Statement::id_of(name, "json", "a literal");
    let literals = [ids[9], ids[11], ids[13]];
    assert_eq!(literals, [&*made("one"), &made("two"), &made("one")]);
    assert_eq!(ids[10], ids[14]);
    assert_ne!(ids[10], ids[12]);

    let catalogue = fixture.catalogue();
    let templates: Vec<_> = catalogue.iter().map(|it| &*it.template).collect();
    let expected = ["order taken", "order taken", "a literal", "a literal"];
    assert_eq!(templates, expected);
    assert_eq!(
        (&*catalogue[0].module, &*catalogue[0].file),
        (module_path!(), file!())
    );
    assert_eq!(fixture.counted(ids[6]).records, 2);
}

#[test]
fn a_record_of_log_has_one_id_whatever_brings_it() {
    let fixture = Fixture::start();
    let send = |logger: &dyn log::Log| {
        let mut record = Record::builder();
        record
            .level(log::Level::Info)
            .target("shop::orders")
            .module_path_static(Some("shop::orders"))
            .file_static(Some("src/orders.rs"))
            .line(Some(7));
        logger.log(&record.args(format_args!("order taken")).build());
        logger.log(
            &record
                .args(format_args!("order {} taken", black_box(17)))
                .build(),
        );
    };
    send(&fixture.log_bridge());
    fixture.traced(|| send(&LogTracer::new()));
    let lines = fixture.lines();
    assert_eq!(lines[1], lines[3]);
    #[cfg(target_os = "linux")]
    {
        assert_eq!(lines[0], lines[2]);
        let catalogue = fixture.catalogue();
        assert_eq!(catalogue.len(), 1, "{catalogue:?}");
    }
}

#[test]
fn an_id_of_its_own_goes_before() {
    let fixture = Fixture::start();
    fixture.traced(|| tracing::info!(id = "mine", "order taken"));
    assert_eq!(fixture.lines()[0].1, "mine");
}

#[test]
fn threads_make_one_statement_of_a_call() {
    let fixture = Fixture::start();
    let bridge = fixture.log_bridge();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..100 {
                    log::info!(logger: bridge, "one of many");
                    log::info!(logger: bridge, "number {number}");
                }
            });
        }
    });
    assert_eq!(fixture.lines().len(), 800);
    assert_eq!(fixture.catalogue().len(), 1);
    assert_eq!(fixture.counted(&id_of("one of many")).records, 400);
    assert_eq!(fixture.logger.statements().len(), 2);
}
