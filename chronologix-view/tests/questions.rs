//! The program as a server of the Model Context Protocol: the messages of a client, line by line.
#![cfg(feature = "mcp")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

const LOG: &str = "\
2025-05-04T14:02:19.000Z INFO order 1 placed
2025-05-04T14:02:20.000Z ERROR order 2 rejected
";

struct Client {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
}

impl Client {
    fn of(path: &Path) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_chronologix-view"))
            .arg("--mcp")
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
        let from = BufReader::new(from);
        let mut client = Self {
            server,
            to,
            from,
            asked: 0,
        };
        let hello = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        let about = client.ask("initialize", &hello);
        assert_eq!(about["serverInfo"]["name"], "chronologix-view", "{about}");
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        let member = if answer["error"].is_null() {
            "result"
        } else {
            "error"
        };
        answer[member].take()
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> (String, bool) {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let text = answer["content"][0]["text"].as_str().unwrap_or_default();
        (text.to_owned(), answer["isError"] == true)
    }

    /// Ends as clients do: by closing stdin.
    fn end(self) {
        drop(self.to);
        let ended = self.server.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && stderr.is_empty(), "{ended:?}");
    }
}

#[test]
fn a_client_finds_the_tools_and_calls_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.log");
    fs::write(&path, LOG).unwrap();
    let mut client = Client::of(&path);

    let listed = client.ask("tools/list", &json!({}));
    let tools = listed["tools"].as_array().unwrap();
    assert!(tools.len() > 2, "{listed}");
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }

    let (text, is_error) = client.call("search", &json!({"level": "error"}));
    assert!(
        text.contains("ERROR\torder 2 rejected") && !is_error,
        "{text}"
    );
    // What is written meanwhile is found by the next question.
    let mut grown = fs::OpenOptions::new().append(true).open(&path).unwrap();
    writeln!(grown, "2025-05-04T14:02:21.000Z ERROR order 3 rejected").unwrap();
    let (text, _) = client.call("search", &json!({"level": "error", "limit": 1}));
    assert!(
        text.contains("order 3 rejected") && text.contains("1 of 2 records"),
        "{text}"
    );

    let (text, is_error) = client.call("search", &json!({"regex": "("}));
    assert!(is_error && text.contains("invalid regex"), "{text}");
    let unknown = client.ask("tools/call", &json!({"name": "delete", "arguments": {}}));
    assert!(
        unknown["message"].as_str().unwrap().contains("overview"),
        "{unknown}"
    );
    client.end();
}

/// The least bytes that a token stands for.
const BYTES_OF_A_TOKEN: usize = 3;

#[test]
fn a_new_error_among_many_records_is_found_by_three_calls() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.log");
    let mut log = String::new();
    for second in 0..7_200 {
        let time = format!(
            "2025-05-04T{:02}:{:02}:{:02}",
            14 + second / 3_600,
            second / 60 % 60,
            second % 60
        );
        writeln!(
            log,
            "{time}.000Z INFO order {second} placed by user {}",
            second % 97
        )
        .unwrap();
        writeln!(
            log,
            "{time}.500Z DEBUG cache holds {} of {second} entries",
            second % 31
        )
        .unwrap();
        if second % 10 == 0 {
            writeln!(
                log,
                "{time}.600Z ERROR payment {second} was refused by bank {}",
                second % 7
            )
            .unwrap();
        }
        if second == 5_000 {
            writeln!(
                log,
                "{time}.700Z ERROR ledger 17 does not balance: 3 cents are missing"
            )
            .unwrap();
        }
    }
    fs::write(&path, log).unwrap();
    let mut client = Client::of(&path);

    let (overview, _) = client.call("overview", &json!({}));
    let window = json!({"since": "2025-05-04 15:00", "until": "2025-05-04 16:00"});
    let (new, _) = client.call("diff", &window);
    let first = new.lines().find(|line| line.contains("ERROR")).unwrap();
    assert!(first.contains("does not balance"), "{new}");
    let (found, _) = client.call("search", &json!({"regex": "does not balance"}));
    assert!(
        found.contains("15:23:20") && found.contains("all records that match: 1"),
        "{found}"
    );
    let bytes = overview.len() + new.len() + found.len();
    assert!(bytes <= 6_000 * BYTES_OF_A_TOKEN, "{bytes} bytes");
    client.end();
}

#[test]
fn the_log_cannot_come_from_stdin_as_well() {
    for arguments in [&["--mcp", "-"][..], &["--mcp"]] {
        let program = Command::new(env!("CARGO_BIN_EXE_chronologix-view"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(program.status.code(), Some(2), "{program:?}");
        assert!(
            program.stdout.is_empty() && !program.stderr.is_empty(),
            "{program:?}"
        );
    }
}
