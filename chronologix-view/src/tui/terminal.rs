//! The terminal as a guard: restored in every case. Nothing else may print while it is held.

use std::{
    io::{self, BufWriter, Stdout, Write as _},
    mem::ManuallyDrop,
    panic,
    sync::atomic::{AtomicBool, Ordering},
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute, queue, style,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{backend::CrosstermBackend, layout::Size};

use super::app::Display;
use crate::{model::Model, ui::Screen};

/// The size of the output buffer.
const FRAME_BYTES: usize = 64 << 10;

/// Whether the terminal must be restored.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// Never dropped: its `drop` panics if the terminal is gone, and there is nothing left to do.
    terminal: ManuallyDrop<ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
    /// Whether the terminal reports the mouse.
    has_mouse: bool,
}

impl Terminal {
    /// Enters raw mode and the alternate screen.
    ///
    /// # Errors
    ///
    /// Fails if stdout is not a terminal or cannot be set up. The terminal is restored then.
    pub(crate) fn enter() -> io::Result<Self> {
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // First, so that the message of the panic is readable.
            restore();
            earlier(info);
        }));
        // Only the theme decides about colours.
        style::force_color_output(true);
        let result = take().and_then(|()| {
            let output = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
            ratatui::Terminal::new(CrosstermBackend::new(output))
        });
        match result {
            Ok(terminal) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
                has_mouse: false,
            }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }
}

impl Display for Terminal {
    fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        if self.has_mouse != model.has_mouse {
            self.has_mouse = model.has_mouse;
            let output = self.terminal.backend_mut();
            if self.has_mouse {
                queue!(output, EnableMouseCapture)?;
            } else {
                queue!(output, DisableMouseCapture)?;
            }
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal
            .draw(|frame| frame.render_widget(Screen { model }, frame.area()))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.terminal.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        restore();
        self.has_mouse = false;
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        // Clears what the shell left on the screen. `Terminal::clear` would ask for the cursor
        // position, and the thread that reads keys would take the answer.
        take()?;
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until the terminal is gone: its window was closed, or the connection was lost.
///
/// # Errors
///
/// Fails if the terminal cannot be watched.
#[cfg(unix)]
pub(crate) fn wait_until_gone() -> io::Result<()> {
    use std::io::IsTerminal as _;

    use rustix::event::{PollFd, PollFlags, poll};

    let (stdin, stdout) = (io::stdin(), io::stdout());
    // No event is asked for, so that only an end or an error is reported.
    let mut ends = vec![PollFd::new(&stdout, PollFlags::empty())];
    if stdin.is_terminal() {
        ends.push(PollFd::new(&stdin, PollFlags::empty()));
    }
    loop {
        match poll(&mut ends, None) {
            Err(rustix::io::Errno::INTR) | Ok(0) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn take() -> io::Result<()> {
    IS_ENTERED.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        cursor::Hide
    )
}

/// Restores the terminal as far as possible, once.
fn restore() {
    if IS_ENTERED.swap(false, Ordering::SeqCst) {
        let mut stdout = io::stdout();
        // Errors do not matter if the terminal is closed. The alternate screen is left last: its
        // end tells a waiting program that everything is restored.
        let _ = disable_raw_mode();
        let _ = execute!(
            stdout,
            EndSynchronizedUpdate,
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = stdout.flush();
    }
}
