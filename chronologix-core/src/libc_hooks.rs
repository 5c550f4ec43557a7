//! Hooks of the C library: exits, forks and signals.
//!
//! The functions that handlers of signals call are marked so: they lock nothing and allocate
//! nothing, as `signal-safety(7)` asks for.
#![expect(
    unsafe_code,
    reason = "the C library has these hooks, and no safe form of them"
)]

use std::{
    ffi::{c_int, c_void},
    io, mem, panic, ptr,
    sync::OnceLock,
    time::{Duration, Instant},
};

#[cfg(test)]
mod tests;

/// What a process does at a signal.
pub(crate) struct Disposition(libc::sigaction);

/// What to do at a signal, and whether it came because of what the thread just did, and will come
/// again if that is done again. It may call what `signal-safety(7)` allows, and nothing else. It
/// returns what is to be done after it.
pub(crate) type SignalHandler = fn(signal: c_int, is_fault: bool) -> Option<&'static Disposition>;

/// The signals of this thread that were blocked before all were. Restored when it is dropped.
pub(crate) struct SignalsBlocked(libc::sigset_t);

/// What a thread does to itself. The kernel ends the process at once if it is blocked.
const OF_THE_THREAD: [c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGTRAP,
    libc::SIGSYS,
];

/// The code of a signal that a process sent, from `sys/signal.h`. `libc` has it for few systems.
const SI_USER: c_int = if cfg!(any(target_vendor = "apple", target_os = "freebsd")) {
    0x10001
} else {
    0
};

/// The numbers of signals are smaller on every system.
pub(crate) const MOST_SIGNALS: usize = 65;

/// The one handler of each signal.
static HANDLERS: [OnceLock<SignalHandler>; MOST_SIGNALS] =
    [const { OnceLock::new() }; MOST_SIGNALS];

/// Has `hook` called when the process exits: on the return from `main` and by `exit`, but not by
/// `_exit`, `abort` or a signal.
pub(crate) fn at_exit(hook: extern "C" fn()) -> io::Result<()> {
    // SAFETY: `hook` is a function of this program, and takes nothing.
    match unsafe { libc::atexit(hook) } {
        0 => Ok(()),
        _ => Err(io::ErrorKind::OutOfMemory.into()),
    }
}

/// Has `before` called on a thread that is about to fork, and afterwards, on the same thread,
/// `parent` or `child` in the process it is then.
pub(crate) fn at_fork(
    before: extern "C" fn(),
    parent: extern "C" fn(),
    child: extern "C" fn(),
) -> io::Result<()> {
    /// The C library's own type says that its hooks may do unsafe things; ours do not.
    type Hook = Option<unsafe extern "C" fn()>;
    let hooks: [Hook; 3] = [Some(before), Some(parent), Some(child)];
    // SAFETY: the hooks are functions of this program, and take nothing.
    of_number(unsafe { libc::pthread_atfork(hooks[0], hooks[1], hooks[2]) })
}

/// Returns where the constants of the program and of its libraries stand in memory: what they have
/// loaded and cannot write to. In the order of addresses.
#[cfg(all(target_os = "linux", feature = "tracing"))]
pub(crate) fn constants() -> Vec<std::ops::Range<usize>> {
    use std::ops::Range;

    unsafe extern "C" fn add(
        object: *mut libc::dl_phdr_info,
        _size: usize,
        found: *mut c_void,
    ) -> c_int {
        // SAFETY: the C library hands out an object that lives for the call, and what it was given.
        let (object, found) = unsafe { (&*object, &mut *found.cast::<Vec<Range<usize>>>()) };
        if object.dlpi_phdr.is_null() {
            return 0;
        }
        // SAFETY: the object has so many segments there.
        let segments =
            unsafe { std::slice::from_raw_parts(object.dlpi_phdr, usize::from(object.dlpi_phnum)) };
        for segment in segments {
            if segment.p_type == libc::PT_LOAD && segment.p_flags & libc::PF_W == 0 {
                let places = [object.dlpi_addr, segment.p_vaddr, segment.p_memsz];
                let [base, offset, size] = places.map(|it| usize::try_from(it).unwrap_or_default());
                let from = base.wrapping_add(offset);
                found.push(from..from.saturating_add(size));
            }
        }
        0
    }
    let mut found = Vec::<Range<usize>>::new();
    // SAFETY: `add` gets the vector it casts to, and keeps nothing.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut found).cast()) };
    found.sort_by_key(|it| it.start);
    found
}

/// Starts a detached thread that the standard library knows nothing of. A panic ends it, and
/// nothing else.
///
/// # Errors
///
/// The system's, if it has no room for another thread.
pub(crate) fn start_thread(run: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    /// As large as those of the standard library.
    const STACK: usize = 2 * 1024 * 1024;
    let (mut thread, mut attributes) = (mem::MaybeUninit::uninit(), mem::MaybeUninit::uninit());
    // SAFETY: there is room for the attributes, which end below.
    of_number(unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) })?;
    let run = Box::into_raw(Box::new(run));
    // SAFETY: the attributes were made above, and `run` is a box that the new thread makes its own.
    let outcome = unsafe {
        let attributes = attributes.as_mut_ptr();
        libc::pthread_attr_setstacksize(attributes, STACK);
        libc::pthread_attr_setdetachstate(attributes, libc::PTHREAD_CREATE_DETACHED);
        let error = libc::pthread_create(thread.as_mut_ptr(), attributes, run_thread, run.cast());
        libc::pthread_attr_destroy(attributes);
        of_number(error)
    };
    if outcome.is_err() {
        // SAFETY: no thread was started, so the box is still this one's.
        drop(unsafe { Box::from_raw(run) });
    }
    outcome
}

extern "C" fn run_thread(run: *mut c_void) -> *mut c_void {
    // SAFETY: this is the box of `start_thread`, given to this thread alone.
    let run = unsafe { Box::from_raw(run.cast::<Box<dyn FnOnce() + Send>>()) };
    // The hook for panics has said what there is to say.
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(run));
    ptr::null_mut()
}

/// Has `handler` called at a signal, on the thread's own stack for signals if it has one. A signal
/// has one handler for good.
pub(crate) fn handle(signal: c_int, handler: SignalHandler) -> io::Result<()> {
    let known = HANDLERS.get(signal.unsigned_abs() as usize);
    known
        .ok_or(io::ErrorKind::InvalidInput)?
        .get_or_init(|| handler);
    let mut action = default_action();
    action.sa_sigaction = on_signal as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
    set(signal, &action)
}

extern "C" fn on_signal(signal: c_int, info: *const libc::siginfo_t, context: *const c_void) {
    // SAFETY: the kernel calls this with what it knows of the signal; null is looked for all the
    // same.
    let code = unsafe { info.as_ref() }.map_or(0, |info| info.si_code);
    let is_fault = code > 0 && code != SI_USER && signal != libc::SIGABRT;
    let number = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    let handler = HANDLERS
        .get(signal.unsigned_abs() as usize)
        .and_then(OnceLock::get);
    if let Some(after) = handler.and_then(|handler| handler(signal, is_fault)) {
        after.call(signal, info, context);
    }
    // What was interrupted may yet look at the error of its last call.
    set_errno(number);
}

/// A stack of this thread for handlers of signals, in place of one that was too small. It is given
/// back when it is dropped.
///
/// The standard library gives its threads 8 KiB. If the stack of a thread overflows, the handler of
/// that signal aborts, so that two frames of the kernel lie there. One has 3.6 KiB on processors
/// with AVX-512, and 11 KiB with AMX (`AT_MINSIGSTKSZ`): no room is left for the handler of the
/// second signal.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(crate) struct SignalStack(*mut c_void);

#[cfg(target_os = "linux")]
impl SignalStack {
    /// Room for the frames of two signals, whatever the processor saves in them, and for handlers.
    const BYTES: usize = 64 * 1024;

    /// Of a size that all systems have pages of.
    const GUARD: usize = 64 * 1024;

    /// Gives the thread a larger stack for handlers. `None` if it has none, or one that is large
    /// enough, or there is no memory for another one.
    pub(crate) fn enlarge() -> Option<Self> {
        let now = Self::now()?;
        if now.ss_flags & (libc::SS_DISABLE | libc::SS_ONSTACK) != 0 || now.ss_size >= Self::BYTES {
            return None;
        }
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let bytes = Self::GUARD + Self::BYTES;
        // SAFETY: new memory, at a place that the kernel chooses. It cannot be touched.
        let place = unsafe { libc::mmap(ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
        if place == libc::MAP_FAILED {
            return None;
        }
        let stack = Self(place);
        let allowed = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the memory was mapped above. What is below the stack stays as it is.
        let opened = unsafe { libc::mprotect(stack.bottom(), Self::BYTES, allowed) };
        checked(opened).and_then(|()| stack.set(0)).ok()?;
        Some(stack)
    }

    fn bottom(&self) -> *mut c_void {
        self.0.wrapping_byte_add(Self::GUARD)
    }

    fn set(&self, flags: c_int) -> io::Result<()> {
        let stack = libc::stack_t {
            ss_sp: self.bottom(),
            ss_flags: flags,
            ss_size: Self::BYTES,
        };
        // SAFETY: the memory is this value's, which takes it back from the thread before its end.
        checked(unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) })
    }

    /// Returns the stack that the thread has.
    fn now() -> Option<libc::stack_t> {
        let mut now = libc::stack_t {
            ss_sp: ptr::null_mut(),
            ss_flags: 0,
            ss_size: 0,
        };
        // SAFETY: with no new stack nothing is changed, and `now` is there to be written to.
        checked(unsafe { libc::sigaltstack(ptr::null(), &raw mut now) }).ok()?;
        Some(now)
    }
}

#[cfg(target_os = "linux")]
impl Drop for SignalStack {
    fn drop(&mut self) {
        // The standard library may have taken it from the thread before.
        let is_in_place = Self::now().is_none_or(|now| now.ss_sp == self.bottom());
        if is_in_place && self.set(libc::SS_DISABLE).is_err() {
            return;
        }
        // SAFETY: the memory was mapped by this value, and no thread has it as its stack.
        unsafe { libc::munmap(self.0, Self::GUARD + Self::BYTES) };
    }
}

/// Whether the handler of this program is called first at a signal. Otherwise another one was
/// installed since, which may call it. Fit for handlers of signals.
pub(crate) fn is_handled(signal: c_int) -> bool {
    let ours = on_signal as *const () as libc::sighandler_t;
    disposition(signal).is_ok_and(|now| now.0.sa_sigaction == ours)
}

/// What is done at a signal now.
pub(crate) fn disposition(signal: c_int) -> io::Result<Disposition> {
    let mut now = default_action();
    // SAFETY: with no new action nothing is changed, and `now` is there to be written to.
    checked(unsafe { libc::sigaction(signal, ptr::null(), &raw mut now) })?;
    Ok(Disposition(now))
}

/// Has done at a signal what was done before. Fit for handlers of signals.
pub(crate) fn restore(signal: c_int, before: &Disposition) {
    // It cannot fail for a signal that could be handled.
    let _ = set(signal, &before.0);
}

/// Has done at a signal what the system does by itself. Fit for handlers of signals.
pub(crate) fn set_default(signal: c_int) {
    let _ = set(signal, &default_action());
}

fn default_action() -> libc::sigaction {
    // SAFETY: zeros are a valid `sigaction`: the default action, no flags, an empty mask.
    unsafe { mem::zeroed() }
}

fn set(signal: c_int, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: `action` names a handler that takes what its flags say, or is one that the C library
    // gave us.
    checked(unsafe { libc::sigaction(signal, action, ptr::null_mut()) })
}

/// The outcome of a function that returns the number of its error.
fn of_number(error: c_int) -> io::Result<()> {
    match error {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// The outcome of a function that leaves its error in `errno`.
fn checked(outcome: c_int) -> io::Result<()> {
    match outcome {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Disposition {
    /// Calls the handler, if it is one.
    fn call(&self, signal: c_int, info: *const libc::siginfo_t, context: *const c_void) {
        /// The two forms that a handler has.
        type Short = extern "C" fn(c_int);
        type Long = extern "C" fn(c_int, *const libc::siginfo_t, *const c_void);
        let action = self.0.sa_sigaction;
        if self.is_default() || self.is_to_ignore() {
            return;
        }
        if self.0.sa_flags & libc::SA_SIGINFO == 0 {
            // SAFETY: the kernel gave this address as that of a handler of this form.
            unsafe { mem::transmute::<libc::sighandler_t, Short>(action)(signal) };
        } else {
            // SAFETY: as above, and it is given what the kernel gave us.
            unsafe { mem::transmute::<libc::sighandler_t, Long>(action)(signal, info, context) };
        }
    }

    pub(crate) fn is_to_ignore(&self) -> bool {
        self.0.sa_sigaction == libc::SIG_IGN
    }

    /// What the system does by itself, which for the signals we handle is to end the process.
    pub(crate) fn is_default(&self) -> bool {
        self.0.sa_sigaction == libc::SIG_DFL
    }
}

/// Blocks the signals that come from elsewhere on this thread, while the guard lives. A thread that
/// is started meanwhile has them blocked for ever: they are for the threads of the program.
pub(crate) fn block_signals() -> SignalsBlocked {
    let (mut all, mut before) = (no_signals(), no_signals());
    // SAFETY: the sets are there to be read and written, and the signals have valid numbers.
    unsafe {
        libc::sigfillset(&raw mut all);
        for signal in OF_THE_THREAD {
            libc::sigdelset(&raw mut all, signal);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
    }
    SignalsBlocked(before)
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: the set is one that the C library gave us.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, ptr::null_mut()) };
    }
}

fn no_signals() -> libc::sigset_t {
    // SAFETY: zeros are a valid set on every system, and `sigemptyset` needs no more.
    let mut none = unsafe { mem::zeroed() };
    // SAFETY: the set is there to be written.
    unsafe { libc::sigemptyset(&raw mut none) };
    none
}

/// Ends this process by a signal, at which the system ends it. Process 1 of a container has no such
/// action, and ends by the code that a shell gives for the signal. Fit for handlers of signals.
pub(crate) fn end_by(signal: c_int) -> ! {
    set_default(signal);
    let mut this = no_signals();
    // SAFETY: the set is there to be read and written. A signal that is not blocked comes before
    // `raise` returns, and `_exit` looks at nothing of this process.
    unsafe {
        libc::sigaddset(&raw mut this, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const this, ptr::null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}

/// Sends a signal to this thread. Fit for handlers of signals: it comes when they return.
pub fn raise(signal: c_int) {
    // SAFETY: it takes a number and touches no memory of ours.
    unsafe { libc::raise(signal) };
}

/// Sends a signal to this process.
pub(crate) fn send_to_self(signal: c_int) {
    // SAFETY: as in `raise`.
    unsafe { libc::kill(libc::getpid(), signal) };
}

/// Returns what the kernel's clock shows, in nanoseconds, or `None` if it cannot be asked. This is
/// a system call of its own: functions of the C library may be replaced, and the page of the vDSO
/// is not there under Valgrind.
#[cfg(target_os = "linux")]
pub(crate) fn kernel_clock(clock: libc::clockid_t) -> Option<i64> {
    #[cfg(target_pointer_width = "64")]
    const CALL: libc::c_long = libc::SYS_clock_gettime;
    // `clock_gettime64`, whose number is that of every such system that Rust runs on but MIPS.
    #[cfg(not(target_pointer_width = "64"))]
    const CALL: libc::c_long = 403;
    let mut time = [0_i64; 2];
    // SAFETY: the call writes seconds and nanoseconds there, each of 64 bits.
    let failed = unsafe { libc::syscall(CALL, clock, time.as_mut_ptr()) };
    let nanos = time[0]
        .saturating_mul(1_000_000_000)
        .saturating_add(time[1]);
    (failed == 0).then_some(nanos)
}

/// The number of this process. Fit for handlers of signals.
pub(crate) fn process_id() -> i32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::getpid() }
}

/// Writes one byte to a descriptor, if that can be done at once. Fit for handlers of signals.
pub(crate) fn write_byte(descriptor: c_int, byte: u8) {
    // SAFETY: the byte is there to be read. A descriptor that is closed gives an error.
    unsafe { libc::write(descriptor, (&raw const byte).cast(), 1) };
}

/// Takes one byte from a descriptor that does not block. Fit for handlers of signals.
pub(crate) fn take_byte(descriptor: c_int) {
    let mut byte = 0_u8;
    // SAFETY: there is room for the byte. A descriptor that is closed gives an error.
    unsafe { libc::read(descriptor, (&raw mut byte).cast(), 1) };
}

/// Waits until a descriptor can be read, for `limit` at most. Fit for handlers of signals.
pub(crate) fn wait_until_readable(descriptor: c_int, limit: Duration) {
    let mut polled = libc::pollfd {
        fd: descriptor,
        events: libc::POLLIN,
        revents: 0,
    };
    let begun = Instant::now();
    loop {
        let left = limit.saturating_sub(begun.elapsed());
        let left = c_int::try_from(left.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: one `pollfd` is there to be read and written.
        let ended = unsafe { libc::poll(&raw mut polled, 1, left) };
        let was_interrupted =
            ended < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted;
        if !was_interrupted || left == 0 {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
use libc::__errno_location as errno_location;
#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
use libc::__error as errno_location;

#[cfg(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd"
))]
fn set_errno(number: c_int) {
    // SAFETY: the C library gives the place of this thread's `errno`.
    unsafe { *errno_location() = number };
}

/// Elsewhere nothing of ours runs in a handler that changes it.
#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd"
)))]
fn set_errno(_number: c_int) {}

/// Forks this process. Returns the child's number in the parent, and `None` in the child, which has
/// this thread alone.
///
/// # Errors
///
/// The system's, if it has no room for another process.
#[cfg(any(test, feature = "internals"))]
pub fn fork() -> io::Result<Option<i32>> {
    // SAFETY: the child has one thread, and copies of all there is; what it may do with them is
    // what the tests are about.
    match unsafe { libc::fork() } {
        0 => Ok(None),
        child if child > 0 => Ok(Some(child)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits for the end of a child. Returns its exit code, or the negative number of the signal that
/// ended it.
///
/// # Errors
///
/// The system's, if there is no such child.
#[cfg(any(test, feature = "internals"))]
pub fn wait_for(child: i32) -> io::Result<i32> {
    use rustix::process::{Pid, WaitOptions, waitpid};

    let child = Pid::from_raw(child);
    let ended = rustix::io::retry_on_intr(|| waitpid(child, WaitOptions::empty()))?;
    let (_, status) = ended.ok_or(io::ErrorKind::NotFound)?;
    let signal = || status.terminating_signal().map(|signal| -signal);
    Ok(status.exit_status().or_else(signal).unwrap_or(0))
}

/// Ends this process at once, without any hook.
#[cfg(any(test, feature = "internals"))]
pub fn exit_at_once(code: i32) -> ! {
    // SAFETY: nothing of this process is looked at any more.
    unsafe { libc::_exit(code) }
}

/// Writes to an address that is not mapped.
#[cfg(any(test, feature = "internals"))]
pub fn crash() {
    // SAFETY: there is none: the kernel is to refuse it, as it does a mistake in `unsafe` code of a
    // user.
    unsafe { ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
}

/// Calls `work` in a handler of SIGALRM, a thousand times a second, or no more.
#[cfg(feature = "internals")]
pub fn every_millisecond(work: Option<fn()>) {
    static WORK: OnceLock<fn()> = OnceLock::new();
    if let Some(work) = work {
        WORK.get_or_init(|| work);
    }
    let _ = handle(libc::SIGALRM, |_, _| {
        WORK.get().inspect(|work| work());
        None
    });
    let every = libc::timeval {
        tv_sec: 0,
        tv_usec: if work.is_some() { 1000 } else { 0 },
    };
    let timer = libc::itimerval {
        it_interval: every,
        it_value: every,
    };
    // SAFETY: the timer is there to be read.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) };
}

/// The system's allocator, which calls a function with the size of each allocation first.
#[cfg(feature = "internals")]
#[derive(Debug)]
pub struct WatchedAllocator(pub fn(usize));

// SAFETY: the system's allocator does all the work.
#[cfg(feature = "internals")]
unsafe impl std::alloc::GlobalAlloc for WatchedAllocator {
    unsafe fn alloc(&self, layout: std::alloc::Layout) -> *mut u8 {
        self.0(layout.size());
        // SAFETY: the caller knows the layout.
        unsafe { std::alloc::System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: std::alloc::Layout) {
        // SAFETY: the caller has the place and the layout from `alloc`.
        unsafe { std::alloc::System.dealloc(place, layout) };
    }
}
