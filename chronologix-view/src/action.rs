//! The actions of a user: name, default keys and help text of each, in one table.
//!
//! The help, the palette, the key hints and the configuration read this table.

/// An action with everything that is known about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    /// The action.
    pub(crate) action: Action,
    /// Its name in the configuration.
    pub(crate) name: &'static str,
    /// Its default keys.
    pub(crate) keys: &'static [&'static str],
    /// Its help text.
    pub(crate) help: &'static str,
}

/// A group of commands in the help.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// The heading.
    pub(crate) title: &'static str,
    /// The commands.
    pub(crate) commands: &'static [Command],
}

/// Defines [`Action`] and [`SECTIONS`] from one table: action, name, default keys, help text.
macro_rules! actions {
    ($($title:literal {$(
        $action:ident $(($number:ident))? $name:literal [$($key:literal),+] $help:literal;
    )+})+) => {
        /// What a key does. The number of `Tab` and `ToggleStream` is that of a tab; tab 0 is all
        /// streams.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Action {
            $($(#[doc = $help] $action $(($number))?,)+)+
        }

        /// All commands.
        pub(crate) const SECTIONS: &[Section] = &[$(Section {
            title: $title,
            commands: &[$(Command {
                action: Action::$action $(($number::MIN))?,
                name: $name,
                keys: &[$($key),+],
                help: $help,
            }),+],
        }),+];
    };
}

actions! {
    "Navigation" {
        Up "up" ["up", "k"] "one line up";
        Down "down" ["down", "j"] "one line down";
        PageUp "page-up" ["pgup", "b"] "one page up";
        PageDown "page-down" ["pgdn", "ctrl-f"] "one page down";
        HalfPageUp "half-page-up" ["ctrl-u"] "half a page up";
        HalfPageDown "half-page-down" ["ctrl-d"] "half a page down";
        Home "home" ["home", "g"] "oldest line";
        End "end" ["end", "G", "f"] "newest line, follow";
        Pause "pause" ["space"] "pause / follow";
        Left "left" ["left", "h"] "scroll left";
        Right "right" ["right", "l"] "scroll right";
        PageLeft "page-left" ["shift-left"] "scroll left by a page";
        PageRight "page-right" ["shift-right"] "scroll right by a page";
        LineStart "line-start" ["^"] "start of the line";
        LineEnd "line-end" ["$"] "end of the line";
    }
    "Jump" {
        Jump "jump" ["t"] "go to a time: 14:02, -10m, a date";
        NextError "next-error" ["e"] "next error";
        PreviousError "previous-error" ["E"] "previous error";
        NextFolder "next-folder" ["]"] "next folder";
        PreviousFolder "previous-folder" ["["] "previous folder";
        Bookmark "bookmark" ["m"] "toggle bookmark";
        NextBookmark "next-bookmark" ["'"] "next bookmark";
        PreviousBookmark "previous-bookmark" ["\""] "previous bookmark";
    }
    "Search" {
        Search "search" ["/"] "search forward";
        SearchBack "search-back" ["\\"] "search backward";
        NextMatch "next-match" ["n"] "next match";
        PreviousMatch "previous-match" ["N"] "previous match";
        Highlight "highlight" ["*"] "highlight a pattern";
    }
    "Filter" {
        Include "include" ["&"] "include filter: show only matching lines";
        Exclude "exclude" ["!"] "exclude filter: hide matching lines";
        Where "where" ["="] "filter by fields: status>=500";
        Filters "filters" ["F"] "edit filters";
        MoreContext "more-context" ["C"] "more context lines";
        LessContext "less-context" ["c"] "fewer context lines";
        RaiseLevel "raise-level" ["+"] "raise minimum level";
        LowerLevel "lower-level" ["-"] "lower minimum level";
        Undo "undo" ["u"] "undo the last change of filters";
        Reset "reset" ["ctrl-r"] "clear all filters";
    }
    "Streams" {
        Tab(usize) "tab" ["0…9"] "show all streams (0) or one";
        NextTab "next-tab" ["tab"] "next tab";
        PreviousTab "previous-tab" ["shift-tab"] "previous tab";
        ToggleStream(usize) "toggle-stream" ["alt-0…9"] "show/hide a stream";
        HideStream "hide-stream" ["x"] "hide this stream";
        Solo "solo" ["o"] "solo this stream (toggle)";
        Split "split" ["|"] "split view, synchronized by time";
        OtherHalf "other-half" ["ctrl-w"] "focus other pane";
        CountValues "count-values" ["#"] "count the values of a field";
        Patterns "patterns" ["p"] "patterns of messages";
        Changes "changes" ["D"] "what is new: compare with the time before";
        Histogram "histogram" ["i"] "histogram (lines over time)";
        Zoom "zoom" ["Z"] "zoom the histogram (4, 16, 64 times)";
        Sidebar "sidebar" ["s"] "sidebar with stream statistics";
    }
    "Lines" {
        Detail "detail" ["enter"] "record details";
        Select "select" ["v"] "select lines (toggle)";
        Copy "copy" ["y"] "copy line or selection";
        Write "write" ["W"] "export lines to a file";
        Wrap "wrap" ["w"] "toggle line wrap";
        Repeats "repeats" ["r"] "show or count repeats (toggle)";
        LogColors "log-colors" ["R"] "colors of the log (toggle)";
        Columns "columns" ["F2"] "fields in columns of their own";
        Zone "time-zone" ["U"] "time zone: of the log, local, UTC";
        Stamp "time-format" ["S"] "time format: s, ms, µs, relative";
    }
    "View" {
        Palette "palette" [":", "ctrl-p"] "command palette";
        Minimal "minimal" ["z"] "full screen (hide bars)";
        Mouse "mouse" ["M"] "toggle mouse capture";
        Theme "theme" ["T"] "next theme";
        Help "help" ["?", "F1"] "help";
        Close "close" ["esc"] "close, stop, clear search";
        Suspend "suspend" ["ctrl-z"] "suspend (fg resumes)";
        Quit "quit" ["q", "ctrl-c"] "quit";
    }
}

/// Iterates over all commands, in the order of the table.
pub(crate) fn commands() -> impl Iterator<Item = &'static Command> {
    SECTIONS.iter().flat_map(|section| section.commands)
}

impl Action {
    /// Returns the same action with another number, if it takes one.
    pub(crate) fn numbered(self, number: usize) -> Self {
        match self {
            Self::Tab(_) => Self::Tab(number),
            Self::ToggleStream(_) => Self::ToggleStream(number),
            other => other,
        }
    }
}

/// What the caller must do after an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// Copy the text to the clipboard.
    Copy(String),
    /// Suspend the viewer until the shell continues it.
    Suspend,
    /// End the viewer.
    Quit,
}
