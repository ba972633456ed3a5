//! Lists of globs: over paths, over branches, over labels and other names.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::{
    decode::Spanned,
    problem::{Place, Problems},
};

/// What a glob is matched against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// Paths and branches: `*` does not cross a `/`, `**` does.
    Paths,
    /// Names with upper and lower case taken for one, as GitHub takes a label's: `*` crosses
    /// everything.
    Labels,
    /// Names as they are written: `*` crosses everything.
    Names,
}

/// At least one glob.
#[derive(Debug, Clone)]
pub struct Globs {
    texts: Vec<String>,
    set: GlobSet,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Globs {}

impl Globs {
    /// Whether one of them fits.
    #[must_use]
    pub fn fit(&self, text: &str) -> bool {
        self.set.is_match(text)
    }

    /// Which of them fit, by their places in the list.
    #[must_use]
    pub fn which_fit(&self, text: &str) -> Vec<usize> {
        self.set.matches(text)
    }

    /// The globs as the policy writes them.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// A list of globs, or nothing where the key is absent.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
pub(super) fn list(
    globs: Option<&Spanned<Vec<Spanned<String>>>>,
    over: Over,
    problems: &mut Problems,
) -> Option<Option<Globs>> {
    let Some(list) = globs else { return Some(None) };
    if list.value.is_empty() {
        problems.add(list.place, "an empty list would fit nothing at all");
        return None;
    }
    let mut builder = GlobSetBuilder::new();
    let mut sound = true;
    for text in &list.value {
        match one(&text.value, over, text.place, problems) {
            Some(glob) => {
                builder.add(glob);
            }
            None => sound = false,
        }
    }
    if !sound {
        return None;
    }
    let set = builder
        .build()
        .map_err(|error| problems.add(list.place, format!("too much for one rule: {error}")))
        .ok()?;
    let texts = list.value.iter().map(|text| text.value.clone()).collect();
    Some(Some(Globs { texts, set }))
}

/// One glob.
pub(super) fn one(text: &str, over: Over, place: Place, problems: &mut Problems) -> Option<Glob> {
    let mut builder = GlobBuilder::new(text);
    match over {
        Over::Paths => builder.literal_separator(true),
        Over::Labels => builder.case_insensitive(true),
        Over::Names => &mut builder,
    };
    builder
        .build()
        .map_err(|error| problems.add(place, format!("not a glob: {}", error.kind())))
        .ok()
}
