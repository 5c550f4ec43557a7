//! All actions with their names, keys and words. Help, palette, footer and the keys of the
//! configuration are made from this table, so none of them can be wrong.

use crate::action::Action;

/// An action a user can ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    /// What it does.
    pub(crate) action: Action,
    /// What it is called in the configuration.
    pub(crate) name: &'static str,
    /// The keys, unless the configuration says otherwise.
    pub(crate) keys: &'static [&'static str],
    /// What it does, in words.
    pub(crate) help: &'static str,
}

/// Commands that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// What they are about.
    pub(crate) title: &'static str,
    /// The commands.
    pub(crate) commands: &'static [Command],
}

const fn command(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    help: &'static str,
) -> Command {
    Command {
        action,
        name,
        keys,
        help,
    }
}

/// All commands.
pub(crate) const SECTIONS: &[Section] = &[
    Section {
        title: "moving",
        commands: &[
            command(Action::Up, "up", &["up", "k"], "one line up"),
            command(Action::Down, "down", &["down", "j"], "one line down"),
            command(Action::PageUp, "page-up", &["pgup", "b"], "one page up"),
            command(
                Action::PageDown,
                "page-down",
                &["pgdn", "ctrl-f"],
                "one page down",
            ),
            command(
                Action::HalfPageUp,
                "half-page-up",
                &["ctrl-u"],
                "half a page up",
            ),
            command(
                Action::HalfPageDown,
                "half-page-down",
                &["ctrl-d"],
                "half a page down",
            ),
            command(Action::Home, "home", &["home", "g"], "the oldest line"),
            command(
                Action::End,
                "end",
                &["end", "G", "f"],
                "the newest line; follow",
            ),
            command(Action::Pause, "pause", &["space"], "pause, or follow again"),
            command(Action::Left, "left", &["left", "h"], "scroll left"),
            command(Action::Right, "right", &["right", "l"], "scroll right"),
        ],
    },
    Section {
        title: "going to",
        commands: &[
            command(Action::Jump, "jump", &["t"], "a time: 14:02, -10m, a date"),
            command(Action::NextError, "next-error", &["e"], "the next error"),
            command(
                Action::PreviousError,
                "previous-error",
                &["E"],
                "the error before",
            ),
            command(Action::NextFolder, "next-folder", &["]"], "the next folder"),
            command(
                Action::PreviousFolder,
                "previous-folder",
                &["["],
                "the folder before",
            ),
            command(
                Action::Bookmark,
                "bookmark",
                &["m"],
                "mark this line, or not",
            ),
            command(
                Action::NextBookmark,
                "next-bookmark",
                &["'"],
                "the next mark",
            ),
            command(
                Action::PreviousBookmark,
                "previous-bookmark",
                &["\""],
                "the mark before",
            ),
        ],
    },
    Section {
        title: "searching",
        commands: &[
            command(
                Action::Search,
                "search",
                &["/"],
                "search towards newer lines",
            ),
            command(
                Action::SearchBack,
                "search-back",
                &["\\"],
                "search towards older lines",
            ),
            command(Action::NextMatch, "next-match", &["n"], "the next match"),
            command(
                Action::PreviousMatch,
                "previous-match",
                &["N"],
                "the match before",
            ),
            command(
                Action::Highlight,
                "highlight",
                &["*"],
                "colour what matches",
            ),
        ],
    },
    Section {
        title: "filtering",
        commands: &[
            command(Action::Keep, "keep", &["&"], "see only lines that match"),
            command(Action::Drop, "drop", &["!"], "see no lines that match"),
            command(
                Action::Filters,
                "filters",
                &["F"],
                "switch filters on and off",
            ),
            command(
                Action::MoreContext,
                "more-context",
                &["C"],
                "more lines around those kept",
            ),
            command(
                Action::LessContext,
                "less-context",
                &["c"],
                "fewer lines around those kept",
            ),
            command(
                Action::RaiseLevel,
                "raise-level",
                &["+"],
                "only more serious lines",
            ),
            command(
                Action::LowerLevel,
                "lower-level",
                &["-"],
                "less serious lines, too",
            ),
            command(Action::Reset, "reset", &["ctrl-r"], "see everything again"),
        ],
    },
    Section {
        title: "streams",
        commands: &[
            command(Action::Tab(0), "tab", &["0…9"], "all streams, or one"),
            command(Action::NextTab, "next-tab", &["tab"], "next tab"),
            command(
                Action::PreviousTab,
                "previous-tab",
                &["shift-tab"],
                "previous tab",
            ),
            command(
                Action::ToggleStream(0),
                "toggle-stream",
                &["alt-0…9"],
                "a stream among all, or not",
            ),
            command(
                Action::HideStream,
                "hide-stream",
                &["x"],
                "leave this line's stream out",
            ),
            command(
                Action::Solo,
                "solo",
                &["o"],
                "only this line's stream, or all",
            ),
            command(Action::Split, "split", &["|"], "two halves, locked in time"),
            command(
                Action::OtherHalf,
                "other-half",
                &["ctrl-w"],
                "the other half",
            ),
            command(
                Action::Histogram,
                "histogram",
                &["i"],
                "how many lines when",
            ),
            command(
                Action::Sidebar,
                "rail",
                &["s"],
                "list the streams at the left",
            ),
        ],
    },
    Section {
        title: "lines",
        commands: &[
            command(Action::Detail, "detail", &["enter"], "the whole record"),
            command(Action::Select, "select", &["v"], "select lines"),
            command(
                Action::Copy,
                "copy",
                &["y"],
                "copy the line, or those selected",
            ),
            command(Action::Write, "write", &["W"], "write the lines to a file"),
            command(Action::Wrap, "wrap", &["w"], "break long lines, or not"),
        ],
    },
    Section {
        title: "the viewer",
        commands: &[
            command(
                Action::Palette,
                "palette",
                &[":", "ctrl-p"],
                "find an action by its name",
            ),
            command(Action::Minimal, "minimal", &["z"], "nothing but lines"),
            command(
                Action::Mouse,
                "mouse",
                &["M"],
                "take the mouse, or leave it",
            ),
            command(Action::Theme, "theme", &["T"], "the next theme"),
            command(
                Action::Help,
                "help",
                &["?", "F1"],
                "show or hide these keys",
            ),
            command(
                Action::Close,
                "close",
                &["esc"],
                "close, stop, forget the search",
            ),
            command(
                Action::Suspend,
                "suspend",
                &["ctrl-z"],
                "back to the shell until fg",
            ),
            command(Action::Quit, "quit", &["q", "ctrl-c"], "quit"),
        ],
    },
];

/// All commands, one after the other.
pub(crate) fn commands() -> impl Iterator<Item = &'static Command> {
    SECTIONS.iter().flat_map(|section| section.commands)
}
