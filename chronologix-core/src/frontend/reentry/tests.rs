//! Records that are made while their thread is inside already.

use super::enter;
use crate::{Config, LogError, frontend::callsite::Callsite};

#[test]
fn the_first_who_enters_is_the_last_who_leaves() {
    let first = enter().unwrap();
    assert!(enter().is_none());
    assert!(
        enter().is_none(),
        "the second did not enter, and has not left"
    );
    drop(first);
    assert!(enter().is_some());
    assert!(std::thread::spawn(|| enter().is_some()).join().unwrap());
}

#[test]
fn a_record_that_would_wait_for_its_own_thread_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new().base_log_dir(folder.path()).stream("app");
    let logger = config.start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    for (refused, records) in [(1, 1), (2, 2)] {
        let inside = enter().unwrap();
        let nested = app.log(format_args!("inside")).wait().into_result();
        assert!(matches!(nested, Err(LogError::Nested)), "{nested:?}");
        drop(inside);
        app.log(format_args!("outside")).written().wait().unwrap();
        let stats = logger.stats();
        assert_eq!((stats.refused, stats.written), (refused, records));
    }
    logger.stop_blocking().unwrap();
}

#[test]
fn a_callsite_gets_its_number_when_its_thread_can_wait() {
    static CALLSITE: Callsite = Callsite::new(None, "");
    let number = || CALLSITE.number(&());
    let inside = enter().unwrap();
    assert_eq!(number(), 0);
    drop(inside);
    let known = number();
    assert!(known > 0);
    let _inside = enter().unwrap();
    assert_eq!(number(), known);
}
