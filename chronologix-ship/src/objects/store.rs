//! A store, and what becomes of an upload. Each is looked at after it was made.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    time::Duration,
};

use object_store::{
    BackoffConfig, Error, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig,
    aws::{AmazonS3Builder, Checksum},
    azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
    local::LocalFileSystem,
    path::Path,
};

/// The bytes of one request. A larger object is put together from parts of this size.
const PART: u64 = 8 << 20;

/// Where machines of a cloud ask for credentials, if there are no others.
const METADATA: &str = "http://169.254.169.254/";

/// A store, and the prefix of all keys in it.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Box<dyn ObjectStore>,
    /// The address as it was given.
    pub(crate) url: String,
    pub(crate) prefix: String,
}

/// Why an upload failed.
#[derive(Debug)]
pub(crate) enum UploadError {
    /// Another try may work: no connection, a server that is busy or broken, an object that is not
    /// what was sent.
    Passing(String),
    /// No try works before something is changed: credentials, permissions, the name of the bucket.
    Lasting(String),
    /// The content could not be read.
    Content(io::Error),
}

impl Store {
    /// Opens the store of an address: `s3://bucket/prefix`, `gs://`, `az://container/prefix`, or
    /// `file:///path`. Keys, regions and endpoints are in the variables that the tools of each
    /// store read, such as `AWS_ACCESS_KEY_ID`.
    ///
    /// # Errors
    ///
    /// With what is wrong with the address, or with the variables.
    pub(crate) fn open(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            format!("{url:?} is no address of a store; allowed: s3://, gs://, az:// or file://")
        })?;
        // The first provider stays; a second call has nothing to do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let named = format!("{scheme}://{bucket}");
        let built = match scheme {
            "s3" => AmazonS3Builder::from_env()
                .with_url(&named)
                .with_retry(retry())
                // The store refuses what does not arrive as it was sent.
                .with_checksum_algorithm(Checksum::SHA256)
                .build()
                .map(|store| Box::new(store) as Box<dyn ObjectStore>),
            "gs" => GoogleCloudStorageBuilder::from_env()
                .with_url(&named)
                .with_retry(retry())
                .build()
                .map(|store| Box::new(store) as Box<dyn ObjectStore>),
            "az" => MicrosoftAzureBuilder::from_env()
                .with_url(&named)
                .with_retry(retry())
                .build()
                .map(|store| Box::new(store) as Box<dyn ObjectStore>),
            "file" => {
                let root = if cfg!(windows) { "" } else { "/" };
                let folder = format!("{root}{prefix}");
                let made = std::fs::create_dir_all(&folder).map_err(|error| {
                    format!("cannot create the folder {folder} of the store: {error}")
                });
                made?;
                let store = LocalFileSystem::new_with_prefix(folder);
                let store = store.map(|store| Box::new(store.with_fsync(true)) as _);
                let store = store.map_err(|error| chain(&error))?;
                return Ok(Self::new(store, url, ""));
            }
            other => {
                return Err(format!(
                    "{other:?} is no kind of store; allowed: s3, gs, az, file"
                ));
            }
        };
        Ok(Self::new(
            built.map_err(|error| chain(&error))?,
            url,
            prefix,
        ))
    }

    pub(crate) fn new(inner: Box<dyn ObjectStore>, url: &str, prefix: &str) -> Self {
        Self {
            inner,
            url: url.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        }
    }

    /// Uploads a file of so many bytes, in place of what has the key, and checks that the store has
    /// it.
    ///
    /// # Errors
    ///
    /// If it does not arrive, or the store has something else afterwards.
    pub(crate) async fn upload(
        &self,
        key: &str,
        content: &mut File,
        bytes: u64,
    ) -> Result<(), UploadError> {
        let path = Path::parse(key).map_err(|error| UploadError::Lasting(error.to_string()))?;
        content.rewind().map_err(UploadError::Content)?;
        let put = if bytes <= PART {
            let part = read_part(content, bytes)?;
            self.inner
                .put(&path, part)
                .await
                .map_err(|error| classed(&error))?
        } else {
            self.upload_parts(&path, content, bytes).await?
        };
        let found = self.inner.head(&path).await.map_err(|error| match error {
            // It was taken a moment ago.
            Error::NotFound { .. } => UploadError::Passing("it is not there afterwards".to_owned()),
            error => classed(&error),
        })?;
        if found.size != bytes {
            let size = found.size;
            let why = format!("{key} has {size} bytes afterwards, not {bytes}");
            return Err(UploadError::Passing(why));
        }
        if put.e_tag.is_some() && found.e_tag.is_some() && put.e_tag != found.e_tag {
            let why = format!("{key} is another object afterwards; does another program write it?");
            return Err(UploadError::Passing(why));
        }
        Ok(())
    }

    async fn upload_parts(
        &self,
        path: &Path,
        content: &mut File,
        bytes: u64,
    ) -> Result<object_store::PutResult, UploadError> {
        let mut upload = self
            .inner
            .put_multipart(path)
            .await
            .map_err(|error| classed(&error))?;
        let mut left = bytes;
        while left > 0 {
            let part = read_part(content, left.min(PART))?;
            left -= left.min(PART);
            if let Err(error) = upload.put_part(part).await {
                // The store removes parts of uploads that do not end by its own rules at last.
                let _ = upload.abort().await;
                return Err(classed(&error));
            }
        }
        upload.complete().await.map_err(|error| classed(&error))
    }
}

/// Returns how often a single request is tried by itself. What comes after that is decided by the
/// run.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 1,
        retry_timeout: Duration::from_secs(60),
    }
}

fn read_part(content: &mut File, bytes: u64) -> Result<PutPayload, UploadError> {
    let mut part = Vec::new();
    let read = content.take(bytes).read_to_end(&mut part);
    let read = read.map_err(UploadError::Content)? as u64;
    if read < bytes {
        let error = io::Error::new(io::ErrorKind::UnexpectedEof, "it has become shorter");
        return Err(UploadError::Content(error));
    }
    Ok(part.into())
}

fn classed(error: &Error) -> UploadError {
    let is_lasting = matches!(
        error,
        Error::NotFound { .. }
            | Error::PermissionDenied { .. }
            | Error::Unauthenticated { .. }
            | Error::InvalidPath { .. }
            | Error::NotSupported { .. }
            | Error::NotImplemented { .. }
            | Error::UnknownConfigurationKey { .. }
    );
    let why = chain(error);
    if why.contains(METADATA) {
        let variables = match error {
            Error::Generic { store: "GCS", .. } => "GOOGLE_SERVICE_ACCOUNT",
            Error::Generic {
                store: "MicrosoftAzure",
                ..
            } => "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
            _ => "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        };
        return UploadError::Lasting(format!(
            "there are no credentials: set {variables}, or give the machine a role ({why})"
        ));
    }
    if is_lasting {
        let hint = match error {
            Error::NotFound { .. } => "; does the bucket exist?",
            Error::PermissionDenied { .. } => "; may these credentials write and read there?",
            Error::Unauthenticated { .. } => "; are the credentials right?",
            _ => "",
        };
        UploadError::Lasting(format!("{why}{hint}"))
    } else {
        UploadError::Passing(why)
    }
}

/// Returns an error with its causes, each once, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
