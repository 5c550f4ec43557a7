//! The mouse: wheel, tabs, rail, rows.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{fetch, filters, navigate, split};
use crate::{
    line::Key,
    model::{Model, layout::ScreenLayout},
    query::{Direction, Place},
    ui,
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

/// Takes what the mouse did; says whether anything came of it.
pub(crate) fn point(model: &mut Model, mouse: MouseEvent) -> bool {
    let layout = ScreenLayout::of(model);
    let at = Position::new(mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::ScrollUp => navigate::page_up(model, NOTCH),
        MouseEventKind::ScrollDown => navigate::page_down(model, NOTCH),
        MouseEventKind::Down(MouseButton::Left) => return click(model, &layout, at),
        // A click on a name with the other button leaves the stream out.
        MouseEventKind::Down(MouseButton::Right) => match tab_at(model, &layout, at) {
            Some(tab) => filters::toggle_stream(model, tab),
            None => return false,
        },
        _ => return false,
    }
    fetch::fetch_missing(model);
    model.read_shown();
    true
}

fn click(model: &mut Model, layout: &ScreenLayout, at: Position) -> bool {
    if model.overlay.is_some() || model.prompt.is_some() {
        return false;
    }
    if let Some(tab) = tab_at(model, layout, at) {
        split::show(model, tab);
        fetch::fetch_missing(model);
        model.read_shown();
        return true;
    }
    let (timeline_bar, histogram) = (ui::timeline_bar_area(layout.header), layout.histogram);
    let cell = if timeline_bar.contains(at) {
        ui::slice_at_timeline_bar(model, timeline_bar, at.x)
            .map(|cell| Place::Row(Key::first_of(cell.folder)))
    } else if histogram.contains(at) {
        let cell = ui::slice_at_histogram(model, histogram, at.x);
        cell.map(|cell| Place::Time(cell.from))
    } else {
        None
    };
    if let Some(place) = cell {
        fetch::to_place(model, place, Direction::Newer);
        return true;
    }
    let half = layout.panes.iter().find(|(_, area)| area.contains(at));
    let Some((tab, area)) = half else {
        return false;
    };
    if *tab != model.tab {
        split::other(model);
    }
    to_row_at(model, *area, at)
}

/// The tab whose name is at this place.
fn tab_at(model: &Model, layout: &ScreenLayout, at: Position) -> Option<usize> {
    let (tabs, sidebar) = (layout.tabs, layout.sidebar);
    if tabs.contains(at) {
        return ui::tab_at_column(model, tabs.width, at.x - tabs.x);
    }
    sidebar
        .contains(at)
        .then(|| ui::tab_at_row(model, sidebar.height, at.y - sidebar.y))?
}

/// Goes to the row at this place of the screen.
fn to_row_at(model: &mut Model, area: Rect, at: Position) -> bool {
    let y = i64::from(at.y - area.y);
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
