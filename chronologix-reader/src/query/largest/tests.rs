//! The records with the largest numbers.

use chrono::DateTime;
use chronologix_schema::layout::Folder;

use super::*;
use crate::line::LogLine;

fn record(number: f64, second: i64) -> RankedRecord {
    let key = Key {
        instant: DateTime::from_timestamp(second, 0).unwrap(),
        ..Key::first_of(Folder::parse("2025-05-04").unwrap())
    };
    RankedRecord {
        number,
        value: number.to_string().into(),
        lines: vec![Record::of(LogLine::new(key, ""))],
    }
}

fn kept(numbers: &[f64], limit: usize, is_smallest: bool) -> Vec<(f64, i64)> {
    let mut largest = LargestRecords::new(limit, is_smallest);
    let mut other = LargestRecords::new(limit, is_smallest);
    for (second, number) in (0..).zip(numbers) {
        let half = if second % 2 == 0 {
            &mut largest
        } else {
            &mut other
        };
        if half.may_take(*number) {
            half.add(record(*number, second));
        }
    }
    largest.merge(other);
    let records = largest.records().iter();
    let place = |record: &RankedRecord| record.key().unwrap().instant.timestamp();
    records
        .map(|record| (record.number, place(record)))
        .collect()
}

#[test]
fn the_largest_come_first_and_the_earlier_of_equals() {
    let numbers = [1.0, 30.5, -2.0, 30.5, 7.0, 30.5];
    assert_eq!(kept(&numbers, 3, false), [(30.5, 1), (30.5, 3), (30.5, 5)]);
    assert_eq!(kept(&numbers, 2, true), [(-2.0, 2), (1.0, 0)]);
    assert_eq!(kept(&numbers, 0, false), []);
    assert_eq!(kept(&[], 2, false), []);
}
