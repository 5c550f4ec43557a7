//! Runs the viewer in a terminal.
//!
//! ```text
//!   keys thread ────┐
//!   signals thread ─┼─► inbox ─► app::run ─► terminal
//!   tail thread ────┘
//! ```

use std::{env, io, ops::ControlFlow, process::ExitCode, sync::Arc, thread};

use chrono::Utc;
use chronologix_schema::layout::{TimeZone, zone};

use self::{
    app::Ending,
    inbox::{Event, Inbox},
    terminal::Terminal,
};
use crate::{
    model::{Model, pending_queries::QueryCommand, statements::Statements},
    query::{CreateFile, QueryService, ReplySink, TreeSource},
    streams::StreamNames,
    tail::{Follower, Opening, pump},
    theme::{Depth, Theme, ThemeName},
    tree::{Foreign, Root},
    update::session,
    user_files::{Settings, UserFiles},
};

mod app;
mod inbox;
mod terminal;

/// Returns whether the terminal can draw a full screen.
pub(crate) fn can_draw() -> bool {
    // Terminals of other systems are not named.
    cfg!(not(unix)) || env::var_os("TERM").is_some_and(|name| !name.is_empty() && name != "dumb")
}

/// Shows the tree in `base` until the user quits.
///
/// Settings that are wrong and a session that cannot be saved are remarks at the end.
///
/// # Errors
///
/// Fails if the terminal cannot be used.
pub(crate) fn watch(
    base: Root,
    name: String,
    user_files: &UserFiles,
    settings: Settings,
    theme: Option<ThemeName>,
    given: Option<TimeZone>,
) -> io::Result<ExitCode> {
    let inbox = Arc::new(Inbox::default());
    let names = StreamNames::default();
    // Before all else, so that the newest lines are read while the terminal is set up.
    follow(base.clone(), names.clone(), &inbox)?;
    // Before entering the terminal, so that no signal can leave it in raw mode.
    read_signals(&inbox)?;
    let mut model = Model::new(name);
    model.has_folders = base.has_folders();
    let depth = Depth::of(|name| env::var(name).ok());
    model.theme = Theme::new(theme.unwrap_or(settings.theme), depth);
    model.keymap = settings.keymap;
    model.has_mouse = settings.has_mouse;
    model.session = user_files.session();
    let tree = base.clone();
    model.statements = Statements::read_by(move || tree.statements());
    if base.is_of_files() {
        // Times are shown as they stand in the files.
        model.zones.set_log(Foreign::chosen().zone);
    }
    model.zones.local = zone("local").ok();
    if let Some(given) = given {
        model.zones.set_given(given);
    }
    model.notice = settings.warnings.first().cloned();
    let settings_file = user_files.settings_path();
    model.settings_file = settings_file.map(|path| path.display().to_string());
    let mut terminal = Terminal::enter()?;
    read_keys(&inbox)?;
    watch_terminal(&inbox)?;
    let service = service(base, names, user_files, &inbox)?;
    model.queries.is_open = true;
    let order = |order| match order {
        QueryCommand::Ask(query) => service.ask(*query),
        QueryCommand::Cancel(kind) => service.cancel(kind),
    };
    let ending = app::run(&mut model, &inbox, &mut terminal, Utc::now, &order);
    drop(terminal);
    let mut remarks = settings.warnings;
    // If the tree was never opened, the saved session stays as it is.
    if model.session.is_none() && !model.panes[0].rows().is_empty() {
        let kept = user_files.keep(session::capture(&model));
        remarks.extend(kept.err());
    }
    for remark in remarks {
        crate::note(&remark);
    }
    match ending.or_else(hang_up)? {
        Ending::Quit => Ok(ExitCode::SUCCESS),
        Ending::Signal(signal) => Ok(die_of(signal)),
    }
}

fn follow(base: Root, names: StreamNames, inbox: &Arc<Inbox>) -> io::Result<()> {
    spawn("tail", inbox, move |inbox| {
        pump(
            Follower::new(base, Opening::Newest, names),
            Utc::now,
            |changes| {
                inbox.push_changes(changes);
                ControlFlow::Continue(())
            },
        );
        Ok(())
    })
}

/// Starts the query service.
fn service(
    base: Root,
    names: StreamNames,
    user_files: &UserFiles,
    inbox: &Arc<Inbox>,
) -> io::Result<QueryService> {
    let source = TreeSource {
        base,
        names,
        clock: Utc::now,
    };
    let inbox = Arc::clone(inbox);
    let sink: ReplySink = Arc::new(move |reply| inbox.push(Event::Reply(reply)));
    let user_files = user_files.clone();
    let create = CreateFile(Arc::new(move |path| user_files.create(path)));
    QueryService::start(source, create, sink)
}

fn read_keys(inbox: &Arc<Inbox>) -> io::Result<()> {
    use crossterm::event::{Event as Input, read};

    spawn("keys", inbox, |inbox| {
        loop {
            match read()? {
                Input::Key(key) => inbox.push(Event::Key(key)),
                Input::Resize(..) => inbox.push(Event::Resize),
                Input::Mouse(mouse) => inbox.push(Event::Mouse(mouse)),
                Input::Paste(text) => inbox.push(Event::Paste(text)),
                Input::FocusGained | Input::FocusLost => {}
            }
        }
    })
}

#[cfg(unix)]
fn read_signals(inbox: &Arc<Inbox>) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
        iterator::Signals,
    };

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    spawn("signals", inbox, move |inbox| {
        signals
            .forever()
            .for_each(|signal| inbox.push(Event::Signal(signal)));
        Ok(())
    })
}

/// Ends the viewer with its terminal, also if no signal says so. Reading keys would go on for ever.
#[cfg(unix)]
fn watch_terminal(inbox: &Arc<Inbox>) -> io::Result<()> {
    spawn("terminal", inbox, |inbox| {
        terminal::wait_until_gone()?;
        inbox.push(Event::Signal(signal_hook::consts::SIGHUP));
        Ok(())
    })
}

#[cfg(not(unix))]
fn watch_terminal(_inbox: &Arc<Inbox>) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn read_signals(_inbox: &Arc<Inbox>) -> io::Result<()> {
    Ok(())
}

/// Takes the error of a terminal that is gone as its signal, which may still be on its way.
#[cfg(unix)]
fn hang_up(error: io::Error) -> io::Result<Ending> {
    if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) {
        Ok(Ending::Signal(signal_hook::consts::SIGHUP))
    } else {
        Err(error)
    }
}

#[cfg(not(unix))]
fn hang_up(error: io::Error) -> io::Result<Ending> {
    Err(error)
}

/// Exits with the default action of a signal.
fn die_of(signal: i32) -> ExitCode {
    #[cfg(unix)]
    {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    u8::try_from(128 + signal).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Starts a thread that the viewer cannot run without.
fn spawn(
    name: &str,
    inbox: &Arc<Inbox>,
    work: impl FnOnce(&Inbox) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let guard = ThreadGuard(Arc::clone(inbox));
    let work = move || {
        if let Err(error) = work(&guard.0) {
            guard.0.push(Event::Lost(error));
        }
    };
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
}

/// Ends the viewer when its thread ends or panics.
struct ThreadGuard(Arc<Inbox>);

impl Drop for ThreadGuard {
    fn drop(&mut self) {
        self.0.push(Event::Lost(io::Error::other(
            "internal error: a worker thread stopped (please report)",
        )));
    }
}
