//! The rules that hold whatever happens.

use std::collections::BTreeMap;

use super::{
    ledger::{Fate, Must},
    program::{FILES, STREAMS},
    shelf::{self, File, Line},
    world::{CATALOGUE, World},
};
use chronologix_schema::layout::Statement;

use crate::fs::tests::sim::{self, FileSnapshot};

/// Where one record stands, in the files of one stream.
#[derive(Clone, Copy, Debug, Default)]
struct Copies {
    /// In bytes that no sync failed to save.
    saved: usize,
    unsaved: usize,
    /// In files that were taken away from outside.
    gone: usize,
}

/// All copies: by record, and by the place among its targets.
type AllCopies = Vec<[Copies; 2]>;

/// Looks only whether one record stands where its promise says.
pub(crate) fn stands(world: &World, number: usize) -> Result<(), String> {
    let entry = &world.entries[number];
    for target in world.setup.targets(entry.stream) {
        let mut now = false;
        let mut durable = entry.must < Must::Survive;
        let is_there = |file: &FileSnapshot<'_>| is_of(file, target) && holds(file, &entry.message);
        world.fs.for_each_snapshot(|file| now |= is_there(&file));
        if !durable {
            world
                .fs
                .for_each_durable_file(|file| durable |= is_there(&file));
        }
        let must = entry.must;
        match (must, now, durable) {
            (Must::Nothing, _, _) | (_, true, true) => {}
            (_, false, _) => return Err(format!("record {number} is not in {}", FILES[target])),
            (_, true, false) => {
                return Err(format!(
                    "record {number} would not survive in {}",
                    FILES[target]
                ));
            }
        }
    }
    Ok(())
}

/// Looks whether the statement of a record is in the catalogue that a crash would leave, if a crash
/// would leave the record.
pub(crate) fn has_statement(world: &World, number: usize) -> Result<(), String> {
    let entry = &world.entries[number];
    let mut is_there = entry.must < Must::Survive || world.is_catalogue_in_doubt;
    world.fs.for_each_durable_file(|file| {
        if sim::shown(file.path) == CATALOGUE {
            let text = std::str::from_utf8(file.bytes).unwrap_or_default();
            let mut statements = text.lines().filter_map(|it| Statement::from_json(it).ok());
            is_there |= statements.any(|it| it.stream == STREAMS[entry.stream]);
        }
    });
    if !is_there {
        return Err(format!(
            "the statement of record {number} would not survive"
        ));
    }
    Ok(())
}

/// As [`stands`], and not in a file that was taken away.
pub(crate) fn stands_there(world: &World, number: usize) -> Result<(), String> {
    let entry = &world.entries[number];
    for target in world.setup.targets(entry.stream) {
        let mut is_there = false;
        world.fs.for_each_durable_file(|file| {
            is_there |= !file.is_gone && is_of(&file, target) && holds(&file, &entry.message);
        });
        if !is_there {
            return Err(format!("record {number} is not in {}", FILES[target]));
        }
    }
    Ok(())
}

fn is_of(file: &FileSnapshot<'_>, stream: usize) -> bool {
    let name = file.path.file_name().unwrap_or_default().as_encoded_bytes();
    let stem = FILES[stream].trim_end_matches("log").as_bytes();
    name.starts_with(stem)
}

fn holds(file: &FileSnapshot<'_>, message: &str) -> bool {
    let text = std::str::from_utf8(file.bytes).unwrap_or_default();
    let mut starts = text.match_indices('#');
    starts.any(|(at, _)| text[at..].starts_with(message))
}

/// Reads all files and holds them against the channel. At rest no line is on its way.
pub(crate) fn all(world: &mut World, at_rest: bool) -> Result<(), String> {
    let mut copies = vec![[Copies::default(); 2]; world.entries.len()];
    let mut numbered = BTreeMap::<(String, usize), usize>::new();
    let mut fragments = Vec::new();
    let mut outcome = Ok(());
    world.fs.for_each_snapshot(|file| {
        if outcome.is_err() {
            return;
        }
        outcome = shelf::read(world, &file).and_then(|read| {
            let Some(read) = read else { return Ok(()) };
            let place = (read.folder.clone(), read.stream);
            *numbered.entry(place.clone()).or_default() += file.unsaved.len();
            // What no sync saved may be zeros by now, and the writer after that one went on behind
            // them.
            let is_saved = |at| !file.unsaved.iter().any(|unsaved| unsaved.contains(&at));
            let halves = read
                .lines
                .iter()
                .filter(|(place, line)| *line == Line::Fragment && is_saved(place.start));
            let halves = halves.count();
            let open_end = file.bytes.last().is_some_and(|byte| *byte != b'\n');
            let on_its_way = usize::from(open_end && (!at_rest || file.is_gone));
            if halves > on_its_way {
                fragments.push((place, read.has_number, halves - on_its_way));
            }
            count(world, &file, &read, &mut copies)
                .and_then(|()| order(world, &read))
                .map_err(|error| format!("{}: {error}", read.path.display()))
        });
    });
    outcome?;
    for (place, has_number, halves) in &fragments {
        // A line is given up half way only in a numbered file, after a sync of the file before it
        // failed.
        let given_up = if *has_number { numbered[place] } else { 0 };
        if *halves > world.interruptions + given_up {
            let (folder, stream) = place;
            return Err(format!(
                "{halves} half lines in {folder}/{}",
                FILES[*stream]
            ));
        }
    }
    world.seen.half_lines += usize::from(!fragments.is_empty());
    world.seen.cut_back = world.fs.cuts();
    world.seen.abandoned += usize::from(numbered.values().any(|syncs| *syncs > 0));
    copies_are_as_promised(world, &copies)
}

/// Notes the copies in one file: each record stands in it once, if it belongs there, with its own
/// time.
fn count(
    world: &World,
    file: &FileSnapshot<'_>,
    read: &File<'_>,
    copies: &mut AllCopies,
) -> Result<(), String> {
    let mut known = std::collections::BTreeSet::new();
    for (place, line) in &read.lines {
        let Line::Record { number, micros } = line else {
            continue;
        };
        let entry = &world.entries[*number];
        if !known.insert(number) {
            return Err(format!("record {number} stands there twice"));
        }
        let Some(at) = world
            .setup
            .targets(entry.stream)
            .position(|target| target == read.stream)
        else {
            return Err(format!("record {number} does not belong there"));
        };
        if entry.fate == Fate::Refused {
            return Err(format!("record {number} was not taken, and stands there"));
        }
        let wall = |distance: &i64| distance.saturating_add_unsigned(entry.ticks) / 1000;
        if !world.distances[entry.sets..]
            .iter()
            .any(|distance| wall(distance) == *micros)
        {
            return Err(format!("record {number} has a time of its own: {micros}"));
        }
        let copies = &mut copies[*number][at];
        let is_unsaved = file
            .unsaved
            .iter()
            .any(|unsaved| unsaved.contains(&place.start));
        match (file.is_gone, is_unsaved) {
            (true, _) => copies.gone += 1,
            (false, true) => copies.unsaved += 1,
            (false, false) => copies.saved += 1,
        }
    }
    Ok(())
}

/// Each thread's records are in its order; those of two threads are if they were not made at one
/// moment.
fn order(world: &World, read: &File<'_>) -> Result<(), String> {
    let mut newest = [None; 2];
    let mut last = 0;
    for (_, line) in &read.lines {
        let Line::Record { number, .. } = line else {
            continue;
        };
        let entry = &world.entries[*number];
        if newest[entry.queue].is_some_and(|newest| newest > number) || entry.ticks < last {
            return Err(format!("record {number} stands behind a later one"));
        }
        newest[entry.queue] = Some(number);
        last = entry.ticks;
    }
    Ok(())
}

fn copies_are_as_promised(world: &World, copies: &AllCopies) -> Result<(), String> {
    // A record is written again after a failed sync, and cut from the file before once its batch is
    // written.
    let to_be_cut = world.uncut + usize::from(world.life.has_superseded());
    let limit = 1 + world.fs.missed_cuts() + to_be_cut;
    for (number, entry) in world.entries.iter().enumerate() {
        for (target, copies) in world.setup.targets(entry.stream).zip(&copies[number]) {
            let Copies {
                saved,
                unsaved,
                gone,
            } = *copies;
            let is_well = match entry.must {
                Must::Nothing => saved <= limit,
                Must::Stand => saved <= limit && saved + unsaved + gone > 0,
                Must::Survive => saved <= limit && saved + gone > 0,
            };
            if !is_well {
                let must = entry.must;
                return Err(format!(
                    "record {number} ({must:?}) in {}: {copies:?}",
                    FILES[target]
                ));
            }
        }
    }
    Ok(())
}

/// At rest, everything is counted: what was made was dropped or queued, and what was queued is
/// written.
pub(crate) fn stats(world: &World) -> Result<(), String> {
    let life = &world.life;
    let stats = life.stats();
    let unsure = world
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.life == world.lives && entry.fate == Fate::Unsure);
    let mut given_up = 0;
    for (number, _) in unsure {
        given_up += u64::from(!is_anywhere(world, number));
    }
    let left_out = stats.dropped + stats.refused;
    let is_right = stats.queued + left_out == life.made
        && left_out == life.dropped + given_up
        && stats.written == stats.queued
        && stats.queue_records == 0
        && stats.synced + stats.records_failed <= stats.queued;
    if !is_right {
        let (made, dropped) = (life.made, life.dropped);
        return Err(format!(
            "{made} made, {dropped} + {given_up} dropped: {stats:?}"
        ));
    }
    // Headers are counted nowhere.
    let is_counted = world.lives == 0 && !life.may_fail && !world.setup.headers;
    if is_counted && stats.bytes_written != life.appended_bytes() {
        return Err(format!(
            "{} bytes, not {}",
            stats.bytes_written,
            life.appended_bytes()
        ));
    }
    if stats.refused > 0 {
        return Ok(());
    }
    told_of_drops(world, stats.dropped)
}

fn is_anywhere(world: &World, number: usize) -> bool {
    let mut is_there = false;
    let message = &world.entries[number].message;
    world
        .fs
        .for_each_snapshot(|file| is_there |= holds(&file, message));
    is_there
}

/// The lines that tell of dropped records add up, where all of them are left and none had to be
/// written twice.
fn told_of_drops(world: &World, dropped: u64) -> Result<(), String> {
    if world.lives > 0 || world.is_plundered {
        return Ok(());
    }
    let mut told = [0; 4];
    let mut is_doubled = false;
    let mut outcome = Ok(());
    world.fs.for_each_snapshot(|file| {
        is_doubled |= !file.unsaved.is_empty();
        match shelf::read(world, &file) {
            Ok(Some(read)) => {
                for (_, line) in &read.lines {
                    if let Line::Dropped { records } = line {
                        told[read.stream] += records;
                    }
                }
            }
            Ok(None) => {}
            Err(error) => outcome = Err(error),
        }
    });
    outcome?;
    let mut expected = [0; 4];
    let all = world.entries.iter().enumerate();
    for (_, entry) in all.filter(|(number, entry)| {
        entry.fate == Fate::Refused || entry.fate == Fate::Unsure && !is_anywhere(world, *number)
    }) {
        for target in world.setup.targets(entry.stream) {
            expected[target] += 1;
        }
    }
    if is_doubled || told == expected {
        Ok(())
    } else {
        Err(format!(
            "{dropped} dropped, by stream {expected:?}; told {told:?}"
        ))
    }
}

/// At the end, everything queued is written or failed; and durable, if all went well.
pub(crate) fn stats_at_end(world: &World, went_well: bool) -> Result<(), String> {
    let stats = world.life.stats();
    let unwritten = stats.queued - stats.written;
    let is_right = stats.records_failed >= unwritten
        && stats.synced + stats.records_failed <= stats.queued
        && (!went_well
            || unwritten == 0 && stats.synced == stats.written && stats.records_failed == 0);
    if is_right {
        Ok(())
    } else {
        Err(format!("{stats:?}"))
    }
}
