//! Values of one column, until they are written.

use bytes::Bytes;
use parquet::{
    data_type::{ByteArray, ByteArrayType, Int64Type},
    errors::ParquetError,
    file::writer::SerializedColumnWriter,
};

/// How many values are handed over at once.
const AT_ONCE: usize = 1024;

/// Numbers, some of which may be missing.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    values: Vec<i64>,
    /// 1 for a value, 0 for none.
    definitions: Vec<i16>,
}

impl Numbers {
    pub(super) fn push(&mut self, value: Option<i64>) {
        self.definitions.push(value.is_some().into());
        self.values.extend(value);
    }

    /// Writes all, and begins again with none.
    pub(super) fn write(
        &mut self,
        mut column: SerializedColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        let definitions = Some(&self.definitions[..]);
        let typed = column.typed::<Int64Type>();
        typed.write_batch(&self.values, definitions, None)?;
        *self = Self::default();
        column.close()
    }
}

/// Texts, in one row of bytes.
///
/// A definition says how much of a value is there, a repetition whether it is of the row of the one
/// before: the levels of the format.
#[derive(Debug)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// The definition of a value that is there.
    whole: i16,
    is_repeated: bool,
}

impl Texts {
    fn new(whole: i16, is_repeated: bool) -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            definitions: Vec::new(),
            repetitions: Vec::new(),
            whole,
            is_repeated,
        }
    }

    /// One a row.
    pub(super) fn required() -> Self {
        Self::new(0, false)
    }

    /// At most one a row.
    pub(super) fn optional() -> Self {
        Self::new(1, false)
    }

    /// Any number a row.
    pub(super) fn repeated() -> Self {
        Self::new(1, true)
    }

    /// Any number a row, of which some may be missing.
    pub(super) fn repeated_optional() -> Self {
        Self::new(2, true)
    }

    /// Returns the bytes of all texts.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a row with a text, or without.
    pub(super) fn push(&mut self, text: Option<&str>) {
        debug_assert!(!self.is_repeated, "a row has one");
        self.add(text);
    }

    /// Adds a text, or a missing one, to the last row, or to a new one.
    pub(super) fn push_element(&mut self, is_first: bool, text: Option<&str>) {
        self.repetitions.push((!is_first).into());
        self.add(text);
    }

    /// Adds a row without any.
    pub(super) fn push_empty(&mut self) {
        self.repetitions.push(0);
        self.definitions.push(0);
    }

    fn add(&mut self, text: Option<&str>) {
        let Some(text) = text else {
            self.definitions.push(self.whole - 1);
            return;
        };
        self.definitions.push(self.whole);
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    /// Writes all, and begins again with none.
    pub(super) fn write(
        &mut self,
        mut column: SerializedColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        let texts = std::mem::replace(self, Self::new(self.whole, self.is_repeated));
        let bytes = Bytes::from(texts.bytes);
        let typed = column.typed::<ByteArrayType>();
        let (mut at, mut value, mut begin) = (0, 0, 0);
        while at < texts.definitions.len() {
            let mut end = texts.definitions.len().min(at + AT_ONCE);
            // A row is handed over in whole.
            while texts.repetitions.get(end).is_some_and(|it| *it > 0) {
                end += 1;
            }
            let definitions = &texts.definitions[at..end];
            let there = definitions.iter().filter(|it| **it == texts.whole).count();
            let ends = &texts.ends[value..value + there];
            let values = ends.iter().map(|end| {
                let text = bytes.slice(begin..*end);
                begin = *end;
                ByteArray::from(text)
            });
            let values = values.collect::<Vec<_>>();
            let definitions = (texts.whole > 0).then_some(definitions);
            let repetitions = texts.repetitions.get(at..end);
            let repetitions = repetitions.filter(|_| texts.is_repeated);
            typed.write_batch(&values, definitions, repetitions)?;
            (at, value) = (end, value + there);
        }
        column.close()
    }
}
