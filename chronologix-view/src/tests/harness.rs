//! A model that is fed by hand, with keys to press and a screen to read.

use std::collections::BTreeMap;

use chrono::DateTime;
use chronologix_schema::layout::{Folder, Manifest};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, layout::Size};

use super::fake_tree::FakeTree;
use crate::{
    action::Effect,
    line::{Key, LogLine},
    model::{Model, buffer::Row, layout::end_of, pending_queries::QueryCommand},
    streams::{StreamId, Streams},
    tail::Change,
    ui::Screen,
    update,
};

/// The folder of lines, unless another is set.
pub(crate) const FOLDER: &str = "2025-05-04__15-00";

/// A model and its screen.
#[derive(Debug)]
pub(crate) struct Harness {
    pub(crate) model: Model,
    terminal: Terminal<TestBackend>,
    folder: Folder,
    sequences: BTreeMap<(Folder, StreamId), u64>,
    /// The lines that only queries reach.
    pub(crate) archive: FakeTree,
    /// What was copied to the clipboard.
    pub(crate) copied: Vec<String>,
}

impl Harness {
    /// A model before anything is known of the tree.
    pub(crate) fn blank(width: u16, height: u16) -> Self {
        let mut harness = Self {
            model: Model::new("my_logs".into()),
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            folder: Folder::parse(FOLDER).unwrap(),
            sequences: BTreeMap::new(),
            archive: FakeTree::default(),
            copied: Vec::new(),
        };
        harness.resize(width, height);
        harness
    }

    /// A tree of `app`, `errors -> app` and `audit`.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let mut harness = Self::blank(width, height);
        let mut streams = Streams::default();
        let [app, errors, audit] = ["app", "errors", "audit"].map(|name| streams.id(name));
        streams.set_mirrors(app, Vec::new());
        streams.set_mirrors(errors, vec![app]);
        streams.set_mirrors(audit, Vec::new());
        let manifest = Manifest {
            format_version: 1,
            interval: "1h".into(),
            timezone: "UTC".into(),
            timestamp_format: "%H:%M:%S".into(),
            streams: Vec::new(),
            seals: None,
        };
        harness
            .model
            .apply(Change::Streams(streams, Some(manifest)));
        harness.model.apply(Change::Opened(Vec::new()));
        harness.model.apply(Change::Current(harness.folder));
        harness
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
        self.model.size = Size::new(width, height);
    }

    /// Sets the folder of the next lines.
    pub(crate) fn folder(&mut self, name: &str) {
        self.folder = Folder::parse(name).unwrap();
        self.model.apply(Change::Current(self.folder));
    }

    pub(crate) fn key(&mut self, stream: u16, second: u32) -> Key {
        let sequence = self
            .sequences
            .entry((self.folder, StreamId(stream)))
            .or_default();
        *sequence += 1;
        let instant = DateTime::from_timestamp(MIDNIGHT + i64::from(of_day(second)), 0).unwrap();
        Key {
            folder: self.folder,
            instant,
            stream: StreamId(stream),
            sequence: *sequence,
        }
    }

    /// Adds a line with this text.
    pub(crate) fn raw(&mut self, stream: u16, second: u32, text: &str) {
        let key = self.key(stream, second);
        let line = LogLine::new(key, text);
        self.archive.add(line.clone());
        self.model.apply(Change::Lines(vec![line]));
    }

    /// Shows a last line without a line end. The next line of the stream replaces it.
    pub(crate) fn unfinished(&mut self, stream: u16, second: u32, text: &str) {
        let line = self.log_line(stream, second, text);
        self.model.apply(Change::Unfinished(vec![line]));
    }

    fn log_line(&mut self, stream: u16, second: u32, text: &str) -> LogLine {
        let key = self.key(stream, second);
        let stamp = stamp(second);
        LogLine::new(key, format!("[{stamp}] {text}"))
    }

    /// Adds a line that was logged at this second of the hour.
    pub(crate) fn line(&mut self, stream: u16, second: u32, text: &str) {
        let stamp = stamp(second);
        self.raw(stream, second, &format!("[{stamp}] {text}"));
    }

    /// Adds numbered lines, one a second.
    pub(crate) fn lines(&mut self, stream: u16, seconds: std::ops::Range<u32>) {
        for second in seconds {
            self.line(stream, second, &format!("line {second}"));
        }
    }

    pub(crate) fn press(&mut self, code: KeyCode) -> Effect {
        update::press(&mut self.model, KeyEvent::new(code, KeyModifiers::NONE))
    }

    pub(crate) fn press_letter(&mut self, letter: char) -> Effect {
        self.press(KeyCode::Char(letter))
    }

    /// Types text, key by key.
    pub(crate) fn write(&mut self, text: &str) {
        for letter in text.chars() {
            self.press_letter(letter);
        }
    }

    /// Presses `y`, and returns what is copied.
    pub(crate) fn copy(&mut self) -> Option<String> {
        self.model.queries.is_open = true;
        self.press_letter('y');
        self.work();
        self.copied.pop()
    }

    /// Presses a key with ctrl held.
    pub(crate) fn press_ctrl(&mut self, letter: char) -> Effect {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        update::press(&mut self.model, key)
    }

    /// Presses a key with alt held.
    pub(crate) fn press_alt(&mut self, letter: char) -> Effect {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT);
        update::press(&mut self.model, key)
    }

    /// Returns the line at the cursor, without its timestamp.
    pub(crate) fn cursor(&self) -> String {
        let line = self.model.cursor().and_then(|row| row.line());
        let text = line.map_or("", |line| &line.text);
        text.split_once("] ")
            .map_or(text, |(_, message)| message)
            .to_owned()
    }

    /// Adds an older line, which only queries reach.
    pub(crate) fn old(&mut self, stream: u16, second: u32, text: &str) {
        let line = self.log_line(stream, second, text);
        self.archive.add(line);
        self.model.queries.is_open = true;
    }

    /// Does all pending work, with queries answered.
    pub(crate) fn work(&mut self) {
        loop {
            while update::work(&mut self.model, 64) {}
            let orders = self.model.queries.take();
            if orders.is_empty() {
                return;
            }
            for order in orders {
                let QueryCommand::Ask(query) = order else {
                    continue;
                };
                for reply in self.archive.answer(*query, &self.model.streams) {
                    if let Effect::Copy(text) = update::fetch::answer(&mut self.model, reply) {
                        self.copied.push(text);
                    }
                }
            }
        }
    }

    /// Returns the screen.
    pub(crate) fn screen(&mut self) -> String {
        self.work();
        let screen = Screen { model: &self.model };
        self.terminal
            .draw(|frame| frame.render_widget(screen, frame.area()))
            .unwrap();
        self.terminal.backend().to_string()
    }

    /// Returns the background of the first letter of this text on the screen, and whether it is
    /// reversed.
    pub(crate) fn behind(&mut self, text: &str) -> (ratatui::style::Color, bool) {
        let screen = self.screen();
        let (y, row) = (0_u16..)
            .zip(screen.lines())
            .find(|(_, row)| row.contains(text))
            .unwrap();
        // Rows of the screen stand in quotation marks.
        let x = row[..row.find(text).unwrap()].chars().count() - 1;
        let x = u16::try_from(x).unwrap();
        let cell = &self.terminal.backend().buffer()[(x, y)];
        let is_reversed = cell.modifier.contains(ratatui::style::Modifier::REVERSED);
        (cell.bg, is_reversed)
    }

    /// Returns a row of the screen, as text and as cells.
    pub(crate) fn cells(&mut self, y: u16) -> (String, Vec<ratatui::buffer::Cell>) {
        let screen = self.screen();
        let row = screen.lines().nth(usize::from(y)).unwrap_or_default();
        let buffer = self.terminal.backend().buffer();
        let cells = (0..buffer.area.width).map(|x| buffer[(x, y)].clone());
        (row.to_owned(), cells.collect())
    }

    /// Returns the lines on the screen, without their timestamps.
    pub(crate) fn texts(&mut self) -> Vec<String> {
        self.work();
        let pane = self.model.pane();
        let placed = self.model.with_page(|page| page.placed());
        let rows = placed.iter().filter(|placed| placed.y >= 0);
        let rows = rows.filter_map(|placed| pane.buffer.row(placed.number));
        let text = |row: &Row| {
            let line = row.line()?;
            let (_, text) = line.text.split_once("] ")?;
            Some(text.to_owned() + &end_of(row, line))
        };
        rows.filter_map(text).collect()
    }
}

/// The start of the day of [`FOLDER`].
const MIDNIGHT: i64 = 1_746_316_800;

/// Returns the second of the day: within the hour of [`FOLDER`], unless it is later.
fn of_day(second: u32) -> u32 {
    if second < 3_600 {
        15 * 3_600 + second
    } else {
        second
    }
}

/// Formats the time of day of a second.
fn stamp(second: u32) -> String {
    let second = of_day(second);
    let hour = second / 3_600 % 24;
    format!("{hour:02}:{:02}:{:02}", second / 60 % 60, second % 60)
}
