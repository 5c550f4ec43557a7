//! What a user can do.

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
    /// See what is further left.
    Left,
    /// See what is further right.
    Right,
    /// Let the rows stand still, or follow again.
    Pause,
    /// Go to the next tab.
    NextTab,
    /// Go to the tab before.
    PreviousTab,
    /// Go to the tab with this number.
    Tab(usize),
    /// Show or hide the keys.
    Help,
    /// Close what lies over the lines.
    Close,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// End the viewer.
    Quit,
}

/// What must happen outside after an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing but drawing.
    None,
    /// The viewer stops until it is continued.
    Suspend,
    /// The viewer ends.
    Quit,
}
