//! The writer's way from queued records to lines, beside `writeln!` of the same lines. Divide by
//! 100,000 for the time of a record.
//!
//! ```sh
//! cargo bench -p chronologix-core --features internals --bench lines
//! ```

use std::io::Write as _;

use chronologix_core::{
    Level, Multiline,
    internals::{
        Arguments, AsRaw as _, BufEncoder, Callsite, LineEncoder, LineHead, LineStyle,
        MessageWriter, write_record,
    },
};
use chronologix_schema::layout::{TimestampFormat, TimestampWriter, zone};
use divan::{Bencher, black_box, counter::ItemsCount};

/// How many records a sample has.
const RECORDS: usize = 100_000;

/// 2025-05-04 14:30:00 UTC, and the nanoseconds between two records.
const PACE: (i64, i64) = (1_746_369_000 * 1_000_000_000, 2_120);

/// Bytes after which lines would be written to a file.
const BLOCK: usize = 1 << 16;

const STAMP: &str = "%H:%M:%S.%f";

fn main() {
    divan::main();
}

/// `log!(app, "order <> filled at <> for <>", …)`
static MESSAGE: Callsite = Callsite::new(None, "order {} filled at {} for {}");

/// `log!(app, number = …, price = …, name = …, "order filled")`
static FIELDS: Callsite = Callsite::new(None, "order filled").keys(&["number", "price", "name"]);

/// `log!(app, "<>", …)`
static ALONE: Callsite = Callsite::new(None, "{}");

/// Writes the message of a record.
type WriteRecord = dyn Fn(&[u8], &mut MessageWriter<'_>);

/// Encoded records of one callsite, as they are in a queue.
#[derive(Default)]
struct Queued {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    write: Option<Box<WriteRecord>>,
}

impl Queued {
    /// Adds a record.
    fn push(&mut self, args: &impl Arguments, callsite: &'static Callsite) {
        let mut bytes = Vec::new();
        args.encode(&mut BufEncoder::with_room(&mut bytes, usize::MAX));
        self.bytes.append(&mut bytes);
        self.ends.push(self.bytes.len());
        self.write
            .get_or_insert_with(|| Box::new(write_record(callsite, args)));
    }
}

/// Appends the lines of all records.
fn append(
    lines: &mut LineEncoder,
    out: &mut Vec<u8>,
    queued: &Queued,
    style: LineStyle,
    level: Option<Level>,
) {
    let (mut wall, mut begin) = (PACE.0, 0);
    let write = queued.write.as_ref().expect("there are records");
    let layout = style.into();
    for end in &queued.ends {
        let bytes = &queued.bytes[begin..*end];
        let head = LineHead::new("app", wall, level);
        lines.append(out, &layout, &head, |out| write(bytes, out));
        full(out);
        begin = *end;
        wall += PACE.1;
    }
}

const TEXT: LineStyle = LineStyle::Text(Multiline::Escape);
const JSON: LineStyle = LineStyle::Json;

fn lines() -> LineEncoder {
    let format = TimestampFormat::parse(STAMP).expect("a format");
    LineEncoder::new(format, zone("UTC").expect("always there"))
}

/// The arguments of the orders, one after the other.
fn orders() -> impl Iterator<Item = (u64, f64, &'static str)> {
    let price = |index: usize| u16::try_from(index % 400).map_or(0.0, f64::from) / 4.0 + 100.25;
    (0..RECORDS).map(move |index| (100_000 + index as u64, price(index), "ACME-17"))
}

/// The orders as they lie in a queue.
macro_rules! queued {
    ($template:expr) => {{
        let mut queued = Queued::default();
        for (number, price, name) in orders() {
            let args = (number.as_raw(), (price.as_raw(), (name.as_raw(), ())));
            queued.push(&args, $template);
        }
        queued
    }};
}

/// Stands for the write of a full block.
fn full(out: &mut Vec<u8>) {
    if out.len() >= BLOCK {
        black_box(&*out);
        out.clear();
    }
}

fn measure(bencher: Bencher<'_, '_>, mut run: impl FnMut(&mut Vec<u8>)) {
    let mut out = Vec::with_capacity(2 * BLOCK);
    bencher
        .counter(ItemsCount::new(RECORDS))
        .bench_local(|| run(black_box(&mut out)));
}

#[divan::bench]
fn writeln_of_the_same(bencher: Bencher<'_, '_>) {
    let format = TimestampFormat::parse(STAMP).expect("a format");
    let mut stamps = TimestampWriter::new(format, zone("UTC").expect("always there"));
    let orders: Vec<_> = orders().collect();
    let mut stamp = Vec::new();
    measure(bencher, |out| {
        let mut wall = PACE.0;
        for (number, price, name) in &orders {
            stamp.clear();
            stamps.write(chrono::DateTime::from_timestamp_nanos(wall), &mut stamp);
            let stamp = std::str::from_utf8(&stamp).unwrap_or_default();
            // A vector takes everything.
            let _ = writeln!(out, "[{stamp}] order {number} filled at {price} for {name}");
            full(out);
            wall += PACE.1;
        }
    });
}

#[divan::bench]
fn text(bencher: Bencher<'_, '_>) {
    let (mut lines, queued) = (lines(), queued!(&MESSAGE));
    measure(bencher, |out| append(&mut lines, out, &queued, TEXT, None));
}

#[divan::bench]
fn text_with_level_and_fields(bencher: Bencher<'_, '_>) {
    let (mut lines, queued) = (lines(), queued!(&FIELDS));
    measure(bencher, |out| {
        append(&mut lines, out, &queued, TEXT, Some(Level::Info));
    });
}

#[divan::bench]
fn json(bencher: Bencher<'_, '_>) {
    let (mut lines, queued) = (lines(), queued!(&MESSAGE));
    measure(bencher, |out| {
        append(&mut lines, out, &queued, JSON, Some(Level::Info));
    });
}

#[divan::bench]
fn json_with_fields(bencher: Bencher<'_, '_>) {
    let (mut lines, queued) = (lines(), queued!(&FIELDS));
    measure(bencher, |out| {
        append(&mut lines, out, &queued, JSON, Some(Level::Info));
    });
}

/// Lines that consist of one argument: what `char` takes is the line's own.
macro_rules! alone {
    ($($name:ident: $value:expr;)*) => {$(
        #[divan::bench]
        fn $name(bencher: Bencher<'_, '_>) {
            let (mut lines, mut queued) = (lines(), Queued::default());
            for order in orders() {
                let value = $value(order);
                queued.push(&(value.as_raw(), ()), &ALONE);
            }
            measure(bencher, |out| append(&mut lines, out, &queued, TEXT, None));
        }
    )*};
}

mod alone {
    use chronologix_core::internals::AsRaw as _;
    use divan::Bencher;

    use super::{ALONE, Queued, TEXT, append, lines, measure, orders};

    type Order = (u64, f64, &'static str);

    alone! {
        char: |_: Order| 'x';
        u64_of_six_digits: |(number, _, _): Order| number;
        u64_of_twenty_digits: |(number, _, _): Order| u64::MAX - number;
        i32_negative: |(_, _, name): Order| i32::from(name.as_bytes()[0]) - 100_000;
        f64_of_two_decimals: |(_, price, _): Order| price;
        f64_of_all_digits: |(_, price, _): Order| price / 3.0;
        f64_for_std: |(_, price, _): Order| price * 1e-30;
        f32_of_two_decimals: |(number, _, _): Order| f32::from(u16::try_from(number % 400).unwrap_or_default()) / 4.0;
        str_of_seven_bytes: |(_, _, name): Order| name;
    }
}
