//! What the tests of several modules share: folders of files.

use std::fs;

/// Writes a folder with these files.
pub(crate) fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    dir
}

/// Packs a folder with these files.
pub(crate) fn packed(folder: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let mut archive = tar::Builder::new(encoder);
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        let path = format!("{folder}/{name}");
        archive
            .append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Compresses what a file holds.
pub(crate) fn compressed(content: &str) -> Vec<u8> {
    zstd::encode_all(content.as_bytes(), 1).unwrap()
}
