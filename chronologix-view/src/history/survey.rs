//! Searches and histograms: all files, gone over in pieces by several threads.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chronologix_schema::layout::Folder;
use jiff::Timestamp;

use super::{
    bars::Bars,
    filter::View,
    journey::{Bounds, strands},
    reply::{Answer, Hits, MOST_HITS},
    request::{Kind, Place, Question, Request, Ticket},
    strand::Strand,
    sweep::{Bearings, Piece, Quarry},
};
use crate::{files::Tree, line::Key};

#[cfg(test)]
mod tests;

/// Bytes of a piece: what is not cancelled in between.
const PIECE: u64 = 16 << 20;

/// How often is told how far it is.
const TELLING: Duration = Duration::from_millis(50);

/// A search or a histogram.
#[derive(Debug)]
pub(crate) struct Survey {
    ticket: Ticket,
    kind: Kind,
    view: View,
    quarry: Quarry,
    near: Place,
    /// Whether all pieces are being worked on.
    is_handed_out: AtomicBool,
    state: Mutex<State>,
}

/// How far it is.
#[derive(Debug, Default)]
struct State {
    /// The pieces that are to be done, the next one last. None before they are known.
    pieces: Option<Vec<Piece>>,
    /// Pieces that are not done.
    left: usize,
    /// Bytes to be read, and read.
    total: u64,
    read: u64,
    /// What was found, if it is a search.
    hits: Hits,
    /// Hits whose places were told or are to be told.
    told_hits: usize,
    /// What was counted, if it is a histogram.
    bars: Bars,
    told: Option<Instant>,
}

/// What was found in one piece.
enum Finds {
    Hits(Vec<Key>, u64),
    Bars(Bars),
}

impl Survey {
    /// Begins a search or a histogram; `None` for other questions.
    pub(crate) fn new(question: Question) -> Option<Self> {
        let kind = question.request.kind();
        let (view, quarry, near) = match question.request {
            Request::Search {
                view,
                pattern,
                near,
            } => {
                let quarry = Quarry::new(view.filter.clone(), Some(pattern));
                (view, quarry, near)
            }
            Request::Histogram { view } => {
                let quarry = Quarry::new(view.filter.clone(), None);
                (view, quarry, Place::End)
            }
            Request::Page { .. } | Request::Find { .. } => return None,
        };
        Some(Self {
            ticket: question.ticket,
            kind,
            view,
            quarry,
            near,
            is_handed_out: AtomicBool::new(false),
            state: Mutex::default(),
        })
    }

    /// The question this answers.
    pub(crate) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether nothing is left to be taken up.
    pub(crate) fn is_handed_out(&self) -> bool {
        self.is_handed_out.load(Ordering::Relaxed)
    }

    /// Does one piece, and tells what is to be told.
    pub(crate) fn advance(
        &self,
        tree: &mut Tree,
        now: Timestamp,
        buffer: &mut Vec<u8>,
        mut tell: impl FnMut(&Tree, Answer),
    ) {
        let mut state = self.state();
        if state.pieces.is_none() {
            self.plan(&mut state, tree, now);
            if state.left == 0 {
                self.is_handed_out.store(true, Ordering::Relaxed);
                return tell(tree, self.answer(&mut state));
            }
        }
        let pieces = state.pieces.get_or_insert_default();
        let Some(piece) = pieces.pop() else { return };
        if pieces.is_empty() {
            self.is_handed_out.store(true, Ordering::Relaxed);
        }
        let bars = state.bars.empty_of(piece.folder);
        drop(state);
        let mut is_first = false;
        if piece.is_folder() {
            is_first = self.look_into(&piece, tree, now, buffer);
        } else {
            let finds = self.look(&piece, bars, tree, buffer);
            is_first |= self.state().add(&piece, finds);
        }
        let mut state = self.state();
        state.left -= 1;
        state.read += piece.bytes();
        let is_time = state.told.is_none_or(|told| told.elapsed() >= TELLING);
        if state.left == 0 || is_first || is_time {
            state.told = Some(Instant::now());
            tree.learn();
            // While the state is held, so that nothing is told after the last.
            tell(tree, self.answer(&mut state));
        }
    }

    /// Finds out what there is to do.
    fn plan(&self, state: &mut State, tree: &mut Tree, now: Timestamp) {
        let mut pieces = Vec::new();
        let folders = tree.folders().to_vec();
        let bounds = Bounds::whole();
        if self.kind == Kind::Histogram {
            let extents = extents(tree, &folders, now);
            state.bars = Bars::new(tree, &extents);
        }
        for folder in by_distance(&folders, self.near) {
            if tree.is_packed(folder, now) {
                pieces.push(Piece::of_folder(folder));
                continue;
            }
            // What cannot be listed has nothing to be found in it.
            let wanted = self.view.streams.as_deref();
            let found = strands(tree, folder, now, wanted, &bounds);
            for strand in found.unwrap_or_default().strands {
                cut(&strand, &mut pieces);
            }
        }
        pieces.reverse();
        state.left = pieces.len();
        state.total = pieces.iter().map(Piece::bytes).sum();
        state.pieces = Some(pieces);
    }

    /// Looks through a folder that is unpacked for it. Says whether there were the first hits.
    fn look_into(
        &self,
        folder: &Piece,
        tree: &mut Tree,
        now: Timestamp,
        buffer: &mut Vec<u8>,
    ) -> bool {
        let wanted = self.view.streams.as_deref();
        // What cannot be unpacked has nothing to be found in it; whoever walks there says why.
        let found = strands(tree, folder.folder, now, wanted, &Bounds::whole()).unwrap_or_default();
        let mut is_first = false;
        for strand in &found.strands {
            let mut pieces = Vec::new();
            cut(strand, &mut pieces);
            for piece in pieces {
                let bars = self.state().bars.empty_of(piece.folder);
                let finds = self.look(&piece, bars, tree, buffer);
                is_first |= self.state().add(&piece, finds);
            }
        }
        is_first
    }

    fn look(&self, piece: &Piece, mut bars: Bars, tree: &Tree, buffer: &mut Vec<u8>) -> Finds {
        let mut bearings = Bearings::new(piece, tree.stamps());
        let is_search = self.kind == Kind::Search;
        let (mut keys, mut lines) = (Vec::new(), 0);
        // A file that cannot be read has no hits; whoever follows says why.
        let _ = piece.sweep(buffer, |block, begin| {
            if is_search {
                self.quarry.find(block, |line| {
                    lines += 1;
                    if keys.len() < MOST_HITS {
                        keys.push(bearings.key(block, begin, &line));
                    }
                });
            } else {
                let quarry = (!self.view.filter.is_empty()).then_some(&self.quarry);
                bars.count(piece.folder, piece.stream, block, quarry, &mut bearings);
            }
            bearings.pass(block);
            true
        });
        if is_search {
            Finds::Hits(keys, lines)
        } else {
            Finds::Bars(bars)
        }
    }

    fn answer(&self, state: &mut State) -> Answer {
        let (read, total, is_complete) = (state.read, state.total, state.left == 0);
        if self.kind == Kind::Search {
            return Answer::Hits(Hits {
                keys: std::mem::take(&mut state.hits.keys),
                lines: state.hits.lines.clone(),
                read,
                total,
                is_complete,
            });
        }
        Answer::Histogram(state.bars.histogram(read, total, is_complete))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole at every moment a holder could have panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds what was found in a piece, and says whether these are the first hits.
    fn add(&mut self, piece: &Piece, finds: Finds) -> bool {
        match finds {
            Finds::Bars(bars) => {
                self.bars.add(bars);
                false
            }
            Finds::Hits(mut keys, lines) => {
                let is_first = self.told_hits == 0 && !keys.is_empty();
                keys.truncate(MOST_HITS - self.told_hits);
                self.told_hits += keys.len();
                self.hits.keys.extend(keys);
                let index = piece.stream.index();
                if self.hits.lines.len() <= index {
                    self.hits.lines.resize(index + 1, 0);
                }
                self.hits.lines[index] += lines;
                is_first
            }
        }
    }
}

/// The times of single files, whose folders do not say them.
fn extents(
    tree: &mut Tree,
    folders: &[Folder],
    now: Timestamp,
) -> BTreeMap<Folder, (Timestamp, Timestamp)> {
    let mut extents = BTreeMap::new();
    if tree.has_intervals() {
        return extents;
    }
    for folder in folders {
        // What cannot be read has no times.
        let found = strands(tree, *folder, now, None, &Bounds::whole()).unwrap_or_default();
        for mut strand in found.strands {
            if let Ok(Some((first, last))) = strand.extent(tree.stamps()) {
                let extent = extents.entry(*folder).or_insert((first, last));
                *extent = (extent.0.min(first), extent.1.max(last));
            }
        }
    }
    extents
}

/// The folders, those near a place first.
fn by_distance(folders: &[Folder], near: Place) -> Vec<Folder> {
    let middle = match near {
        Place::Beginning => 0,
        Place::End => folders.len(),
        Place::Row(row) => folders.partition_point(|folder| *folder < row.folder),
        Place::Time(time) => {
            let start = |folder: &Folder| folder.start().to_zoned(jiff::tz::TimeZone::UTC).ok();
            folders.partition_point(|folder| {
                start(folder).is_some_and(|start| start.timestamp() <= time)
            })
        }
    };
    let distance = |index: usize| index.abs_diff(middle);
    let order: BTreeMap<(usize, usize), Folder> = folders
        .iter()
        .enumerate()
        .map(|(index, folder)| ((distance(index), index), *folder))
        .collect();
    order.into_values().collect()
}

/// The files of a strand in pieces.
fn cut(strand: &Strand, pieces: &mut Vec<Piece>) {
    for part in strand.parts() {
        let mut start = 0;
        while start < part.length {
            let end = part.length.min(start + PIECE);
            pieces.push(Piece {
                folder: strand.folder(),
                stream: strand.stream(),
                number: part.number,
                path: part.path.clone(),
                range: start..end,
            });
            start = end;
        }
    }
}
