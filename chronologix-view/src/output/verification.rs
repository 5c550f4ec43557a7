//! What a verification has found, as lines or as JSON.

use std::fmt::Write as _;

use chronologix_reader::{Finding, FindingKind, Verification};
use serde_json::{Value, json};

use crate::sanitize;

#[cfg(test)]
mod tests;

/// Returns what is printed of a verification.
pub(crate) fn verification(verification: &Verification, is_json: bool) -> Vec<u8> {
    let text = if is_json {
        objects(verification)
    } else {
        lines(verification)
    };
    text.into_bytes()
}

fn lines(verification: &Verification) -> String {
    let mut text = String::new();
    // Writing to a string does not fail. Names of files may have anything in them.
    let mut line = |line: String| {
        let _ = writeln!(text, "{}", sanitize::visible(&line));
    };
    for finding in &verification.findings {
        line(format!("{}: {finding}", finding.kind.as_str()));
    }
    for unsealed in &verification.unsealed {
        line(format!("not sealed: {}: {}", unsealed.folder, unsealed.why));
    }
    for (folder, seals) in &verification.resealed {
        line(format!("sealed {seals} times: {folder}"));
    }
    let is_unsigned = |finding: &&Finding| finding.kind == FindingKind::Unsigned;
    let unsigned = verification.findings.iter().filter(is_unsigned).count();
    line(match (verification.signed, unsigned) {
        (0, 0) => format!("{} seals, not signed", verification.links),
        (signed, _) => format!("{} seals, {signed} signed", verification.links),
    });
    if let Some(head) = verification.head {
        line(format!("head {}:{}", head.number, head.digest));
    }
    let checked = format!(
        "{} folders, {} files, {} bytes",
        verification.folders, verification.files, verification.bytes
    );
    line(match verification.findings.len() {
        0 => format!("{checked}: all as they were sealed"),
        1 => format!("{checked}: 1 finding"),
        count => format!("{checked}: {count} findings"),
    });
    text
}

fn objects(verification: &Verification) -> String {
    let mut text = String::new();
    let mut line = |object: Value| {
        let _ = writeln!(text, "{object}");
    };
    for finding in &verification.findings {
        line(json!({
            "type": "finding",
            "kind": finding.kind.as_str(),
            "folder": finding.folder,
            "file": finding.file,
            "lines": finding.lines.map(|(first, last)| [first, last]),
            "text": finding.text,
        }));
    }
    for unsealed in &verification.unsealed {
        line(json!({ "type": "unsealed", "folder": unsealed.folder, "text": unsealed.why }));
    }
    for (folder, seals) in &verification.resealed {
        line(json!({ "type": "resealed", "folder": folder, "seals": seals }));
    }
    let head = verification.head;
    line(json!({
        "type": "summary",
        "intact": verification.is_intact(),
        "findings": verification.findings.len(),
        "seals": verification.links,
        "signed": verification.signed,
        "head": head.map(|head| format!("{}:{}", head.number, head.digest)),
        "folders": verification.folders,
        "files": verification.files,
        "bytes": verification.bytes,
    }));
    text
}
