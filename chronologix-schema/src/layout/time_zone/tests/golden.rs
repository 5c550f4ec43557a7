//! Every change of 18 zones, as Python's `zoneinfo` has it: by the system's data and by the bundled
//! copy.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime};
use serde::Deserialize;

use super::{Database, zone_in};
use crate::layout::Interval;

#[derive(Deserialize)]
struct Golden {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    zone: String,
    unix: i64,
    local: String,
    offset: String,
    folders: BTreeMap<String, String>,
}

/// Checks the civil time, the way back, and all folders of each instant.
#[track_caller]
fn check(database: &Database) {
    let golden: Golden = serde_json::from_str(include_str!("../../golden/zones.json")).unwrap();
    assert_eq!(golden.vectors.len(), 1692);
    let mut checked = 0;
    for vector in golden.vectors {
        let Vector { zone, unix, .. } = &vector;
        let zone = zone_in(database, zone).unwrap();
        let instant = DateTime::from_timestamp(*unix, 0).unwrap();
        let local: NaiveDateTime = vector.local.replace(' ', "T").parse().unwrap();
        let offset = zone.offset(instant).to_string();
        assert_eq!(
            (zone.civil(instant), &*offset),
            (local, &*vector.offset),
            "{} {unix}",
            vector.zone
        );
        let (first, last) = zone.instants(local);
        assert!(
            instant == first || instant == last,
            "{} {unix}",
            vector.zone
        );
        checked += 1;
        for (interval, folder) in &vector.folders {
            let interval: Interval = interval.parse().unwrap();
            let span = interval.span(instant, &zone);
            assert_eq!(&span.folder.name(), folder, "{} {unix}", vector.zone);
            assert!(span.start <= instant && instant < span.end);
            checked += 1;
        }
    }
    assert_eq!(checked, 15_228);
}

#[test]
fn changes_by_the_data_of_the_system() {
    check(&Database::of_system());
}

#[test]
fn changes_by_the_bundled_copy() {
    let empty = tempfile::tempdir().unwrap();
    check(&Database::of_dir(empty.path(), true));
}
