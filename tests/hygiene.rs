//! The macros in a crate that names everything differently, and denies every warning.
#![deny(
    warnings,
    unused,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_lifetimes,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    trivial_casts,
    trivial_numeric_casts,
    explicit_outlives_requirements,
    variant_size_differences,
    let_underscore_drop,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::allow_attributes_without_reason,
    clippy::missing_docs_in_private_items,
    clippy::ref_patterns,
    clippy::shadow_unrelated,
    clippy::single_char_lifetime_names
)]
#![forbid(unsafe_code)]
#![allow(
    clippy::redundant_pub_crate,
    reason = "`unreachable_pub` wants the opposite"
)]

/// The streams of the whole file.
#[derive(Clone, Copy, Debug)]
#[chronologix::streams(
    app,
    errors -> app,
    audit(durability = "synced", format = "json", min_level = "info") -> (app, errors),
    quiet(compile_min_level = "warn", dedup = "1h"),
)]
pub struct Logs;

/// What hides the prelude, and whatever generated code might name.
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "they are there to be in the way"
)]
mod hostile {
    /// Types of no use.
    macro_rules! types {
        ($($name:ident)*) => {$(
            /// Of no use.
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $name;
        )*};
    }

    /// Macros that take nothing.
    macro_rules! macros {
        ($($name:ident)*) => {$(
            macro_rules! $name {
                () => {};
            }
            pub(crate) use $name;
        )*};
    }

    types! {
        Result Ok Err Some None Option String Vec Box Send Sync Sized Drop Fn Iterator Into From Default ToString
        Arguments AtomicU32 Config Declaration Duration FieldValue Fields Formatted Future Arg FormattedArg RawArg FormattedField RawField
        Level LogFuture MessageWriter Callsite Stream Throttle Value Format Encode LogTarget
    }

    macros! {
        assert compile_error concat debug_assert file format format_args line matches panic stringify unreachable vec write
    }

    /// Not the crate.
    pub(crate) mod alloc {}
    /// Not the crate.
    pub(crate) mod chronologix {}
    /// Not the crate.
    pub(crate) mod core {}
    /// Not the crate.
    pub(crate) mod std {}

    /// For every type a method of the name that generated code calls.
    pub(crate) trait Hostile {
        /// Never called.
        fn plain(&self) {}
        /// Never called.
        fn literal(&self) {}
        /// Never called.
        fn field(&self) {}
        /// Never called.
        fn keys(&self) {}
        /// Never called.
        fn with(&self) {}
    }

    impl<T: ?::core::marker::Sized> Hostile for T {}
}

/// A crate with names of its own.
#[allow(unused_imports, reason = "they are there to be in the way")]
mod shadowed {
    use super::hostile::*;

    /// Each kind of hole and of field.
    pub(crate) fn log(quantity: u32, name: &str) -> [::chronologix::LogFuture; 7] {
        let __a0 = 1.5;
        let (__record, __out, __v0) = (2, 3, 4);
        [
            ::chronologix::log!(app, "plain"),
            ::chronologix::log!(
                errors,
                "<> {name} <:?> {:>width$} {__a0}",
                quantity,
                name,
                1,
                width = 3
            ),
            ::chronologix::error!(audit, quantity, user:? = name, "a b":% = __out; "{__record} {}", __v0),
            ::chronologix::debug!(audit, "filtered"),
            ::chronologix::debug!(quiet, quantity, "a b":% = __out; "below the floor <>", name),
            ::chronologix::warn!(quiet(every = "1h"), quantity, "a b":% = __out; "once in a while <>", name),
            ::chronologix::log!(quiet(every = "1h"), "once in a while"),
        ]
    }

    /// Each kind of field.
    pub(crate) fn fields(quantity: u32, name: &str) -> ::chronologix::Fields {
        let (__a0, __out) = (1.5, 3);
        ::chronologix::fields! { quantity, name, float = __a0, user:? = name, "a b":% = __out }
    }
}

/// A crate without names.
#[no_implicit_prelude]
mod bare {
    /// Each kind of hole and of field.
    pub(crate) fn log(
        quantity: u32,
        name: &str,
        handle: &::chronologix::StreamHandle,
    ) -> [::chronologix::LogFuture; 4] {
        [
            ::chronologix::log!(&handle, "<> {name} {:?}", quantity, name),
            ::chronologix::warn!((handle)(every = "1h"), quantity, user:? = name; "<:>4>", 1),
            ::chronologix::log!(app, "<> {name} {:?}", quantity, name),
            ::chronologix::warn!(audit, quantity, user:? = name; "<:>4>", 1),
        ]
    }

    /// Each kind of field.
    pub(crate) fn fields(quantity: u32, name: &str) -> ::chronologix::Fields {
        ::chronologix::fields! { quantity, name, user:? = name, "a b":% = name }
    }
}

/// Calls in the midst of statements.
async fn statements() -> Result<(), chronologix::LogError> {
    let quantity = 3;
    chronologix::log!(app, "statement <>", quantity).await;
    chronologix::log!(app, "statement <>", quantity).detach();
    chronologix::log!(app, "statement <>", quantity)
        .synced()
        .await?;
    if quantity > 2 {
        chronologix::log!(app, "statement <>", { quantity + 1 }).await;
    }
    chronologix::log!(app, "statement {quantity:?}")
        .await
        .into_result()
}

#[test]
fn makes_fields_whatever_the_crate_is_like() {
    assert_eq!(
        shadowed::fields(7, "ann").to_string(),
        r#"quantity=7 name=ann float=1.5 user="ann" a b=3"#
    );
    assert_eq!(
        bare::fields(7, "ann").to_string(),
        r#"quantity=7 name=ann user="ann" a b=ann"#
    );
    assert!(chronologix::fields! {}.is_empty());
}

#[tokio::test]
async fn logs_whatever_the_crate_is_like() {
    let dir = tempfile::tempdir().unwrap();
    let logger = Logs::config()
        .base_log_dir(dir.path())
        .start()
        .await
        .unwrap();
    for record in shadowed::log(7, "ann") {
        record.await.into_result().unwrap();
    }
    let handle = logger.stream("app").unwrap();
    for record in bare::log(8, "bob", &handle) {
        record.await.into_result().unwrap();
    }
    statements().await.unwrap();
    logger.stop().await.unwrap();
    let lines = std::fs::read_to_string(dir.path().join("current/errors.log")).unwrap();
    let messages: Vec<_> = lines
        .lines()
        .map(|line| line.split_once("] ").unwrap().1)
        .collect();
    assert_eq!(
        messages,
        [
            r#"7 ann "ann"   1 1.5"#,
            r#"[ERROR] 2 4 quantity=7 user="\"ann\"" "a b"=3"#,
            r#"[WARN]    1 quantity=8 user="\"bob\"""#,
        ],
    );
}
