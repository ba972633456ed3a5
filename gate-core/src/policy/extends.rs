//! `extends:` — another policy that this one adds to and takes from, of one level.

use std::{fmt, str::FromStr};

use super::{
    Policy, PolicyError,
    decode::{Decode as _, Spanned},
    problem::{Place, Problems},
    yaml::{self, Value},
};

/// Where a policy stands that another extends: `owner/repository@ref:path`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extends {
    /// The account.
    pub owner: String,
    /// Its repository.
    pub repository: String,
    /// A tag, a branch or a commit.
    pub reference: String,
    /// The file in it.
    pub path: String,
}

/// Why a text names no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtendsError {
    /// The ref is missing.
    #[error("what is extended is pinned to a ref: owner/repository@ref:path")]
    NoReference,
    /// It is not of the form.
    #[error(
        "what is extended is written owner/repository@ref:path, for example \
         acme/.github@v3:gate.yml"
    )]
    Malformed,
    /// The file is no policy.
    #[error("what is extended is a file that ends in .yml or .yaml, by its path without `..`")]
    Path,
}

/// The file where none is named.
const DEFAULT_PATH: &str = ".github/gate.yml";

impl Extends {
    /// Whether it is pinned to a commit, which never changes.
    #[must_use]
    pub fn is_commit(&self) -> bool {
        let is_hex = self.reference.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex && matches!(self.reference.len(), 40 | 64)
    }
}

impl FromStr for Extends {
    type Err = ExtendsError;

    fn from_str(text: &str) -> Result<Self, ExtendsError> {
        let (place, rest) = text.split_once('@').ok_or(ExtendsError::NoReference)?;
        let (reference, path) = rest.split_once(':').unwrap_or((rest, DEFAULT_PATH));
        let (owner, repository) = place.split_once('/').ok_or(ExtendsError::Malformed)?;
        if reference.is_empty() {
            return Err(ExtendsError::NoReference);
        }
        let is_name = |name: &str, most: usize| {
            (1..=most).contains(&name.len())
                && !matches!(name, "." | "..")
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        let is_reference = |name: &str| {
            let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
            !name.starts_with(['-', '/', '.']) && !name.contains("..") && !name.contains(forbidden)
        };
        if !is_name(owner, 39) || !is_name(repository, 100) || !is_reference(reference) {
            return Err(ExtendsError::Malformed);
        }
        let is_path = path.ends_with(".yml") || path.ends_with(".yaml");
        let is_inside = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !is_path || !is_inside || path.contains(|c: char| c.is_control() || c == '\\') {
            return Err(ExtendsError::Path);
        }
        Ok(Self {
            owner: owner.to_owned(),
            repository: repository.to_owned(),
            reference: reference.to_owned(),
            path: path.to_owned(),
        })
    }
}

impl fmt::Display for Extends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, repository, reference, path } = self;
        write!(f, "{owner}/{repository}@{reference}:{path}")
    }
}

/// A policy that another extends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extended {
    /// Where it stands.
    pub from: Extends,
    /// What it says.
    pub text: String,
    /// What the other replaces of it: what that is, and its name.
    pub replaced: Vec<(&'static str, String)>,
}

/// Which of two policies a rule is of, where one extends the other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The one that extends.
    Own,
    /// The same, in the place of a rule of the other.
    Replacing(Extends),
    /// The one that is extended.
    Extended(Extends),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("own"),
            Self::Replacing(other) => write!(f, "own, in the place of that of {other}"),
            Self::Extended(other) => other.fmt(f),
        }
    }
}

/// What the policy of this text extends, if it says so in the right form.
pub(super) fn of(text: &str) -> Option<Extends> {
    let mut problems = Problems::default();
    let root = yaml::parse(text, &mut problems)?;
    let Value::Mapping(entries) = root.value else { return None };
    let (_, node) = entries.iter().find(|(key, _)| key.text == "extends")?;
    Extends::decode(node, &mut problems)
}

/// The policy that is extended, if one is, and it was given and is sound.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: none is extended")]
pub(super) fn inherited(
    extends: Option<&Spanned<Extends>>,
    given: Option<&str>,
    problems: &mut Problems,
) -> Option<Option<Policy>> {
    let Spanned { value: name, place } = match (extends, given) {
        (None, None) => return Some(None),
        (None, Some(_)) => {
            let message = "this policy extends no other, and one was given for it";
            problems.add_with_hint(
                Place::START,
                message,
                "say which: `extends: owner/repository@ref:path`",
            );
            return None;
        }
        (Some(extends), None) => {
            problems.add_with_hint(
                extends.place,
                format!("this policy extends {}, which was not given", extends.value),
                "on the command line, give a copy of that file with `--extends FILE`",
            );
            return None;
        }
        (Some(extends), Some(_)) => extends,
    };
    let text = given.unwrap_or_default();
    match Policy::parse(text) {
        Ok(policy) => Some(Some(policy)),
        Err(error) => {
            refused(name, text, &error, *place, problems);
            None
        }
    }
}

fn refused(name: &Extends, text: &str, error: &PolicyError, place: Place, problems: &mut Problems) {
    if of(text).is_some() {
        problems.add_with_hint(
            place,
            format!("{name} extends another policy itself; one level is followed"),
            "extend the other one, or put both into one file",
        );
        return;
    }
    for problem in error.problems() {
        let line = problem.place.line(text);
        let message = format!("{name} cannot be used, line {line}: {}", problem.message);
        match &problem.hint {
            Some(hint) => problems.add_with_hint(place, message, hint),
            None => problems.add(place, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, ExtendsError> {
        text.parse::<Extends>().map(|extends| extends.to_string())
    }

    #[test]
    fn a_ref_is_needed_and_a_path_is_not() {
        assert_eq!(read("acme/.github@v3:gate.yml").unwrap(), "acme/.github@v3:gate.yml");
        assert_eq!(read("acme/bars@v3").unwrap(), "acme/bars@v3:.github/gate.yml");
        assert_eq!(read("acme/bars@release/1:a/b.yaml").unwrap(), "acme/bars@release/1:a/b.yaml");
        for text in ["acme/bars", "acme/bars:gate.yml", "acme/bars@", "acme/bars@:gate.yml"] {
            assert_eq!(read(text), Err(ExtendsError::NoReference), "{text}");
        }
        for text in ["bars@v3", "acme/a/b@v3", "/bars@v3", "acme/..@v3", "acme/bars@a b", "a/b@-x"]
        {
            assert_eq!(read(text), Err(ExtendsError::Malformed), "{text}");
        }
        for text in ["a/b@v3:x", "a/b@v3:../gate.yml", "a/b@v3:/gate.yml", "a/b@v3:"] {
            assert_eq!(read(text), Err(ExtendsError::Path), "{text}");
        }
    }

    #[test]
    fn a_commit_is_told_from_a_name() {
        let is_commit = |text: &str| text.parse::<Extends>().unwrap().is_commit();
        assert!(is_commit(&format!("a/b@{}", "0a".repeat(20))));
        assert!(!is_commit("a/b@0a0a0a0"));
    }
}
