//! Settings that are one of a few words.

use std::{fmt, str::FromStr};

use crate::UnknownWord;

/// An enum whose variants are words; from and to text, with the allowed words in the error.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The word as it stands in a configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                let words = [$(($word, Self::$variant)),+];
                let found = words.iter().find(|(word, _)| *word == text);
                let allowed = const { [$($word),+] };
                found
                    .map(|(_, value)| *value)
                    .ok_or_else(|| UnknownWord::new($what, text, &allowed.join(", ")))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = UnknownWord;

            fn try_from(text: &str) -> Result<Self, UnknownWord> {
                text.parse()
            }
        }
    };
}

words! {
    /// When an awaited record is ready: what the caller may rely on from then on.
    ///
    /// ```
    /// use chronologix_schema::settings::options::Durability;
    ///
    /// assert_eq!("synced".parse(), Ok(Durability::Synced));
    /// assert!(Durability::Synced > Durability::Written);
    /// assert!("safe".parse::<Durability>().is_err());
    /// ```
    Durability, "durability":
    /// The record is in the queue; a full queue is waited for. Survives a panic and a normal exit.
    #[default]
    Queued = "queued",
    /// `write(2)` of the record and all its mirrors returned. Survives `kill -9` of the process.
    Written = "written",
    /// The data and every new name are on disk. Survives a power cut.
    Synced = "synced",
}

words! {
    /// What happens to a record when the queue is full.
    ///
    /// ```
    /// assert_eq!("drop".parse(), Ok(chronologix_schema::settings::options::Overflow::Drop));
    /// ```
    Overflow, "overflow":
    /// The caller waits for room: nothing is lost.
    #[default]
    Wait = "wait",
    /// The record is dropped and counted, and a line in its stream says how many were.
    Drop = "drop",
}

words! {
    /// How the lines of a stream look.
    ///
    /// ```
    /// assert_eq!("json".parse(), Ok(chronologix_schema::settings::options::Format::Json));
    /// ```
    Format, "format":
    /// `[timestamp] [LEVEL] message key=value`
    #[default]
    Text = "text",
    /// One JSON object a line.
    Json = "json",
}

words! {
    /// How closed folders are compressed.
    ///
    /// ```
    /// use chronologix_schema::settings::options::Compression;
    ///
    /// assert_eq!("tar.gz".parse(), Ok(Compression::TarGz));
    /// assert!("rar".parse::<Compression>().is_err());
    /// ```
    Compression, "compression":
    /// Each file in place: `app.log.zst`. The tree stays readable by whatever reads such files.
    #[default]
    Zst = "zst",
    /// Each file in place: `app.log.gz`.
    Gz = "gz",
    /// Each folder, beside it: `2025-05-04__15-00.tar.zst`.
    TarZst = "tar.zst",
    /// Each folder, beside it: `2025-05-04__15-00.tar.gz`.
    TarGz = "tar.gz",
    /// Each folder, beside it: `2025-05-04__15-00.zip`.
    Zip = "zip",
}

words! {
    /// Whether lines on the terminal are coloured: see `Echo::colors`.
    ///
    /// ```
    /// assert_eq!("never".parse(), Ok(chronologix_schema::settings::options::Colors::Never));
    /// ```
    Colors, "colors":
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto = "auto",
    /// In any case.
    Always = "always",
    /// In no case.
    Never = "never",
}

impl Compression {
    /// Whether whole folders are packed, not their files.
    ///
    /// ```
    /// use chronologix_schema::settings::options::Compression;
    ///
    /// assert!(Compression::Zip.packs_folders());
    /// assert!(!Compression::Zst.packs_folders());
    /// ```
    #[must_use]
    pub const fn packs_folders(self) -> bool {
        !matches!(self, Self::Zst | Self::Gz)
    }
}
