//! How well the samples of `LogHub` are grouped, by the measure of Zhu, He, Liu, He, Xie, Zheng,
//! Lyu: "Tools and Benchmarks for Automated Log Parsing" (ICSE-SEIP 2019). The grouping accuracy is
//! the share of lines whose group has exactly the lines of one event.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use super::*;
use crate::{
    formats::{LineFormat, Recent, line_text},
    record,
    tree::Foreign,
};

/// What all samples together must reach.
const LEAST_ON_AVERAGE: f64 = 0.93;

/// What each sample must reach.
const LEAST: f64 = 0.75;

const SAMPLES: [&str; 8] = [
    "Apache",
    "BGL",
    "HDFS",
    "Hadoop",
    "HealthApp",
    "OpenStack",
    "Spark",
    "Zookeeper",
];

/// Returns the messages of a sample and their events. `None` where the samples are not at hand.
fn sample(name: &str) -> Option<(Vec<String>, Vec<String>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/loghub");
    let path = PathBuf::from(folder).join(format!("{name}_2k.log"));
    let (Ok(bytes), Ok(events)) = (
        fs::read(&path),
        fs::read_to_string(path.with_extension("events")),
    ) else {
        let _ = writeln!(io::stderr(), "skipped: {} is not there", path.display());
        return None;
    };
    let formats = Foreign::formats();
    let mut recent = Recent::default();
    let text = line_text(&bytes).into_owned();
    let message = |line: &str| {
        let head = formats.head(line.as_bytes(), &mut recent);
        let format = head.map(|head| LineFormat::of(formats, head));
        record::message(line, format).into_owned()
    };
    let messages = text.lines().map(message).collect();
    Some((messages, events.lines().map(ToOwned::to_owned).collect()))
}

/// Returns the lines of each group.
fn lines_of<G: std::hash::Hash + Eq>(groups: impl Iterator<Item = G>) -> HashMap<G, Vec<usize>> {
    let mut lines: HashMap<G, Vec<usize>> = HashMap::new();
    for (line, group) in groups.enumerate() {
        lines.entry(group).or_default().push(line);
    }
    lines
}

/// Returns the grouping accuracy of a sample.
fn accuracy(messages: &[String], events: &[String]) -> f64 {
    assert_eq!(messages.len(), events.len());
    let mut table = PatternTable::default();
    for message in messages {
        table.add_message("app", message, None, None);
    }
    let patterns = Patterns::of(table);
    let found = messages
        .iter()
        .map(|message| patterns.find("app", None, message).expect("a pattern"));
    let truth = lines_of(events.iter());
    let right = lines_of(found.map(|pattern| &*pattern.id)).into_values();
    let right = right.filter(|lines| truth[&events[lines[0]]] == *lines);
    let right: usize = right.map(|lines| lines.len()).sum();
    #[expect(clippy::cast_precision_loss, reason = "of some thousand lines")]
    let accuracy = right as f64 / messages.len() as f64;
    accuracy
}

#[test]
fn grouping_accuracy_of_loghub() {
    let samples = SAMPLES
        .iter()
        .filter_map(|name| Some((name, sample(name)?)));
    let mut all = Vec::new();
    for (name, (messages, events)) in samples {
        let found = accuracy(&messages, &events);
        let _ = writeln!(io::stdout(), "{name:<10} {found:.4}");
        assert!(found >= LEAST, "{name}: {found}");
        all.push(found);
    }
    if all.is_empty() {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "of eight samples")]
    let average = all.iter().sum::<f64>() / all.len() as f64;
    let _ = writeln!(io::stdout(), "{:<10} {average:.4}", "average");
    assert!(average >= LEAST_ON_AVERAGE, "{average}");
}
