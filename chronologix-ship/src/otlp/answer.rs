//! What a receiver answers.

use super::protobuf::{Field, Fields};

/// What a receiver did not take of a request that it answered with success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartialSuccess {
    /// Records.
    pub(crate) rejected: u64,
    /// Why, or a warning if it took all.
    pub(crate) message: String,
}

/// Reads the body of a successful answer, protocol buffers or JSON. What cannot be read says
/// nothing: the status alone decides.
pub(crate) fn partial_success(body: &[u8]) -> PartialSuccess {
    if body.first() == Some(&b'{') {
        return from_json(body).unwrap_or_default();
    }
    let mut found = PartialSuccess::default();
    for part in messages(body, 1) {
        for (number, field) in Fields(part) {
            match (number, field) {
                (1, Field::Integer(rejected)) => found.rejected = rejected,
                (2, Field::Bytes(text)) => {
                    found.message = String::from_utf8_lossy(text).into_owned();
                }
                _ => {}
            }
        }
    }
    found
}

fn from_json(body: &[u8]) -> Option<PartialSuccess> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let part = body.get("partialSuccess")?;
    // JSON of protocol buffers has integers of 64 bits as texts.
    let rejected = part.get("rejectedLogRecords").and_then(|it| {
        let text = it.as_str().and_then(|text| text.parse().ok());
        it.as_u64().or(text)
    });
    let message = part.get("errorMessage").and_then(|it| it.as_str());
    Some(PartialSuccess {
        rejected: rejected.unwrap_or_default(),
        message: message.unwrap_or_default().to_owned(),
    })
}

/// Returns what the body of a refusal says: the message of a `Status`, or its text.
pub(crate) fn status_message(body: &[u8]) -> String {
    /// What fits in a line of a terminal.
    const CHARACTERS: usize = 300;
    let json = || {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        Some(body.get("message")?.as_str()?.to_owned())
    };
    let status = || {
        let text = messages(body, 2).next()?;
        let is_whole = Fields(body).fold(0, |read, _| read + 1) > 0;
        let text = std::str::from_utf8(text).ok().filter(|_| is_whole)?;
        Some(text.to_owned())
    };
    let is_text = body.first().is_some_and(|byte| *byte >= b' ');
    let text = match body.first() {
        Some(b'{') => json(),
        _ => None,
    };
    let text = text.or_else(|| if is_text { None } else { status() });
    let text = text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    // Never a control character of a stranger on a terminal.
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let text: String = text.trim().chars().take(CHARACTERS).map(clean).collect();
    text
}

/// Returns the messages of one field.
fn messages(body: &[u8], field: u32) -> impl Iterator<Item = &[u8]> {
    Fields(body).filter_map(move |(number, found)| match found {
        Field::Bytes(bytes) if number == field => Some(bytes),
        _ => None,
    })
}
