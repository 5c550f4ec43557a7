//! Streams that tests declare.

/// Declares a stream, as `#[chronologix::streams(...)]` does: `declared!(app);`. Each place that
/// does is a declaration of its own.
macro_rules! declared {
    ($name:ident) => {
        #[expect(non_upper_case_globals, reason = "named as the macro names it")]
        const $name: $crate::Stream = {
            static DECLARATION: $crate::stream::Declaration<[std::sync::atomic::AtomicU32; 1]> =
                $crate::stream::Declaration::new(&[stringify!($name)]);
            $crate::Stream::declared(|| &DECLARATION, 0)
        };
    };
}

pub(crate) use declared;
