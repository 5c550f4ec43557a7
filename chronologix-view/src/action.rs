//! What a user can do.

use std::path::PathBuf;

/// Something a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Move up by one row.
    Up,
    /// Move down by one row.
    Down,
    /// Move up by a page.
    PageUp,
    /// Move down by a page.
    PageDown,
    /// Move up by half a page.
    HalfPageUp,
    /// Move down by half a page.
    HalfPageDown,
    /// Go to the oldest row.
    Home,
    /// Go to the newest row and follow.
    End,
    /// Let the rows stand still, or follow again.
    Pause,
    /// See what is further left.
    Left,
    /// See what is further right.
    Right,
    /// Go to the next error.
    NextError,
    /// Go to the error before.
    PreviousError,
    /// Go to the first line of the next folder.
    NextFolder,
    /// Go to the first line of this folder, or of the one before.
    PreviousFolder,
    /// Type a time to go to.
    Jump,
    /// Mark the row at the cursor, or not any more.
    Bookmark,
    /// Go to the next mark.
    NextBookmark,
    /// Go to the mark before.
    PreviousBookmark,
    /// Search towards newer lines.
    Search,
    /// Search towards older lines.
    SearchBack,
    /// Go to the next match.
    NextMatch,
    /// Go to the match before.
    PreviousMatch,
    /// Colour what matches something.
    Highlight,
    /// See only what matches something.
    Keep,
    /// See nothing that matches something.
    Drop,
    /// Show the filters, to switch them.
    Filters,
    /// See more lines around those that are kept.
    MoreContext,
    /// See fewer lines around those that are kept.
    LessContext,
    /// See only more serious lines.
    RaiseLevel,
    /// See less serious lines, too.
    LowerLevel,
    /// See everything again.
    Reset,
    /// Go to the tab with this number.
    Tab(usize),
    /// Go to the next tab.
    NextTab,
    /// Go to the tab before.
    PreviousTab,
    /// Leave a stream, by the number of its tab, out of all streams, or not any more.
    ToggleStream(usize),
    /// Leave the stream of the row at the cursor out of all streams.
    HideStream,
    /// See only the stream of the row at the cursor among all streams, or all again.
    Solo,
    /// List the streams beside the lines.
    Sidebar,
    /// See how many lines there are when, large, or not any more.
    Histogram,
    /// Divide the screen, or not any more.
    Split,
    /// Go to the other half of the screen.
    OtherHalf,
    /// See the record at the cursor in full.
    Detail,
    /// Begin to select rows, or stop.
    Select,
    /// Copy the line at the cursor, or those selected.
    Copy,
    /// Write the lines that are selected, or all that are seen, to a file.
    Write,
    /// Break long lines, or not any more.
    Wrap,
    /// See nothing but lines, or the bars again.
    Minimal,
    /// Go to the next theme.
    Theme,
    /// Take the mouse, or leave it to the terminal.
    Mouse,
    /// Show or hide the keys.
    Help,
    /// Show all actions, to find one by its name.
    Palette,
    /// Close what lies over the lines.
    Close,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// End the viewer.
    Quit,
}

/// What must happen outside after an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing but drawing.
    None,
    /// The text goes to the clipboard.
    Copy(String),
    /// The text goes to a new file.
    Write(PathBuf, String),
    /// The viewer stops until it is continued.
    Suspend,
    /// The viewer ends.
    Quit,
}

impl Action {
    /// The same action with another number, where it has one.
    pub(crate) fn numbered(self, number: usize) -> Self {
        match self {
            Self::Tab(_) => Self::Tab(number),
            Self::ToggleStream(_) => Self::ToggleStream(number),
            other => other,
        }
    }
}
