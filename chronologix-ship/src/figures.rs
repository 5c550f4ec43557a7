//! Numbers as people read them: records, bytes, ages.

use std::time::Duration;

/// Returns a number with a comma between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns a number of bytes in the unit that suits it.
pub(crate) fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.iter().find(|(worth, _)| number >= *worth) {
        Some((worth, unit)) => {
            let tenths = number.saturating_mul(10) / worth;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{number} B"),
    }
}

/// Returns an age in its two largest units.
pub(crate) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{:02}s", seconds % 60),
        (0, _, _) => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{days}d{:02}h", hours % 24),
    }
}

/// Returns lines of cells as columns, those of `left` to the left and all others to the right.
pub(crate) fn columns<const N: usize>(lines: &[[String; N]], left: &[usize]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(widths).enumerate();
        let cells: Vec<_> = cells
            .map(|(at, (cell, width))| {
                if left.contains(&at) {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{age, bytes, columns, grouped};

    #[test]
    fn cells_stand_in_columns() {
        let lines = [["a", "12"], ["long", "3"]].map(|line| line.map(str::to_owned));
        assert_eq!(columns(&lines, &[0]), "a     12\nlong   3\n");
    }

    #[test]
    fn numbers_are_short_and_right() {
        let numbers = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
        let sizes = [0, 1023, 1024, 1_600_000, 5 << 30].map(bytes);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KiB", "1.5 MiB", "5.0 GiB"]);
        assert_eq!(bytes(u64::MAX), "1717986918.3 GiB");
        let ages = [0, 59, 61, 3_720, 90_000].map(|it| age(Duration::from_secs(it)));
        assert_eq!(ages, ["0s", "59s", "1m01s", "1h02m", "1d01h"]);
    }
}
