//! The functions of Windows that std has no safe form of: what a handle is open on, locks, removal
//! by handle, and the ways in which a process ends.
#![expect(
    unsafe_code,
    reason = "Windows has these functions, and std no safe form of them"
)]

use std::{
    fs::File,
    io, mem,
    os::windows::{ffi::OsStrExt as _, io::AsRawHandle},
    path::{Component, Path, PathBuf, Prefix},
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, Ordering},
    },
};

use windows_sys::Win32::{
    Foundation::{ERROR_IO_PENDING, ERROR_LOCK_VIOLATION, FILETIME, HANDLE},
    Storage::FileSystem::{
        BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT,
        FILE_DISPOSITION_FLAG_DELETE, FILE_DISPOSITION_FLAG_POSIX_SEMANTICS, FILE_DISPOSITION_INFO,
        FILE_DISPOSITION_INFO_EX, FILE_INFO_BY_HANDLE_CLASS, FILE_STANDARD_INFO,
        FileDispositionInfo, FileDispositionInfoEx, FileStandardInfo, GetFileInformationByHandle,
        GetFileInformationByHandleEx, LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY,
        LockFileEx, SetFileInformationByHandle, UnlockFileEx,
    },
    System::{
        Console::SetConsoleCtrlHandler,
        IO::{DeviceIoControl, OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0},
        LibraryLoader::{
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
            GetModuleHandleExW, GetModuleHandleW, GetProcAddress,
        },
        Memory::{PAGE_READWRITE, VirtualProtect},
    },
};
use windows_sys::core::BOOL;

#[cfg(test)]
mod tests;

/// What a handle is open on, as `stat(2)` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileInformation {
    /// The volume and the file on it.
    pub(crate) id: (u64, u64),
    pub(crate) links: u64,
    pub(crate) bytes: u64,
    /// The time of the last change, in nanoseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) is_folder: bool,
    /// A symlink, a junction, or a file that is somewhere else.
    pub(crate) is_reparse_point: bool,
}

impl FileInformation {
    pub(crate) fn is_regular_file(&self) -> bool {
        !self.is_folder && !self.is_reparse_point
    }

    pub(crate) fn is_real_folder(&self) -> bool {
        self.is_folder && !self.is_reparse_point
    }
}

/// Returns what a handle is open on.
pub(crate) fn information(file: &File) -> io::Result<FileInformation> {
    let mut found = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open as long as `file` lives, and `found` is there to be written to.
    checked(unsafe { GetFileInformationByHandle(handle(file), &raw mut found) })?;
    let has = |attribute| found.dwFileAttributes & attribute != 0;
    Ok(FileInformation {
        id: (
            found.dwVolumeSerialNumber.into(),
            joined(found.nFileIndexHigh, found.nFileIndexLow),
        ),
        links: found.nNumberOfLinks.into(),
        bytes: joined(found.nFileSizeHigh, found.nFileSizeLow),
        modified: nanos(found.ftLastWriteTime),
        is_folder: has(FILE_ATTRIBUTE_DIRECTORY),
        is_reparse_point: has(FILE_ATTRIBUTE_REPARSE_POINT),
    })
}

/// Returns how many names a file has. One that is removed once it is closed has none.
pub(crate) fn links(file: &File) -> io::Result<u64> {
    let mut found = FILE_STANDARD_INFO::default();
    let (size, to) = (size_of_value(&found), (&raw mut found).cast());
    // SAFETY: as in `information`, and the size is that of what this class of information writes.
    checked(unsafe { GetFileInformationByHandleEx(handle(file), FileStandardInfo, to, size) })?;
    Ok(if found.DeletePending {
        0
    } else {
        found.NumberOfLinks.into()
    })
}

/// Removes the file or empty folder that a handle with the right to do so is open on: at once where
/// the file system can do that, and otherwise once no handle is open on it.
pub(crate) fn remove(file: &File) -> io::Result<()> {
    let at_once = FILE_DISPOSITION_INFO_EX {
        Flags: FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_POSIX_SEMANTICS,
    };
    // The error of the second way says more: the first is not known everywhere.
    set_information(file, FileDispositionInfoEx, &at_once).or_else(|_| {
        set_information(
            file,
            FileDispositionInfo,
            &FILE_DISPOSITION_INFO { DeleteFile: true },
        )
    })
}

fn set_information<T>(file: &File, class: FILE_INFO_BY_HANDLE_CLASS, to: &T) -> io::Result<()> {
    let (size, from) = (size_of_value(to), ptr::from_ref(to).cast());
    // SAFETY: as in `information`. The callers pass what the class stands for, which is read.
    checked(unsafe { SetFileInformationByHandle(handle(file), class, from, size) })
}

/// Has a folder lead to another one, whose path is absolute, in one step. The system refuses what
/// is neither an empty folder nor a junction, and file systems that have no junctions.
pub(crate) fn set_junction(folder: &File, target: &Path) -> io::Result<()> {
    // From `winioctl.h`.
    const FSCTL_SET_REPARSE_POINT: u32 = 0x0009_00a4;
    let data = junction_data(target)?;
    let size = u32::try_from(data.len()).map_err(|_| io::ErrorKind::InvalidFilename)?;
    let (from, mut written) = (data.as_ptr().cast(), 0);
    // SAFETY: the handle is open as long as `folder` lives, and not one for overlapped calls.
    // `data` is read only, and as long as `size` says. Nothing is written but `written`.
    checked(unsafe {
        DeviceIoControl(
            handle(folder),
            FSCTL_SET_REPARSE_POINT,
            from,
            size,
            ptr::null_mut(),
            0,
            &raw mut written,
            ptr::null_mut(),
        )
    })
}

/// Returns the `REPARSE_DATA_BUFFER` of a junction, as `ntifs.h` describes it.
fn junction_data(target: &Path) -> io::Result<Vec<u8>> {
    const IO_REPARSE_TAG_MOUNT_POINT: u32 = 0xa000_0003;
    let shown = target.as_os_str().encode_wide().collect::<Vec<_>>();
    let mut path = r"\??\".encode_utf16().collect::<Vec<_>>();
    path.extend(&shown);
    // Each of the two texts ends with a zero, which its length does not count.
    let bytes = |units: usize| u16::try_from(2 * units).map_err(|_| io::ErrorKind::InvalidFilename);
    let [path_bytes, shown_bytes] = [bytes(path.len())?, bytes(shown.len())?];
    let shown_at = bytes(path.len() + 1)?;
    let after_header = bytes(4 + path.len() + 1 + shown.len() + 1)?;
    let mut data = IO_REPARSE_TAG_MOUNT_POINT.to_le_bytes().to_vec();
    let numbers = [after_header, 0, 0, path_bytes, shown_at, shown_bytes];
    let units = numbers.into_iter().chain(path).chain([0]);
    data.extend(units.chain(shown).chain([0]).flat_map(u16::to_le_bytes));
    Ok(data)
}

/// Returns the path that a junction can lead to: it has a drive and no `\\?\`. Junctions lead
/// to no other computer.
pub(crate) fn junction_target(path: &Path) -> Option<PathBuf> {
    let mut components = path.components();
    let Some(Component::Prefix(prefix)) = components.next() else {
        return None;
    };
    match prefix.kind() {
        Prefix::Disk(_) => Some(path.to_owned()),
        Prefix::VerbatimDisk(drive) => {
            let mut plain = PathBuf::from(format!("{}:", char::from(drive)));
            plain.extend(components);
            Some(plain)
        }
        _ => None,
    }
}

/// Locks one byte, which need not be there. Returns whether it did: another handle may have it.
pub(crate) fn try_lock(file: &File, at: u64, is_exclusive: bool) -> io::Result<bool> {
    let exclusive = if is_exclusive {
        LOCKFILE_EXCLUSIVE_LOCK
    } else {
        0
    };
    let flags = LOCKFILE_FAIL_IMMEDIATELY | exclusive;
    let mut place = place(at);
    // SAFETY: the handle is open as long as `file` lives. It is not one for overlapped calls, so
    // `place` is not looked at after the call.
    let locked = checked(unsafe { LockFileEx(handle(file), flags, 0, 1, 0, &raw mut place) });
    match locked {
        Ok(()) => Ok(true),
        Err(error) if is_one_of(&error, &[ERROR_LOCK_VIOLATION, ERROR_IO_PENDING]) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Unlocks a byte that this handle has locked.
pub(crate) fn unlock(file: &File, at: u64) -> io::Result<()> {
    let mut place = place(at);
    // SAFETY: as in `try_lock`.
    checked(unsafe { UnlockFileEx(handle(file), 0, 1, 0, &raw mut place) })
}

fn place(at: u64) -> OVERLAPPED {
    let [low, high] = halves(at);
    OVERLAPPED {
        Anonymous: OVERLAPPED_0 {
            Anonymous: OVERLAPPED_0_0 {
                Offset: low,
                OffsetHigh: high,
            },
        },
        ..OVERLAPPED::default()
    }
}

/// Returns whether an error has one of these numbers of `winerror.h`.
pub(crate) fn is_one_of(error: &io::Error, numbers: &[u32]) -> bool {
    let number = error
        .raw_os_error()
        .and_then(|number| u32::try_from(number).ok());
    number.is_some_and(|number| numbers.contains(&number))
}

/// What to do at the end of the process.
type ExitHook = extern "C" fn();

/// Has `hook` called when the process exits: on the return from `main`, by `exit` of the C runtime,
/// and by `ExitProcess`, which `std::process::exit` calls, from this module of the program.
///
/// `ExitProcess` ends all other threads first, the writer's too, and calls no hook before. So the
/// address through which this module calls it is replaced.
pub(crate) fn at_exit(hook: ExitHook) -> io::Result<()> {
    EXIT_HOOK.get_or_init(|| hook);
    // SAFETY: `hook` is a function of this program, and takes nothing.
    if unsafe { libc::atexit(hook) } != 0 {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    replace_exit_process()
}

static EXIT_HOOK: OnceLock<ExitHook> = OnceLock::new();

/// The system's own `ExitProcess`.
static EXIT_PROCESS: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

extern "system" fn exit_process(code: u32) {
    if let Some(hook) = EXIT_HOOK.get() {
        hook();
    }
    // SAFETY: the address is that of `ExitProcess`: it was stored before anything could call this.
    unsafe {
        let exit: unsafe extern "system" fn(u32) =
            mem::transmute(EXIT_PROCESS.load(Ordering::SeqCst));
        exit(code);
    }
}

/// Offsets in the header of a module, from the specification "PE Format".
mod header {
    /// In the module: the offset of the header.
    pub(super) const AT: usize = 0x3c;
    /// In the header: the table of what is where, whose entries are an offset and a size. It
    /// begins later in a program of 64 bits.
    pub(super) const TABLE: usize = if cfg!(target_pointer_width = "64") {
        24 + 112
    } else {
        24 + 96
    };
    /// In that table: the addresses of imported functions.
    pub(super) const IMPORTS: usize = TABLE + 12 * 8;
}

/// Has `exit_process` called in the place of `ExitProcess` by this module.
fn replace_exit_process() -> io::Result<()> {
    let flags =
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    let mut module = ptr::null_mut();
    let here: *const u16 = (exit_process as *const ()).cast();
    // SAFETY: with these flags the second argument is an address in the module, not a text.
    checked(unsafe { GetModuleHandleExW(flags, here, &raw mut module) })?;
    let name = "kernel32.dll\0".encode_utf16().collect::<Vec<_>>();
    // SAFETY: the texts end with a zero, and are read only.
    let found = unsafe {
        let kernel = GetModuleHandleW(name.as_ptr());
        GetProcAddress(kernel, c"ExitProcess".as_ptr().cast())
    };
    let found = found.ok_or_else(io::Error::last_os_error)? as *mut ();
    EXIT_PROCESS.store(found, Ordering::SeqCst);
    let module = module.cast::<u8>();
    // SAFETY: `module` is where the system has mapped this module, whose header says how long the
    // table of imports is. Each slot is read and written as the one word it is, by the time the
    // loader is done with it, since code of this module runs.
    unsafe {
        let word = |at: usize| module.add(at).cast::<u32>().read_unaligned() as usize;
        let imports = word(header::AT) + header::IMPORTS;
        let first = module.add(word(imports)).cast::<AtomicPtr<()>>();
        let slots = word(imports + 4) / size_of::<AtomicPtr<()>>();
        for slot in (0..slots).map(|at| first.add(at)) {
            if (*slot).load(Ordering::SeqCst) == found {
                let mut before = 0;
                let (page, size) = (slot.cast(), size_of_val(&*slot));
                checked(VirtualProtect(page, size, PAGE_READWRITE, &raw mut before))?;
                (*slot).store(exit_process as *mut (), Ordering::SeqCst);
                checked(VirtualProtect(page, size, before, &raw mut before))?;
            }
        }
    }
    Ok(())
}

/// What to do at an event of the console, with its number.
pub(crate) type ConsoleHandler = fn(event: u32);

/// Once, has `handler` called at an event of the console, on a thread of the system's. Then
/// handlers that were installed before see it, and at last the system ends the process. A program
/// has one handler of ours.
pub(crate) fn on_console_event(handler: ConsoleHandler) -> io::Result<()> {
    if CONSOLE_HANDLER.set(handler).is_err() {
        return Ok(());
    }
    // SAFETY: `on_event` is a function of this program of the type that is asked for.
    checked(unsafe { SetConsoleCtrlHandler(Some(on_event), 1) })
}

/// Sends ctrl-c to all processes of this console.
///
/// # Errors
///
/// The system's, if this process has no console.
#[cfg(feature = "internals")]
pub fn press_ctrl_c() -> io::Result<()> {
    use windows_sys::Win32::System::Console::{CTRL_C_EVENT, GenerateConsoleCtrlEvent};

    // SAFETY: it takes numbers and touches no memory of ours.
    checked(unsafe { GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) })
}

static CONSOLE_HANDLER: OnceLock<ConsoleHandler> = OnceLock::new();

extern "system" fn on_event(event: u32) -> BOOL {
    if let Some(handler) = CONSOLE_HANDLER.get() {
        handler(event);
    }
    // Others shall see it too.
    0
}

fn handle(file: &File) -> HANDLE {
    file.as_raw_handle()
}

fn checked(outcome: BOOL) -> io::Result<()> {
    match outcome {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The size of what is passed to Windows, which is small.
fn size_of_value<T>(_: &T) -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}

fn joined(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn halves(whole: u64) -> [u32; 2] {
    [whole, whole >> 32].map(|half| u32::try_from(half & u64::from(u32::MAX)).unwrap_or(0))
}

/// Nanoseconds since 1970 of a time that counts tenths of microseconds since 1601.
fn nanos(time: FILETIME) -> i64 {
    const UNIX_EPOCH: i64 = 116_444_736_000_000_000;
    let ticks = joined(time.dwHighDateTime, time.dwLowDateTime);
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    (ticks - UNIX_EPOCH).saturating_mul(100)
}
