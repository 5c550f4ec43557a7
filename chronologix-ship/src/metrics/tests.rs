//! Tests of the text for Prometheus.

use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed};

use super::{Metrics, Watched as _};

#[test]
fn each_number_has_help_and_type_and_stands_once() {
    let metrics = Metrics::default();
    metrics.lag_bytes.store(u64::MAX, Relaxed);
    check(&metrics.to_text());
    let text = metrics.to_text();
    assert!(text.contains("chronologix_ship_lag_bytes 18446744073709551615\n"));
    #[cfg(feature = "objects")]
    check(&crate::objects::ObjectMetrics::default().to_text());
}

fn check(text: &str) {
    let mut names = BTreeSet::new();
    for lines in text.lines().collect::<Vec<_>>().chunks(3) {
        let [help, kind, number] = lines else {
            panic!("{lines:?}");
        };
        let (name, value) = number.split_once(' ').unwrap();
        assert!(help.starts_with(&format!("# HELP {name} ")) && help.ends_with('.'));
        let is_counter = name.ends_with("_total");
        let expected = if is_counter { "counter" } else { "gauge" };
        assert_eq!(*kind, format!("# TYPE {name} {expected}"));
        assert!(value.parse::<u64>().is_ok());
        assert!(names.insert(name), "{name}");
    }
    assert!(text.ends_with('\n'));
}
