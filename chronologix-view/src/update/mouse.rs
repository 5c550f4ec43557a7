//! The mouse: wheel, tabs, rail, rows.

use crossterm::event::{MouseButton, MouseEventKind};

use super::{fetch, filters, navigate, split};
use crate::{
    model::Model,
    query::{Direction, Place},
};

/// Rows that one notch of the wheel moves.
const NOTCH: u64 = 3;

/// Takes the mouse, or leaves it to the terminal, which selects text with it.
pub(super) fn toggle(model: &mut Model) {
    model.has_mouse = !model.has_mouse;
    let text = if model.has_mouse {
        "the mouse works here"
    } else {
        "the mouse selects text"
    };
    model.notice = Some(text.into());
}

/// What the mouse points at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ClickTarget {
    /// The name of a tab.
    Tab(usize),
    /// A place in the tree, as a column of a histogram stands for it.
    Place(Place),
    /// A row of the screen, counted from the top of the lines of a tab.
    Row {
        /// The tab.
        tab: usize,
        /// The row.
        y: u16,
    },
}

/// Takes what the mouse did, at what `target` finds under it; says whether anything came of it.
pub(crate) fn point(
    model: &mut Model,
    kind: MouseEventKind,
    target: impl FnOnce(&Model) -> Option<ClickTarget>,
) -> bool {
    match kind {
        MouseEventKind::ScrollUp => navigate::page_up(model, NOTCH),
        MouseEventKind::ScrollDown => navigate::page_down(model, NOTCH),
        MouseEventKind::Down(MouseButton::Left) => {
            let is_covered = model.overlay.is_some() || model.prompt.is_some();
            return !is_covered && target(model).is_some_and(|target| click(model, target));
        }
        // A click on a name with the other button leaves the stream out.
        MouseEventKind::Down(MouseButton::Right) => match target(model) {
            Some(ClickTarget::Tab(tab)) => filters::toggle_stream(model, tab),
            _ => return false,
        },
        _ => return false,
    }
    fetch::fetch_missing(model);
    model.read_shown();
    true
}

fn click(model: &mut Model, target: ClickTarget) -> bool {
    match target {
        ClickTarget::Tab(tab) => {
            split::show(model, tab);
            fetch::fetch_missing(model);
            model.read_shown();
            true
        }
        ClickTarget::Place(place) => {
            fetch::to_place(model, place, Direction::Newer);
            true
        }
        ClickTarget::Row { tab, y } => {
            if tab != model.tab {
                split::other(model);
            }
            to_row_at(model, y)
        }
    }
}

/// Goes to the row at this place of the screen.
fn to_row_at(model: &mut Model, y: u16) -> bool {
    let y = i64::from(y);
    let row = model.with_page(|page| {
        let placed = page.placed();
        placed
            .iter()
            .rfind(|placed| placed.y <= y)
            .map(|placed| placed.number)
    });
    if let Some(row) = row {
        navigate::to_row_in_sight(model, row);
    }
    row.is_some()
}
