//! Arguments, and the options they stand for.

use serde_json::json;

use super::*;

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn search() -> &'static ToolSpec {
    TOOLS.iter().find(|tool| tool.name == "search").unwrap()
}

#[test]
fn arguments_become_options() {
    let arguments = json!({
        "since": "-10m", "streams": ["app", "err*"], "regex": "ACME-17", "level": "error",
        "ignore_case": true, "limit": 7, "oldest_first": false, "until": null,
    });
    let mut options = search().options(&object(arguments)).unwrap();
    options.sort();
    assert_eq!(
        options,
        [
            "--grep=ACME-17",
            "--ignore-case",
            "--level=error",
            "--since=-10m",
            "--stream=app",
            "--stream=err*",
        ]
    );
}

#[test]
fn a_value_never_becomes_an_option() {
    let options = search()
        .options(&object(json!({"regex": "--follow"})))
        .unwrap();
    assert_eq!(options, ["--grep=--follow"]);
}

#[test]
fn wrong_arguments_say_what_is_right() {
    let cases = [
        (
            json!({"limit": "many"}),
            r#""limit" is a whole number from 0, not "many""#,
        ),
        (
            json!({"limit": -1}),
            r#""limit" is a whole number from 0, not -1"#,
        ),
        (json!({"since": 7}), r#""since" is a text, not 7"#),
        (
            json!({"regex": ["a", 1]}),
            r#""regex" is a list of texts, not ["a",1]"#,
        ),
        (
            json!({"ignore_case": "yes"}),
            r#""ignore_case" is true or false, not "yes""#,
        ),
    ];
    for (arguments, expected) in cases {
        assert_eq!(search().options(&object(arguments)).unwrap_err(), expected);
    }
    let unknown = search()
        .options(&object(json!({"path": "/etc/passwd"})))
        .unwrap_err();
    assert!(
        unknown.starts_with(r#"search takes no "path"; it takes limit, "#),
        "{unknown}"
    );
    let around = TOOLS.iter().find(|tool| tool.name == "around").unwrap();
    let missing = around.options(&JsonObject::new()).unwrap_err();
    assert_eq!(missing, r#"around needs "time": the moment"#);
}

#[test]
fn schemas_name_every_parameter_once() {
    for tool in &TOOLS {
        let names: Vec<&str> = tool.parameters().map(|parameter| parameter.name).collect();
        let schema = tool.schema();
        let known = schema["properties"].as_object().unwrap();
        assert_eq!(known.len(), names.len(), "{}: {names:?}", tool.name);
        assert!(!tool.description.contains("  "), "{}", tool.description);
    }
}
