//! Settings from the environment: the variables of OpenTelemetry, and those of proxies.

use std::time::Duration;

use chronologix_schema::settings::{
    ConfigProblem,
    keys::{self, Given},
    ship::{SHIP_KEYS, ShipOptions, parse_header},
};

use super::{Variables, variable_problem};

/// What the variables of OpenTelemetry say.
#[derive(Debug, Default)]
pub(super) struct FromVariables {
    pub(super) options: ShipOptions,
    /// The whole URL of the receiver of logs.
    pub(super) logs_endpoint: Option<String>,
}

/// Variables that hold what a key takes. That of logs alone wins over that of all signals.
const TEXTS: [(&str, &str); 5] = [
    ("endpoint", "ENDPOINT"),
    ("compression", "COMPRESSION"),
    ("certificate", "CERTIFICATE"),
    ("client_certificate", "CLIENT_CERTIFICATE"),
    ("client_key", "CLIENT_KEY"),
];

const ALL: &str = "OTEL_EXPORTER_OTLP_";
const LOGS: &str = "OTEL_EXPORTER_OTLP_LOGS_";

/// Reads the variables of OpenTelemetry. An empty one counts as not set.
pub(super) fn options(variables: &Variables, problems: &mut Vec<ConfigProblem>) -> FromVariables {
    let mut found = FromVariables::default();
    let set = |name: String| {
        let (name, value) = variables.get_key_value(&name)?;
        (!value.is_empty()).then_some((name.as_str(), value.as_str()))
    };
    let of = |name: &str| set(format!("{LOGS}{name}")).or_else(|| set(format!("{ALL}{name}")));
    let mut take = |options: &mut ShipOptions, key: &str, name: &str, value: &str| {
        let Some(key) = keys::find(key, SHIP_KEYS) else {
            return;
        };
        if let Err(why) = key.set(options, Given::Untyped(value)) {
            problems.push(variable_problem(name, why));
        }
    };
    for (key, name) in TEXTS {
        if let Some((name, value)) = of(name) {
            take(&mut found.options, key, name, value);
            if key == "endpoint" && name.starts_with(LOGS) {
                found.logs_endpoint = found.options.endpoint.take();
            }
        }
    }
    if let Some((name, value)) = set("OTEL_SERVICE_NAME".to_owned()) {
        take(&mut found.options, "service_name", name, value);
    }
    if let Some((name, value)) = of("TIMEOUT") {
        match value.parse() {
            Ok(millis) if millis > 0 => found.options.timeout = Some(Duration::from_millis(millis)),
            _ => {
                let why = format!("{value:?} is no number of milliseconds, such as 10000");
                problems.push(variable_problem(name, why));
            }
        }
    }
    if let Some((name, value)) = of("PROTOCOL").filter(|(_, value)| *value != "http/protobuf") {
        let why = format!("{value:?} is not spoken; allowed: http/protobuf");
        problems.push(variable_problem(name, why));
    }
    if let Some((name, value)) = of("HEADERS") {
        match pairs(value).map(|pair| parse_header(&pair?)).collect() {
            Ok(headers) => found.options.headers = Some(headers),
            Err(why) => problems.push(variable_problem(name, why)),
        }
    }
    if let Some((name, value)) = set("OTEL_RESOURCE_ATTRIBUTES".to_owned()) {
        resource(&mut found.options, name, value, problems);
    }
    found
}

/// Reads attributes of the resource. Two of them have options of their own.
fn resource(options: &mut ShipOptions, name: &str, value: &str, problems: &mut Vec<ConfigProblem>) {
    use chronologix_schema::settings::ship::parse_attribute;
    let parsed = pairs(value).map(|pair| parse_attribute(&pair?));
    let attributes: Vec<_> = match parsed.collect() {
        Ok(attributes) => attributes,
        Err(why) => return problems.push(variable_problem(name, why)),
    };
    for (name, value) in attributes {
        match name.as_str() {
            "service.name" => {
                options.service_name.get_or_insert(value);
            }
            "host.name" => options.host_name = Some(value),
            _ => options.resource.get_or_insert_default().push((name, value)),
        }
    }
}

/// Returns the pairs of a list, `a=1,b=2`, with their `%20` and the like decoded.
fn pairs(list: &str) -> impl Iterator<Item = Result<String, String>> {
    let pairs = list.split(',').map(str::trim);
    pairs.filter(|pair| !pair.is_empty()).map(decoded)
}

fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        if let (b'%', Some(high), Some(low)) = (byte, digit(0), digit(1)) {
            bytes.extend(u8::try_from(high << 4 | low));
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8 after decoding: {error}"))
}

/// Returns the proxy on the way to an address, as curl finds it.
pub(super) fn proxy(variables: &Variables, endpoint: &str) -> Option<String> {
    let (scheme, rest) = endpoint.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split(':').next(),
    };
    let set = |names: &[&str]| {
        let values = names.iter().filter_map(|name| variables.get(*name));
        values.map(String::as_str).find(|value| !value.is_empty())
    };
    let excluded = set(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
    if is_excluded(host.unwrap_or_default(), excluded) {
        return None;
    }
    let names: &[&str] = match scheme {
        "https" => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    set(names).map(str::to_owned)
}

/// Returns whether a host is reached without a proxy: `*`, its name, or a domain that it is in.
fn is_excluded(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split([',', ' ']).any(|entry| {
        let entry = entry.trim().to_ascii_lowercase();
        // With a port, but not an address of IPv6.
        let with_port = entry
            .split_once(':')
            .filter(|(_, port)| !port.contains(':'));
        let entry = with_port.map_or(entry.as_str(), |(name, _)| name);
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        entry == "*"
            || !domain.is_empty()
                && host
                    .strip_suffix(domain)
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}
