//! Tests of what wins over what, and of the variables of others.

use std::{path::PathBuf, time::Duration};

use chronologix_schema::settings::{options::ContentEncoding, ship::ShipOptions};

use super::{Settings, Variables, environment::proxy, with_logs_path};

fn variables(list: &[(&str, &str)]) -> Variables {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    list.iter().map(owned).collect()
}

fn resolve(flags: ShipOptions, list: &[(&str, &str)], file: ShipOptions) -> Settings {
    let tree = PathBuf::from("/var/log/billing");
    Settings::resolve(tree, flags, &variables(list), file, "web-3").unwrap()
}

fn problems(list: &[(&str, &str)]) -> Vec<String> {
    let tree = PathBuf::from("/logs");
    let none = ShipOptions::default;
    let error = Settings::resolve(tree, none(), &variables(list), none(), "h").unwrap_err();
    let problems = error.problems().iter();
    problems
        .map(|it| format!("{}: {}", it.key(), it.why()))
        .collect()
}

fn endpoint(text: &str) -> ShipOptions {
    ShipOptions {
        endpoint: Some(text.to_owned()),
        ..ShipOptions::default()
    }
}

#[test]
fn defaults() {
    let settings = resolve(ShipOptions::default(), &[], ShipOptions::default());
    assert_eq!(settings.receiver.endpoint, "http://localhost:4318/v1/logs");
    assert_eq!(settings.receiver.compression, ContentEncoding::Gzip);
    assert_eq!(settings.receiver.timeout, Duration::from_secs(10));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = [pair("service.name", "billing"), pair("host.name", "web-3")];
    assert_eq!(settings.resource, expected);
    assert_eq!(
        settings.state_dir,
        PathBuf::from("/var/log/billing/.chronologix-ship")
    );
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let all = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://variable:4318")];
    let logs = ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs/exact");
    let none = ShipOptions::default;
    let address = |settings: Settings| settings.receiver.endpoint;
    let found = address(resolve(none(), &all, endpoint("http://file")));
    assert_eq!(found, "http://variable:4318/v1/logs");
    let found = address(resolve(
        endpoint("http://flag"),
        &all,
        endpoint("http://file"),
    ));
    assert_eq!(found, "http://flag/v1/logs");
    let found = address(resolve(none(), &[all[0], logs], none()));
    assert_eq!(found, "http://logs/exact");
    let found = address(resolve(endpoint("http://flag"), &[logs], none()));
    assert_eq!(found, "http://flag/v1/logs");
    let found = address(resolve(
        none(),
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
        none(),
    ));
    assert_eq!(found, "http://localhost:4318/v1/logs");
}

#[test]
fn the_path_of_logs_is_added_once() {
    let cases = [
        ("http://a", "http://a/v1/logs"),
        ("http://a/", "http://a/v1/logs"),
        ("http://a/otlp", "http://a/otlp/v1/logs"),
        ("http://a/v1/logs", "http://a/v1/logs"),
        ("http://a/v1/logs/", "http://a/v1/logs"),
        ("http://a/x?t=1", "http://a/x/v1/logs?t=1"),
    ];
    for (given, expected) in cases {
        assert_eq!(with_logs_path(given), expected);
    }
}

#[test]
fn variables_of_opentelemetry() {
    let list = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, X-Tenant=t"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_SERVICE_NAME", "shop"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=other,host.name=h7,deployment=a%2Cb",
        ),
    ];
    let settings = resolve(ShipOptions::default(), &list, ShipOptions::default());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        settings.receiver.headers,
        [pair("api-key", "a b"), pair("x-tenant", "t")]
    );
    assert_eq!(settings.receiver.compression, ContentEncoding::None);
    assert_eq!(settings.receiver.timeout, Duration::from_millis(2500));
    let expected = [
        pair("service.name", "shop"),
        pair("host.name", "h7"),
        pair("deployment", "a,b"),
    ];
    assert_eq!(settings.resource, expected);
}

#[test]
fn wrong_variables_are_problems_all_at_once() {
    let list = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "key.pem"),
    ];
    let expected = [
        "OTEL_EXPORTER_OTLP_ENDPOINT: \"localhost:4317\" is no address of a receiver; allowed: \
         http:// or https:// with a host, such as http://localhost:4318",
        "OTEL_EXPORTER_OTLP_TIMEOUT: \"10s\" is no number of milliseconds, such as 10000",
        "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: \"grpc\" is not spoken; allowed: http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS: a header without \"=\"; allowed: name=value, such as \
         authorization=Bearer abc",
        "ship.client_key: `client_key` needs `client_certificate`; give both, or leave out both",
    ];
    assert_eq!(problems(&list), expected);
}

#[test]
fn attributes_of_the_resource_add_up_by_name() {
    let resource = |list: &[(&str, &str)]| ShipOptions {
        resource: Some(variables(list).into_iter().collect()),
        ..ShipOptions::default()
    };
    let settings = resolve(
        resource(&[("a", "flag")]),
        &[("OTEL_RESOURCE_ATTRIBUTES", "a=variable,b=variable")],
        resource(&[("b", "file"), ("c", "file"), ("host.name", "not this way")]),
    );
    let found = settings.resource[1..].iter();
    let found: Vec<_> = found
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(found, ["host.name=web-3", "a=flag", "b=variable", "c=file"]);
}

#[test]
fn systemd_says_where_the_state_goes() {
    let none = ShipOptions::default;
    let list = [("STATE_DIRECTORY", "/var/lib/a:/var/lib/b")];
    assert_eq!(
        resolve(none(), &list, none()).state_dir,
        PathBuf::from("/var/lib/a")
    );
    let flags = ShipOptions {
        state_dir: Some("/x".into()),
        ..none()
    };
    assert_eq!(resolve(flags, &list, none()).state_dir, PathBuf::from("/x"));
}

#[test]
fn the_proxy_depends_on_scheme_and_host() {
    let list = variables(&[
        ("HTTPS_PROXY", "http://secure:1"),
        ("http_proxy", "http://plain:2"),
        (
            "NO_PROXY",
            "localhost, .internal,10.0.0.7,[::1],example.com:443",
        ),
    ]);
    let cases = [
        ("https://otlp.example.org/v1/logs", Some("http://secure:1")),
        ("http://user@otlp.example.org:4318/", Some("http://plain:2")),
        ("http://localhost:4318/v1/logs", None),
        ("http://notlocalhost:4318/v1/logs", Some("http://plain:2")),
        ("https://a.internal", None),
        ("https://internal", None),
        ("https://my-internal", Some("http://secure:1")),
        ("http://10.0.0.7:4318", None),
        ("http://10.0.0.70:4318", Some("http://plain:2")),
        ("https://api.EXAMPLE.com", None),
    ];
    for (endpoint, expected) in cases {
        assert_eq!(proxy(&list, endpoint).as_deref(), expected, "{endpoint}");
    }
    let list = variables(&[("ALL_PROXY", "http://all:3"), ("no_proxy", "*")]);
    assert_eq!(proxy(&list, "https://a"), None);
    let list = variables(&[("all_proxy", "http://all:3")]);
    assert_eq!(proxy(&list, "https://a").as_deref(), Some("http://all:3"));
}
