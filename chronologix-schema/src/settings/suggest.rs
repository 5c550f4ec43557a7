//! "Did you mean": the known name nearest to a misspelt one.

/// Returns the name that one or two typing errors turn into `word`, if there is one.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    // One error in three letters: `adit` finds `audit`, `app` does not find `foo`.
    let tolerance = (word.chars().count() / 3).max(1);
    let distance = |name: &str| strsim::osa_distance(&word, &name.to_ascii_lowercase());
    names
        .into_iter()
        .map(|name| (distance(name), name))
        .filter(|&(distance, _)| distance <= tolerance)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Returns `did you mean audit? `, or nothing if no name is near.
pub(super) fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let meant = nearest(word, names).map(|meant| format!("did you mean {meant}? "));
    meant.unwrap_or_default()
}

#[cfg(test)]
mod tests;
