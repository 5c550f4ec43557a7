//! Where following goes on: what a program keeps between its runs.

use serde_core::{
    de::{Deserialize, Deserializer, Error as _},
    ser::{Serialize, Serializer},
};
use serde_json::{Map, Value, json};

use crate::tree::TreeIdentity;

/// The version of the format that is kept.
pub(super) const VERSION: u32 = 1;

/// A position in a tree: behind every record that was returned. It can be kept, in JSON for one.
///
/// It names the tree, and the folders that may still get lines with the length that was read of
/// each of their files. Its size is bounded by these, not by the tree.
///
/// ```
/// use chronologix_reader::Cursor;
///
/// let kept = serde_json::to_string(&Cursor::start())?;
/// let cursor: Cursor = serde_json::from_str(&kept)?;
/// assert_eq!(cursor, Cursor::start());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowCursor {
    pub(super) version: u32,
    /// Where to begin, if nothing was read yet.
    pub(super) begin: Begin,
    /// The tree. `None` if nothing was read yet.
    pub(super) tree: Option<TreeIdentity>,
    /// The last folder of those before which nothing is read any more.
    pub(super) before: Option<String>,
    pub(super) folders: Vec<FolderProgress>,
}

/// Where following begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// At the first record of the tree.
    Start,
    /// Behind the last one.
    End,
}

/// How much of a folder was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FolderProgress {
    pub(super) name: String,
    /// Whether all of it was read, and it is not expected to grow.
    pub(super) is_finished: bool,
    pub(super) streams: Vec<StreamProgress>,
}

/// How much of a stream was read in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamProgress {
    pub(super) name: String,
    /// The time of its last record, in nanoseconds since 1970.
    pub(super) time: i64,
    /// Files up to this number were read.
    pub(super) closed: Option<u32>,
    pub(super) files: Vec<FileProgress>,
    /// The lines whose copies are still to come in it.
    pub(super) copies: Vec<u64>,
    /// The time of the last of these lines, in nanoseconds since 1970, and how many have it.
    pub(super) last_copies: Option<(i64, usize)>,
    /// The hash of the line that was read last, if copies of it are still to come.
    pub(super) last_line: Option<u64>,
}

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileProgress {
    pub(super) number: u32,
    /// The offset, uncompressed.
    pub(super) offset: u64,
    /// A hash of the bytes before the offset: another file with this name has others.
    pub(super) hash: u64,
    /// The length that was seen.
    pub(super) length: u64,
}

impl FollowCursor {
    /// Begins with the first record of the tree.
    #[must_use]
    pub fn start() -> Self {
        Self::beginning(Begin::Start)
    }

    /// Begins behind the last record that the tree has when it is followed.
    #[must_use]
    pub fn end() -> Self {
        Self::beginning(Begin::End)
    }

    fn beginning(begin: Begin) -> Self {
        Self {
            version: VERSION,
            begin,
            tree: None,
            before: None,
            folders: Vec::new(),
        }
    }
}

// By hand: the derives would be most of what a program needs to build that only follows a tree.

impl Serialize for FollowCursor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let begin = match self.begin {
            Begin::Start => "start",
            Begin::End => "end",
        };
        let folders: Vec<Value> = self.folders.iter().map(FolderProgress::to_json).collect();
        json!({
            "version": self.version,
            "begin": begin,
            "tree": self.tree.as_ref().map(TreeIdentity::to_json),
            "before": self.before,
            "folders": folders,
        })
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for FollowCursor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let version = member(&value, "version").and_then(Value::as_u64);
        let version = version.and_then(|version| u32::try_from(version).ok());
        let version = version.ok_or_else(|| D::Error::custom("no cursor: it has no version"))?;
        if version > VERSION {
            // What else it has is not known. Following refuses it.
            return Ok(Self {
                version,
                ..Self::start()
            });
        }
        Self::of_json(version, &value)
            .ok_or_else(|| D::Error::custom("a cursor with parts that are missing or damaged"))
    }
}

impl FollowCursor {
    fn of_json(version: u32, value: &Value) -> Option<Self> {
        Some(Self {
            version,
            begin: match member(value, "begin")?.as_str()? {
                "start" => Begin::Start,
                "end" => Begin::End,
                _ => return None,
            },
            tree: match member(value, "tree") {
                None => None,
                Some(tree) => Some(TreeIdentity::of_json(tree)?),
            },
            before: match member(value, "before") {
                None => None,
                Some(before) => Some(before.as_str()?.to_owned()),
            },
            folders: all(value, "folders", FolderProgress::of_json)?,
        })
    }
}

impl FolderProgress {
    fn to_json(&self) -> Value {
        let streams: Vec<Value> = self.streams.iter().map(StreamProgress::to_json).collect();
        json!({"name": self.name, "is_finished": self.is_finished, "streams": streams})
    }

    fn of_json(value: &Value) -> Option<Self> {
        Some(Self {
            name: member(value, "name")?.as_str()?.to_owned(),
            is_finished: member(value, "is_finished")?.as_bool()?,
            streams: all(value, "streams", StreamProgress::of_json)?,
        })
    }
}

impl StreamProgress {
    fn to_json(&self) -> Value {
        let files = self.files.iter().map(|file| {
            // In this order: the number, the offset, the hash, the length.
            json!([file.number, file.offset, file.hash, file.length])
        });
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(self.name));
        object.insert("time".to_owned(), json!(self.time));
        object.insert("files".to_owned(), files.collect());
        if let Some(closed) = self.closed {
            object.insert("closed".to_owned(), json!(closed));
        }
        if !self.copies.is_empty() {
            object.insert("copies".to_owned(), json!(self.copies));
            if let Some((time, lines)) = self.last_copies {
                object.insert("last_copies".to_owned(), json!([time, lines]));
            }
        }
        if let Some(line) = self.last_line {
            object.insert("last_line".to_owned(), json!(line));
        }
        Value::Object(object)
    }

    fn of_json(value: &Value) -> Option<Self> {
        let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
        let file = |value: &Value| {
            let [first, offset, hash, length] = &value.as_array()?[..] else {
                return None;
            };
            Some(FileProgress {
                number: number(first)?,
                offset: offset.as_u64()?,
                hash: hash.as_u64()?,
                length: length.as_u64()?,
            })
        };
        let last_copies = |value: &Value| {
            let [time, lines] = &value.as_array()?[..] else {
                return None;
            };
            Some((time.as_i64()?, usize::try_from(lines.as_u64()?).ok()?))
        };
        Some(Self {
            name: member(value, "name")?.as_str()?.to_owned(),
            time: member(value, "time")?.as_i64()?,
            closed: match member(value, "closed") {
                None => None,
                Some(closed) => Some(number(closed)?),
            },
            files: all(value, "files", file)?,
            copies: all(value, "copies", Value::as_u64)?,
            last_copies: match member(value, "last_copies") {
                None => None,
                Some(last) => Some(last_copies(last)?),
            },
            last_line: match member(value, "last_line") {
                None => None,
                Some(line) => Some(line.as_u64()?),
            },
        })
    }
}

/// Returns a member that is there and not null.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|member| !member.is_null())
}

/// Reads all items of a list, which may be missing.
fn all<T>(value: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let Some(items) = member(value, name) else {
        return Some(Vec::new());
    };
    items.as_array()?.iter().map(read).collect()
}
