//! Updates the model: keys, mouse, pasted text, changes of the tree, and replies to queries. No
//! I/O.
//!
//! ```text
//!   key ─► prompt     a line that is being typed takes all keys
//!        ► overlays   lists and the detail view take those that move in them
//!        ► update     everything else, by its action
//!             navigate, search, filters, split, selection
//! ```

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::{
    action::{Action, Effect},
    model::{
        Model,
        overlay::{Overlay, Purpose},
        seek::Want,
    },
    query::Direction,
    tail::Change,
};

pub(crate) mod choices;
mod columns;
pub(crate) mod completion;
pub(crate) mod fetch;
mod filters;
mod goto;
pub(crate) mod mouse;
mod navigate;
mod overlays;
mod prompt;
mod search;
mod selection;
pub(crate) mod session;
mod split;
mod top_values;
mod windows;

#[cfg(test)]
mod tests;

/// Handles a key. Returns what the caller must do.
pub(crate) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    if key.kind == KeyEventKind::Release {
        return Effect::None;
    }
    model.pane_mut().is_arriving = false;
    // The user had the chance to read it.
    model.notice = None;
    let effect = if model.prompt.is_some() {
        prompt::press(model, key)
    } else if model.overlay.is_some() {
        overlays::press(model, key)
    } else {
        match model.keymap.action(key) {
            Some(action) => update(model, action),
            None => Effect::None,
        }
    };
    fetch::fetch_missing(model);
    selection::count(model);
    model.read_shown();
    effect
}

/// Applies a change of the tree. Restores the session once the streams are known.
pub(crate) fn apply(model: &mut Model, change: Change) {
    let is_opened = matches!(change, Change::Opened(_));
    model.apply(change);
    if is_opened && let Some(session) = model.session.take() {
        session::restore(model, &session);
    }
}

/// Handles pasted text.
pub(crate) fn paste(model: &mut Model, text: &str) {
    prompt::paste(model, text);
}

/// Matches some of the remaining rows, and continues searches and jumps. Returns whether there is
/// more to do.
pub(crate) fn work(model: &mut Model, rows: usize) -> bool {
    let has_more = model.scan_further(rows);
    search::go_on(model);
    navigate::settle(model);
    fetch::fetch_missing(model);
    selection::count(model);
    has_more
}

/// Carries out an action. Returns what the caller must do.
pub(crate) fn update(model: &mut Model, action: Action) -> Effect {
    match action {
        Action::Up => navigate::up(model, 1),
        Action::Down => navigate::down(model, 1),
        Action::PageUp => navigate::page_up(model, navigate::page(model)),
        Action::PageDown => navigate::page_down(model, navigate::page(model)),
        Action::HalfPageUp => navigate::page_up(model, navigate::page(model).div_ceil(2)),
        Action::HalfPageDown => navigate::page_down(model, navigate::page(model).div_ceil(2)),
        Action::Home => navigate::home(model),
        Action::End => navigate::follow(model),
        Action::Pause => navigate::pause(model),
        Action::Left => navigate::left(model, navigate::SIDE_STEP),
        Action::Right => navigate::right(model, navigate::SIDE_STEP),
        Action::PageLeft => navigate::left(model, navigate::columns(model)),
        Action::PageRight => navigate::right(model, navigate::columns(model)),
        Action::LineStart => navigate::line_start(model),
        Action::LineEnd => navigate::line_end(model),
        Action::NextError => search::begin(model, Want::Error, Direction::Newer),
        Action::PreviousError => search::begin(model, Want::Error, Direction::Older),
        Action::NextFolder => navigate::next_folder(model),
        Action::PreviousFolder => navigate::previous_folder(model),
        Action::Jump => prompt::begin(model, Purpose::Jump),
        Action::Bookmark => selection::bookmark(model),
        Action::NextBookmark => selection::to_bookmark(model, Direction::Newer),
        Action::PreviousBookmark => selection::to_bookmark(model, Direction::Older),
        Action::Search => prompt::begin(model, Purpose::Search),
        Action::SearchBack => prompt::begin(model, Purpose::SearchBack),
        Action::NextMatch => search::next_match(model, Direction::Newer),
        Action::PreviousMatch => search::next_match(model, Direction::Older),
        Action::Highlight => prompt::begin(model, Purpose::Highlight),
        Action::Include => prompt::begin(model, Purpose::Include),
        Action::Exclude => prompt::begin(model, Purpose::Exclude),
        Action::Where => prompt::begin(model, Purpose::Where),
        Action::Filters => model.overlay = Some(Overlay::Filters { selected: 0 }),
        Action::MoreContext => filters::set_context(model, 1),
        Action::LessContext => filters::set_context(model, -1),
        Action::RaiseLevel => filters::raise_level(model),
        Action::LowerLevel => filters::lower_level(model),
        Action::Undo => filters::undo(model),
        Action::Reset => filters::reset(model),
        Action::Tab(number) => split::show(model, number),
        Action::NextTab => split::step(model, 1),
        Action::PreviousTab => split::step(model, model.panes.len() - 1),
        Action::ToggleStream(number) => filters::toggle_stream(model, number),
        Action::HideStream => filters::hide_stream(model),
        Action::Solo => filters::solo(model),
        Action::Sidebar => model.panels.has_sidebar = !model.panels.has_sidebar,
        Action::CountValues => prompt::begin(model, Purpose::Count),
        Action::Patterns => top_values::patterns(model),
        Action::Changes => windows::begin(model),
        Action::Histogram => navigate::histogram(model),
        Action::Zoom => navigate::zoom(model),
        Action::Split => split::split(model),
        Action::OtherHalf => split::other(model),
        Action::Detail => selection::detail(model),
        Action::Select => selection::select(model),
        Action::Copy => selection::copy(model),
        Action::Write => prompt::begin(model, Purpose::Write),
        Action::Columns => columns::begin(model),
        Action::Zone => navigate::next_zone(model),
        Action::Stamp => navigate::next_stamp(model),
        Action::Wrap => navigate::wrap(model),
        Action::Repeats => navigate::repeats(model),
        Action::LogColors => navigate::log_colours(model),
        Action::Minimal => navigate::minimal(model),
        Action::Theme => filters::next_theme(model),
        Action::Mouse => mouse::toggle(model),
        Action::Help => overlays::help(model),
        Action::Palette => overlays::palette(model),
        Action::Close => close(model),
        Action::Suspend => return Effect::Suspend,
        Action::Quit => return Effect::Quit,
    }
    Effect::None
}

/// Closes one thing that is open.
fn close(model: &mut Model) {
    if model.overlay.take().is_some()
        || selection::stop(model)
        || model.anchor.take().is_some()
        || search::stop(model)
    {
        return;
    }
    filters::search(model, None);
}
