//! The JSON schema of the file, for editors: what it takes and refuses is what the program does, as
//! far as a schema can know.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use crate::corpus;

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chronologix.schema.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What an editor sees of a file.
fn document(text: &str) -> Value {
    table(DeTable::parse(text).unwrap().get_ref())
}

fn table(table: &DeTable<'_>) -> Value {
    let entry = |(key, entry): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        (key.to_string(), value(entry.get_ref()))
    };
    Value::Object(table.iter().map(entry).collect::<Map<_, _>>())
}

fn value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => {
            json!(i64::from_str_radix(number.as_str(), number.radix()).unwrap())
        }
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(values) => values.iter().map(|it| self::value(it.get_ref())).collect(),
        DeValue::Table(entries) => table(entries),
    }
}

#[test]
fn takes_the_good_files() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    for sample in corpus::samples("good") {
        let found = validator
            .iter_errors(&document(&sample.text))
            .map(|error| error.to_string())
            .collect::<Vec<_>>();
        assert_eq!(found, [""; 0], "{}", sample.name);
    }
}

#[test]
fn refuses_the_files_whose_form_is_wrong() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    for sample in corpus::samples("bad/form") {
        assert!(
            !validator.is_valid(&document(&sample.text)),
            "{}",
            sample.name
        );
    }
}

/// What only the program can know: which streams there are, names of zones, numbers that are octal.
#[test]
fn takes_the_files_whose_meaning_alone_is_wrong() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let is_taken = |name: &str| {
        let sample = corpus::samples("bad/meaning")
            .into_iter()
            .find(|sample| sample.name.ends_with(name));
        validator.is_valid(&document(&sample.unwrap().text))
    };
    assert!(is_taken("mirror-to-unknown-stream.toml"));
    assert!(is_taken("timezones.toml"));
    assert!(is_taken("file-shared.toml"));
    assert!(is_taken("limit-too-small.toml"));
}

/// The names that an unknown key is answered with.
fn allowed(text: &str) -> BTreeSet<String> {
    let error = chronologix::Config::from_toml_str(text).unwrap_err();
    let problem = error.problems()[0].to_string();
    let (_, names) = problem.split_once("allowed: ").unwrap();
    names.split(", ").map(str::to_owned).collect()
}

fn properties(schema: &Value) -> BTreeSet<String> {
    schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn knows_every_key_and_describes_it() {
    let schema = schema();
    assert_eq!(properties(&schema), allowed("zebra = 1"));
    let stream = &schema["definitions"]["stream"];
    assert_eq!(properties(stream), allowed("streams.app.zebra = 1"));
    for properties in [&schema["properties"], &stream["properties"]] {
        for (key, property) in properties.as_object().unwrap() {
            assert!(property["description"].is_string(), "{key}");
        }
    }
}
