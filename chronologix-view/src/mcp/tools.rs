//! The tools: their names, their parameters, and the options of the command line they stand for.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

#[cfg(test)]
mod tests;

/// A question that can be asked.
#[derive(Debug)]
pub(super) struct ToolSpec {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Besides those that select records.
    own: &'static [Parameter],
    /// Whether records can be selected by level, text and fields.
    has_filters: bool,
}

/// What a caller can say.
#[derive(Debug)]
struct Parameter {
    name: &'static str,
    kind: ParameterKind,
    /// The option that it stands for, if it stands for one.
    option: Option<&'static str>,
    is_required: bool,
    description: &'static str,
}

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterKind {
    Text,
    /// One text, or a list of them: the option is given for each.
    Texts,
    Count,
    Switch,
}

/// The limit of an answer, unless the caller asks for another.
pub(super) const USUAL_TOKENS: u64 = 2_000;

/// The highest limit that a caller can ask for.
pub(super) const MOST_TOKENS: u64 = 20_000;

const fn option(
    name: &'static str,
    kind: ParameterKind,
    flag: &'static str,
    says: &'static str,
) -> Parameter {
    Parameter {
        name,
        kind,
        option: Some(flag),
        is_required: false,
        description: says,
    }
}

const fn asked(
    name: &'static str,
    kind: ParameterKind,
    is_required: bool,
    says: &'static str,
) -> Parameter {
    Parameter {
        name,
        kind,
        option: None,
        is_required,
        description: says,
    }
}

/// Parameters that each tool takes.
const OF_ALL: [Parameter; 2] = [
    option(
        "streams",
        ParameterKind::Texts,
        "stream",
        "only these streams (files); * and ? are wildcards",
    ),
    asked(
        "max_tokens",
        ParameterKind::Count,
        false,
        "the limit of the answer, at 3 bytes a token; 2000 if not given, at most 20000",
    ),
];

/// Parameters that select records by time.
const TIMES: [Parameter; 2] = [
    option(
        "since",
        ParameterKind::Text,
        "since",
        "only records at or after this time",
    ),
    option(
        "until",
        ParameterKind::Text,
        "until",
        "only records before this time; +5m counts from since",
    ),
];

/// Parameters that select records by what they are.
const FILTERS: [Parameter; 5] = [
    option(
        "level",
        ParameterKind::Text,
        "level",
        "only records of this level or higher: warn, error, …",
    ),
    option(
        "regex",
        ParameterKind::Texts,
        "grep",
        "only records that match; if several, that match all",
    ),
    option(
        "exclude",
        ParameterKind::Texts,
        "exclude",
        "no records that match",
    ),
    option(
        "ignore_case",
        ParameterKind::Switch,
        "ignore-case",
        "match regex and exclude in any case",
    ),
    option(
        "where",
        ParameterKind::Text,
        "where",
        "only records with such fields: status>=500 and path~^/api",
    ),
];

/// All tools.
pub(super) const TOOLS: [ToolSpec; 5] = [
    ToolSpec {
        name: "overview",
        description: "How many records each stream has, of which levels, from when to when, and \
                      how they spread over time",
        own: &[],
        has_filters: true,
    },
    ToolSpec {
        name: "patterns",
        description: "Records grouped by their message without its values: how many each pattern \
                      has, of which level, and when it was seen first and last",
        own: &[option(
            "rarest_first",
            ParameterKind::Switch,
            "rarest",
            "begin with the patterns that have the fewest records",
        )],
        has_filters: true,
    },
    ToolSpec {
        name: "diff",
        description: "Which patterns are new, gone, or much more or less frequent since a time \
                      than before it. New errors come first",
        own: &[option(
            "against",
            ParameterKind::Text,
            "diff",
            "the time to compare with: before (as long a time just before since; if not given), \
             -1d (the same time a day earlier), yesterday, last week",
        )],
        has_filters: true,
    },
    ToolSpec {
        name: "search",
        description: "Records, each on a line: time, stream, level, message, fields. The newest \
                      come first, unless oldest_first is set",
        own: &[
            asked(
                "limit",
                ParameterKind::Count,
                false,
                "the most records; 50 if not given",
            ),
            asked(
                "oldest_first",
                ParameterKind::Switch,
                false,
                "begin with the oldest records",
            ),
        ],
        has_filters: true,
    },
    ToolSpec {
        name: "around",
        description: "The records of all streams before and after a moment, in order of time",
        own: &[
            asked("time", ParameterKind::Text, true, "the moment"),
            asked(
                "before",
                ParameterKind::Count,
                false,
                "how many records before it; 10 if not given",
            ),
            asked(
                "after",
                ParameterKind::Count,
                false,
                "how many records after it; 10 if not given",
            ),
        ],
        has_filters: false,
    },
];

impl ToolSpec {
    fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        let selects: (&[Parameter], &[Parameter]) = if self.has_filters {
            (&TIMES, &FILTERS)
        } else {
            (&[], &[])
        };
        let own = self.own.iter();
        own.chain(selects.0).chain(selects.1).chain(&OF_ALL)
    }

    /// Returns the JSON Schema of the arguments.
    pub(super) fn schema(&self) -> JsonObject {
        let mut properties = JsonObject::new();
        for parameter in self.parameters() {
            properties.insert(parameter.name.to_owned(), parameter.schema());
        }
        let required = self.parameters().filter(|parameter| parameter.is_required);
        let required: Vec<&str> = required.map(|parameter| parameter.name).collect();
        let mut schema = JsonObject::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), json!(required));
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema
    }

    /// Returns the options of the command line that arguments stand for.
    ///
    /// # Errors
    ///
    /// Fails if there is no such parameter, if a value is of the wrong type, or if one is missing.
    pub(super) fn options(&self, arguments: &JsonObject) -> Result<Vec<String>, String> {
        let is_missing = |parameter: &&Parameter| {
            parameter.is_required && !arguments.contains_key(parameter.name)
        };
        if let Some(missing) = self.parameters().find(is_missing) {
            return Err(format!(
                "{} needs {:?}: {}",
                self.name, missing.name, missing.description
            ));
        }
        let mut options = Vec::new();
        for (name, value) in arguments {
            let Some(parameter) = self.parameters().find(|known| known.name == name) else {
                let known: Vec<&str> = self.parameters().map(|known| known.name).collect();
                let known = known.join(", ");
                return Err(format!("{} takes no {name:?}; it takes {known}", self.name));
            };
            parameter.push_options(value, &mut options)?;
        }
        Ok(options)
    }
}

impl Parameter {
    fn schema(&self) -> Value {
        match self.kind {
            ParameterKind::Text => json!({"type": "string", "description": self.description}),
            ParameterKind::Texts => json!({
                "type": "array",
                "items": {"type": "string"},
                "description": self.description,
            }),
            ParameterKind::Count => json!({
                "type": "integer",
                "minimum": 0,
                "description": self.description,
            }),
            ParameterKind::Switch => json!({"type": "boolean", "description": self.description}),
        }
    }

    /// Adds what a value stands for. A value never becomes an option of its own: it stands behind
    /// the `=` of its option.
    fn push_options(&self, value: &Value, options: &mut Vec<String>) -> Result<(), String> {
        let mut push = |text: Option<&str>| {
            if let Some(option) = self.option {
                options.push(match text {
                    Some(text) => format!("--{option}={text}"),
                    None => format!("--{option}"),
                });
            }
        };
        match (self.kind, value) {
            // As if it were not given.
            (_, Value::Null) | (ParameterKind::Switch, Value::Bool(false)) => {}
            (ParameterKind::Switch, Value::Bool(true)) => push(None),
            (ParameterKind::Text | ParameterKind::Texts, Value::String(text)) => push(Some(text)),
            (ParameterKind::Texts, Value::Array(all)) if all.iter().all(Value::is_string) => {
                for text in all {
                    push(text.as_str());
                }
            }
            (ParameterKind::Count, Value::Number(number)) if number.is_u64() => {
                push(Some(&number.to_string()));
            }
            _ => {
                let kind = match self.kind {
                    ParameterKind::Text => "a text",
                    ParameterKind::Texts => "a list of texts",
                    ParameterKind::Count => "a whole number from 0",
                    ParameterKind::Switch => "true or false",
                };
                return Err(format!("{:?} is {kind}, not {value}", self.name));
            }
        }
        Ok(())
    }
}
