//! The scene of the picture: a shop at work, and a search for an error.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    num::NonZeroU16,
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Writes the tree, starts the program on a terminal of so many rows and columns, presses keys, and
/// returns the last screen.
pub(crate) fn play(theme: &str, (rows, columns): (u16, u16)) -> vt100::Screen {
    let place = tempfile::tempdir().unwrap();
    write_tree(&place.path().join("my_logs"));
    let size = PtySize {
        rows,
        cols: columns,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let program = std::env::current_exe().unwrap();
    let program = program
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("chronologix-view");
    let mut command = CommandBuilder::new(program);
    command.args(["my_logs", "--no-session"]);
    command.cwd(place.path());
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
        command.env(name, value);
    }
    command.env_remove("NO_COLOR");
    let config = place.path().join("config");
    fs::create_dir_all(config.join("chronologix")).unwrap();
    let settings = format!("theme = \"{theme}\"\n");
    fs::write(config.join("chronologix/view.toml"), settings).unwrap();
    command.env("XDG_CONFIG_HOME", &config);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let (sender, output) = mpsc::channel();
    thread::spawn(move || {
        let mut block = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut block) {
            if sender.send(block[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    let length = |length| NonZeroU16::new(length).unwrap();
    let mut screen = vt100::Parser::new(length(rows), length(columns), 0);
    let mut wait_for = |text: &str| {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !screen.screen().contents().contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            screen.process(&output.recv_timeout(left).unwrap());
        }
        screen.screen().clone()
    };
    let mut press = |text: &str| keys.write_all(text.as_bytes()).unwrap();
    wait_for("order 1559 paid");
    press("!cache miss\r");
    wait_for("shown");
    press("/timed.?out\r");
    wait_for("match ");
    press("\r");
    let shown = wait_for("▸user");
    // The first closes the record.
    press("qq");
    child.wait().unwrap();
    shown
}

/// Writes six hours of a shop: orders, failed orders, and audits.
fn write_tree(base: &Path) {
    let users = ["ann", "bob", "eva", "kim", "leo", "max"];
    for hour in 10..16_usize {
        let folder = base.join(format!("2025-05-04__{hour}-00"));
        fs::create_dir_all(&folder).unwrap();
        let [mut app, mut errors, mut audit] = [const { String::new() }; 3];
        for minute in 0..60_usize {
            let busy = (minute * 7 + hour * 11) % 5 + hour % 4 * 2;
            for number in 0..=busy {
                let second = number * 59 / (busy + 1);
                let stamp = format!("[{hour}:{minute:02}:{second:02}]");
                let user = users[(minute + number) % users.len()];
                let order = format!("order {hour}{minute:02}");
                let _ = match (minute * 13 + number * 5 + hour) % 41 {
                    0 => {
                        let line = format!(
                            "{stamp} [ERROR] {order} failed: payment timed out after 30 s user={user}\n"
                        );
                        errors.push_str(&line);
                        app.write_str(&line)
                    }
                    1 | 2 => writeln!(
                        app,
                        "{stamp} [WARN] {order} waits for payment, retry={number} user={user}"
                    ),
                    3..6 => writeln!(app, "{stamp} [DEBUG] cache miss key=price:{minute}{number}"),
                    6..9 => writeln!(
                        audit,
                        "{stamp} {user} looked at {order} from=10.0.{hour}.{minute}"
                    ),
                    _ if number == busy => writeln!(
                        app,
                        "{stamp} [INFO] {order} paid total={}.90 user={user}",
                        3 * minute + 9
                    ),
                    _ => writeln!(
                        app,
                        "{stamp} [INFO] {order} packed items={} user={user}",
                        number + 1
                    ),
                };
            }
        }
        let _ = writeln!(
            app,
            "[{hour}:59:59] [INFO] order {hour}59 paid total=186.90 user=ann"
        );
        for (name, text) in [("app", app), ("errors", errors), ("audit", audit)] {
            fs::write(folder.join(format!("{name}.log")), text).unwrap();
        }
    }
    let stream = |name: &str, mirror: &str| {
        format!(r#"{{"name":"{name}","file":"{name}.log","format":"text","mirror":[{mirror}]}}"#)
    };
    let streams = [
        stream("app", ""),
        stream("errors", r#""app""#),
        stream("audit", ""),
    ]
    .join(",");
    let description = format!(
        r#"{{"format_version":1,"interval":"1h","timezone":"UTC","timestamp_format":"%H:%M:%S","streams":[{streams}]}}"#
    );
    fs::write(base.join(".chronologix.json"), description).unwrap();
}
