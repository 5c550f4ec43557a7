//! Labels of the axis.

use chrono::NaiveDate;

use super::*;

/// Returns the labels of columns that begin so many minutes after each other.
fn labels(minutes: i64, width: u16) -> Vec<(u16, String)> {
    let first = NaiveDate::from_ymd_opt(2025, 5, 14).unwrap();
    let first = first.and_hms_opt(14, 0, 0).unwrap();
    let start = |column: u16| Some(first + TimeDelta::minutes(minutes * i64::from(column)));
    axis_labels(&(0..width).map(start).collect::<Vec<_>>(), width)
}

fn texts(labels: &[(u16, String)]) -> Vec<(u16, &str)> {
    let texts = labels.iter().map(|(x, label)| (*x, &**label));
    texts.collect()
}

#[test]
fn a_label_with_a_day_is_not_cut_by_the_next() {
    assert_eq!(
        texts(&labels(24 * 60, 40)),
        [(0, "│14 May 14:00"), (14, "│28 May 14:00")]
    );
    assert_eq!(
        texts(&labels(5, 40)),
        [(0, "│14 May 14:00"), (14, "│15:10"), (26, "│16:10")]
    );
}

#[test]
fn what_does_not_fit_is_left_out() {
    assert_eq!(texts(&labels(5, 12)), []);
    assert_eq!(texts(&labels(5, 19)), [(0, "│14 May 14:00")]);
    assert_eq!(
        texts(&labels(5, 20)),
        [(0, "│14 May 14:00"), (14, "│15:10")]
    );
}
