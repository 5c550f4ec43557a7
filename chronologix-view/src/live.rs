//! Sets the screen up: terminal, threads, inbox.
//!
//! ```text
//!   keys thread ────┐
//!   signals thread ─┼─► inbox ─► app::run ─► terminal
//!   follow thread ──┘
//! ```

use std::{env, io, ops::ControlFlow, process::ExitCode, sync::Arc, thread};

use jiff::Timestamp;

use crate::{
    app::{self, Ending},
    event::{Event, Inbox},
    files::Root,
    follow::{Follower, Opening, pump},
    model::Model,
    streams::StreamNames,
    terminal::Terminal,
    ui::Theme,
};

/// Shows the tree in `base` until the user quits.
///
/// # Errors
///
/// When the terminal cannot be used.
pub(crate) fn watch(base: Root, name: String) -> io::Result<ExitCode> {
    let inbox = Arc::new(Inbox::default());
    // Before the terminal is taken, so that no signal can leave it behind.
    read_signals(&inbox)?;
    let theme = match env::var_os("NO_COLOR") {
        Some(value) if !value.is_empty() => Theme::PLAIN,
        _ => Theme::COLOUR,
    };
    let mut terminal = Terminal::enter(theme)?;
    read_keys(&inbox)?;
    follow(base, &inbox)?;
    let ending = app::run(&mut Model::new(name), &inbox, &mut terminal);
    drop(terminal);
    match ending? {
        Ending::Quit => Ok(ExitCode::SUCCESS),
        Ending::Signal(signal) => Ok(die_of(signal)),
    }
}

fn follow(base: Root, inbox: &Arc<Inbox>) -> io::Result<()> {
    spawn("follow", inbox, move |inbox| {
        pump(
            Follower::new(base, Opening::Newest, StreamNames::default()),
            Timestamp::now,
            |changes| {
                inbox.push_changes(changes);
                ControlFlow::Continue(())
            },
        );
        Ok(())
    })
}

fn read_keys(inbox: &Arc<Inbox>) -> io::Result<()> {
    use crossterm::event::{Event as Input, read};

    spawn("keys", inbox, |inbox| {
        loop {
            match read()? {
                Input::Key(key) => inbox.push(Event::Key(key)),
                Input::Resize(..) => inbox.push(Event::Resize),
                Input::FocusGained | Input::FocusLost | Input::Mouse(_) | Input::Paste(_) => {}
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

#[cfg(not(unix))]
fn read_signals(_inbox: &Arc<Inbox>) -> io::Result<()> {
    Ok(())
}

/// Ends as the system expects of a program that was asked to by a signal.
fn die_of(signal: i32) -> ExitCode {
    #[cfg(unix)]
    {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    u8::try_from(128 + signal).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Starts a thread without which the screen must not go on.
fn spawn(
    name: &str,
    inbox: &Arc<Inbox>,
    work: impl FnOnce(&Inbox) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let guard = Needed(Arc::clone(inbox));
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

/// Ends the screen when it is dropped, also by a panic.
struct Needed(Arc<Inbox>);

impl Drop for Needed {
    fn drop(&mut self) {
        self.0
            .push(Event::Lost(io::Error::other("a part of the viewer ended")));
    }
}
