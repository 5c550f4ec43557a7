//! Fields that records carry because of where they are made: in a task or in a closure.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use pin_project_lite::pin_project;

use crate::codec::fields::Fields;

thread_local! {
    /// Whether there is a context. It is apart from the context, because most records look only at
    /// this.
    static IS_SET: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Arc<Context>>> = const { RefCell::new(None) };
}

/// Fields, and the bytes in which they travel.
#[derive(Debug)]
pub(crate) struct Context {
    fields: Fields,
    bytes: Vec<u8>,
}

impl Context {
    pub(crate) fn new(fields: Fields) -> Arc<Self> {
        let bytes = fields.encode();
        Arc::new(Self { fields, bytes })
    }

    /// Returns these fields in front of another context's.
    pub(crate) fn before(self: &Arc<Self>, other: Option<&Arc<Self>>) -> Arc<Self> {
        match other {
            Some(other) => Self::new(self.fields.before(&other.fields)),
            None => Arc::clone(self),
        }
    }
}

/// Returns whether this thread is in a context.
#[inline]
pub(crate) fn is_set() -> bool {
    IS_SET.get()
}

/// Appends the fields of a record, then those of the context.
#[inline(never)]
pub(crate) fn append(bytes: &mut Vec<u8>, own: Option<&Arc<Context>>) {
    match (own, current()) {
        (None, None) => {}
        (Some(only), None) => bytes.extend_from_slice(&only.bytes),
        (None, Some(only)) => bytes.extend_from_slice(&only.bytes),
        (Some(own), Some(outer)) => bytes.extend_from_slice(&own.before(Some(&outer)).bytes),
    }
}

/// Returns the context of this thread. A thread that is ending has none.
fn current() -> Option<Arc<Context>> {
    CURRENT
        .try_with(|current| current.try_borrow().ok()?.clone())
        .ok()
        .flatten()
}

fn replace(context: Option<Arc<Context>>) -> Option<Arc<Context>> {
    let before = CURRENT.try_with(|current| {
        IS_SET.set(context.is_some());
        current.replace(context)
    });
    before.ok().flatten()
}

/// Runs `work` in a context. The context before is restored afterwards, also after a panic.
fn within<T>(context: Arc<Context>, work: impl FnOnce() -> T) -> T {
    struct Back(Option<Arc<Context>>);
    impl Drop for Back {
        fn drop(&mut self) {
            drop(replace(self.0.take()));
        }
    }
    let _back = Back(replace(Some(context)));
    work()
}

impl Fields {
    /// Returns the fields of the context in which this is called. For a task that is spawned, or
    /// for another thread.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::{Fields, in_context_sync};
    ///
    /// let seen = in_context_sync([("request", 17)], || {
    ///     std::thread::spawn({
    ///         let here = Fields::current();
    ///         move || in_context_sync(here, Fields::current)
    ///     })
    ///     .join()
    /// });
    /// assert_eq!(seen.unwrap(), Fields::from([("request", 17)]));
    /// ```
    #[must_use]
    pub fn current() -> Self {
        current().map_or_else(Self::new, |context| context.fields.clone())
    }
}

/// Runs a future whose records carry these fields, in all streams of all loggers. In a text line
/// they stand behind the message, in JSON they are members.
///
/// The fields go with the future wherever it is polled, also when a runtime moves it to another
/// thread. Nothing else that the thread does meanwhile gets them. Nested contexts add up. The
/// nearest fields come first: the record's own, those of a [child logger](crate::Logger::with),
/// those of the inner context, those of the outer. Of two with one key, only the nearer is written.
///
/// A task that is spawned is another future. Give it the fields of the one that spawns it by
/// [`Fields::current`].
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Config, Fields, in_context};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let runtime = tokio::runtime::Runtime::new().unwrap();
/// # runtime.block_on(async {
/// let logger = Config::new().stream("app").base_log_dir(dir.path()).start().await?;
/// let app = logger.stream("app")?;
/// let request = Fields::new().with("request", 17).with("user", "ann");
/// in_context(request, async {
///     app.log(format_args!("begins")).await; // begins request=17 user=ann
///     in_context([("step", "pay")], async {
///         app.log(format_args!("paid")).await; // paid step=pay request=17 user=ann
///     })
///     .await;
/// })
/// .await;
/// logger.stop().await?;
/// # let lines = std::fs::read_to_string(dir.path().join("current/app.log")).unwrap();
/// # assert!(lines.contains("] begins request=17 user=ann\n"));
/// # assert!(lines.contains("] paid step=pay request=17 user=ann\n"));
/// # Ok::<(), chronologix::Error>(())
/// # })?;
/// # Ok::<(), chronologix::Error>(())
/// ```
pub fn in_context<F: Future>(fields: impl Into<Fields>, future: F) -> InContext<F> {
    InContext {
        future: Some(future),
        own: Context::new(fields.into()),
        within: None,
    }
}

/// Runs a closure whose records on this thread carry these fields. For code outside async; see
/// [`in_context`].
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Fields, in_context_sync};
///
/// let sum = in_context_sync([("batch", 3)], || {
///     assert_eq!(Fields::current().to_string(), "batch=3");
///     1 + 1
/// });
/// assert_eq!(sum, 2);
/// assert!(Fields::current().is_empty());
/// ```
pub fn in_context_sync<T>(fields: impl Into<Fields>, work: impl FnOnce() -> T) -> T {
    let context = Context::new(fields.into()).before(current().as_ref());
    within(context, work)
}

pin_project! {
    /// A future whose records carry fields. Returned by [`in_context`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct InContext<F> {
        // `None` only during the drop.
        #[pin]
        future: Option<F>,
        own: Arc<Context>,
        // The context of the last poll, and that context with the own fields in front.
        within: Option<(Arc<Context>, Arc<Context>)>,
    }

    impl<F> PinnedDrop for InContext<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut future = this.future;
            // What it logs while it is dropped is part of it.
            within(both(this.own, this.within), || future.set(None));
        }
    }
}

/// Returns the fields of a future in front of those of the context in which it is polled. They are
/// merged once for all polls in one context.
fn both(own: &Arc<Context>, known: &mut Option<(Arc<Context>, Arc<Context>)>) -> Arc<Context> {
    let Some(outer) = current() else {
        return Arc::clone(own);
    };
    match known {
        Some((before, both)) if Arc::ptr_eq(before, &outer) => Arc::clone(both),
        _ => {
            let both = own.before(Some(&outer));
            *known = Some((outer, Arc::clone(&both)));
            both
        }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let context = both(this.own, this.within);
        match this.future.as_pin_mut() {
            Some(future) => within(context, || future.poll(cx)),
            None => Poll::Pending,
        }
    }
}
