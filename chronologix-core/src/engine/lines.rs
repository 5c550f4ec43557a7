//! From a record to the lines in the files it goes to.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::{
    Format, Level,
    clock::Sample,
    config::{Settings, StreamSettings},
    disk::open_folder::OpenFolder,
    layout::{Multiline, Rfc3339Stamper, Stamper, push_json_string},
    queue::lane::Dropped,
    record::{
        rendering::{Rendering, Style},
        site::Header,
        wire::Decoder,
    },
};

/// Makes lines. Everything in it is reused: after warm-up a line costs no allocation.
#[derive(Debug)]
pub(super) struct Lines {
    text_stamps: Stamper,
    json_stamps: Rfc3339Stamper,
    /// By index of the stream.
    styles: Vec<Style>,
    /// A line that goes to several files.
    shared: Vec<u8>,
    scratch: Vec<u8>,
}

impl Lines {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            text_stamps: Stamper::new(settings.timestamp_format.clone(), settings.zone.clone()),
            json_stamps: Rfc3339Stamper::new(settings.zone.clone()),
            styles: settings.streams.iter().map(style).collect(),
            shared: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Adds the line of a record to each file it goes to. Files that look alike share one rendering.
    pub(super) fn add(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        wall: i64,
        header: Header,
        bytes: &[u8],
    ) {
        let stream = &settings.streams[usize::from(header.stream)];
        let level = header.site.level;
        let fill = |out: &mut Rendering<'_>| (header.render)(&mut Decoder::new(bytes), out);
        self.add_line(stream, folder, wall, level, fill);
    }

    /// Says in a stream how many of its records were dropped since the last round.
    pub(super) fn add_dropped(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        now: Sample,
        dropped: Dropped,
    ) {
        let stream = &settings.streams[usize::from(dropped.stream)];
        let noun = if dropped.records == 1 {
            "record"
        } else {
            "records"
        };
        let mut text = format!(
            "chronologix: {} {noun} dropped (queue full) from ",
            dropped.records
        );
        for (ticks, after) in [(dropped.between.0, " to "), (dropped.between.1, "")] {
            self.shared.clear();
            self.text_stamps
                .write(instant(now.wall_at(ticks)), &mut self.shared);
            let _ = write!(text, "{}{after}", String::from_utf8_lossy(&self.shared));
        }
        let fill = |out: &mut Rendering<'_>| out.literal(&text);
        self.add_line(stream, folder, now.wall, Some(Level::Warn), fill);
    }

    fn add_line(
        &mut self,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        wall: i64,
        level: Option<Level>,
        fill: impl Fn(&mut Rendering<'_>),
    ) {
        if let [only] = stream.targets.as_slice() {
            let style = self.styles[usize::from(*only)];
            self.render(style, stream, wall, level, &fill, folder.outbox(*only));
            return;
        }
        let mut line = std::mem::take(&mut self.shared);
        let mut rendered = None;
        for target in &stream.targets {
            let style = self.styles[usize::from(*target)];
            if rendered != Some(style) {
                line.clear();
                self.render(style, stream, wall, level, &fill, &mut line);
                rendered = Some(style);
            }
            folder.outbox(*target).extend_from_slice(&line);
        }
        self.shared = line;
    }

    fn render(
        &mut self,
        style: Style,
        stream: &StreamSettings,
        wall: i64,
        level: Option<Level>,
        fill: &impl Fn(&mut Rendering<'_>),
        line: &mut Vec<u8>,
    ) {
        match style {
            Style::Text(_) => {
                line.push(b'[');
                self.text_stamps.write(instant(wall), line);
                line.extend_from_slice(b"] ");
                if let Some(level) = level {
                    line.push(b'[');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(b"] ");
                }
            }
            Style::Json => {
                line.extend_from_slice(br#"{"timestamp":""#);
                self.json_stamps.write(instant(wall), line);
                line.extend_from_slice(br#"","level":"#);
                match level {
                    Some(level) => push_json_string(line, level.as_str()),
                    None => line.extend_from_slice(b"null"),
                }
                line.extend_from_slice(br#","stream":"#);
                push_json_string(line, &stream.name);
                line.extend_from_slice(br#","message":"#);
            }
        }
        let mut rendering = Rendering::new(line, &mut self.scratch, style);
        fill(&mut rendering);
        rendering.complete_message();
        line.extend_from_slice(if style == Style::Json { b"}\n" } else { b"\n" });
    }
}

fn style(stream: &StreamSettings) -> Style {
    match stream.format {
        Format::Text => Style::Text(stream.multiline),
        Format::Json => Style::Json,
    }
}

/// The wall clock's nanoseconds fit: they reach from 1677 to 2262.
fn instant(wall: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(wall)).unwrap_or_default()
}

impl Default for Style {
    fn default() -> Self {
        Self::Text(Multiline::default())
    }
}
