//! Which records and copies are lines of different shapes, by the description of a tree.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chronologix_schema::layout::ManifestStream;

#[cfg(test)]
mod tests;

/// Returns the names of the streams whose records have copies in another format or by another
/// template, and of all that are mirrored into the same files.
pub(super) fn with_unlike_copies<'m>(streams: &[&'m ManifestStream]) -> BTreeSet<&'m str> {
    let shape = |stream: &'m ManifestStream| (&stream.format, &stream.line);
    let mirrors = |source: &'m ManifestStream| {
        let is_mirror = |other: &&'m ManifestStream| source.mirror.contains(&other.name);
        let targets = streams.iter().copied().filter(is_mirror);
        targets.map(move |target| (source, target))
    };
    let pairs: Vec<_> = streams.iter().flat_map(|source| mirrors(source)).collect();
    let mut found = BTreeSet::new();
    loop {
        let known = found.len();
        for (source, target) in &pairs {
            let names = [source, target].map(|stream| stream.name.as_str());
            if shape(source) != shape(target) || names.iter().any(|name| found.contains(name)) {
                found.extend(names);
            }
        }
        if found.len() == known {
            return found;
        }
    }
}

/// Returns the unit of the times in text lines, by the format of their timestamps. `None` if they
/// are as exact as those of JSON lines.
pub(super) fn unit_of(timestamp_format: &str) -> Option<TimeDelta> {
    let directives: Vec<char> = timestamp_format
        .replace("%%", "")
        .split('%')
        .skip(1)
        .filter_map(|directive| directive.chars().find(|letter| !"-:".contains(*letter)))
        .collect();
    let has = |letters: &str| directives.iter().any(|letter| letters.contains(*letter));
    if directives.is_empty() || has("f") {
        None
    } else if has("STXcs") {
        Some(TimeDelta::seconds(1))
    } else {
        has("MR").then(|| TimeDelta::minutes(1))
    }
}
