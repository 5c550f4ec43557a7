//! Fuzzy matching for the palette and the help.

#[cfg(test)]
mod tests;

/// Scores how well `typed` matches `text`. Returns `None` if `text` lacks one of its letters in
/// this order.
///
/// Adjacent letters and letters that begin a word score higher. Of equal matches the shorter text
/// wins.
pub(crate) fn score(typed: &str, text: &str) -> Option<i32> {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let begins_word = |index: usize| index == 0 || !letters[index - 1].is_alphanumeric();
    // The best score of the letters matched so far, by the position of the last one.
    let mut best: Vec<Option<i32>> = vec![Some(0); letters.len() + 1];
    let wanted = typed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase);
    for (position, wanted) in wanted.enumerate() {
        let mut next = vec![None; letters.len() + 1];
        let mut before: Option<i32> = None;
        for (index, letter) in letters.iter().enumerate() {
            before = if position == 0 {
                Some(0)
            } else {
                before.max(best[index].map(|score| score - 3))
            };
            if *letter != wanted {
                continue;
            }
            let adjacent = if position == 0 {
                None
            } else {
                best[index].map(|score| score + 3)
            };
            let bonus = if begins_word(index) { 4 } else { 1 };
            next[index + 1] = before.max(adjacent).map(|score| score + bonus);
        }
        best = next;
    }
    let length = i32::try_from(letters.len()).unwrap_or(i32::MAX);
    let found = best.into_iter().flatten().max()?;
    Some(found.saturating_mul(256).saturating_sub(length))
}
