//! The terminal as a guard: entered once, left whatever happens. Nothing else here may print.

use std::{
    io::{self, BufWriter, Stdout, Write as _},
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

/// What is held back until a frame is complete.
const FRAME_BYTES: usize = 64 << 10;

/// Whether the screen of the terminal is ours and has to be given back.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal, as long as it is ours.
#[derive(Debug)]
pub(crate) struct Terminal {
    terminal: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    /// Whether the terminal sends what the mouse does.
    has_mouse: bool,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    ///
    /// When it is none, or cannot be set up; it is left as it was.
    pub(crate) fn enter() -> io::Result<Self> {
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // First, so that what is said about the panic can be read.
            restore();
            earlier(info);
        }));
        // The theme alone decides about colour.
        style::force_color_output(true);
        let result = take().and_then(|()| {
            let output = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
            ratatui::Terminal::new(CrosstermBackend::new(output))
        });
        match result {
            Ok(terminal) => Ok(Self {
                terminal,
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
        // Continued: whatever the shell left on the screen is cleared. `Terminal::clear` would ask
        // for the position of the cursor, and the answer would go to the thread that reads keys.
        take()?;
        self.terminal
            .resize(ratatui::layout::Rect::from(self.terminal.size()?))
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
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

/// Gives the terminal back, once, as well as it can be done.
fn restore() {
    if IS_ENTERED.swap(false, Ordering::SeqCst) {
        let mut stdout = io::stdout();
        // A closed terminal needs no restoring. The settings come first, so that who sees the
        // screen given back finds the rest as it was.
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
