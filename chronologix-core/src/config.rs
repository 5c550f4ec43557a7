//! What a user asks of a logger.

mod builder;
mod into_setting;
#[cfg(feature = "toml")]
pub(crate) mod reload;
mod sealing;
mod settings;
mod source;
mod stream;
mod validate;

pub use self::{builder::Config, into_setting::IntoSetting, stream::StreamConfig};
pub(crate) use self::{
    into_setting::value_of,
    settings::{KeepSettings, Settings, StreamSettings},
};

#[cfg(test)]
pub(crate) mod tests;
