//! Each function alone. How a process ends is looked at from outside, in `tests/it`.

use std::{fs, fs::File, os::windows::fs::OpenOptionsExt as _, path::Path};

use windows_sys::Win32::Storage::FileSystem::DELETE;

use super::*;

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "12345").unwrap();
    (folder, path)
}

#[test]
fn a_handle_says_what_it_is_open_on() {
    let (folder, path) = file();
    let found = information(&File::open(&path).unwrap()).unwrap();
    assert!(found.is_regular_file() && !found.is_real_folder());
    assert_eq!((found.bytes, found.links), (5, 1));
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let modified = modified.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(
        i128::from(found.modified),
        modified.as_nanos().cast_signed()
    );
    let again = information(&File::open(&path).unwrap()).unwrap();
    assert_eq!(found, again);
    let other = folder.path().join("other");
    let other = information(&File::create(other).unwrap()).unwrap();
    assert_ne!(found.id, other.id);
}

#[test]
fn a_byte_is_locked_by_one_or_shared_by_many() {
    let (_folder, path) = file();
    let [one, two, three] = [(); 3].map(|()| File::options().write(true).open(&path).unwrap());
    let at = 1 << 62;
    assert!(try_lock(&one, at, true).unwrap());
    assert!(!try_lock(&two, at, true).unwrap());
    assert!(!try_lock(&two, at, false).unwrap());
    assert!(try_lock(&two, at + 1, true).unwrap());
    unlock(&one, at).unwrap();
    assert!(try_lock(&two, at, false).unwrap());
    assert!(try_lock(&three, at, false).unwrap());
    assert!(!try_lock(&one, at, true).unwrap());
    // The file itself is not in the way of anything.
    fs::write(&path, "longer than before").unwrap();
    drop((two, three));
    assert!(try_lock(&one, at, true).unwrap());
}

#[test]
fn what_a_handle_is_open_on_can_be_removed() {
    let (_folder, path) = file();
    let file = File::options().access_mode(DELETE).open(&path).unwrap();
    assert_eq!(links(&file).unwrap(), 1);
    remove(&file).unwrap();
    drop(file);
    assert!(!path.exists());
}

#[test]
fn a_junction_is_described_as_the_system_wants_it() {
    let data = junction_data(Path::new(r"C:\é")).unwrap();
    let expected: &[&[u8]] = &[
        b"\x03\0\0\xa0",
        // Bytes after this header, and two that are reserved.
        b"\x24\0\0\0",
        // Where the path begins and its bytes, and the same of the text that is shown.
        b"\0\0\x10\0\x12\0\x08\0",
        b"\\\0?\0?\0\\\0C\0:\0\\\0\xe9\0\0\0",
        b"C\0:\0\\\0\xe9\0\0\0",
    ];
    assert_eq!(data, expected.concat());
    assert_eq!(data.len(), 8 + 0x24);
    let error = junction_data(Path::new(&"x".repeat(1 << 15))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidFilename);
}

#[test]
fn a_junction_leads_to_a_path_on_a_drive() {
    let target = |path| junction_target(Path::new(path));
    let expected = Some(r"C:\logs\x".into());
    assert_eq!(target(r"C:\logs\x"), expected);
    assert_eq!(target(r"\\?\C:\logs\x"), expected);
    for elsewhere in [r"\\server\share\x", r"\\?\UNC\server\share\x", r"\x", "x"] {
        assert_eq!(target(elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn this_module_ends_by_our_function() {
    extern "C" fn hook() {}
    at_exit(hook).unwrap();
    let original = EXIT_PROCESS.load(Ordering::SeqCst);
    assert!(!original.is_null());
    // Found and replaced before: there is none left to be found.
    at_exit(hook).unwrap();
    assert_eq!(EXIT_PROCESS.load(Ordering::SeqCst), original);
}
