//! S3, by moto: connections that break, and credentials that are refused.

use std::{
    io::{Read as _, Write as _},
    net::Shutdown,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;

/// Forwards connections to a port. Half of them are cut: before the request, within it, or within
/// the answer; or are answered that the server is busy.
/// Returns its port, and how many connections there were.
pub(super) fn unreliable(port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(client) = client else { break };
            let number = counted.fetch_add(1, Ordering::Relaxed);
            thread::spawn(move || forward(client, port, number));
        }
    });
    (own, connections)
}

fn forward(mut client: TcpStream, port: u16, number: usize) {
    // Bytes from the client, and to it.
    let (up, down) = match number % 8 {
        1 => return,
        3 => (400, usize::MAX),
        5 => (usize::MAX, 30),
        7 => {
            let mut head = [0; 16 << 10];
            let _ = client.read(&mut head);
            let busy = "HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = client.write_all(busy.as_bytes());
            return;
        }
        // A few requests, then another connection is needed.
        _ => (3000, usize::MAX),
    };
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
        return;
    };
    let copy = |mut from: TcpStream, mut to: TcpStream, most: usize| {
        let mut left = most;
        let mut block = [0; 1024];
        while left > 0 {
            let most = left.min(block.len());
            let Ok(read @ 1..) = from.read(&mut block[..most]) else {
                break;
            };
            left -= read;
            if to.write_all(&block[..read]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    };
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let back = thread::spawn(move || copy(server, client, down));
    copy(from, to, up);
    let _ = back.join();
}

fn variables(port: u16, key: &str, secret: &str) -> [(&'static str, String); 5] {
    [
        ("AWS_ACCESS_KEY_ID", key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
    ]
}

/// Reads all objects of a bucket, and prints their keys and bytes.
const READ_BUCKET: &str = r#"
import base64, boto3, json, sys
s3 = boto3.client("s3", endpoint_url=sys.argv[1], aws_access_key_id="key",
                  aws_secret_access_key="secret", region_name="us-east-1")
keys = [found["Key"] for found in s3.list_objects_v2(Bucket="bucket").get("Contents", [])]
body = lambda key: s3.get_object(Bucket="bucket", Key=key)["Body"].read()
print(json.dumps({key: base64.b64encode(body(key)).decode() for key in keys}))
"#;

#[test]
fn a_store_whose_connections_break_has_every_file_in_the_end() {
    let (Some(moto), Some(python)) = (find("moto_server"), find("python")) else {
        return;
    };
    let port = free_port();
    let mut command = Command::new(moto);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    let _moto = Engine::start(&mut command, port);
    let address = format!("http://127.0.0.1:{port}");
    ureq::put(format!("{address}/bucket")).send_empty().unwrap();
    let dir = tempfile::tempdir().unwrap();
    write_tree(dir.path());
    let variables = |port| variables(port, "key", "secret");
    let error = only_error(&ship(dir.path(), "s3://missing/logs", &variables(port)));
    assert!(error.contains("does the bucket exist?"), "{error}");
    assert!(marked(dir.path()).is_empty());

    let (breaking, connections) = unreliable(port);
    ship_well(dir.path(), "s3://bucket/logs", &variables(breaking));
    let connections = connections.load(Ordering::Relaxed);
    assert!(
        connections >= 8,
        "{connections} connections, of which half break"
    );
    assert_eq!(marked(dir.path()).len(), 3);
    let mut command = Command::new(python);
    let output = command
        .args(["-c", READ_BUCKET, &address])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let objects: BTreeMap<String, String> = serde_json::from_slice(&output.stdout).unwrap();
    let objects = objects
        .iter()
        .map(|(key, body)| (key.clone(), decoded(body)));
    assert_whole(dir.path(), &objects.collect());
}

/// Makes a bucket, and a user that may do nothing. Prints the key and the secret of the user.
const MAKE_USER: &str = r#"
import boto3, json, sys
client = lambda name: boto3.client(name, endpoint_url=sys.argv[1], aws_access_key_id="key",
                                   aws_secret_access_key="secret", region_name="us-east-1")
client("s3").create_bucket(Bucket="bucket")
client("iam").create_user(UserName="user")
key = client("iam").create_access_key(UserName="user")["AccessKey"]
print(json.dumps([key["AccessKeyId"], key["SecretAccessKey"]]))
"#;

#[test]
fn credentials_that_are_refused_are_one_error_and_nothing_is_marked() {
    let (Some(moto), Some(python)) = (find("moto_server"), find("python")) else {
        return;
    };
    let port = free_port();
    let mut command = Command::new(moto);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    // Those that make the bucket and the user. All others are checked.
    command.env("INITIAL_NO_AUTH_ACTION_COUNT", "3");
    let _moto = Engine::start(&mut command, port);
    let address = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(python);
    let output = command.args(["-c", MAKE_USER, &address]).output().unwrap();
    let [key, secret]: [String; 2] = serde_json::from_slice(&output.stdout).unwrap();
    let dir = tempfile::tempdir().unwrap();
    write_tree(dir.path());
    for (key, secret, why) in [
        ("AKIAUNKNOWN", "secret", "InvalidAccessKeyId"),
        (&*key, "another", "SignatureDoesNotMatch"),
        (&*key, &*secret, "AccessDenied"),
    ] {
        let variables = variables(port, key, secret);
        let error = only_error(&ship(dir.path(), "s3://bucket/logs", &variables));
        assert!(error.contains(why), "{error}");
        assert!(error.contains("may these credentials write"), "{error}");
        assert!(!error.contains(secret), "{error}");
        assert!(marked(dir.path()).is_empty());
    }
}
