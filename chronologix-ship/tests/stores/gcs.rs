//! Google Cloud Storage. No emulator of it comes as a package, so a server of a few lines answers
//! as the reference of the XML API says: `PUT` and `HEAD` of an object, and 404 for a bucket that
//! is missing.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    sync::{Arc, atomic::Ordering},
};

use super::{s3::unreliable, *};

/// The objects of the bucket `bucket` by their keys.
type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Starts a server. Returns its port.
fn serve(objects: &Objects) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let objects = Arc::clone(objects);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), objects) = (client, Arc::clone(&objects)) else {
                break;
            };
            // A request that breaks off has no answer.
            thread::spawn(move || answer(client, &objects));
        }
    });
    port
}

/// Answers one request.
fn answer(mut client: TcpStream, objects: &Objects) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let read = reader.read_until(b'\n', &mut head).ok()?;
        (read > 0).then_some(())?;
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let (method, rest) = head.split_once(' ')?;
    let path = unescaped(rest.split_once(' ')?.0);
    let key = path.strip_prefix("/bucket/").map(str::to_owned);
    let length = head.split_once("content-length: ");
    let length = length.map_or("0", |it| it.1.split_once("\r\n").map_or("0", |it| it.0));
    let mut body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let mut objects = objects.lock().unwrap();
    let found = match (method, key) {
        ("put", Some(key)) => {
            objects.insert(key, body);
            Some(0)
        }
        ("head", Some(key)) => objects.get(&key).map(Vec::len),
        _ => None,
    };
    let answer = match found {
        Some(length) => format!(
            "HTTP/1.1 200 OK\r\netag: \"1\"\r\nx-goog-generation: 1\r\ncontent-length: {length}\r\n\
             last-modified: Sun, 04 May 2025 14:00:00 GMT\r\nconnection: close\r\n\r\n"
        ),
        None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into(),
    };
    client.write_all(answer.as_bytes()).ok()
}

/// Returns a path without its escapes. All of them stand for ASCII here.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(2);
        text + &char::from(u8::from_str_radix(digits, 16).unwrap()).to_string() + rest
    })
}

/// The settings by which the client asks this port, and proves nothing to it.
fn variables(port: u16) -> [(&'static str, String); 2] {
    let account = serde_json::json!({
        "gcs_base_url": format!("http://127.0.0.1:{port}"), "disable_oauth": true,
        "client_email": "", "private_key": "", "private_key_id": "",
    });
    [
        ("GOOGLE_SERVICE_ACCOUNT_KEY", account.to_string()),
        ("GOOGLE_ALLOW_HTTP", "true".to_owned()),
    ]
}

#[test]
fn google_cloud_storage_has_every_file_although_connections_break() {
    let objects = Objects::default();
    let port = serve(&objects);
    let dir = tempfile::tempdir().unwrap();
    write_tree(dir.path());
    let error = only_error(&ship(dir.path(), "gs://missing/logs", &variables(port)));
    assert!(error.contains("does the bucket exist?"), "{error}");
    assert!(marked(dir.path()).is_empty());
    let (breaking, connections) = unreliable(port);
    ship_well(dir.path(), "gs://bucket/logs", &variables(breaking));
    assert!(connections.load(Ordering::Relaxed) >= 8);
    assert_eq!(marked(dir.path()).len(), 3);
    assert_whole(dir.path(), &objects.lock().unwrap());
}
