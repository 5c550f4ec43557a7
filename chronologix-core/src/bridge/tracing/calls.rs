//! The statements of `tracing`: which text a call always has, and what its metadata say.

use std::{cell::RefCell, ops::Range, ptr};

use tracing_core::Metadata;

use super::{MESSAGE, level};
use crate::{
    codec::{
        encode::{BufEncoder, TextPlace},
        field_codec::allowed_key,
    },
    frontend::{
        dynamic::number_inside,
        facade::{self, CallKey, FacadeStatement},
    },
};

thread_local! {
    /// Where constants stand, as far as this thread has asked. In the order of addresses.
    static CONSTANTS: RefCell<Vec<Range<usize>>> = const { RefCell::new(Vec::new()) };
}

/// In a slot: its call said a text that is no constant, within these addresses.
const MADE: usize = 1;
/// In a slot: its call said the constant of this address and length.
const CONSTANT: usize = 2;

/// Returns the number of the callsite of an event whose message stands at `text`, or of a span.
///
/// `tracing` hands out messages as what can be formatted, and does not say whether that is a
/// literal. So a message is taken for one if it was written in one piece, from a place that cannot
/// be written to.
#[inline]
pub(super) fn number(
    metadata: &'static Metadata<'static>,
    text: TextPlace,
    to: &BufEncoder<'_>,
) -> u32 {
    let call = ptr::from_ref(metadata).addr();
    let is_it = |[known, from, to, kind]: [usize; 4]| {
        known == call
            && if kind == MADE {
                text.1 == 0 || (from..to).contains(&text.0)
            } else {
                text == (from, to)
            }
    };
    facade::last(call, is_it).unwrap_or_else(|| {
        let level = level(*metadata.level());
        number_inside(level, || find_number(metadata, text, to))
    })
}

/// Returns the number of a call that is not the last with its hash. The thread is inside.
#[inline(never)]
fn find_number(metadata: &'static Metadata<'static>, text: TextPlace, to: &BufEncoder<'_>) -> u32 {
    let call = ptr::from_ref(metadata).addr();
    let find = |words: [usize; 2], make: &dyn Fn() -> FacadeStatement| {
        let key = CallKey([call, words[0], words[1], 0]);
        facade::known(key, None).unwrap_or_else(|| facade::remember(key, None, make()))
    };
    let (words, number) = match memory_of(metadata, text) {
        Memory::Constant => {
            let of_text = || with_text(metadata, to.first_text());
            let number = find([text.0, text.1], &of_text);
            ([call, text.0, text.1, CONSTANT], number)
        }
        Memory::Between(gap) => {
            let number = find([0, 0], &|| without_text(metadata));
            ([call, gap.start, gap.end, MADE], number)
        }
    };
    facade::set_last(call, words, number);
    number
}

/// Returns where a text stands if it is a constant, and a length of 0 otherwise.
pub(super) fn constant(metadata: &'static Metadata<'static>, text: TextPlace) -> TextPlace {
    match memory_of(metadata, text) {
        Memory::Constant => text,
        Memory::Between(_) => (0, 0),
    }
}

/// Where a text stands.
enum Memory {
    /// Among the constants of the program.
    Constant,
    /// Where no constants are.
    Between(Range<usize>),
}

/// Returns where a text stands. The name of a call is a constant too. If nothing is known of it, a
/// library has been loaded.
fn memory_of(metadata: &'static Metadata<'static>, text: TextPlace) -> Memory {
    let place = CONSTANTS.try_with(|constants| {
        let mut constants = constants.try_borrow_mut().ok()?;
        let name = metadata.name();
        let name = memory_among(&constants, (name.as_ptr().addr(), name.len()));
        if !matches!(name, Memory::Constant) {
            *constants = ask();
        }
        Some(memory_among(&constants, text))
    });
    // In a thread that is ending.
    place.ok().flatten().unwrap_or(Memory::Between(0..0))
}

fn memory_among(constants: &[Range<usize>], (address, length): TextPlace) -> Memory {
    let at = constants.partition_point(|it| it.end <= address);
    let next = constants
        .get(at)
        .map_or(usize::MAX..usize::MAX, Clone::clone);
    if length > 0 && next.start <= address && address.saturating_add(length) <= next.end {
        return Memory::Constant;
    }
    let before = at.checked_sub(1).and_then(|at| constants.get(at));
    // Nothing, if it stands across the end of constants.
    Memory::Between(before.map_or(0, |it| it.end)..next.start)
}

#[cfg(target_os = "linux")]
fn ask() -> Vec<Range<usize>> {
    crate::libc_hooks::constants()
}

/// Other systems are not asked. Events have statements by their names there.
#[cfg(not(target_os = "linux"))]
fn ask() -> Vec<Range<usize>> {
    Vec::new()
}

fn with_text(metadata: &Metadata<'_>, text: &str) -> FacadeStatement {
    FacadeStatement::listed(
        level(*metadata.level()),
        metadata.into(),
        text,
        keys(metadata),
    )
}

fn without_text(metadata: &Metadata<'_>) -> FacadeStatement {
    let (level, name) = (level(*metadata.level()), metadata.name());
    if metadata.is_event() && !is_default_name(metadata) {
        FacadeStatement::listed(level, metadata.into(), name, keys(metadata))
    } else {
        FacadeStatement::shared(level, metadata.target(), keys(metadata))
    }
}

/// Returns whether the name is that which the macros of `tracing` give to an event without one:
/// `event src/main.rs:7`.
fn is_default_name(metadata: &Metadata<'_>) -> bool {
    let (file, line) = (metadata.file(), metadata.line());
    let place = file
        .zip(line)
        .map(|(file, line)| format!("event {file}:{line}"));
    place.is_some_and(|place| place == metadata.name())
}

fn keys(metadata: &Metadata<'_>) -> impl Iterator<Item = String> {
    let keys = metadata.fields().iter().map(|it| it.name());
    let keys = keys.filter(|key| *key != MESSAGE);
    keys.map(|key| allowed_key(key.strip_prefix("r#").unwrap_or(key)).into_owned())
}
