//! Fields that records carry because of where they are made: in a task, in a closure.

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
    /// Whether there is a context. Apart from the context, for this is all that most records look at.
    static IS_SET: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Arc<Context>>> = const { RefCell::new(None) };
}

/// Fields, and how they travel.
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

    /// These fields before the others'.
    pub(crate) fn before(self: &Arc<Self>, other: Option<&Arc<Self>>) -> Arc<Self> {
        match other {
            Some(other) => Self::new(self.fields.before(&other.fields)),
            None => Arc::clone(self),
        }
    }
}

/// Whether this thread is in a context.
#[inline]
pub(crate) fn is_set() -> bool {
    IS_SET.get()
}

/// Appends what a record carries: fields of its own, then those of the context.
#[inline(never)]
pub(crate) fn append(bytes: &mut Vec<u8>, own: Option<&Arc<Context>>) {
    match (own, current()) {
        (None, None) => {}
        (Some(only), None) => bytes.extend_from_slice(&only.bytes),
        (None, Some(only)) => bytes.extend_from_slice(&only.bytes),
        (Some(own), Some(outer)) => bytes.extend_from_slice(&own.before(Some(&outer)).bytes),
    }
}

/// The context of this thread. None in a thread that is ending.
fn current() -> Option<Arc<Context>> {
    CURRENT
        .try_with(|current| current.borrow().clone())
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

/// Does some work in a context; whatever becomes of it, the context before is back afterwards.
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
    /// Those of the context this is called in: for a task that is spawned, or for another thread.
    ///
    /// ```
    /// use chronologix_core::{Fields, in_context_sync};
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

/// Whatever the future logs carries these fields, in all streams of all loggers: in a text line behind the message, in JSON as members.
///
/// They go with the future wherever it is polled, also when a runtime moves it to another thread while it waits; nothing else that the thread
/// does meanwhile gets them. Contexts within contexts add up. The nearest comes first: the record's own fields, those of a
/// [child logger](crate::Logger::with), those of the inner context, those of the outer; of two with one key only the nearer is written.
///
/// A task that is spawned is another future: give it the fields of the one that spawns it by [`Fields::current`].
///
/// ```
/// use chronologix_core::{Config, Fields, in_context};
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
/// # Ok::<(), chronologix_core::Error>(())
/// # })?;
/// # Ok::<(), chronologix_core::Error>(())
/// ```
pub fn in_context<F: Future>(fields: impl Into<Fields>, future: F) -> InContext<F> {
    InContext {
        future: Some(future),
        own: Context::new(fields.into()),
        within: None,
    }
}

/// As [`in_context`], for code outside async: whatever the closure logs on this thread carries these fields.
///
/// ```
/// use chronologix_core::{Fields, in_context_sync};
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
    /// A future whose records carry fields: what [`in_context`] gives.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct InContext<F> {
        // `None` only while it is dropped.
        #[pin]
        future: Option<F>,
        own: Arc<Context>,
        // The context it was last polled in, and both together.
        within: Option<(Arc<Context>, Arc<Context>)>,
    }

    impl<F> PinnedDrop for InContext<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut future = this.future;
            // What it still logs belongs to it.
            within(both(this.own, this.within), || future.set(None));
        }
    }
}

/// The fields of a future before those of the context it is polled in. Made once for all polls there.
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
