//! A service, asked by a real HTTP client.

use crate::run::{Running, interrupt};

#[test]
fn each_record_says_which_request_it_belongs_to() {
    let mut running = Running::start_with("axum_service", &[("PORT", "0")], None);
    let said = running.read_line();
    let address = said.strip_prefix("listening on ").unwrap();
    let client = ureq::agent();
    let get = |path: &str| client.get(format!("{address}{path}")).call();
    let mut found = get("/orders/17").unwrap();
    assert_eq!(found.body_mut().read_to_string().unwrap(), "order 17\n");
    assert!(matches!(
        get("/orders/0"),
        Err(ureq::Error::StatusCode(404))
    ));
    drop(client);
    interrupt(&running.child);
    let run = running.end();
    assert!(run.succeeded, "{}", run.stderr);

    let base = "logs/axum_service";
    let expected = [
        "[DEBUG] looking for the order request=1 path=/orders/17",
        "[DEBUG] looking for the order request=2 path=/orders/0",
        "[WARN] there is no order 0 request=2 path=/orders/0",
    ];
    assert_eq!(run.messages(base, "app.log"), expected);
    assert_eq!(run.messages(base, "errors.log"), expected[2..]);
    let answered = run.lines(base, "access.log");
    let answered = answered.iter().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["seconds"].as_f64().unwrap() > 0.0);
        (
            line["status"].as_u64().unwrap(),
            line["request"].as_u64().unwrap(),
        )
    });
    assert_eq!(answered.collect::<Vec<_>>(), [(200, 1), (404, 2)]);
}
