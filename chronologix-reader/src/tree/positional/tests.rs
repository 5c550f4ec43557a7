//! Files that are opened, and those that are not.

use super::*;

#[test]
fn only_regular_files_are_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    std::fs::write(&path, "0123456789").unwrap();
    let file = OpenFile::plain(open_regular(&path).unwrap());
    let mut buffer = [0; 8];
    assert_eq!(read_at(&file, &mut buffer, 6).unwrap(), 4);
    assert_eq!(&buffer[..4], b"6789");
    assert!(open_regular(dir.path()).is_err());
    #[cfg(unix)]
    {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        // Opening it without care would block until there is a writer.
        let pipe = dir.path().join("pipe.log");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let error = open_regular(&pipe).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
    }
}
