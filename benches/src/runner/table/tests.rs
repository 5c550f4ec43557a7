//! Medians and how figures look.

use super::{
    columns::{allocations, rate},
    *,
};

#[test]
fn medians() {
    assert_eq!(median(vec![]), None);
    assert_eq!(median(vec![3.0]), Some(3.0));
    assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
}

#[test]
fn rates() {
    let rates = [
        None,
        Some(90.4),
        Some(5_120.0),
        Some(115_400.0),
        Some(5.119e6),
    ]
    .map(rate);
    assert_eq!(rates, ["–", "90", "5.1 k", "115 k", "5.12 M"]);
}

#[test]
fn few_allocations_are_not_none() {
    let numbers = [None, Some(0.0), Some(0.000_41), Some(3.0)].map(allocations);
    assert_eq!(numbers, ["–", "0", "4e-4", "3.00"]);
}
