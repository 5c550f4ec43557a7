//! The mouse: wheel and clicks.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEventKind};

use super::{fetch, filters, navigate, overlays, split};
use crate::{
    model::{Model, overlay::Overlay},
    query::{Direction, Place},
};

/// Rows that one step of the wheel scrolls.
const NOTCH: u64 = 3;

/// Switches the mouse between the viewer and the terminal, which selects text with it.
pub(super) fn toggle(model: &mut Model) {
    model.has_mouse = !model.has_mouse;
    let text = if model.has_mouse {
        "mouse: viewer"
    } else {
        "mouse: terminal selection"
    };
    model.notice = Some(text.into());
}

/// What the mouse points at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ClickTarget {
    /// The label of a tab.
    Tab(usize),
    /// A column of the timeline bar or of the histogram.
    Place(Place),
    /// A screen row of a tab.
    Row {
        /// The tab.
        tab: usize,
        /// The row, from the top of the tab.
        y: u16,
    },
}

/// Handles the mouse. `target` returns what it points at. Returns whether anything changed.
pub(crate) fn point(
    model: &mut Model,
    kind: MouseEventKind,
    target: impl FnOnce(&Model) -> Option<ClickTarget>,
) -> bool {
    // The details leave the lines as they are. A list stands above them.
    let has_list = !matches!(&model.overlay, None | Some(Overlay::Detail { .. }));
    let is_covered = has_list || model.prompt.is_some();
    match kind {
        MouseEventKind::ScrollUp if has_list => return scroll_list(model, KeyCode::Up),
        MouseEventKind::ScrollDown if has_list => return scroll_list(model, KeyCode::Down),
        MouseEventKind::ScrollUp => navigate::page_up(model, NOTCH),
        MouseEventKind::ScrollDown => navigate::page_down(model, NOTCH),
        MouseEventKind::Down(_) if is_covered => return false,
        MouseEventKind::Down(MouseButton::Left) => {
            return target(model).is_some_and(|target| click(model, target));
        }
        // A right click on a label hides the stream.
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

/// Moves in the list above the lines as the keys do.
fn scroll_list(model: &mut Model, code: KeyCode) -> bool {
    for _ in 0..NOTCH {
        overlays::press(model, KeyEvent::new(code, KeyModifiers::NONE));
    }
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

/// Moves the cursor to the row at this screen row.
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
