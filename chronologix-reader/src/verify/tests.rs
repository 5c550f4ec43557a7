//! Sealed trees that are as they were, and every way in which one is not.

mod random;
mod sealed_tree;

use chronologix_schema::layout::{SEALS_FILE, SUMS_FILE};

use self::sealed_tree::{CURRENT, FIRST, LAST, SECOND, SealedTree, lines};
use super::{FindingKind, Verification, VerifyOptions};

/// The findings, as a user reads them.
fn found(tree: &SealedTree) -> Vec<String> {
    let verification = tree.verify();
    let findings = verification.findings.iter();
    findings
        .map(|finding| format!("{}: {finding}", finding.kind.as_str()))
        .collect()
}

fn unsealed(verification: &Verification) -> Vec<String> {
    let unsealed = verification.unsealed.iter();
    unsealed
        .map(|it| format!("{}: {}", it.folder, it.why))
        .collect()
}

#[test]
fn a_tree_as_it_was_sealed_has_no_findings() {
    let tree = SealedTree::new();
    let verification = tree.verify();
    assert!(verification.is_intact(), "{:?}", verification.findings);
    assert_eq!((verification.folders, verification.files), (3, 5));
    assert_eq!((verification.links, verification.signed), (3, 0));
    assert_eq!(
        unsealed(&verification),
        [format!("{CURRENT}: it is in use")]
    );
}

#[test]
fn a_tree_without_seals_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(FIRST)).unwrap();
    let tree = crate::LogTree::open(dir.path()).unwrap();
    let error = tree.verify(&VerifyOptions::new()).unwrap_err();
    assert!(error.to_string().contains("it has no seals; `seal = true`"));
}

#[test]
fn changed_lines_are_named_by_their_range() {
    let tree = SealedTree::new();
    let text = lines(4_000);
    tree.write(FIRST, "app.log", &text.replace("line 10 ", "line 1O "));
    let block = lines(4_000)[..65_536].matches('\n').count();
    assert_eq!(
        found(&tree),
        [format!(
            "changed: {FIRST}/app.log, lines 1 to {}: these lines were changed, or one of them",
            block + 1
        )]
    );
    tree.write(FIRST, "app.log", &text.replace("line 3999 ", "line 3998 "));
    let found = found(&tree);
    assert!(found[0].contains("to 4000: these lines"), "{found:?}");
}

#[test]
fn a_cut_file_names_the_lines_that_are_missing() {
    let tree = SealedTree::new();
    let text = lines(4_000);
    let end = text.find("line 3990 ").unwrap() + 4;
    tree.write(FIRST, "app.log", &text[..end]);
    let less = text.len() - end;
    assert_eq!(
        found(&tree),
        [format!(
            "truncated: {FIRST}/app.log, lines 3991 to 4000: these lines are missing at its \
             end: it was cut by {less} bytes"
        )]
    );
    tree.write(FIRST, "app.log", "");
    assert!(found(&tree)[0].starts_with(&format!("truncated: {FIRST}/app.log, lines 1 to 4000")));
}

#[test]
fn lines_that_were_removed_or_put_in_between_are_found_between_the_parts_that_stayed() {
    let tree = SealedTree::new();
    let text = lines(10_000);
    let middle = text.find("line 5000 ").unwrap();
    let next = text[middle..].find('\n').unwrap() + middle + 1;
    let line = &text[middle - 11..next];
    assert!(line.starts_with('[') && line.ends_with('\n'));
    for changed in [
        text.replacen(line, "", 1),
        text.replacen(line, &line.repeat(2), 1),
    ] {
        tree.write(LAST, "app.log", &changed);
        let verification = tree.verify();
        let [finding] = verification.findings.as_slice() else {
            panic!("{:?}", verification.findings);
        };
        let (first, last) = finding.lines.unwrap();
        assert!(first <= 5_001 && 5_001 <= last, "{finding}");
        // Two blocks at most.
        assert!(last - first < 6_000, "{finding}");
        assert_eq!(finding.kind, FindingKind::Changed);
    }
}

#[test]
fn lines_behind_the_end_of_a_closed_folder_were_added_and_of_one_in_use_are_awaited() {
    let tree = SealedTree::new();
    tree.append(FIRST, "errors.log", "[10:00:00] more\nand more\n");
    assert_eq!(
        found(&tree),
        [format!(
            "added: {FIRST}/errors.log, lines 3 to 4: these lines were added after it was sealed"
        )]
    );
    let mut tree = SealedTree::new();
    tree.seal(CURRENT, &[("app.log", "one\n")]);
    tree.append(CURRENT, "app.log", "two\n");
    tree.write(CURRENT, "errors.log", "three\n");
    let verification = tree.verify();
    assert!(verification.is_intact());
    assert_eq!(
        unsealed(&verification),
        [
            format!("{CURRENT}: app.log has grown since it was sealed"),
            format!("{CURRENT}: errors.log is new since it was sealed"),
        ]
    );
}

#[test]
fn files_that_were_added_removed_renamed_or_swapped_are_named() {
    let tree = SealedTree::new();
    tree.write(FIRST, "evil.log", "x\n");
    assert_eq!(
        found(&tree),
        [format!(
            "added: {FIRST}/evil.log was added after the folder was sealed"
        )]
    );
    let tree = SealedTree::new();
    tree.remove(FIRST, "app.log");
    assert_eq!(
        found(&tree),
        [format!("removed: {FIRST}/app.log is not there any more")]
    );
    let tree = SealedTree::new();
    tree.rename(&format!("{FIRST}/app.log"), &format!("{FIRST}/app.log.bak"));
    assert_eq!(
        found(&tree),
        [format!(
            "renamed: {FIRST}/app.log was renamed to app.log.bak"
        )]
    );
    let tree = SealedTree::new();
    tree.swap(&format!("{FIRST}/app.log"), &format!("{FIRST}/errors.log"));
    assert_eq!(
        found(&tree),
        [
            format!("renamed: {FIRST}/app.log has what was sealed as errors.log"),
            format!("renamed: {FIRST}/errors.log has what was sealed as app.log"),
        ]
    );
    // What stood there when it was sealed is not looked at.
    let tree = SealedTree::new();
    tree.write(FIRST, "notes.txt", "other notes");
    assert_eq!(found(&tree), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_log_is_not_followed() {
    let tree = SealedTree::new();
    let path = tree.path(&format!("{FIRST}/app.log"));
    std::fs::rename(&path, tree.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(tree.path("elsewhere"), &path).unwrap();
    assert_eq!(
        found(&tree),
        [
            format!("added: {FIRST}/app.log was added after the folder was sealed"),
            format!("removed: {FIRST}/app.log is not there any more"),
        ]
    );
}

#[test]
fn folders_that_were_added_removed_renamed_or_swapped_are_named() {
    let tree = SealedTree::new();
    tree.remove_folder(SECOND);
    assert_eq!(
        found(&tree),
        [format!("removed: {SECOND} is not there any more")]
    );
    let tree = SealedTree::new();
    tree.rename(SECOND, "2025-05-04__11-30");
    let renamed = format!("renamed: {SECOND} was renamed to 2025-05-04__11-30");
    assert!(found(&tree).contains(&renamed), "{:?}", found(&tree));
    let tree = SealedTree::new();
    tree.rename(SECOND, "old");
    assert_eq!(
        found(&tree),
        [format!("renamed: {SECOND} was renamed to old")]
    );
    let tree = SealedTree::new();
    tree.swap(FIRST, SECOND);
    let is = "is another folder: what was sealed under this name is";
    assert_eq!(
        found(&tree),
        [
            format!("renamed: {FIRST} {is} {SECOND}"),
            format!("renamed: {SECOND} {is} {FIRST}")
        ]
    );
    let tree = SealedTree::new();
    tree.write("2025-05-04__11-30", "app.log", "x\n");
    assert!(found(&tree)[0].starts_with("added: 2025-05-04__11-30 is in no seal"));
}

#[test]
fn sums_and_links_that_were_changed_are_named() {
    let tree = SealedTree::new();
    let text = tree.read(&format!("{FIRST}/{SUMS_FILE}"));
    tree.write(FIRST, SUMS_FILE, &text.replace(" 4000 ", " 4001 "));
    assert!(found(&tree)[0].starts_with(&format!(
        "changed: {FIRST}/.sums is not the one that was sealed"
    )));
    let tree = SealedTree::new();
    let chain = tree.read(SEALS_FILE);
    let links: Vec<&str> = chain.lines().collect();
    for (text, expected) in [
        (
            format!("{}\n{}\n", links[0], links[2]),
            "removed: the chain of seals lacks link 2",
        ),
        (
            format!("{}\n{}\n", links[0], links[1]),
            "removed: the chain of seals lacks link 3, the one in .chronologix.json",
        ),
        (
            chain.replacen("11:01", "11:02", 1),
            "changed: the chain of seals was changed at link 1 or 2",
        ),
        (
            chain.replace("seal", "Seal"),
            "changed: the chain of seals has no link in line 1",
        ),
        (
            format!("{}\n{}\n{}\n", links[1], links[0], links[2]),
            "changed: the chain of seals has link 1 where link 3 belongs",
        ),
        (String::new(), "removed: the chain of seals lacks link 3"),
    ] {
        tree.write("", SEALS_FILE, &text);
        let found = found(&tree);
        assert!(
            found.iter().any(|it| it.starts_with(expected)),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn half_a_link_and_a_seal_that_is_not_in_the_chain_are_what_a_crash_leaves() {
    let tree = SealedTree::new();
    tree.append("", SEALS_FILE, "4 seal 2025-05");
    tree.append(LAST, SUMS_FILE, &format!("sums 1 {LAST}\nother x"));
    let verification = tree.verify();
    assert!(verification.is_intact(), "{:?}", verification.findings);
    assert_eq!(
        unsealed(&verification)[0],
        format!("{LAST}: its last seal was not completed")
    );
}

#[test]
fn folders_that_retention_has_removed_are_not_missed() {
    let mut tree = SealedTree::new();
    tree.note_removal(FIRST);
    tree.remove_folder(FIRST);
    assert_eq!(found(&tree), [""; 0]);
    assert_eq!(tree.verify().folders, 2);
}

#[test]
fn a_folder_that_was_sealed_again_counts_as_it_was_then() {
    let mut tree = SealedTree::new();
    let text = lines(4_000) + "late\n";
    tree.seal_again(FIRST, "app.log", &text);
    let verification = tree.verify();
    assert!(verification.is_intact(), "{:?}", verification.findings);
    assert_eq!(verification.resealed, [(FIRST.to_owned(), 2)]);
    tree.write(FIRST, "app.log", &lines(4_000));
    assert!(found(&tree)[0].starts_with(&format!("truncated: {FIRST}/app.log, line 4001: ")));
}

#[cfg(all(feature = "zstd", feature = "gzip"))]
#[test]
fn what_was_compressed_is_verified_by_what_is_in_it() {
    let tree = SealedTree::new();
    tree.compress(FIRST, "app.log", "zst");
    tree.compress(FIRST, "errors.log", "gz");
    assert_eq!(found(&tree), [""; 0]);
    // A compression that was killed leaves both.
    tree.write(FIRST, "app.log", &lines(4_000));
    assert_eq!(found(&tree), [""; 0]);
    // Late records stand beside what was compressed.
    tree.write(FIRST, "app.log", "late\n");
    assert!(found(&tree)[0].starts_with(&format!("added: {FIRST}/app.log, line 4001: ")));
    tree.remove(FIRST, "app.log");
    tree.write(
        FIRST,
        "app.log",
        &lines(4_000).replace("line 10 ", "line 11 "),
    );
    tree.compress(FIRST, "app.log", "zst");
    assert!(found(&tree)[0].starts_with(&format!("changed: {FIRST}/app.log, lines 1 to ")));
    tree.write(FIRST, "app.log.zst", "no archive");
    assert_eq!(found(&tree).len(), 1);
    // Something else in place of what is there already.
    let tree = SealedTree::new();
    tree.write(FIRST, "other.log", "x\n");
    tree.compress(FIRST, "other.log", "zst");
    tree.rename(
        &format!("{FIRST}/other.log.zst"),
        &format!("{FIRST}/app.log.zst"),
    );
    assert_eq!(
        found(&tree),
        [format!(
            "added: {FIRST}/app.log.zst was put beside the log, and is not what is in it"
        )]
    );
}

#[cfg(feature = "tar")]
#[test]
fn a_packed_folder_is_verified_by_what_is_in_it() {
    let tree = SealedTree::new();
    tree.pack(FIRST);
    assert_eq!(found(&tree), [""; 0]);
    assert_eq!(tree.verify().folders, 3);
    // Late records make the folder anew.
    tree.write(FIRST, "app.log", "late\n");
    assert!(found(&tree)[0].starts_with(&format!("added: {FIRST}/app.log, line 4001: ")));
    let tree = SealedTree::new();
    tree.append(FIRST, "errors.log", "more\n");
    tree.pack(FIRST);
    assert!(found(&tree)[0].starts_with(&format!("added: {FIRST}/errors.log, line 3: ")));
}

#[cfg(feature = "tar")]
#[test]
fn packed_folders_that_were_renamed_or_swapped_are_named() {
    let [first, second] = [FIRST, SECOND].map(|folder| format!("{folder}.tar"));
    let tree = SealedTree::new();
    for folder in [FIRST, SECOND] {
        tree.pack(folder);
    }
    tree.swap(&first, &second);
    let is = "is another folder: what was sealed under this name is";
    assert_eq!(
        found(&tree),
        [
            format!("renamed: {FIRST} {is} {second}"),
            format!("renamed: {SECOND} {is} {first}")
        ]
    );
    // The folder beside it is compared all the same.
    tree.remove("", &first);
    tree.rename(&second, "old.tar");
    tree.write(LAST, "app.log", "");
    let found = found(&tree);
    assert_eq!(
        found[..2],
        [
            format!("renamed: {FIRST} was renamed to old.tar"),
            format!("removed: {SECOND} is not there any more"),
        ]
    );
    assert!(found[2].starts_with(&format!("truncated: {LAST}/app.log, lines 1 to 10000")));
}

#[test]
fn signatures_are_verified_with_the_key_alone() {
    let mut tree = SealedTree::signed();
    let verification = tree.verify_signed();
    assert!(verification.is_intact(), "{:?}", verification.findings);
    assert_eq!(verification.signed, 3);
    // A chain that was made anew without the key goes together, and has no signatures.
    let unsigned = SealedTree::new().verify_signed();
    let kinds = unsigned.findings.iter().map(|finding| finding.kind);
    assert_eq!(kinds.collect::<Vec<_>>(), [FindingKind::Unsigned; 3]);
    // One by another key.
    tree.change_key();
    tree.seal("2025-05-04__13-30", &[("app.log", "x\n")]);
    let verification = tree.verify_signed();
    assert_eq!(verification.findings.len(), 1);
    assert!(
        verification.findings[0]
            .text
            .starts_with("has link 4, of 2025-05-04__13-30")
    );
}

#[test]
fn a_head_that_was_kept_must_be_in_the_chain() {
    let mut tree = SealedTree::new();
    let head = tree.verify().head.unwrap();
    tree.seal("2025-05-04__13-30", &[("app.log", "x\n")]);
    let kept = format!("{}:{}", head.number, head.digest);
    let options = || VerifyOptions::new().head(&kept).unwrap();
    assert!(tree.verify_with(&options()).is_intact());
    // All seals were made anew.
    let mut other = SealedTree::new();
    other.seal_again(FIRST, "app.log", &lines(4_001));
    let found = SealedTree::remade(&other).verify_with(&options());
    assert!(
        found.findings[0]
            .text
            .ends_with("it is not the one that was kept"),
        "{found:?}"
    );
    assert!(VerifyOptions::new().head("3").is_err());
}
