//! What the options of a verification mean.

use std::path::PathBuf;

use chronologix_reader::VerifyOptions;

use super::Cli;
use crate::user_files;

/// What is verified, and how it is printed.
#[derive(Clone, Debug)]
pub(crate) struct VerifyRun {
    /// The base folder of the tree.
    pub(crate) base: PathBuf,
    pub(crate) options: VerifyOptions,
    /// Objects are printed, not lines.
    pub(crate) is_json: bool,
}

impl Cli {
    /// Returns what is to be verified. `None` if nothing is.
    ///
    /// # Errors
    ///
    /// Fails if the key cannot be read, or the options do not fit a verification.
    pub(crate) fn verify_run(&self) -> Result<Option<VerifyRun>, String> {
        if !self.is("verify") {
            return Ok(None);
        }
        let mut paths: Vec<PathBuf> = self.all("paths");
        let base = match (paths.pop(), paths.is_empty()) {
            (Some(base), true) => base,
            (Some(_), false) => return Err("--verify takes one tree at a time".to_owned()),
            (None, _) => PathBuf::from("logs"),
        };
        let output: Option<String> = self.one("output");
        let is_json = match output.as_deref() {
            _ if self.is("json") => true,
            Some("json") => true,
            None | Some("text") => false,
            Some(other) => {
                return Err(format!("--verify prints text or json, and not {other}"));
            }
        };
        let mut options = VerifyOptions::new();
        if let Some(path) = self.one::<PathBuf>("public-key") {
            let read = user_files::read(&path).and_then(|text| options.public_key_pem(&text));
            options = read.map_err(|why| format!("--public-key {}: {why}", path.display()))?;
        }
        if let Some(head) = self.one::<String>("chain-head") {
            options = options
                .head(&head)
                .map_err(|why| format!("--chain-head: {why}"))?;
        }
        Ok(Some(VerifyRun {
            base,
            options,
            is_json,
        }))
    }
}
