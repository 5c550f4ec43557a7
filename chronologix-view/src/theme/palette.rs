//! The colours of each theme, and the nearest colour of 256.

use ratatui::style::Color;

/// The colours of a theme.
#[derive(Debug)]
pub(super) struct Palette {
    /// Stream names. Repeated if there are more streams. None is red, yellow or green, which look
    /// like levels.
    pub(super) streams: [Color; 6],
    /// The levels that stand out.
    pub(super) warn: Color,
    pub(super) error: Color,
    /// Lines of other levels in the histogram.
    pub(super) bars: Color,
    /// Keys.
    pub(super) key: Color,
    /// The user's highlights.
    pub(super) highlights: [Color; 6],
    /// The backgrounds of the row at the cursor, and of selected rows. `None` reverses them: no
    /// colour of the sixteen is readable behind all others.
    pub(super) cursor: Option<Color>,
    pub(super) selected: Option<Color>,
    /// The bars: text and background. `None` reverses the terminal's own colours.
    pub(super) bar: Option<(Color, Color)>,
    /// Matches of the search: text and background.
    pub(super) found: Option<(Color, Color)>,
}

const fn rgb(red: u8, green: u8, blue: u8) -> Color {
    Color::Rgb(red, green, blue)
}

impl Palette {
    pub(super) const TERMINAL: Self = Self {
        streams: [
            Color::Cyan,
            Color::Blue,
            Color::Magenta,
            Color::LightCyan,
            Color::LightBlue,
            Color::LightMagenta,
        ],
        warn: Color::Yellow,
        error: Color::Red,
        bars: Color::Gray,
        key: Color::Cyan,
        highlights: [
            Color::LightCyan,
            Color::LightMagenta,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightRed,
        ],
        cursor: None,
        selected: None,
        bar: None,
        found: Some((Color::Black, Color::Yellow)),
    };

    pub(super) const DARK: Self = Self {
        streams: [
            rgb(0x56, 0xb6, 0xc2),
            rgb(0x61, 0xaf, 0xef),
            rgb(0xc6, 0x78, 0xdd),
            rgb(0x8f, 0xc7, 0xd9),
            rgb(0xa9, 0xa1, 0xe1),
            rgb(0xd3, 0xa4, 0xd6),
        ],
        warn: rgb(0xe5, 0xc0, 0x7b),
        error: rgb(0xf2, 0x6d, 0x78),
        bars: rgb(0x7f, 0x8a, 0x9c),
        key: rgb(0x61, 0xaf, 0xef),
        highlights: [
            rgb(0x4f, 0xd6, 0xe8),
            rgb(0xe0, 0x8f, 0xf5),
            rgb(0xb4, 0xe3, 0x8f),
            rgb(0xff, 0xd8, 0x66),
            rgb(0x8a, 0xb8, 0xff),
            rgb(0xff, 0x9e, 0x64),
        ],
        cursor: Some(rgb(0x35, 0x3d, 0x4d)),
        selected: Some(rgb(0x2b, 0x4a, 0x6b)),
        bar: Some((rgb(0xd7, 0xda, 0xe0), rgb(0x2c, 0x31, 0x3c))),
        found: Some((rgb(0x1e, 0x1e, 0x1e), rgb(0xe5, 0xc0, 0x7b))),
    };

    pub(super) const LIGHT: Self = Self {
        streams: [
            rgb(0x00, 0x6d, 0x7e),
            rgb(0x1f, 0x57, 0xb3),
            rgb(0x8b, 0x2f, 0xa8),
            rgb(0x2d, 0x7a, 0x94),
            rgb(0x5a, 0x45, 0xb5),
            rgb(0x9a, 0x3f, 0x86),
        ],
        warn: rgb(0x9a, 0x62, 0x00),
        error: rgb(0xb8, 0x14, 0x2b),
        bars: rgb(0x8a, 0x93, 0xa0),
        key: rgb(0x1f, 0x57, 0xb3),
        highlights: [
            rgb(0x00, 0x7a, 0x99),
            rgb(0x99, 0x2d, 0xb3),
            rgb(0x3d, 0x7a, 0x00),
            rgb(0x8a, 0x5a, 0x00),
            rgb(0x1a, 0x4f, 0xd6),
            rgb(0xc2, 0x41, 0x0c),
        ],
        cursor: Some(rgb(0xdd, 0xe3, 0xee)),
        selected: Some(rgb(0xbf, 0xd7, 0xf5)),
        bar: Some((rgb(0x24, 0x29, 0x30), rgb(0xd5, 0xda, 0xe1))),
        found: Some((rgb(0x24, 0x29, 0x30), rgb(0xff, 0xd3, 0x3d))),
    };
}

/// The intensities in the colour cube of 256-colour terminals.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the index of the nearest of 256 colours.
pub(super) fn nearest(colour: [u8; 3]) -> u8 {
    let distance = |other: [u8; 3]| {
        let squares = colour
            .iter()
            .zip(other)
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2));
        squares.sum::<u32>()
    };
    let cube = (0..216u8).map(|index| {
        let [red, green, blue] = [index / 36, index / 6 % 6, index % 6];
        let part = |step: u8| STEPS[usize::from(step)];
        (16 + index, [part(red), part(green), part(blue)])
    });
    let greys = (0..24u8).map(|index| (232 + index, [8 + 10 * index; 3]));
    let best = cube.chain(greys).min_by_key(|(_, other)| distance(*other));
    best.map_or(0, |(index, _)| index)
}
