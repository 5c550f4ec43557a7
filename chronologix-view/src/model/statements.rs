//! The log statements of the tree, which are read when they are first asked for: there can be many.

use std::{cell::OnceCell, fmt, sync::Arc};

use crate::patterns::Catalogue;

/// The log statements of the tree.
#[derive(Default)]
pub(crate) struct Statements {
    known: OnceCell<Arc<Catalogue>>,
    /// Returns the text of the catalogue.
    read: Option<Box<dyn Fn() -> String>>,
}

impl Statements {
    /// Reads them by this function, once.
    pub(crate) fn read_by(read: impl Fn() -> String + 'static) -> Self {
        Self {
            known: OnceCell::new(),
            read: Some(Box::new(read)),
        }
    }

    /// Takes them as they were read for an answer.
    pub(crate) fn set(&mut self, catalogue: Arc<Catalogue>) {
        self.known = OnceCell::from(catalogue);
    }

    /// Returns them.
    pub(crate) fn get(&self) -> &Arc<Catalogue> {
        self.known.get_or_init(|| {
            let text = self.read.as_ref().map(|read| read());
            Arc::new(Catalogue::parse(&text.unwrap_or_default()))
        })
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Statements").field(&self.known).finish()
    }
}
