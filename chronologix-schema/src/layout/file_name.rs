//! The names of a stream's further files: `app.1.log` beside `app.log`. Pure.

/// Numbers there are: `app.1.log` to `app.9999.log`.
pub const MOST_NUMBERS: u32 = 9_999;

/// `app.7.log` for `app.log`.
#[must_use]
pub fn with_number(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{number}.{extension}"),
        None => format!("{name}.{number}"),
    }
}

/// The name that was given a number, if it was.
#[must_use]
pub fn without_number(name: &str) -> Option<String> {
    let parts = name.split('.').collect::<Vec<_>>();
    (0..parts.len()).find_map(|at| {
        let number = parts[at].parse::<u32>().ok()?;
        let others = [&parts[..at], &parts[at + 1..]].concat().join(".");
        let is_it = (1..=MOST_NUMBERS).contains(&number) && with_number(&others, number) == name;
        is_it.then_some(others)
    })
}
