//! Settings of a run: flags before the environment before the table `[ship]`.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use chronologix_schema::settings::{
    ConfigError, ConfigProblem,
    options::{ContentEncoding, ObjectFormat, StartAt},
    quantity::ByteSize,
    ship::ShipOptions,
};

use crate::batch::Limits;

mod environment;

/// Where records go unless set otherwise: the usual port of OTLP/HTTP.
const ENDPOINT: &str = "http://localhost:4318";

/// What is added to the address of a receiver.
const LOGS_PATH: &str = "/v1/logs";

/// The folder of the cursor, in the tree.
const STATE_DIR: &str = ".chronologix-ship";

/// Environment variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// Everything that a run needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The folder of the tree.
    pub(crate) tree: PathBuf,
    pub(crate) receiver: Receiver,
    /// Attributes of the resource: name and value.
    pub(crate) resource: Vec<(String, String)>,
    /// The name of the machine.
    pub(crate) host: String,
    /// Those that are sent. `None`: all.
    pub(crate) streams: Option<Vec<String>>,
    pub(crate) start_at: StartAt,
    pub(crate) limits: Limits,
    pub(crate) grace: Duration,
    pub(crate) state_dir: PathBuf,
    /// The address of the store of closed folders.
    pub(crate) store: Option<String>,
    /// What becomes of their files.
    #[cfg_attr(
        not(feature = "objects"),
        allow(dead_code, reason = "of the command `objects`")
    )]
    pub(crate) object_format: ObjectFormat,
    /// The address of `/metrics` and `/healthz`.
    pub(crate) listen: Option<std::net::SocketAddr>,
}

/// How to reach a receiver.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    /// The whole URL.
    pub(crate) endpoint: String,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) compression: ContentEncoding,
    /// From the connection to the end of the answer.
    pub(crate) timeout: Duration,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
    /// The URL of the proxy, if the receiver is not reached directly.
    pub(crate) proxy: Option<String>,
}

impl Settings {
    /// Brings settings together. `flags` win over `variables`, which win over `file`.
    ///
    /// # Errors
    ///
    /// With everything that is wrong.
    pub(crate) fn resolve(
        tree: PathBuf,
        flags: ShipOptions,
        variables: &Variables,
        file: ShipOptions,
        machine: &str,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let from_variables = environment::options(variables, &mut problems);
        // A flag is more special than a variable that names the whole URL.
        let whole_url = from_variables
            .logs_endpoint
            .filter(|_| flags.endpoint.is_none());
        let options = over(over(flags, from_variables.options), file);
        options.check_values(&mut problems);
        if !problems.is_empty() {
            return Err(ConfigError::new(problems));
        }
        let endpoint = whole_url
            .unwrap_or_else(|| with_logs_path(options.endpoint.as_deref().unwrap_or(ENDPOINT)));
        let host = options.host_name.unwrap_or_else(|| machine.to_owned());
        let name = tree
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let service = options.service_name.or(name);
        let mut resource = vec![
            (
                "service.name".to_owned(),
                service.unwrap_or_else(|| "logs".to_owned()),
            ),
            ("host.name".to_owned(), host.clone()),
        ];
        let others = options.resource.unwrap_or_default();
        let is_other = |(name, _): &(String, String)| name != "service.name" && name != "host.name";
        resource.extend(others.into_iter().filter(is_other));
        let state_dir = options.state_dir.or_else(|| {
            let given = variables.get("STATE_DIRECTORY")?;
            let first = given.split(':').next().filter(|path| !path.is_empty())?;
            Some(PathBuf::from(first))
        });
        Ok(Self {
            receiver: Receiver {
                proxy: environment::proxy(variables, &endpoint),
                endpoint,
                headers: options.headers.unwrap_or_default(),
                compression: options.compression.unwrap_or_default(),
                timeout: options.timeout.unwrap_or(Duration::from_secs(10)),
                certificate: options.certificate,
                client_certificate: options.client_certificate,
                client_key: options.client_key,
            },
            resource,
            host,
            streams: options.streams,
            start_at: options.start_at.unwrap_or_default(),
            limits: Limits {
                records: options.batch_records.unwrap_or(8192),
                bytes: in_memory(options.batch_bytes.unwrap_or(ByteSize::new(4 << 20))),
                age: options.batch_age.unwrap_or(Duration::from_secs(1)),
            },
            grace: options.grace.unwrap_or(Duration::from_secs(5)),
            state_dir: state_dir.unwrap_or_else(|| tree.join(STATE_DIR)),
            store: options.store,
            object_format: options.object_format.unwrap_or_default(),
            listen: options.listen,
            tree,
        })
    }
}

fn in_memory(size: ByteSize) -> usize {
    usize::try_from(size.bytes()).unwrap_or(usize::MAX)
}

/// Takes each option from the first that has it.
fn over(upper: ShipOptions, lower: ShipOptions) -> ShipOptions {
    // Attributes of a resource add up by name; all else is replaced.
    let resource = match (upper.resource, lower.resource) {
        (Some(mut upper), Some(lower)) => {
            let is_new = |(name, _): &(String, String)| upper.iter().all(|(it, _)| it != name);
            let new: Vec<_> = lower.into_iter().filter(is_new).collect();
            upper.extend(new);
            Some(upper)
        }
        (upper, lower) => upper.or(lower),
    };
    ShipOptions {
        endpoint: upper.endpoint.or(lower.endpoint),
        headers: upper.headers.or(lower.headers),
        compression: upper.compression.or(lower.compression),
        timeout: upper.timeout.or(lower.timeout),
        certificate: upper.certificate.or(lower.certificate),
        client_certificate: upper.client_certificate.or(lower.client_certificate),
        client_key: upper.client_key.or(lower.client_key),
        service_name: upper.service_name.or(lower.service_name),
        host_name: upper.host_name.or(lower.host_name),
        resource,
        streams: upper.streams.or(lower.streams),
        start_at: upper.start_at.or(lower.start_at),
        batch_records: upper.batch_records.or(lower.batch_records),
        batch_bytes: upper.batch_bytes.or(lower.batch_bytes),
        batch_age: upper.batch_age.or(lower.batch_age),
        grace: upper.grace.or(lower.grace),
        state_dir: upper.state_dir.or(lower.state_dir),
        store: upper.store.or(lower.store),
        object_format: upper.object_format.or(lower.object_format),
        listen: upper.listen.or(lower.listen),
    }
}

/// Adds the path of logs to the address of a receiver, unless it ends so.
fn with_logs_path(endpoint: &str) -> String {
    let (address, query) = match endpoint.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (endpoint, String::new()),
    };
    let address = address.trim_end_matches('/');
    let path = if address.ends_with(LOGS_PATH) {
        ""
    } else {
        LOGS_PATH
    };
    format!("{address}{path}{query}")
}

/// Returns the problem with a variable.
fn variable_problem(name: &str, why: impl Into<String>) -> ConfigProblem {
    ConfigProblem::new(name, "", why)
}

#[cfg(test)]
mod tests;
