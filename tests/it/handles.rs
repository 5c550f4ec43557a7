//! `log!` to a handle: any expression that is no bare name, with everything that a stream takes.

use std::{cell::Cell, path::Path};

use chronologix::{
    Config, Format, Level, LogError, Logger, StreamConfig, StreamHandle, critical, debug, error,
    in_context_sync, log, warn,
};

struct Shop {
    audit: StreamHandle,
    all: Vec<StreamHandle>,
}

impl Shop {
    fn sell(&self, order: u64) {
        log!(self.audit, order; "sold <>", order + 1).wait();
        error!(self.all[1], order, note:? = "x"; "an index").wait();
        critical!(self.handle(), "what a method returns: {order}").wait();
    }

    fn handle(&self) -> &StreamHandle {
        &self.audit
    }
}

fn logger(base: &Path) -> Logger {
    let json = StreamConfig::new("json").format(Format::Json);
    Config::new()
        .base_log_dir(base)
        .streams([StreamConfig::new("audit"), json])
        .start_blocking()
        .unwrap()
}

fn messages_of(base: &Path, file: &str) -> Vec<String> {
    let lines = crate::tree::lines_of(base, file).into_iter();
    lines
        .map(|(_, line)| line.split_once("] ").unwrap().1.to_owned())
        .collect()
}

#[test]
fn a_handle_takes_every_form_of_log() -> Result<(), LogError> {
    let base = tempfile::tempdir().unwrap();
    let logger = logger(base.path());
    let audit = logger.stream("audit")?;
    log!(&audit, "a reference").wait();
    log!((audit), "parentheses {}", 1).wait();
    log!(audit.clone(), "a clone <:>3>", 2).wait();
    log!(logger.stream("audit")?, "looked up").wait();
    let shop = Shop {
        all: vec![logger.stream("json")?, audit.clone()],
        audit: audit.clone(),
    };
    shop.sell(6);
    let child = audit.with([("request", 17)]);
    in_context_sync([("user", "ann")], || {
        warn!(&child, request = 18; "the nearest field counts").wait();
        log!(&*Box::new(child.clone()), "fields of a handle").wait();
    });
    logger.stop_blocking().unwrap();
    assert_eq!(
        messages_of(base.path(), "audit.log"),
        [
            "a reference",
            "parentheses 1",
            "a clone   2",
            "looked up",
            "sold 7 order=6",
            "[ERROR] an index order=6 note=\"\\\"x\\\"\"",
            "[CRITICAL] what a method returns: 6",
            "[WARN] the nearest field counts request=18 user=ann",
            "fields of a handle request=17 user=ann",
        ]
    );
    log!(&audit, "too late").wait().into_result().unwrap_err();
    Ok(())
}

#[test]
fn a_handle_is_evaluated_once_and_arguments_only_if_its_stream_takes_the_level() {
    let base = tempfile::tempdir().unwrap();
    let logger = logger(base.path());
    logger.set_level("audit", Level::Warn).unwrap();
    let audit = logger.stream("audit").unwrap();
    let (handles, arguments) = (Cell::new(0), Cell::new(0));
    let handle = || {
        handles.set(handles.get() + 1);
        &audit
    };
    let argument = || {
        arguments.set(arguments.get() + 1);
        arguments.get()
    };
    debug!((handle()), "left out {}", argument()).wait();
    assert_eq!((handles.get(), arguments.get()), (1, 0));
    warn!((handle()), "taken {}", argument()).wait();
    assert_eq!((handles.get(), arguments.get()), (2, 1));
    logger.stop_blocking().unwrap();
    assert_eq!(messages_of(base.path(), "audit.log"), ["[WARN] taken 1"]);
}

#[test]
fn a_throttled_handle_tells_how_many_records_were_left_out_before_its_own_fields() {
    let base = tempfile::tempdir().unwrap();
    let clock = chronologix_core::ManualClock::at(chrono::DateTime::UNIX_EPOCH);
    let logger = Config::new()
        .base_log_dir(base.path())
        .stream("audit")
        .clock(clock.clone())
        .start_blocking()
        .unwrap();
    let audit = logger.stream("audit").unwrap().with([("request", 17)]);
    for second in 0..7 {
        warn!(&audit(every = "5s"), second; "often").wait();
        clock.advance(std::time::Duration::from_secs(1));
    }
    logger.stop_blocking().unwrap();
    assert_eq!(
        messages_of(base.path(), "audit.log"),
        [
            "[WARN] often second=0 request=17",
            "[WARN] often second=5 left_out=4 request=17",
        ]
    );
}
