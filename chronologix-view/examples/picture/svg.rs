//! A screen as SVG: rectangles for backgrounds, and one text for each run of cells with one style.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// The size of a cell and of the letters in it, in pixels.
const WIDTH: u32 = 8;
const HEIGHT: u32 = 17;
const LETTERS: u32 = 13;

/// The margin around the screen.
const MARGIN: u32 = 12;

/// The default colours of a terminal.
#[derive(Clone, Copy)]
pub(crate) struct Paper {
    back: &'static str,
    front: &'static str,
}

/// A dark terminal.
pub(crate) const DARK: Paper = Paper {
    back: "#1e2127",
    front: "#c8ccd4",
};

/// A light terminal.
pub(crate) const LIGHT: Paper = Paper {
    back: "#ffffff",
    front: "#24292f",
};

/// The style of a cell.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    front: String,
    back: String,
    is_bold: bool,
    is_dim: bool,
    is_underlined: bool,
}

/// Draws a screen.
pub(crate) fn draw(screen: &Screen, paper: Paper) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = u32::from(columns) * WIDTH + 2 * MARGIN;
    let height = u32::from(rows) * HEIGHT + 2 * MARGIN;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{LETTERS}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>",
        paper.back
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let Some(cell) = screen.cell(row, column) else {
                break;
            };
            let look = look(cell, paper);
            let start = column;
            let mut text = String::new();
            while column < columns
                && let Some(cell) = screen.cell(row, column)
                && self::look(cell, paper) == look
            {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() {
                        cell.contents()
                    } else {
                        " "
                    });
                }
                column += 1;
            }
            run(&mut svg, &look, paper, &text, [row, start, column]);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Draws cells of one style: their row, the first column, and the one after the last.
fn run(svg: &mut String, look: &Look, paper: Paper, text: &str, [row, start, end]: [u16; 3]) {
    let x = MARGIN + u32::from(start) * WIDTH;
    let y = MARGIN + u32::from(row) * HEIGHT;
    let width = u32::from(end - start) * WIDTH;
    if look.back != paper.back {
        let back = &look.back;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{back}\"/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    if look.is_bold {
        style.push_str(" font-weight=\"bold\"");
    }
    if look.is_dim {
        style.push_str(" opacity=\"0.6\"");
    }
    if look.is_underlined {
        style.push_str(" text-decoration=\"underline\"");
    }
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"{}\"{style}>{text}</text>",
        y + LETTERS,
        look.front
    );
}

fn look(cell: &Cell, paper: Paper) -> Look {
    let mut front = colour(cell.fgcolor(), paper.front);
    let mut back = colour(cell.bgcolor(), paper.back);
    if cell.inverse() {
        std::mem::swap(&mut front, &mut back);
    }
    Look {
        front,
        back,
        is_bold: cell.bold(),
        is_dim: cell.dim(),
        is_underlined: cell.underline(),
    }
}

fn colour(colour: Color, default: &str) -> String {
    match colour {
        // The themes of the pictures have colours of their own, none of the sixteen.
        Color::Default | Color::Idx(_) => default.to_owned(),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}
