//! One line of each format at least, as its project's documentation or the program itself shows
//! it.

use super::{Case, check_all};

pub(super) mod databases;
pub(super) mod json;
pub(super) mod jvm;
pub(super) mod reported;
pub(super) mod scripts;
pub(super) mod seen;
pub(super) mod servers;
pub(super) mod services;
pub(super) mod text;
pub(super) mod tools;

/// Returns a case.
const fn case(
    format: &'static str,
    line: &'static str,
    moment: &'static str,
    level: &'static str,
    message: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        format,
        line,
        moment,
        level,
        message,
        fields,
    }
}

#[test]
fn text_of_loggers() {
    check_all(text::CASES);
}

#[test]
fn text_of_scripts() {
    check_all(scripts::CASES);
}

#[test]
fn text_of_the_jvm() {
    check_all(jvm::CASES);
}

#[test]
fn servers_and_systems() {
    check_all(servers::CASES);
}

#[test]
fn programs_that_other_projects_read() {
    check_all(seen::CASES);
}

#[test]
fn services_and_tools() {
    check_all(services::CASES);
}

#[test]
fn databases_and_containers() {
    check_all(databases::CASES);
}

#[test]
fn json_and_pairs() {
    check_all(json::CASES);
}

#[test]
fn lines_from_reports() {
    check_all(reported::CASES);
    check_all(tools::CASES);
}

#[test]
fn there_are_many() {
    let all = [
        text::CASES,
        jvm::CASES,
        scripts::CASES,
        servers::CASES,
        services::CASES,
        databases::CASES,
        json::CASES,
    ];
    let count: usize = all.iter().map(|cases| cases.len()).sum();
    assert!(count >= 130, "{count}");
}
