//! Tables of values.

use super::*;
use crate::{
    output::{
        Options,
        tests::{DESCRIPTION, run},
    },
    query::{Field, Ranking},
    tests::folder_of,
};

const APP: &str = "[14:00:00] [INFO] got it status=200\n[14:00:01] [WARN] slow status=502 took=3\n\
                   [14:00:02] [INFO] got it status=200 took=1\n[14:00:03] [INFO] idle\n";

#[track_caller]
fn check(name: &str, shape: Shape, ranking: Ranking, rows: usize, expected: &str) {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", APP),
    ]);
    let options = Options {
        shape,
        top: Some(Top::new(Field::named(name), ranking, rows)),
        ..Options::default()
    };
    let (out, notes, result) = run(dir.path(), &options);
    assert_eq!((out.as_str(), notes.as_str()), (expected, ""));
    result.unwrap();
}

#[test]
fn a_table_says_what_it_leaves_out() {
    check(
        "status",
        Shape::Top(StatsShape::Table),
        Ranking::Frequent,
        1,
        "records  share  first                        last                         status\n\
         \x20     2  50.0%  2025-05-04T14:00:00.000000Z  2025-05-04T14:00:02.000000Z  200\n\
         \x20     1  25.0%                                                            and 1 other value\n\
         \x20     1  25.0%                                                            without status\n",
    );
}

#[test]
fn objects() {
    check(
        "status",
        Shape::Top(StatsShape::Json),
        Ranking::Frequent,
        1,
        "{\"status\":\"200\",\"records\":2,\"share\":0.5,\"first\":\"2025-05-04T14:00:00.000000Z\",\
         \"last\":\"2025-05-04T14:00:02.000000Z\"}\n\
         {\"other_values\":1,\"records\":1,\"share\":0.25}\n\
         {\"without\":\"status\",\"records\":1,\"share\":0.25}\n",
    );
}

#[test]
fn csv_has_the_values_only() {
    check(
        "message",
        Shape::Top(StatsShape::Csv),
        Ranking::Frequent,
        2,
        "message,records,share,first,last\n\
         got it,2,50.0%,2025-05-04T14:00:00.000000Z,2025-05-04T14:00:02.000000Z\n\
         slow,1,25.0%,2025-05-04T14:00:01.000000Z,2025-05-04T14:00:01.000000Z\n",
    );
}

#[test]
fn the_largest_are_printed_like_other_records() {
    check(
        "took",
        Shape::NamedLines,
        Ranking::Largest,
        5,
        "2025-05-04__14-00/app:[14:00:01] [WARN] slow status=502 took=3\n\
         2025-05-04__14-00/app:[14:00:02] [INFO] got it status=200 took=1\n",
    );
    check(
        "took",
        Shape::Json,
        Ranking::Smallest,
        1,
        "{\"timestamp\":\"2025-05-04T14:00:02.000000Z\",\"folder\":\"2025-05-04__14-00\",\
         \"stream\":\"app\",\"level\":\"INFO\",\"message\":\"got it\",\
         \"fields\":{\"status\":200,\"took\":1}}\n",
    );
}

#[test]
fn a_field_that_no_record_has_is_said() {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", APP),
    ]);
    let options = Options {
        shape: Shape::Top(StatsShape::Table),
        top: Some(Top::new(Field::named("user"), Ranking::Frequent, 5)),
        ..Options::default()
    };
    let (out, notes, result) = run(dir.path(), &options);
    assert_eq!(out, "");
    assert_eq!(notes, "chronologix-view: no record has a field \"user\"\n");
    assert!(matches!(result, Err(OutputError::NoMatch)));
}
