//! The examples whose records come by other facades.

use super::run::run;

/// Lines of JSON without their stamps.
fn records(lines: &[String]) -> Vec<serde_json::Value> {
    let parse = |line: &String| {
        let mut record = serde_json::from_str::<serde_json::Value>(line).unwrap();
        record.as_object_mut().unwrap().remove("timestamp").unwrap();
        record
    };
    lines.iter().map(parse).collect()
}

#[test]
fn log_bridge() {
    let run = run("log_bridge");
    let error =
        "[ERROR] there is no such table table=odrers target=log_bridge::database".to_owned();
    assert_eq!(
        run.messages("logs/log_bridge", "app.log"),
        [
            "[INFO] looking for orders target=log_bridge",
            "[INFO] orders found rows=3 target=log_bridge",
            &error,
        ]
    );
    assert_eq!(run.messages("logs/log_bridge", "errors.log"), [error]);
    let queries = ["orders", "odrers"].map(|table| {
        serde_json::json!({
            "level": "DEBUG", "stream": "database", "message": "query done",
            "table": table, "rows": 3, "target": "log_bridge::database",
        })
    });
    let lines = run.lines("logs/log_bridge", "database.jsonl");
    assert_eq!(records(&lines), queries);
}

#[test]
fn tracing_bridge() {
    let run = run("tracing_bridge");
    // Two tasks: each in its order, but nobody knows which first.
    let app = run.messages("logs/tracing_bridge", "app.log");
    let is_close = |line: &String| line.starts_with("[INFO] close time.busy=");
    let (closed, mut app) = app.into_iter().partition::<Vec<_>, _>(is_close);
    app.sort();
    let around = |id: u32, user: &str| format!("id={id}{user} span=request target=tracing_bridge");
    let error = format!(
        "[ERROR] order not paid error=\"limit reached\" {}",
        around(2, " user=ann")
    );
    let expected = [
        error.clone(),
        format!("[INFO] order paid cents=500 {}", around(1, " user=ann")),
        format!("[INFO] request taken {}", around(1, "")),
        format!("[INFO] request taken {}", around(2, "")),
    ];
    assert_eq!(app, expected);
    assert_eq!(closed.len(), 2);
    for id in [1, 2] {
        let end = format!(" {}", around(id, " user=ann"));
        assert!(closed.iter().any(|line| line.ends_with(&end)), "{closed:?}");
    }
    assert_eq!(run.messages("logs/tracing_bridge", "errors.log"), [error]);
    let mut payments = records(&run.lines("logs/tracing_bridge", "payments.jsonl"));
    payments.sort_by_key(|record| record["id"].as_u64());
    let expected = [(1, 500), (2, 2000)].map(|(id, cents)| {
        serde_json::json!({
            "level": "DEBUG", "stream": "payments", "message": "card charged", "cents": cents,
            "id": id, "user": "ann", "span": "request", "target": "payments",
        })
    });
    assert_eq!(payments, expected);
}
