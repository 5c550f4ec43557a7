//! Everything `format!` takes, and `<>`; guards that the writer's text is that of `format!`.

use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use chronologix::log;

#[derive(Debug)]
struct Point {
    #[allow(dead_code)]
    x: i32,
}

struct Money(u32);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("${}", self.0))
    }
}

/// Logs with one template and formats with the other.
macro_rules! same {
    ($expected:ident: $template:literal is $format:literal $($arguments:tt)*) => {
        log!(app, $template $($arguments)*).wait();
        $expected.push(format!($format $($arguments)*));
    };
}

#[chronologix::streams(app)]
fn main() {
    let dir = tempfile::tempdir().unwrap();
    let logger = chronologix_streams::config().base_log_dir(dir.path()).start_blocking().unwrap();
    let mut lines = Vec::new();
    let (w, p, x, s) = (9, 2, 3.14259, String::from("strung"));

    same!(lines: "plain" is "plain");
    same!(lines: "{{}} a < b, Vec<u8>, ->, <b>, <<>>, A <: B" is "{{}} a < b, Vec<u8>, ->, <b>, <>, A <: B");
    same!(lines: "<> {} <> {}" is "{} {} {} {}", 1, "two", '3', true);
    same!(lines: "{:>8.2}|<:<5>|<:^7>|{:<5}|" is "{:>8.2}|{:<5}|{:^7}|{:<5}|", x, 1u8, 'c', "ab");
    same!(lines: "{:08.3} <:+> {:#x} <:#010b> {:e} {:X} {:o} {:E}" is "{:08.3} {:+} {:#x} {:#010b} {:e} {:X} {:o} {:E}",
        x, 5, 255, 5, 1500.0, 255, 8, 0.5);
    same!(lines: "{s} {s:?} {w:>4} {x:.1}" is "{s} {s:?} {w:>4} {x:.1}");
    same!(lines: "{0} {0:?} {1} {0}" is "{0} {0:?} {1} {0}", "a", 'b');
    same!(lines: "{a} {b:?}" is "{a} {b:?}", a = 1 + 1, b = "q\"");
    same!(lines: "{:>1$}|{:>2$.1$}|" is "{:>1$}|{:>2$.1$}|", 1.5, 7, 9);
    same!(lines: "{:.*}|<:>w$.p$>|{:>width$}" is "{:.*}|{:>w$.p$}|{:>width$}", 2, 1.23456, x, 5, width = 6);
    same!(lines: "<:.*>" is "{:.*}", 2, 1.23456);
    same!(lines: "{{<>}}" is "{{{}}}", 1);
    same!(lines: "Option<<:?>>" is "Option<{:?}>", Some("x"));
    same!(lines: "{:?} <:x?> {:?} {:?}" is "{:?} {:x?} {:?} {:?}", Point { x: 1 }, [255], None::<u8>, 'x');
    same!(lines: "<> <:>9>|{:<9}|" is "{} {:>9}|{:<9}|", Money(3), Money(4), Money(5));
    same!(lines: "{:p}" is "{:p}", &x);
    same!(lines: "<:>8?>|{:8?}|{:5}|" is "{:>8?}|{:8?}|{:5}|", "ab", "ab", true);
    same!(lines: "<><><><>" is "{}{}{}{}", &&&"refs", Cow::Borrowed("cow"), Rc::<str>::from("rc"), Arc::new(7));
    same!(lines: "<> <> <> <>" is "{} {} {} {}", i128::MIN, u128::MAX, f32::NAN, -0.0);
    same!(lines: "<> <>" is "{} {}", 1 + 2 * 3, if x > 3.0 { 1 } else { 2 });
    same!(lines: "<>" is "{}", x as u8);
    same!(lines: r#"raw "<>""# is r#"raw "{}""#, 1,);
    same!(lines: "\u{1F600} \
                  <>" is "\u{1F600} {}", "folded");

    logger.stop_blocking().unwrap();
    let text = std::fs::read_to_string(dir.path().join("current/app.log")).unwrap();
    let written: Vec<_> = text.lines().map(|line| line.split_once("] ").unwrap().1).collect();
    assert_eq!(written, lines);
}
