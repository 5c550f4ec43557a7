//! Disks of a test's own: file systems in images that can lose their power, and ones in memory that
//! are too small.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use crate::{tools, victim::Victim};

/// Loop devices are handed out one after the other.
static LOOPS: Mutex<()> = Mutex::new(());

/// Answers each line it reads, the path of a mount, by cutting that file system off from its disk:
/// `FS_IOC_SHUTDOWN`, without writing the log first.
const POWER_SWITCH: &str = r#"
import fcntl, os, struct, sys
for line in sys.stdin:
    mount = os.open(line.rstrip("\n"), os.O_RDONLY)
    fcntl.ioctl(mount, 0x8004587d, struct.pack("I", 2))
    os.close(mount)
    print("off", flush=True)
"#;

/// A file system in an image. Unmounted when dropped.
pub(crate) struct Image {
    file: PathBuf,
    pub(crate) at: PathBuf,
    is_mounted: bool,
}

impl Image {
    /// Makes and mounts a file system of this kind, `ext4` or `xfs`.
    pub(crate) fn new(kind: &str, folder: &Path) -> Self {
        let image = folder.join(format!("{kind}.image"));
        let at = folder.join(format!("{kind}.mount"));
        std::fs::create_dir(&at).unwrap();
        let path = image.to_str().unwrap();
        tools::run(&["truncate", "-s", "320M", path]);
        tools::run(&[&format!("mkfs.{kind}"), "-q", path]);
        let mut image = Self {
            file: image,
            at,
            is_mounted: false,
        };
        image.mount();
        image
    }

    #[track_caller]
    pub(crate) fn mount(&mut self) {
        let _turn = LOOPS.lock().unwrap();
        let (image, at) = (self.file.to_str().unwrap(), self.at.to_str().unwrap());
        tools::run(&["mount", "-o", "loop", image, at]);
        self.is_mounted = true;
    }

    #[track_caller]
    pub(crate) fn unmount(&mut self) {
        self.is_mounted = false;
        tools::run(&["umount", self.at.to_str().unwrap()]);
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("-l").arg(&self.at).status();
        }
    }
}

/// Cuts file systems off from their disks.
pub(crate) struct PowerSwitch {
    python: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl PowerSwitch {
    pub(crate) fn new() -> Self {
        let mut python = Command::new("python3")
            .args(["-c", POWER_SWITCH])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: python.stdin.take().unwrap(),
            stdout: BufReader::new(python.stdout.take().unwrap()),
            python,
        }
    }

    /// What the mounted file system has not written by now, it never will.
    #[track_caller]
    pub(crate) fn cut(&mut self, image: &Image) {
        let line = format!("{}\n", image.at.display());
        self.stdin.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).unwrap();
        assert_eq!(answer, "off\n");
    }
}

impl Drop for PowerSwitch {
    fn drop(&mut self) {
        let _ = self.python.kill();
        let _ = self.python.wait();
    }
}

/// A disk in memory that only its victim sees, and that is gone with it. Takes no rights that not
/// everybody has.
pub(crate) struct SmallDisk {
    pub(crate) at: PathBuf,
}

impl SmallDisk {
    pub(crate) fn below(folder: &Path) -> Self {
        let at = folder.join("disk");
        std::fs::create_dir(&at).unwrap();
        Self { at }
    }

    /// The command that mounts the disk and runs a victim.
    pub(crate) fn mounted_for_victim(&self, options: &str) -> [String; 6] {
        let at = self.at.display();
        let mount = format!("mount -t tmpfs -o {options} small {at} && exec \"$@\"");
        ["unshare", "-Urm", "sh", "-c", &mount, "sh"].map(str::to_owned)
    }

    /// Where the victim's view of the disk can be looked at.
    pub(crate) fn seen_from_outside(&self, victim: &Victim) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", victim.pid));
        root.join(self.at.strip_prefix("/").unwrap())
    }

    /// Changes the options of the mount while the victim runs.
    #[track_caller]
    pub(crate) fn remount(&self, victim: &Victim, options: &str) {
        let pid = victim.pid.to_string();
        let options = format!("remount,{options}");
        let command = [
            "nsenter",
            "-t",
            &pid,
            "-U",
            "-m",
            "--preserve-credentials",
            "mount",
            "-o",
            &options,
            self.at.to_str().unwrap(),
        ];
        tools::run(&command);
    }
}
