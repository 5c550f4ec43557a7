//! Statements of other facades: their ids, and how many there may be.

use chronologix_schema::layout::{Statement, ValueKind};

use super::{CallKey, FacadeStatement, MOST_STATEMENTS, Origin, hash_of, known, remember};
use crate::{
    Level,
    codec::encode::Formatted,
    frontend::{
        callsite::{Callsite, Callsites},
        dynamic, reentry,
    },
};

const PLACE: Origin<'static> = Origin {
    target: "audit",
    module: Some("shop::orders"),
    file: Some("src/orders.rs"),
    line: Some(7),
};

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[test]
fn a_text_is_a_template_whose_braces_are_braces() {
    let listed = FacadeStatement::listed(Level::Info, PLACE, "an {order}", keys(&["b", "a"]));
    let statement = listed.statement("app");
    assert_eq!(statement.template, "an {{order}}");
    assert_eq!(
        statement.id,
        Statement::id_of("shop", "app", "an {{order}}")
    );
    assert_eq!(statement.level, Some(Level::Info));
    assert_eq!(
        (&*statement.crate_name, &*statement.module),
        ("shop", "shop::orders")
    );
    assert_eq!((&*statement.file, statement.line), ("src/orders.rs", 7));
    assert_eq!(statement.arguments, []);
    let fields: Vec<_> = statement
        .fields
        .iter()
        .map(|it| (&*it.key, it.kind))
        .collect();
    assert_eq!(fields, [("b", ValueKind::Any), ("a", ValueKind::Any)]);
    assert!(listed.is_listed);
    // Without a module, the target stands for it.
    let origin = Origin {
        module: None,
        ..PLACE
    };
    let statement = FacadeStatement::listed(Level::Info, origin, "x", []).statement("app");
    assert_eq!(
        (&*statement.crate_name, &*statement.module),
        ("audit", "audit")
    );
}

#[test]
fn what_others_share_depends_on_level_target_and_the_set_of_keys() {
    let id = |level, target, names: &[&str]| {
        let shared = FacadeStatement::shared(level, target, keys(names));
        assert!(!shared.is_listed);
        shared.statement("app").id
    };
    let first = id(Level::Info, "shop", &["a", "b"]);
    assert_eq!(first, id(Level::Info, "shop", &["b", "a", "a"]));
    let others = [
        id(Level::Warn, "shop", &["a", "b"]),
        id(Level::Info, "shop::orders", &["a", "b"]),
        id(Level::Info, "shop", &["a"]),
        id(Level::Info, "shop", &["ab"]),
        id(Level::Info, "shop", &[]),
    ];
    for (at, other) in others.iter().enumerate() {
        assert_ne!(*other, first);
        assert!(!others[..at].contains(other));
    }
    let shared = FacadeStatement::shared(Level::Info, "shop", keys(&["a", "b"]));
    assert_ne!(shared.statement("other").id, first);
    assert_eq!(shared.statement("app").template, "{}");
}

#[test]
fn a_call_is_remembered_by_its_thread_and_known_to_all() {
    let text = "a call is remembered";
    let make = || FacadeStatement::listed(Level::Info, PLACE, text, []);
    let key = CallKey([1, 2, 3, 4]);
    assert_eq!(known(key, None), None);
    let number = remember(key, None, make());
    assert_eq!(known(key, None), Some(number));
    let of_another = std::thread::spawn(move || (known(key, None), remember(key, None, make())));
    assert_eq!(of_another.join().unwrap(), (None, number));

    // Two places with one hash are told apart.
    let key = CallKey([hash_of(["a", "b"]), 2, 3, 4]);
    let number = remember(key, Some(("a", "b")), make());
    assert_eq!(known(key, Some(("a", "b"))), Some(number));
    assert_eq!(known(key, Some(("a", "c"))), None);
    assert_ne!(hash_of(["a", "b"]), hash_of(["b", "a"]));
}

#[test]
fn a_thread_that_is_inside_remembers_nothing() {
    let without = dynamic::callsite(Level::Error);
    let inside = reentry::enter();
    let number = dynamic::number_inside(Level::Error, || unreachable!("it would wait for itself"));
    assert_eq!(number, without);
    drop(inside);
    assert_eq!(dynamic::number_inside(Level::Error, || 7), 7);
}

#[test]
fn beyond_the_bound_records_have_no_statement() {
    static CALLSITE: Callsite = Callsite::of_facade(Level::Info);
    let args = (Formatted(format_args!("")), ());
    // Not the table of the process, which other tests use.
    let mut callsites = Callsites::new();
    let mut number_of = |at: usize| {
        let statement = FacadeStatement::shared(Level::Info, &format!("target {at}"), []);
        callsites.number_of(statement, &CALLSITE, &args)
    };
    for at in 0..MOST_STATEMENTS {
        assert_eq!(number_of(at), Some(u32::try_from(at + 1).unwrap()));
    }
    assert_eq!(number_of(MOST_STATEMENTS), None);
    assert_eq!(number_of(7), Some(8));
    assert_ne!(dynamic::callsite(Level::Info), 0);
}
