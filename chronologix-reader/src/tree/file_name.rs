//! Names of files as text, whatever their bytes are.
//!
//! A name that is not UTF-8 must be shown, and must lead back to its file. Each byte that is none
//! becomes a character of the last plane for private use, as with `surrogateescape` of Python. Such
//! a character in a name is taken for bytes, too, so that every name has a text of its own.

use std::{
    ffi::{OsStr, OsString},
    fmt::Write as _,
    path::{Path, PathBuf},
};

#[cfg(test)]
mod tests;

/// The character for byte 0.
const FIRST: u32 = 0x0010_fe00;

/// Returns a name as text that leads back to it.
pub(super) fn name_text(name: &OsStr) -> String {
    bytes_text(name.as_encoded_bytes())
}

/// Like [`name_text`], for a name in an archive.
pub(super) fn bytes_text(bytes: &[u8]) -> String {
    let stand_in = |byte: u8| char::from_u32(FIRST + u32::from(byte)).unwrap_or_default();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if byte_of(letter).is_none() {
                text.push(letter);
            } else {
                let mut own = [0; 4];
                let own = letter.encode_utf8(&mut own).bytes();
                text.extend(own.map(stand_in));
            }
        }
        text.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    text
}

/// Returns the path of a file of a folder, by the text of its name or of its path.
pub(crate) fn path_of(folder: &Path, text: &str) -> PathBuf {
    folder.join(name_of(text))
}

#[cfg(unix)]
fn name_of(text: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;

    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match byte_of(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(not(unix))]
fn name_of(text: &str) -> OsString {
    // Names with half a pair of UTF-16 are not found.
    OsString::from(text)
}

/// Returns a text as it is shown: with `\xe9` for a byte that is not UTF-8.
pub(crate) fn shown_name(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match byte_of(letter) {
            Some(byte) => {
                let _ = write!(shown, "\\x{byte:02x}");
            }
            None => shown.push(letter),
        }
    }
    shown
}

/// Returns the last part of a path as it is shown.
pub(crate) fn shown_file_name(path: &Path) -> String {
    shown_name(&name_text(path.file_name().unwrap_or_default()))
}

/// Returns a path as it is shown.
pub fn shown_path(path: &Path) -> String {
    shown_name(&name_text(path.as_os_str()))
}

/// Returns the byte that a character stands for.
fn byte_of(letter: char) -> Option<u8> {
    let byte = u32::from(letter).checked_sub(FIRST)?;
    u8::try_from(byte).ok()
}
