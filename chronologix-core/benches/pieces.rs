//! The pieces of a line one by one: stamps, escaping, numbers. Each sample is one call.
//!
//! ```sh
//! cargo bench -p chronologix-core --features internals --bench pieces
//! ```

fn main() {
    divan::main();
}

mod stamps {
    use chronologix_schema::layout::{TimestampFormat, TimestampWriter, zone};
    use divan::{Bencher, black_box};

    /// 2025-05-04 14:30:00 UTC, in nanoseconds since 1970.
    const START: i64 = 1_746_369_000 * 1_000_000_000;

    fn measure(bencher: Bencher<'_, '_>, pace: i64, mut write: impl FnMut(i64, &mut Vec<u8>)) {
        let (mut wall, mut out) = (START, Vec::with_capacity(64));
        bencher.bench_local(|| {
            out.clear();
            write(black_box(wall), &mut out);
            wall += pace;
            black_box(&out);
        });
    }

    fn stamper(format: &str) -> TimestampWriter {
        let format = TimestampFormat::parse(format).expect("a format");
        TimestampWriter::new(format, zone("Europe/Prague").expect("always there"))
    }

    #[divan::bench(args = [2_120, 1_000_000_000])]
    fn micros(bencher: Bencher<'_, '_>, pace: i64) {
        let mut stamps = stamper("%H:%M:%S.%f");
        measure(bencher, pace, |wall, out| {
            stamps.write_nanos(wall, out);
        });
    }

    #[divan::bench(args = [2_120, 1_000_000_000])]
    fn json(bencher: Bencher<'_, '_>, pace: i64) {
        let mut stamps = TimestampWriter::new(
            TimestampFormat::rfc3339(),
            zone("Europe/Prague").expect("always there"),
        );
        measure(bencher, pace, |wall, out| {
            stamps.write_nanos(wall, out);
        });
    }
}

mod escaping {
    use chronologix_schema::layout::{Multiline, escape_text, push_field_value, push_json_string};
    use divan::{Bencher, black_box};

    /// What a message of the usual length is.
    const USUAL: &str = "order 123456 filled at 101.25 for ACME-17 in 12 ms, 3 left  ";

    /// The usual message, 4 KiB of it, one with an escape sequence and a newline, and one in Czech.
    fn texts() -> [(&'static str, String); 4] {
        [
            ("60 B clean", USUAL.to_owned()),
            ("4 KiB clean", USUAL.repeat(68)),
            (
                "60 B dirty",
                USUAL.replace("101", "\x1b[3").replace("in", "\n"),
            ),
            (
                "60 B Czech",
                "objednávka vyřízena za 101,25 Kč, příjemce: Šůša".to_owned(),
            ),
        ]
    }

    fn measure(bencher: Bencher<'_, '_>, name: &str, mut push: impl FnMut(&mut Vec<u8>, &str)) {
        let text = texts().into_iter().find(|(known, _)| *known == name);
        let text = text.map(|(_, text)| text).unwrap_or_default();
        let mut out = Vec::with_capacity(1 << 14);
        bencher.bench_local(|| {
            out.clear();
            push(&mut out, black_box(&text));
            black_box(&out);
        });
    }

    const NAMES: [&str; 4] = ["60 B clean", "60 B dirty", "60 B Czech", "4 KiB clean"];

    #[divan::bench(args = NAMES)]
    fn copy_alone(bencher: Bencher<'_, '_>, name: &str) {
        measure(bencher, name, |out, text| {
            out.extend_from_slice(text.as_bytes());
        });
    }

    #[divan::bench(args = NAMES)]
    fn text(bencher: Bencher<'_, '_>, name: &str) {
        measure(bencher, name, |out, text| {
            out.extend_from_slice(b"[14:30:00.000000] ");
            let from = out.len();
            out.extend_from_slice(text.as_bytes());
            escape_text(out, from, Multiline::Escape, &mut Vec::new());
        });
    }

    #[divan::bench(args = NAMES)]
    fn json(bencher: Bencher<'_, '_>, name: &str) {
        measure(bencher, name, push_json_string);
    }

    #[divan::bench(args = NAMES)]
    fn field(bencher: Bencher<'_, '_>, name: &str) {
        measure(bencher, name, push_field_value);
    }
}
