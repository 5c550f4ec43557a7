//! What of the screen lies at a position, for the mouse.

use ratatui::layout::Position;

use super::{header, sidebar, tabs, timeline_bar};
use crate::{
    line::Key,
    model::{Model, layout::ScreenLayout},
    query::Place,
    update::mouse::ClickTarget,
};

/// What the mouse points at there.
pub(crate) fn target_at(model: &Model, at: Position) -> Option<ClickTarget> {
    let layout = ScreenLayout::of(model);
    let (tabs, sidebar, histogram) = (layout.tabs, layout.sidebar, layout.histogram);
    let tab = if tabs.contains(at) {
        tabs::tab_at(model, tabs.width, at.x - tabs.x)
    } else if sidebar.contains(at) {
        sidebar::tab_at(model, sidebar.height, at.y - sidebar.y)
    } else {
        None
    };
    if let Some(tab) = tab {
        return Some(ClickTarget::Tab(tab));
    }
    let timeline_bar = header::timeline_bar_area(layout.header);
    if timeline_bar.contains(at) {
        let slice = timeline_bar::slice_at_timeline_bar(model, timeline_bar, at.x)?;
        return Some(ClickTarget::Place(Place::Row(Key::first_of(slice.folder))));
    }
    if histogram.contains(at) {
        let slice = timeline_bar::slice_at_histogram(model, histogram, at.x)?;
        return Some(ClickTarget::Place(Place::Time(slice.from)));
    }
    let (tab, area) = layout.panes.iter().find(|(_, area)| area.contains(at))?;
    let y = at.y - area.y;
    Some(ClickTarget::Row { tab: *tab, y })
}
