//! Answers queries in the background: one thread for pages and finds, two for scans of all files,
//! and one each for exports, for counts of records and for the values of a field, from the first of
//! them on.

use std::{
    fmt, io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    export::{CreateFile, Export},
    page_query::{PageQuery, PageStep},
    reply::{Answer, Reply, Taken},
    request::{Query, QueryId, Request, RequestKind},
    scan_job::ScanJob,
    top_job::find_top,
};
use crate::{
    streams::{StreamNames, Streams},
    tree::{Clock, LONGEST_PRINTED, LONGEST_SHOWN, Root, Tree},
};

#[cfg(test)]
mod tests;

/// The number of threads for scans. More would wait for the same disk.
const SCAN_THREADS: usize = 2;

/// Receives the replies.
pub type ReplySink = Arc<dyn Fn(Reply) + Send + Sync>;

/// Answers queries. Dropping it ends its threads.
pub struct QueryService {
    queue: Arc<QueryQueue>,
    source: TreeSource,
    create: CreateFile,
    sink: ReplySink,
    /// The kinds of rare queries that have a thread.
    started: Mutex<Vec<RequestKind>>,
}

impl fmt::Debug for QueryService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("QueryService");
        shown.field("queue", &self.queue).finish_non_exhaustive()
    }
}

/// The queue between callers and threads.
#[derive(Debug, Default)]
struct QueryQueue {
    slots: Mutex<Slots>,
    asked: Condvar,
}

/// The newest query of each kind.
#[derive(Debug, Default)]
struct Slots {
    page: Slot,
    find: Slot,
    search: Slot,
    histogram: Slot,
    top: Slot,
    export: Slot,
    count: Slot,
    whole_line: Slot,
    /// Scans, the more urgent one first.
    scan_jobs: [Option<Arc<ScanJob>>; 2],
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Slot {
    /// The query, until a thread takes it.
    query: Option<Query>,
    /// The id of the newest query. Older ones are obsolete. `None` if there is none to answer.
    newest: Option<QueryId>,
}

/// How a query service opens the tree.
#[derive(Clone, Debug)]
pub struct TreeSource {
    /// The path of the tree, or single files.
    pub base: Root,
    /// The names of its streams, shared with the follower.
    pub names: StreamNames,
    /// The source of the time.
    pub clock: Clock,
}

impl TreeSource {
    /// Opens the tree.
    pub fn tree(&self) -> Tree {
        Tree::new(self.base.clone(), LONGEST_SHOWN, self.names.clone())
    }
}

impl QueryService {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// Fails if no thread can be started.
    pub fn start(source: TreeSource, create: CreateFile, sink: ReplySink) -> io::Result<Self> {
        // Dropped on an error, which ends the threads that were started.
        let service = Self {
            queue: Arc::default(),
            source,
            create,
            sink,
            started: Mutex::default(),
        };
        service.spawn("history", read)?;
        for _ in 0..SCAN_THREADS {
            service.spawn("survey", scan_job)?;
        }
        Ok(service)
    }

    /// Asks a query. Cancels older queries of the same kind.
    pub fn ask(&self, query: Query) {
        let kind = query.request.kind();
        let is_rare = matches!(
            kind,
            RequestKind::Export | RequestKind::Count | RequestKind::WholeLine | RequestKind::Top
        );
        if is_rare && let Err(error) = self.start_rare(kind) {
            let problem = format!("cannot start a thread: {error}");
            let answer = if kind == RequestKind::Top {
                Answer::Trouble(problem)
            } else {
                Answer::Taken(Taken {
                    is_complete: true,
                    problem: Some(problem),
                    ..Taken::default()
                })
            };
            return (self.sink)(Reply {
                id: query.id,
                streams: Streams::default(),
                answer,
            });
        }
        let mut slots = self.queue.slots();
        let slot = slots.slot(kind);
        slot.newest = Some(query.id);
        slot.query = Some(query);
        drop(slots);
        self.queue.asked.notify_all();
    }

    /// Cancels the query of one kind.
    pub fn cancel(&self, kind: RequestKind) {
        *self.queue.slots().slot(kind) = Slot::default();
    }

    /// Starts the thread for a kind of rare queries. Few viewers need it, and it would delay the
    /// first screen.
    fn start_rare(&self, kind: RequestKind) -> io::Result<()> {
        // The list is consistent wherever a holder could have panicked.
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if !started.contains(&kind) {
            if kind == RequestKind::Top {
                self.spawn("top", top)?;
            } else {
                let create = self.create.clone();
                self.spawn("export", move |queue, source, sink| {
                    take(queue, kind, source, &create, sink);
                })?;
            }
            started.push(kind);
        }
        Ok(())
    }

    fn spawn(
        &self,
        name: &str,
        work: impl FnOnce(&QueryQueue, &TreeSource, &ReplySink) + Send + 'static,
    ) -> io::Result<()> {
        let queue = Arc::clone(&self.queue);
        let (source, sink) = (self.source.clone(), Arc::clone(&self.sink));
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&queue, &source, &sink))
            .map(drop)
    }
}

impl Drop for QueryService {
    fn drop(&mut self) {
        self.queue.slots().is_closed = true;
        self.queue.asked.notify_all();
    }
}

impl QueryQueue {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        // The slots are consistent wherever a holder could have panicked.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next query of a kind, and takes it. Returns `None` when the service ends.
    fn next(&self, kind: RequestKind) -> Option<Query> {
        let is_idle = |slots: &mut Slots| !slots.is_closed && slots.slot(kind).query.is_none();
        let waited = self.asked.wait_while(self.slots(), is_idle);
        let mut slots = waited.unwrap_or_else(PoisonError::into_inner);
        if slots.is_closed {
            return None;
        }
        slots.slot(kind).query.take()
    }

    /// Returns whether the query is still wanted.
    fn wants(&self, kind: RequestKind, id: QueryId) -> bool {
        let mut slots = self.slots();
        !slots.is_closed && slots.slot(kind).newest == Some(id)
    }
}

impl Slots {
    fn slot(&mut self, kind: RequestKind) -> &mut Slot {
        match kind {
            RequestKind::Page => &mut self.page,
            RequestKind::Find => &mut self.find,
            RequestKind::Search => &mut self.search,
            RequestKind::Histogram => &mut self.histogram,
            RequestKind::Top => &mut self.top,
            RequestKind::Export => &mut self.export,
            RequestKind::Count => &mut self.count,
            RequestKind::WholeLine => &mut self.whole_line,
        }
    }

    /// Returns a scan with chunks left to do.
    fn scan_job(&mut self) -> Option<Arc<ScanJob>> {
        let kinds = [RequestKind::Search, RequestKind::Histogram];
        for (index, kind) in kinds.into_iter().enumerate() {
            if let Some(query) = self.slot(kind).query.take() {
                self.scan_jobs[index] = ScanJob::new(query).map(Arc::new);
            }
            let newest = self.slot(kind).newest;
            let scan_job = &mut self.scan_jobs[index];
            if scan_job
                .as_ref()
                .is_some_and(|scan_job| Some(scan_job.id()) != newest || scan_job.is_handed_out())
            {
                *scan_job = None;
            }
            if scan_job.is_some() {
                return scan_job.clone();
            }
        }
        None
    }
}

/// Answers pages and finds. They take turns block by block, so that a long find does not delay a
/// page.
fn read(queue: &QueryQueue, source: &TreeSource, sink: &ReplySink) {
    let mut tree = source.tree();
    let mut at_work: [Option<PageQuery>; 2] = [None, None];
    let kinds = [RequestKind::Page, RequestKind::Find];
    loop {
        let mut slots = queue.slots();
        if at_work.iter().all(Option::is_none) {
            let is_idle = |slots: &mut Slots| {
                !slots.is_closed && slots.page.query.is_none() && slots.find.query.is_none()
            };
            let waited = queue.asked.wait_while(slots, is_idle);
            slots = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if slots.is_closed {
            return;
        }
        for (kind, page_query) in kinds.into_iter().zip(&mut at_work) {
            let slot = slots.slot(kind);
            if page_query
                .as_ref()
                .is_some_and(|page_query| slot.newest != Some(page_query.id))
            {
                *page_query = None;
            }
            if let Some(query) = slot.query.take() {
                // A tree that cannot be read has no folders. The follower reports why.
                let _ = tree.refresh((source.clock)());
                *page_query = PageQuery::new(query, &tree);
            }
        }
        drop(slots);
        // One step of each query in turn.
        for (kind, page_query) in kinds.into_iter().zip(&mut at_work) {
            advance(queue, kind, page_query, &mut tree, source, sink);
        }
    }
}

/// Advances a query by one step, and reports the result.
fn advance(
    queue: &QueryQueue,
    kind: RequestKind,
    at_work: &mut Option<PageQuery>,
    tree: &mut Tree,
    source: &TreeSource,
    sink: &ReplySink,
) {
    let Some(page_query) = at_work else { return };
    let id = page_query.id;
    let answer = match page_query.step(tree, (source.clock)()) {
        PageStep::Nothing => return,
        PageStep::Part(answer) => answer,
        PageStep::Whole(answer) => {
            *at_work = None;
            answer
        }
        PageStep::Trouble(trouble) => Answer::Trouble(trouble),
    };
    if queue.wants(kind, id) {
        sink(Reply {
            id,
            streams: tree.streams().clone(),
            answer,
        });
    }
}

/// Runs scans, one chunk at a time.
fn scan_job(queue: &QueryQueue, source: &TreeSource, sink: &ReplySink) {
    let mut tree = source.tree();
    let mut buffer = Vec::new();
    let mut read_for = None;
    loop {
        let mut slots = queue.slots();
        let scan_job = loop {
            if slots.is_closed {
                return;
            }
            if let Some(scan_job) = slots.scan_job() {
                break scan_job;
            }
            slots = queue
                .asked
                .wait(slots)
                .unwrap_or_else(PoisonError::into_inner);
        };
        drop(slots);
        let (kind, id) = (scan_job.kind(), scan_job.id());
        if read_for.replace(id) != Some(id) {
            // A tree that cannot be read has no folders. The follower reports why.
            let _ = tree.refresh((source.clock)());
        }
        scan_job.advance(&mut tree, (source.clock)(), &mut buffer, |tree, answer| {
            if queue.wants(kind, id) {
                sink(Reply {
                    id,
                    streams: tree.streams().clone(),
                    answer,
                });
            }
        });
    }
}

/// Answers questions about fields, one after the other.
fn top(queue: &QueryQueue, source: &TreeSource, sink: &ReplySink) {
    loop {
        let Some(query) = queue.next(RequestKind::Top) else {
            return;
        };
        let Request::Top { view, top } = &query.request else {
            continue;
        };
        let is_wanted = || queue.wants(RequestKind::Top, query.id);
        let reply = |streams: &Streams, answer| {
            if is_wanted() {
                sink(Reply {
                    id: query.id,
                    streams: streams.clone(),
                    answer,
                });
            }
        };
        let report = |tree: &Tree, answer| reply(tree.streams(), Answer::Top(answer));
        let found = find_top(source, view, top, &is_wanted, &report);
        for trouble in found.troubles {
            reply(&found.streams, Answer::Trouble(trouble));
        }
        reply(&found.streams, Answer::Top(found.answer));
    }
}

/// Takes the records of ranges, one range after the other.
fn take(
    queue: &QueryQueue,
    kind: RequestKind,
    source: &TreeSource,
    create: &CreateFile,
    sink: &ReplySink,
) {
    let mut tree = Tree::new(source.base.clone(), LONGEST_PRINTED, source.names.clone());
    loop {
        let Some(query) = queue.next(kind) else {
            return;
        };
        let Request::Take { range, to } = &query.request else {
            continue;
        };
        // A tree that cannot be read has no folders. The follower reports why.
        let _ = tree.refresh((source.clock)());
        let started = Export::new(query.id, range, to, create, &mut tree, (source.clock)());
        let reply = |tree: &Tree, answer| {
            sink(Reply {
                id: query.id,
                streams: tree.streams().clone(),
                answer,
            });
        };
        let mut export = match started {
            Ok(export) => export,
            Err(problem) => {
                let taken = Taken {
                    is_complete: true,
                    problem: Some(problem),
                    ..Taken::default()
                };
                reply(&tree, Answer::Taken(taken));
                continue;
            }
        };
        loop {
            // What was taken before it was cancelled is reported as well.
            let answer = if queue.wants(kind, query.id) {
                export.step(&mut tree, (source.clock)())
            } else {
                Some(export.finish())
            };
            if let Some(answer) = answer {
                let is_over = matches!(&answer, Answer::Taken(taken) if taken.is_complete);
                reply(&tree, answer);
                if is_over {
                    break;
                }
            }
        }
    }
}
