//! Settings that are one of a few words.

use crate::word::words;

words! {
    /// When an awaited record is ready: what the caller may rely on from then on.
    /// Ordered from the weakest to the strongest.
    chronologix_schema::settings::options: Durability, "durability":
    /// The record is in the queue; a full queue is waited for. Survives a panic and a normal exit.
    Queued = "queued",
    /// `write(2)` of the record and all its mirrors returned. Survives `kill -9` of the process.
    Written = "written",
    /// The data and every new name are on disk. Survives a power cut.
    Synced = "synced",
}

words! {
    /// What happens to a record when the queue is full.
    chronologix_schema::settings::options: Overflow, "overflow":
    /// The caller waits for room. Nothing is lost.
    Wait = "wait",
    /// The record is dropped and counted. A line in its stream reports how many were dropped.
    Drop = "drop",
}

words! {
    /// How the lines of a stream look.
    chronologix_schema::settings::options: Format, "format":
    /// `[timestamp] [LEVEL] message key=value`
    Text = "text",
    /// One JSON object per line.
    Json = "json",
}

words! {
    /// What the lines of a stream say of the place in the source.
    chronologix_schema::settings::options: Location, "location":
    /// Nothing.
    Off = "off",
    /// The path of the module, as the field `module`.
    Module = "module",
    /// The file and the line, as the fields `file` and `line`.
    File = "file",
}

words! {
    /// When a folder may be removed.
    chronologix_schema::settings::options: RetainAfter, "moment of removal":
    /// Two intervals after it was closed.
    Closed = "closed",
    /// Once `chronologix-ship` has marked it as shipped, too.
    Shipped = "shipped",
}

words! {
    /// How closed folders are compressed.
    chronologix_schema::settings::options: Compression, "compression":
    /// Each file in place: `app.log.zst`. The tree stays readable for tools that read such files.
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
    /// Whether lines on the terminal are coloured.
    chronologix_schema::settings::options: Colors, "colors":
    /// On a terminal, unless the environment says otherwise.
    Auto = "auto",
    /// Always.
    Always = "always",
    /// Never.
    Never = "never",
}

words! {
    /// Where lines are echoed to, beside their files.
    chronologix_schema::settings::options: EchoTarget, "echo":
    /// To stdout.
    Stdout = "stdout",
    /// To stderr.
    Stderr = "stderr",
    /// Lines of level `warn` and above to stderr, the others to stdout.
    Split = "split",
    /// Nowhere.
    Off = "off",
}

words! {
    /// How the body of a request of `chronologix-ship` is compressed.
    chronologix_schema::settings::options: ContentEncoding, "content encoding":
    /// `content-encoding: gzip`, which every receiver reads.
    Gzip = "gzip",
    /// `content-encoding: zstd`: smaller in less time, where the receiver reads it.
    Zstd = "zstd",
    /// As it is.
    None = "none",
}

words! {
    /// What `chronologix-ship objects` makes of a file.
    chronologix_schema::settings::options: ObjectFormat, "object format":
    /// The file as it is, compressed.
    Lines = "lines",
    /// A table with a row for each record.
    Parquet = "parquet",
}

words! {
    /// Where the first run of `chronologix-ship` on a tree begins.
    chronologix_schema::settings::options: StartAt, "start":
    /// With the oldest record of the tree.
    Beginning = "beginning",
    /// With what is logged from then on.
    End = "end",
}

impl Compression {
    /// Returns whether whole folders are packed, rather than their files.
    #[must_use]
    pub const fn packs_folders(self) -> bool {
        !matches!(self, Self::Zst | Self::Gz)
    }
}
