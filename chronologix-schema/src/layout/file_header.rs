//! The first line of a file, which tells it from every other file.

use std::fmt;

use serde_core::Deserialize as _;
use serde_json::Value;

use super::push_json_string;

/// What the first line of a file says with `file_header = true`.
///
/// Collectors that know a file by its beginning confuse files that begin with the same record, as
/// mirrored ones do. This line is that of one file and one run of a program.
///
/// ```
/// use chronologix_schema::layout::FileHeader;
///
/// let line = "# chronologix/1 stream=errors folder=2025-05-04__14-00 file=errors.log \
///             run=9f2c81d0a4b37e65";
/// let header = FileHeader::of_line(line).expect("such a line");
/// assert_eq!((&*header.stream, &*header.run), ("errors", "9f2c81d0a4b37e65"));
/// assert_eq!(header.to_string(), line);
/// assert_eq!(FileHeader::of_line(&header.to_json()), Some(header));
///
/// assert!(!FileHeader::begins(b"[15:07:09] # chronologix/1\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHeader {
    /// The name of the stream whose file it is.
    pub stream: String,
    /// The name of its folder.
    pub folder: String,
    /// The name of the file, with its number.
    pub file: String,
    /// The run of the program that began the file: any text without spaces.
    pub run: String,
}

const TEXT: &str = "# chronologix/";
const JSON: &str = r#"{"chronologix":"#;
const VERSION: &str = "1";

impl FileHeader {
    /// Returns whether these are the first bytes of a file with such a line, of any version. The
    /// line may be cut off.
    #[must_use]
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(TEXT.as_bytes()) || bytes.starts_with(JSON.as_bytes())
    }

    /// Reads a line, of text or JSON, without its newline. `None` if it is another one.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        if line.starts_with(JSON) {
            let object: Value = serde_json::from_str(line).ok()?;
            let text = |key: &str| String::deserialize(object.get(key)?).ok();
            return Some(Self {
                stream: text("stream")?,
                folder: text("folder")?,
                file: text("file")?,
                run: text("run")?,
            });
        }
        let mut words = line.strip_prefix(TEXT)?.split(' ').skip(1);
        let mut text = |key: &str| Some(words.next()?.strip_prefix(key)?.to_owned());
        Some(Self {
            stream: text("stream=")?,
            folder: text("folder=")?,
            file: text("file=")?,
            run: text("run=")?,
        })
    }

    /// Returns the line of a stream of JSON, without a newline. It is an object that has no
    /// `message`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut line = format!("{JSON}{VERSION}").into_bytes();
        let members = [
            ("stream", &self.stream),
            ("folder", &self.folder),
            ("file", &self.file),
            ("run", &self.run),
        ];
        for (key, value) in members {
            line.extend_from_slice(format!(",\"{key}\":").as_bytes());
            push_json_string(&mut line, value);
        }
        line.push(b'}');
        // What was pushed is text.
        String::from_utf8(line).unwrap_or_default()
    }
}

/// Writes the line of a stream of text, without a newline.
impl fmt::Display for FileHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stream,
            folder,
            file,
            run,
        } = self;
        write!(
            f,
            "{TEXT}{VERSION} stream={stream} folder={folder} file={file} run={run}"
        )
    }
}
