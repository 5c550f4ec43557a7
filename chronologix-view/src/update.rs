//! ROOM: what keys do to the model. No files, no clock, no terminal.
//!
//! ```text
//!   key ─► typing     a line that is being typed takes all keys
//!        ► overlays   lists and the detail view take those that move in them
//!        ► update     everything else, by its action
//!             moving, seeking, seeing, halves, taking
//! ```

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::{
    action::{Action, Effect},
    history::Direction,
    model::{
        Model,
        overlay::{Overlay, Purpose},
        seek::Want,
    },
};

mod halves;
mod jumping;
pub(crate) mod mouse;
mod moving;
mod overlays;
pub(crate) mod reaching;
mod seeing;
mod seeking;
mod taking;
mod typing;

#[cfg(test)]
mod tests;

/// Takes a key; says what must happen outside.
pub(crate) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    if key.kind == KeyEventKind::Release {
        return Effect::None;
    }
    model.pane_mut().is_arriving = false;
    // It was there to be read.
    model.notice = None;
    let effect = if model.prompt.is_some() {
        typing::press(model, key)
    } else if model.overlay.is_some() {
        overlays::press(model, key)
    } else {
        match model.keymap.action(key) {
            Some(action) => update(model, action),
            None => Effect::None,
        }
    };
    reaching::reach(model);
    model.read_shown();
    effect
}

/// Takes text that was pasted.
pub(crate) fn paste(model: &mut Model, text: &str) {
    typing::paste(model, text);
}

/// Looks at some rows that were not looked at yet, and goes where was to be gone; says whether
/// there is more to do.
pub(crate) fn work(model: &mut Model, rows: usize) -> bool {
    let has_more = model.look_further(rows);
    seeking::go_on(model);
    moving::settle(model);
    reaching::reach(model);
    has_more
}

/// Carries out an action; says what must happen outside.
pub(crate) fn update(model: &mut Model, action: Action) -> Effect {
    match action {
        Action::Up => moving::up(model, 1),
        Action::Down => moving::down(model, 1),
        Action::PageUp => moving::page_up(model, moving::page(model)),
        Action::PageDown => moving::page_down(model, moving::page(model)),
        Action::HalfPageUp => moving::page_up(model, moving::page(model).div_ceil(2)),
        Action::HalfPageDown => moving::page_down(model, moving::page(model).div_ceil(2)),
        Action::Home => moving::home(model),
        Action::End => moving::follow(model),
        Action::Pause => moving::pause(model),
        Action::Left => moving::left(model),
        Action::Right => moving::right(model),
        Action::NextError => seeking::begin(model, Want::Error, Direction::Newer),
        Action::PreviousError => seeking::begin(model, Want::Error, Direction::Older),
        Action::NextFolder => moving::next_folder(model),
        Action::PreviousFolder => moving::previous_folder(model),
        Action::Jump => typing::begin(model, Purpose::Jump),
        Action::Bookmark => taking::bookmark(model),
        Action::NextBookmark => taking::to_bookmark(model, Direction::Newer),
        Action::PreviousBookmark => taking::to_bookmark(model, Direction::Older),
        Action::Search => typing::begin(model, Purpose::Search),
        Action::SearchBack => typing::begin(model, Purpose::SearchBack),
        Action::NextMatch => seeking::next_match(model, Direction::Newer),
        Action::PreviousMatch => seeking::next_match(model, Direction::Older),
        Action::Highlight => typing::begin(model, Purpose::Highlight),
        Action::Keep => typing::begin(model, Purpose::Keep),
        Action::Drop => typing::begin(model, Purpose::Drop),
        Action::Rules => model.overlay = Some(Overlay::Rules { selected: 0 }),
        Action::MoreContext => seeing::set_context(model, 1),
        Action::LessContext => seeing::set_context(model, -1),
        Action::RaiseLevel => seeing::raise_level(model),
        Action::LowerLevel => seeing::lower_level(model),
        Action::Reset => seeing::reset(model),
        Action::Tab(number) => halves::show(model, number),
        Action::NextTab => halves::step(model, 1),
        Action::PreviousTab => halves::step(model, model.panes.len() - 1),
        Action::ToggleStream(number) => seeing::toggle_stream(model, number),
        Action::HideStream => seeing::hide_stream(model),
        Action::Solo => seeing::solo(model),
        Action::Rail => model.bars.has_rail = !model.bars.has_rail,
        Action::Histogram => moving::histogram(model),
        Action::Split => halves::split(model),
        Action::OtherHalf => halves::other(model),
        Action::Detail => taking::detail(model),
        Action::Select => taking::select(model),
        Action::Copy => return taking::copy(model),
        Action::Write => typing::begin(model, Purpose::Write),
        Action::Wrap => moving::wrap(model),
        Action::Minimal => moving::minimal(model),
        Action::Theme => seeing::next_theme(model),
        Action::Mouse => mouse::toggle(model),
        Action::Help => overlays::help(model),
        Action::Palette => overlays::palette(model),
        Action::Close => close(model),
        Action::Suspend => return Effect::Suspend,
        Action::Quit => return Effect::Quit,
    }
    Effect::None
}

/// Closes what is open, one thing at a time.
fn close(model: &mut Model) {
    if model.overlay.take().is_some() || model.anchor.take().is_some() || seeking::stop(model) {
        return;
    }
    seeing::search(model, None);
}
