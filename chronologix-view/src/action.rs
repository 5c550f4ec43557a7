//! The actions of a user: name, default keys and help text of each, in one table.
//!
//! The help, the palette, the key hints and the configuration read this table.

use std::path::PathBuf;

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
    "moving" {
        Up "up" ["up", "k"] "one line up";
        Down "down" ["down", "j"] "one line down";
        PageUp "page-up" ["pgup", "b"] "one page up";
        PageDown "page-down" ["pgdn", "ctrl-f"] "one page down";
        HalfPageUp "half-page-up" ["ctrl-u"] "half a page up";
        HalfPageDown "half-page-down" ["ctrl-d"] "half a page down";
        Home "home" ["home", "g"] "the oldest line";
        End "end" ["end", "G", "f"] "the newest line; follow";
        Pause "pause" ["space"] "pause, or follow again";
        Left "left" ["left", "h"] "scroll left";
        Right "right" ["right", "l"] "scroll right";
    }
    "going to" {
        Jump "jump" ["t"] "a time: 14:02, -10m, a date";
        NextError "next-error" ["e"] "the next error";
        PreviousError "previous-error" ["E"] "the error before";
        NextFolder "next-folder" ["]"] "the next folder";
        PreviousFolder "previous-folder" ["["] "the folder before";
        Bookmark "bookmark" ["m"] "mark this line, or not";
        NextBookmark "next-bookmark" ["'"] "the next mark";
        PreviousBookmark "previous-bookmark" ["\""] "the mark before";
    }
    "searching" {
        Search "search" ["/"] "search towards newer lines";
        SearchBack "search-back" ["\\"] "search towards older lines";
        NextMatch "next-match" ["n"] "the next match";
        PreviousMatch "previous-match" ["N"] "the match before";
        Highlight "highlight" ["*"] "colour what matches";
    }
    "filtering" {
        Keep "keep" ["&"] "see only lines that match";
        Drop "drop" ["!"] "see no lines that match";
        Filters "filters" ["F"] "switch filters on and off";
        MoreContext "more-context" ["C"] "more lines around those kept";
        LessContext "less-context" ["c"] "fewer lines around those kept";
        RaiseLevel "raise-level" ["+"] "only more serious lines";
        LowerLevel "lower-level" ["-"] "less serious lines, too";
        Reset "reset" ["ctrl-r"] "see everything again";
    }
    "streams" {
        Tab(usize) "tab" ["0…9"] "all streams, or one";
        NextTab "next-tab" ["tab"] "next tab";
        PreviousTab "previous-tab" ["shift-tab"] "previous tab";
        ToggleStream(usize) "toggle-stream" ["alt-0…9"] "hide or show a stream";
        HideStream "hide-stream" ["x"] "hide this line's stream";
        Solo "solo" ["o"] "only this line's stream, or all";
        Split "split" ["|"] "two halves, locked in time";
        OtherHalf "other-half" ["ctrl-w"] "the other half";
        Histogram "histogram" ["i"] "lines over time";
        Sidebar "rail" ["s"] "list the streams at the left";
    }
    "lines" {
        Detail "detail" ["enter"] "the whole record";
        Select "select" ["v"] "select lines";
        Copy "copy" ["y"] "copy the line, or those selected";
        Write "write" ["W"] "write the lines to a file";
        Wrap "wrap" ["w"] "wrap long lines, or not";
    }
    "the viewer" {
        Palette "palette" [":", "ctrl-p"] "find an action by its name";
        Minimal "minimal" ["z"] "nothing but lines";
        Mouse "mouse" ["M"] "take the mouse, or leave it";
        Theme "theme" ["T"] "the next theme";
        Help "help" ["?", "F1"] "show or hide these keys";
        Close "close" ["esc"] "close, stop, forget the search";
        Suspend "suspend" ["ctrl-z"] "back to the shell until fg";
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
    /// Write the text to a new file.
    Write(PathBuf, String),
    /// Suspend the viewer until the shell continues it.
    Suspend,
    /// End the viewer.
    Quit,
}
