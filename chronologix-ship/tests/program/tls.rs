//! A receiver behind TLS: authorities of its own, certificates of clients, proxies.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer,
    server::WebPkiClientVerifier,
};

use crate::tree::{Tree, once, printed};

/// An authority, and a certificate of it.
struct Issued {
    authority: CertifiedIssuer<'static, KeyPair>,
    certificate: Certificate,
    key: KeyPair,
}

impl Issued {
    fn to(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        Self {
            authority,
            certificate,
            key,
        }
    }
}

/// Serves connections until one has sent a request, which is answered with success. `clients` is
/// the authority of those that may connect.
fn serve(own: &Issued, clients: Option<&Issued>) -> (u16, JoinHandle<String>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = match clients {
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(clients.authority.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => config.with_no_client_auth(),
    };
    let key = PrivateKeyDer::try_from(own.key.serialize_der()).unwrap();
    let chain = vec![own.certificate.der().clone()];
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let mut clients = listener.incoming().flatten();
        clients
            .find_map(|client| answer(client, Arc::clone(&config)))
            .unwrap()
    });
    (port, served)
}

/// Returns the first line of a request, if the client comes so far.
fn answer(client: TcpStream, config: Arc<ServerConfig>) -> Option<String> {
    let connection = ServerConnection::new(config).unwrap();
    let mut stream = BufReader::new(StreamOwned::new(connection, client));
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        if let Some(bytes) = line.strip_prefix("content-length: ") {
            length = bytes.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    stream.read_exact(&mut vec![0; length]).ok()?;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.get_mut().write_all(answer).ok()?;
    stream.get_mut().flush().ok()?;
    Some(first.trim().to_owned())
}

fn file(tree: &Tree, name: &str, text: &str) -> PathBuf {
    let path = tree.dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_authority_of_its_own_vouches_for_a_receiver() {
    let mut tree = Tree::new();
    tree.log(8);
    let issued = Issued::to("localhost");
    let (port, served) = serve(&issued, None);
    let url = format!("https://localhost:{port}");

    let output = once(&tree.path(), &url).output().unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.contains("`certificate` names the authority"), "{err}");

    let authority = file(&tree, "authority.pem", &issued.authority.pem());
    let mut command = once(&tree.path(), &url);
    let output = command
        .arg("--certificate")
        .arg(&authority)
        .output()
        .unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 8 records\n".to_owned(), String::new())
    );
    assert_eq!(served.join().unwrap(), "POST /v1/logs HTTP/1.1");
}

#[test]
fn a_certificate_of_the_client_is_shown() {
    let mut tree = Tree::new();
    tree.log(8);
    let (own, client) = (Issued::to("localhost"), Issued::to("client"));
    let (port, served) = serve(&own, Some(&client));
    let authority = file(&tree, "authority.pem", &own.authority.pem());
    let certificate = file(&tree, "client.pem", &client.certificate.pem());
    let key = file(&tree, "client.key", &client.key.serialize_pem());
    let mut command = once(&tree.path(), &format!("https://localhost:{port}"));
    command.arg("--certificate").arg(&authority);
    command
        .arg("--client-certificate")
        .arg(&certificate)
        .arg("--client-key")
        .arg(&key);
    let output = command.output().unwrap();
    assert_eq!(
        printed(&output),
        (Some(0), "sent 8 records\n".to_owned(), String::new())
    );
    assert_eq!(served.join().unwrap(), "POST /v1/logs HTTP/1.1");
}

#[test]
fn a_file_without_a_certificate_is_named() {
    let mut tree = Tree::new();
    tree.log(8);
    let empty = file(&tree, "empty.pem", "");
    let mut command = once(&tree.path(), "https://localhost:1");
    let (code, _, err) = printed(&command.arg("--certificate").arg(&empty).output().unwrap());
    assert_eq!(code, Some(1));
    assert!(
        err.contains(&format!(
            "{} has no certificate in PEM form",
            empty.display()
        )),
        "{err}"
    );
}

/// Plain HTTP goes to the proxy as a request with the whole URL, or through a tunnel; either way
/// the proxy learns the host.
#[test]
fn a_proxy_of_the_environment_is_used_unless_it_is_excluded() {
    let mut tree = Tree::new();
    tree.log(8);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut client, _) = proxy.accept().unwrap();
        let lines = BufReader::new(client.try_clone().unwrap()).lines();
        let lines: Vec<_> = lines
            .map(Result::unwrap)
            .take_while(|it| !it.is_empty())
            .collect();
        let refusal = b"HTTP/1.1 407 Who\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        client.write_all(refusal).unwrap();
        lines.join(" ")
    });
    let mut command = once(&tree.path(), "http://collector.invalid:4318");
    let output = command.env("http_proxy", &address).output().unwrap();
    let (code, _, err) = printed(&output);
    assert_eq!(code, Some(1));
    assert!(err.contains("407") && err.contains("proxy"), "{err}");
    assert!(asked.join().unwrap().contains("collector.invalid:4318"));

    let mut command = once(&tree.path(), "http://collector.invalid:4318");
    command
        .env("http_proxy", &address)
        .env("NO_PROXY", ".invalid");
    let (_, _, err) = printed(&command.output().unwrap());
    assert!(err.contains("is the name of the host right?"), "{err}");
}
