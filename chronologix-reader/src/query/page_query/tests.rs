//! Views of finds.

use chronologix_schema::Level;

use super::*;
use crate::query::Filter;

#[test]
fn a_find_narrows_the_view() {
    let least = |least| View {
        filter: Filter::new(least, Vec::new()),
        ..View::default()
    };
    let aimed = |view| aim(view, Target::Level(Level::Error)).filter.least();
    assert_eq!(aimed(least(None)), Some(Level::Error));
    assert_eq!(aimed(least(Some(Level::Critical))), Some(Level::Critical));
}
