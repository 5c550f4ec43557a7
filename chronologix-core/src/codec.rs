//! What travels through a queue: arguments and fields, as words of eight bytes.
//!
//! [`arg`] decides at compile time how an argument travels, [`encode`] writes it on the caller's
//! thread, and [`decode`] reads it on the writer's. There its [`kind`] says what it is, and the
//! [`template`] what stands around it. Fields that records have in common ([`fields`]) follow the
//! arguments, in the form of [`field_codec`].

pub(crate) mod arg;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod field_codec;
pub(crate) mod fields;
pub(crate) mod kind;
pub(crate) mod template;

#[cfg(test)]
pub(crate) mod tests;
