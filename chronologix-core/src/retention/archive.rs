//! Archives: making them, and looking into them.
//!
//! Each kind is a feature. A kind that was not built in is refused when the configuration is
//! checked. An archive on disk of such a kind cannot be read, so what it may hold stays.

#[cfg(feature = "zip")]
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Write};

#[cfg(feature = "zstd")]
use super::zstd_frames::FrameWriter;
use crate::{
    Compression, CompressionSetting,
    fs::retention_fs::{FileVersion, SeekRead},
};

#[cfg(test)]
mod tests;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// A file that goes into an archive.
#[cfg_attr(
    not(any(feature = "tar", feature = "zip")),
    expect(dead_code, reason = "a single file needs its bytes alone")
)]
pub(crate) struct ArchiveSource<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: FileVersion,
    /// Unix mode.
    pub(crate) mode: u32,
    pub(crate) bytes: Box<dyn Read + 'a>,
}

/// The sources, opened one after the other.
pub(crate) type Sources<'a> = dyn Iterator<Item = io::Result<ArchiveSource<'a>>> + 'a;

/// Writes an archive. The sources of a folder stand in it under its name.
pub(crate) fn pack(
    setting: CompressionSetting,
    folder: &str,
    sources: &mut Sources<'_>,
    sink: &mut dyn Write,
) -> io::Result<()> {
    let level = setting.level();
    let compression = setting.compression();
    match compression {
        Compression::Zst => zstd(sink, level, &mut |packed| one(sources, packed)),
        Compression::Gz => gzip(sink, level, &mut |packed| one(sources, packed)),
        Compression::TarZst => zstd(sink, level, &mut |packed| tar(folder, sources, packed)),
        Compression::TarGz => gzip(sink, level, &mut |packed| tar(folder, sources, packed)),
        Compression::Zip => zip(folder, level, sources, sink),
        _ => Err(unsupported(compression)),
    }
}

/// What is done with the name and the bytes of a file in an archive.
type Each<'a> = dyn FnMut(&str, &mut dyn Read) -> io::Result<()> + 'a;

/// Calls `each` with the name and the bytes of every file in an archive. The one of a compressed
/// file has no name.
pub(crate) fn unpack(
    compression: Compression,
    archive: Box<dyn SeekRead>,
    each: &mut Each<'_>,
) -> io::Result<()> {
    match compression {
        Compression::Zst => each("", &mut *unzstd(archive)?),
        Compression::Gz => each("", &mut *gunzip(archive)?),
        Compression::TarZst => untar(unzstd(archive)?, each),
        Compression::TarGz => untar(gunzip(archive)?, each),
        Compression::Zip => unzip(archive, each),
        _ => Err(unsupported(compression)),
    }
}

/// The schema may know more formats than this crate can write.
fn unsupported(compression: Compression) -> io::Error {
    let text = format!("compression {compression} is not supported by this version");
    io::Error::new(io::ErrorKind::Unsupported, text)
}

/// Returns whether both have the same bytes.
pub(crate) fn are_same(one: &mut dyn Read, other: &mut dyn Read) -> io::Result<bool> {
    let mut one = BufReader::with_capacity(CHUNK, one);
    let mut other = BufReader::with_capacity(CHUNK, other);
    loop {
        let (ours, theirs) = (one.fill_buf()?, other.fill_buf()?);
        let common = ours.len().min(theirs.len());
        if common == 0 {
            return Ok(ours.is_empty() && theirs.is_empty());
        }
        if ours[..common] != theirs[..common] {
            return Ok(false);
        }
        one.consume(common);
        other.consume(common);
    }
}

fn one(sources: &mut Sources<'_>, packed: &mut dyn Write) -> io::Result<()> {
    for source in sources {
        copy(source?.bytes, packed)?;
    }
    Ok(())
}

fn copy(bytes: impl Read, packed: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut BufReader::with_capacity(CHUNK, bytes), packed).map(drop)
}

type Fill<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

#[cfg(feature = "zstd")]
fn zstd(sink: &mut dyn Write, level: u8, fill: &mut Fill<'_>) -> io::Result<()> {
    let mut frames = FrameWriter::new(sink, level)?;
    fill(&mut frames)?;
    frames.finish()
}

#[cfg(feature = "zstd")]
fn unzstd<'a>(archive: Box<dyn SeekRead + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(Box::new(zstd::Decoder::new(archive)?))
}

#[cfg(feature = "gzip")]
fn gzip(sink: &mut dyn Write, level: u8, fill: &mut Fill<'_>) -> io::Result<()> {
    let level = flate2::Compression::new(level.into());
    let mut encoder = flate2::write::GzEncoder::new(sink, level);
    fill(&mut encoder)?;
    encoder.finish().map(drop)
}

#[cfg(feature = "gzip")]
#[expect(clippy::unnecessary_wraps, reason = "its like may fail")]
fn gunzip<'a>(archive: Box<dyn SeekRead + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(Box::new(flate2::read::MultiGzDecoder::new(archive)))
}

#[cfg(feature = "tar")]
fn tar(folder: &str, sources: &mut Sources<'_>, packed: &mut dyn Write) -> io::Result<()> {
    let mut archive = tar::Builder::new(packed);
    for source in sources {
        let source = source?;
        let mut header = tar::Header::new_gnu();
        header.set_size(source.version.bytes);
        header.set_mode(source.mode);
        let seconds = source.version.modified.div_euclid(1_000_000_000);
        header.set_mtime(u64::try_from(seconds).unwrap_or(0));
        let path = format!("{folder}/{}", source.name);
        let bytes = BufReader::with_capacity(CHUNK, source.bytes);
        archive.append_data(&mut header, path, bytes)?;
    }
    archive.finish()
}

#[cfg(feature = "tar")]
fn untar(packed: Box<dyn Read + '_>, each: &mut Each<'_>) -> io::Result<()> {
    for entry in tar::Archive::new(packed).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        each(&path, &mut entry)?;
    }
    Ok(())
}

#[cfg(feature = "zip")]
fn zip(folder: &str, level: u8, sources: &mut Sources<'_>, sink: &mut dyn Write) -> io::Result<()> {
    let has_failed = Cell::new(false);
    let sink = UntilItFails {
        sink,
        has_failed: &has_failed,
    };
    let mut archive = zip::ZipWriter::new_stream(sink);
    let add_all = || {
        for source in sources {
            let source = source?;
            let options = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Deflated)
                .compression_level(Some(level.into()))
                .unix_permissions(source.mode)
                .last_modified_time(zip_time(source.version.modified))
                .large_file(source.version.bytes >= u64::from(u32::MAX));
            archive.start_file(format!("{folder}/{}", source.name), options)?;
            copy(source.bytes, &mut archive)?;
        }
        Ok(())
    };
    let added: io::Result<()> = add_all();
    // Before the archive is dropped.
    has_failed.set(has_failed.get() || added.is_err());
    added?;
    archive.finish()?;
    Ok(())
}

/// Discards everything after an error. [`zip::ZipWriter`] finishes an archive even when it is
/// dropped, and prints on stderr if that fails.
#[cfg(feature = "zip")]
struct UntilItFails<'a> {
    sink: &'a mut dyn Write,
    has_failed: &'a Cell<bool>,
}

#[cfg(feature = "zip")]
impl Write for UntilItFails<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.has_failed.get() {
            return Ok(bytes.len());
        }
        let written = self.sink.write(bytes);
        let is_final = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.has_failed.set(written.as_ref().is_err_and(is_final));
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In UTC, because the format has no zones. A time that it cannot hold becomes its first.
#[cfg(feature = "zip")]
fn zip_time(modified: i64) -> zip::DateTime {
    use chrono::{Datelike as _, Timelike as _};

    let civil = chrono::DateTime::from_timestamp_nanos(modified);
    let small = |part: u32| u8::try_from(part).unwrap_or(0);
    let year = u16::try_from(civil.year()).unwrap_or(0);
    let (month, day) = (small(civil.month()), small(civil.day()));
    let (hour, minute) = (small(civil.hour()), small(civil.minute()));
    let second = small(civil.second());
    zip::DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

#[cfg(feature = "zip")]
fn unzip(archive: Box<dyn SeekRead + '_>, each: &mut Each<'_>) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(archive)?;
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        let name = file.name().to_owned();
        each(&name, &mut file)?;
    }
    Ok(())
}

/// The kinds that were not built in.
macro_rules! refused_without {
    ($($feature:literal: $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        $(#[cfg(not(feature = $feature))]
        fn $name($(_: $type),*) -> io::Result<$result> {
            let error = concat!("the feature `", $feature, "` was not built in");
            Err(io::Error::new(io::ErrorKind::Unsupported, error))
        })+
    };
}

refused_without! {
    "zstd": zstd(sink: &mut dyn Write, level: u8, fill: &mut Fill<'_>) -> ();
    "zstd": unzstd(archive: Box<dyn SeekRead>) -> Box<dyn Read>;
    "gzip": gzip(sink: &mut dyn Write, level: u8, fill: &mut Fill<'_>) -> ();
    "gzip": gunzip(archive: Box<dyn SeekRead>) -> Box<dyn Read>;
    "tar": tar(folder: &str, sources: &mut Sources<'_>, packed: &mut dyn Write) -> ();
    "tar": untar(packed: Box<dyn Read>, each: &mut Each<'_>) -> ();
    "zip": zip(folder: &str, level: u8, sources: &mut Sources<'_>, sink: &mut dyn Write) -> ();
    "zip": unzip(archive: Box<dyn SeekRead>, each: &mut Each<'_>) -> ();
}
