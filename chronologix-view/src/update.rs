//! What an action does to the model. No files, no clock, no terminal.

use crate::{
    action::{Action, Effect},
    model::{Model, pane::Pane, scroll::Scroll},
};

#[cfg(test)]
mod tests;

/// Columns that one step to the side moves.
const SIDE_STEP: usize = 16;

/// The furthest to the side; more than any line that is shown has.
const FURTHEST: usize = 1 << 17;

/// Carries out an action; says what must happen outside.
pub(crate) fn update(model: &mut Model, action: Action) -> Effect {
    let height = model.page;
    match action {
        Action::Up => up(model, 1),
        Action::Down => down(model, 1),
        // One row of the page before stays in sight.
        Action::PageUp => up(model, height.saturating_sub(1).max(1)),
        Action::PageDown => down(model, height.saturating_sub(1).max(1)),
        Action::HalfPageUp => up(model, (height / 2).max(1)),
        Action::HalfPageDown => down(model, (height / 2).max(1)),
        Action::Home => up(model, u64::MAX),
        Action::End => model.pane_mut().scroll = Scroll::Following,
        Action::Left => {
            let pane = model.pane_mut();
            pane.left = pane.left.saturating_sub(SIDE_STEP);
        }
        Action::Right => {
            let pane = model.pane_mut();
            pane.left = (pane.left + SIDE_STEP).min(FURTHEST);
        }
        Action::Pause => pause(model.pane_mut(), height),
        Action::NextTab => model.tab = (model.tab + 1) % model.panes.len(),
        Action::PreviousTab => {
            model.tab = model.tab.checked_sub(1).unwrap_or(model.panes.len() - 1);
        }
        Action::Tab(number) if number < model.panes.len() => model.tab = number,
        Action::Tab(_) => {}
        Action::Help => model.has_help = !model.has_help,
        Action::Close => (model.has_help, model.notice) = (false, None),
        Action::Suspend => return Effect::Suspend,
        Action::Quit => return Effect::Quit,
    }
    Effect::None
}

fn up(model: &mut Model, by: u64) {
    let height = model.page;
    let pane = model.pane_mut();
    pane.scroll.up(by, &pane.buffer.range(), height);
}

fn down(model: &mut Model, by: u64) {
    let height = model.page;
    let pane = model.pane_mut();
    pane.scroll.down(by, &pane.buffer.range(), height);
}

fn pause(pane: &mut Pane, height: u64) {
    if pane.scroll == Scroll::Following {
        pane.scroll.hold(&pane.buffer.range(), height);
    } else {
        pane.scroll = Scroll::Following;
    }
}
