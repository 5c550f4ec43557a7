//! The mark of an interval folder whose files were shipped.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Folder;

/// The folder in the base directory that has a mark for each interval folder that was shipped.
pub const SHIPPED_DIR: &str = ".chronologix.shipped";

/// What of an interval folder was shipped: the bytes of each file, before any compression, and what
/// of it stood on disk.
///
/// `chronologix-ship` writes it, durably, once a store has everything. Retention with
/// `retain_after = "shipped"` removes no folder without it.
///
/// ```
/// use chronologix_schema::layout::{Folder, ShippedMark};
///
/// let mut mark = ShippedMark::default();
/// mark.files.insert("app.log".to_owned(), 120);
/// assert_eq!(ShippedMark::from_json(&mark.to_json()), Ok(mark.clone()));
/// assert!(mark.has("app.log", 120) && mark.has("empty.log", 0));
/// // Late records were added since, or the file was not there.
/// assert!(!mark.has("app.log", 125) && !mark.has("audit.log", 9));
///
/// // Retention has compressed it, late records came, and both were shipped.
/// mark.stood = [("app.log.zst".to_owned(), 37), ("app.log".to_owned(), 20)].into();
/// assert!(mark.has_standing("app.log.zst", 37) && !mark.has_standing("app.log.gz", 40));
///
/// let folder = Folder::parse("2025-05-04__14-00").expect("a folder");
/// assert_eq!(ShippedMark::path_of(folder), ".chronologix.shipped/2025-05-04__14-00.json");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShippedMark {
    /// By the name of a file without the suffix of its compression.
    pub files: BTreeMap<String, u64>,
    /// The bytes on disk of everything that was read for it: files in the folder, compressed or
    /// not, and archives of the folder. Of a compressed file, these alone tell that it was shipped,
    /// and of a late one beside it.
    pub stood: BTreeMap<String, u64>,
}

const VERSION: u64 = 1;

impl ShippedMark {
    /// Returns where the mark of a folder is, below the base directory.
    #[must_use]
    pub fn path_of(folder: Folder) -> String {
        format!("{SHIPPED_DIR}/{folder}.json")
    }

    /// Returns whether so many bytes of a file were shipped, and no fewer or more. Of an empty file
    /// there is nothing to ship.
    #[must_use]
    pub fn has(&self, file: &str, bytes: u64) -> bool {
        bytes == 0 || self.files.get(file) == Some(&bytes)
    }

    /// Returns whether a file or an archive was shipped as it stands on disk, with so many bytes.
    /// `name` has the suffix of its compression.
    #[must_use]
    pub fn has_standing(&self, name: &str, bytes: u64) -> bool {
        bytes == 0 || self.stood.get(name) == Some(&bytes)
    }

    /// The text of the mark.
    #[must_use]
    pub fn to_json(&self) -> String {
        let files = self.files.iter();
        let files = files.map(|(file, bytes)| (file.clone(), json!({ "bytes": bytes })));
        let files = Value::Object(files.collect::<Map<_, _>>());
        format!(
            "{:#}\n",
            json!({ "chronologix_shipped": VERSION, "files": files, "stood": self.stood })
        )
    }

    /// Reads the text of a mark. Members it does not know are ignored.
    ///
    /// # Errors
    ///
    /// With what is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mark: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        if mark.get("chronologix_shipped").and_then(Value::as_u64) != Some(VERSION) {
            return Err(format!("it is no mark of version {VERSION}"));
        }
        let files = mark.get("files").and_then(Value::as_object);
        let files = files.ok_or("it has no files")?.iter().map(|(file, it)| {
            let bytes = it.get("bytes").and_then(Value::as_u64);
            let bytes = bytes.ok_or_else(|| format!("it has no bytes of {file:?}"))?;
            Ok::<_, String>((file.clone(), bytes))
        });
        let stood = mark.get("stood").and_then(Value::as_object);
        let stood = stood.into_iter().flatten();
        let stood = stood.filter_map(|(name, bytes)| Some((name.clone(), bytes.as_u64()?)));
        Ok(Self {
            files: files.collect::<Result<_, _>>()?,
            stood: stood.collect(),
        })
    }
}
