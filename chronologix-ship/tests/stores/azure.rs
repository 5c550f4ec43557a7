//! Azure Blob Storage, by Azurite.

use super::*;

/// Creates a container of Azurite, or reads objects from it: what its first argument says. The
/// account and its key are those that every emulator has.
const AZURE: &str = r#"
import base64, datetime, hashlib, hmac, json, sys, urllib.request
address, keys = sys.argv[2], sys.argv[3:]
key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
def ask(method, path, query=""):
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
    head = {"x-ms-date": date, "x-ms-version": "2021-08-06"}
    signed = method + "\n" * 12 + "".join(f"{name}:{head[name]}\n" for name in sorted(head))
    signed += f"/devstoreaccount1/devstoreaccount1/{path}" + query.replace("=", ":").replace("?", "\n")
    digest = hmac.new(base64.b64decode(key), signed.encode(), hashlib.sha256).digest()
    head["Authorization"] = "SharedKey devstoreaccount1:" + base64.b64encode(digest).decode()
    url = f"{address}/devstoreaccount1/{path}{query}"
    return urllib.request.urlopen(urllib.request.Request(url, method=method, headers=head)).read()
if sys.argv[1] == "create":
    ask("PUT", "container", "?restype=container")
else:
    body = lambda key: base64.b64encode(ask("GET", f"container/{key}")).decode()
    print(json.dumps({key: body(key) for key in keys}))
"#;

#[test]
fn azure_has_every_file_or_refuses_all() {
    let (Some(azurite), Some(python)) = (find("azurite-blob"), find("python")) else {
        return;
    };
    let port = free_port();
    let mut command = Command::new(azurite);
    command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
    command.args(["--silent", "--disableTelemetry", "--inMemoryPersistence"]);
    let _azurite = Engine::start(command.arg("--skipApiVersionCheck"), port);
    let address = format!("http://127.0.0.1:{port}");
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        let output = command
            .args(["-c", AZURE])
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    ask(&["create", &address]);
    let dir = tempfile::tempdir().unwrap();
    write_tree(dir.path());
    let variables = [
        ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
        ("AZURITE_BLOB_STORAGE_URL", address.clone()),
    ];
    let error = only_error(&ship(dir.path(), "az://missing/logs", &variables));
    assert!(error.contains("does the bucket exist?"), "{error}");
    let wrong = ("AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmc=".to_owned());
    let refused = [&variables[..], &[wrong]].concat();
    let error = only_error(&ship(dir.path(), "az://container/logs", &refused));
    assert!(error.contains("may these credentials write"), "{error}");
    assert!(marked(dir.path()).is_empty());
    ship_well(dir.path(), "az://container/logs", &variables);
    let key = "logs/app=billing/host=web-3/stream=app/dt=2025-05-04/hour=14/14-00.log.zst";
    let objects = ask(&["read", &address, key]);
    let objects: BTreeMap<String, String> = serde_json::from_slice(&objects).unwrap();
    let plain = zstd::decode_all(&*decoded(&objects[key])).unwrap();
    assert_eq!(
        plain,
        fs::read(dir.path().join("2025-05-04__14-00/app.log")).unwrap()
    );
}
