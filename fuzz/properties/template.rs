//! Templates mean what the grammar says, and what the compiler is given of them means the same.

use self::{
    grammar::{Dialect, Part, Spec},
    macros::template::{self, Argument, Piece},
};

// The grammar once more, read in another way.
mod grammar;

/// The macros are a crate of their own kind, which nothing else can use: the module is taken as it
/// stands.
#[path = "../../chronologix-macros/src"]
mod macros {
    pub(crate) mod template;
}

pub(crate) fn check(data: &[u8]) {
    let text = super::feed::Feed::new(data).rest_as_text();
    let expected = grammar::parse(&text, Dialect::Ours);
    match template::parse(&text) {
        Ok(pieces) => {
            let parts = parts(&pieces);
            assert_eq!(Some(&parts), expected.as_ref(), "{text:?}");
            let format = template::as_format(&pieces);
            let again = grammar::parse(&format, Dialect::Format);
            assert_eq!(again, Some(parts), "{text:?} became {format:?}");
            if !template::has_angles(&text) {
                assert_eq!(format, text, "that was one of `format!` already");
            }
            pieces.iter().for_each(alone);
        }
        Err(error) => {
            assert_eq!(expected, None, "{text:?}: {}", error.message);
            // Cut out of the text, it would panic anywhere else than between two characters.
            let there = text.get(error.range.clone());
            assert!(there.is_some(), "{text:?} has no {:?}", error.range);
            assert!(!error.message.is_empty());
        }
    }
}

/// Pieces in the words of the grammar, texts that follow each other taken together.
fn parts(pieces: &[Piece<'_>]) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                assert!(!text.is_empty());
                grammar::push_text(&mut parts, text);
            }
            Piece::Placeholder(hole) => {
                // Its arguments are told apart by their order: width, then precision.
                let mut taken = hole.spec.arguments().map(named);
                let spec = hole.spec.to_format(|_| 0);
                let mut spec = grammar::spec(&spec).expect("it was one");
                for count in [&mut spec.width, &mut spec.precision].into_iter().flatten() {
                    if matches!(count, grammar::Count::Argument(_)) {
                        *count = grammar::Count::Argument(taken.next().expect("as many"));
                    }
                }
                assert!(taken.next().is_none(), "no more than those");
                assert_eq!(hole.spec.is_empty(), spec == Spec::default());
                assert_eq!(hole.spec.kind == "p", spec.kind == "p");
                parts.push(Part::Placeholder(named(hole.argument), spec));
            }
        }
    }
    parts
}

fn named(argument: Argument<'_>) -> grammar::Argument {
    match argument {
        Argument::Index(index) => grammar::Argument::Index(index),
        Argument::Name(name) => grammar::Argument::Name(name.to_owned()),
    }
}

/// A hole taken out of its template, its arguments numbered anew, is one for `format!`.
fn alone(piece: &Piece<'_>) {
    let Piece::Placeholder(hole) = piece else {
        return;
    };
    let mut places = 1..;
    let spec = hole.spec.to_format(|_| places.next().expect("few"));
    let format = format!("{{0:{spec}}}");
    let parts = grammar::parse(&format, Dialect::Format);
    let Some([Part::Placeholder(grammar::Argument::Index(0), seen)]) = parts.as_deref() else {
        panic!("{format:?} is one hole, not {parts:?}");
    };
    let indices = [&seen.width, &seen.precision].into_iter().flatten();
    let indices: Vec<_> = indices
        .filter_map(|count| match count {
            grammar::Count::Argument(argument) => Some(argument.clone()),
            grammar::Count::Fixed(_) => None,
        })
        .collect();
    let expected = (1..).map(grammar::Argument::Index).take(indices.len());
    assert_eq!(indices, expected.collect::<Vec<_>>(), "{format:?}");
    assert_eq!(indices.len(), hole.spec.arguments().count());
}
