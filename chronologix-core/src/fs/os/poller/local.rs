//! Which file systems are changed through this kernel alone, so that it knows of every change.

use std::path::Path;

use rustix::{fs::statfs, io::Errno};

/// By the magic numbers of `statfs(2)`. What is not listed is looked at from time to time: a network file system is changed
/// on other machines too, and FUSE may be one.
const LOCAL: [u32; 19] = [
    0x0000_EF53, // ext2, ext3, ext4
    0x5846_5342, // xfs
    0x9123_683E, // btrfs
    0x0102_1994, // tmpfs
    0x8584_58F6, // ramfs
    0x794C_7630, // overlayfs
    0x6175_6673, // aufs
    0xF2F5_2010, // f2fs
    0x2FC1_2FC1, // zfs
    0xCA45_1A4E, // bcachefs
    0x0000_4D44, // vfat
    0x2011_BAB0, // exfat
    0x7366_746E, // ntfs3
    0x3153_464A, // jfs
    0x5265_4973, // reiserfs
    0x0000_3434, // nilfs2
    0x2405_1905, // ubifs
    0x1501_3346, // udf
    0x0000_F15F, // ecryptfs
];

pub(crate) fn is_local(folder: &Path) -> Result<bool, Errno> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::unnecessary_cast,
        reason = "the number has 32 bits, in a field whose type differs between processors"
    )]
    let magic = statfs(folder)?.f_type as u32;
    Ok(LOCAL.contains(&magic))
}
