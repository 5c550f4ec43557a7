//! `.sums`: what is read back, and what is refused.

use super::{BlockSum, Digest, FileSum, SectionFile, Sums, SumsSection};

fn block(value: u8, lines: u32) -> BlockSum {
    let value = Digest([value; 32]);
    BlockSum { value, lines }
}

fn section(bytes: u64, from: usize, blocks: &[BlockSum]) -> SumsSection {
    SumsSection {
        folder: "2025-05-04__14-00".to_owned(),
        files: vec![SectionFile {
            name: "my app.log".to_owned(),
            sum: FileSum {
                digest: Digest([7; 32]),
                bytes,
                records: 3,
                blocks: blocks.to_vec(),
            },
            from,
        }],
        others: Vec::new(),
    }
}

fn text(sections: &[SumsSection]) -> String {
    sections.iter().map(SumsSection::to_text).collect()
}

#[test]
fn later_sections_lie_on_top_of_earlier_ones() {
    let first = section(65_536 + 9, 0, &[block(1, 5), block(2, 1)]);
    let mut second = section(3 * 65_536, 1, &[block(3, 4), block(4, 6)]);
    second.others.push("notes.txt".to_owned());
    let text = text(&[first.clone(), second]);
    let read = SumsSection::parse_all(&text).unwrap();
    assert_eq!(read[0].section, first);
    assert_eq!(&text[..read[0].end], first.to_text());
    assert_eq!(read[1].end, text.len());
    let sums = Sums::of(&read).unwrap();
    let blocks = &sums.files["my app.log"].blocks;
    assert_eq!(*blocks, [block(1, 5), block(3, 4), block(4, 6)]);
    assert!(sums.others.contains("notes.txt"));
}

#[test]
fn sections_that_contradict_each_other_are_refused() {
    let first = section(65_536 + 9, 0, &[block(1, 5), block(2, 1)]);
    for wrong in [
        section(65_536, 1, &[]),
        section(3 * 65_536, 1, &[block(3, 4)]),
        section(3 * 65_536, 3, &[]),
    ] {
        let text = text(&[first.clone(), wrong]);
        let read = SumsSection::parse_all(&text).unwrap();
        let error = Sums::of(&read).unwrap_err();
        assert_eq!(error, "the sums of my app.log contradict each other");
    }
}

#[test]
fn only_what_would_be_written_back_is_read() {
    let good = section(9, 0, &[block(1, 5)]).to_text();
    for (from, to) in [
        ("sums 1", "sums 2"),
        (" 9 3 0 ", " 09 3 0 "),
        (" 9 3 0 ", " +9 3 0 "),
        (" 9 3 0 ", " 9 3 "),
        ("block", "blob"),
        (" 5\n", " 5 \n"),
        (" 5\n", " 5"),
        ("0707", "07"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        let read = SumsSection::parse_all(&bad);
        assert!(read.is_err(), "{bad}");
    }
    assert!(SumsSection::parse_all("other x\n").is_err());
    assert_eq!(SumsSection::parse_all(""), Ok(Vec::new()));
}

#[test]
fn a_range_of_blocks_is_a_range_of_lines() {
    let sum = section(0, 0, &[block(1, 5), block(2, 0), block(3, 2)]).files[0]
        .sum
        .clone();
    for (blocks, lines) in [
        ((0, 0), (1, 6)),
        ((1, 1), (6, 6)),
        ((1, 2), (6, 7)),
        ((2, 2), (6, 7)),
        ((0, 2), (1, 7)),
    ] {
        assert_eq!(sum.lines_of_blocks(blocks.0, blocks.1), lines, "{blocks:?}");
    }
}
