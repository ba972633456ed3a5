//! `app.yml` → the manifest that registers the App at GitHub. It is part of the binary, so what the
//! App asks for is what the code was tested with.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle};
use serde::Serialize;
use url::Url;

/// The file at the root of the repository.
const APP_YML: &str = include_str!("../../../app.yml");

/// What the App is, may do and hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its name, which GitHub lets people change while they register it.
    pub name: String,
    /// Where its code is.
    pub url: String,
    /// One line about it.
    pub description: String,
    /// Whether other accounts may install it.
    pub public: bool,
    /// Permission → `read` or `write`.
    pub permissions: BTreeMap<String, String>,
    /// What it subscribes to.
    pub events: Vec<String>,
}

/// Why a manifest was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("app.yml cannot be used: {0}")]
pub struct ManifestError(String);

impl Manifest {
    /// The App's own.
    ///
    /// # Errors
    /// When the file is damaged, which a test rules out.
    pub fn own() -> Result<Self, ManifestError> {
        Self::parse(APP_YML)
    }

    /// Reads the form of `app.yml`: single values, one mapping of permissions, one list of events.
    ///
    /// # Errors
    /// When anything in it is not of that form.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut lines = lines(text)?;
        let mut one = |key: &str| match lines.remove(key) {
            Some(Value::One(value)) => Ok(value),
            _ => Err(ManifestError(format!("`{key}` must be there, with one value"))),
        };
        let (name, url, description) = (one("name")?, one("url")?, one("description")?);
        let public = match one("public")?.as_str() {
            "true" => true,
            "false" => false,
            other => {
                return Err(ManifestError(format!("`public` is {other:?}, not true or false")));
            }
        };
        let Some(Value::Map(permissions)) = lines.remove("default_permissions") else {
            return Err(ManifestError("`default_permissions` must be a mapping".to_owned()));
        };
        let Some(Value::List(events)) = lines.remove("default_events") else {
            return Err(ManifestError("`default_events` must be a list".to_owned()));
        };
        match lines.keys().next() {
            Some(key) => Err(ManifestError(format!("nobody reads `{key}`"))),
            None => Ok(Self { name, url, description, public, permissions, events }),
        }
    }

    /// What GitHub's registration page takes, for an App that is reached at `public`.
    #[must_use]
    pub fn json(&self, public: &Url) -> String {
        #[derive(Serialize)]
        struct Form<'a> {
            name: &'a str,
            url: &'a str,
            description: &'a str,
            public: bool,
            hook_attributes: Hook,
            redirect_url: String,
            default_permissions: &'a BTreeMap<String, String>,
            default_events: &'a [String],
        }
        #[derive(Serialize)]
        struct Hook {
            url: String,
            active: bool,
        }
        let at = |path: &str| format!("{}{path}", public.as_str().trim_end_matches('/'));
        let form = Form {
            name: &self.name,
            url: &self.url,
            description: &self.description,
            public: self.public,
            hook_attributes: Hook { url: at("/webhook"), active: true },
            redirect_url: at("/setup/callback"),
            default_permissions: &self.permissions,
            default_events: &self.events,
        };
        // Texts, truths and maps with text keys always have a JSON form.
        serde_json::to_string(&form).unwrap_or_default()
    }
}

enum Value {
    One(String),
    Map(BTreeMap<String, String>),
    List(Vec<String>),
}

/// The top level of the file, by key.
fn lines(text: &str) -> Result<BTreeMap<String, Value>, ManifestError> {
    let mut read = BTreeMap::new();
    let mut key: Option<String> = None;
    let mut inner: Option<(Value, Option<String>)> = None;
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| ManifestError(error.to_string()))?;
        let strange = || ManifestError(format!("line {} is not of its form", span.start.line()));
        match event {
            Event::MappingStart(..) if depth == 0 => depth = 1,
            Event::MappingStart(..) if depth == 1 && key.is_some() => {
                depth = 2;
                inner = Some((Value::Map(BTreeMap::new()), None));
            }
            Event::SequenceStart(..) if depth == 1 && key.is_some() => {
                depth = 2;
                inner = Some((Value::List(Vec::new()), None));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if let (Some((value, _)), Some(key)) = (inner.take(), key.take()) {
                    read.insert(key, value);
                }
            }
            Event::Scalar(word, ScalarStyle::Plain | ScalarStyle::DoubleQuoted, 0, None) => {
                let word = word.into_owned();
                match (&mut inner, key.take()) {
                    (None, None) => key = Some(word),
                    (None, Some(name)) => {
                        if read.insert(name, Value::One(word)).is_some() {
                            return Err(strange());
                        }
                    }
                    (Some((value, inner_key)), outer) => {
                        key = outer;
                        match (value, inner_key.take()) {
                            (Value::Map(_), None) => *inner_key = Some(word),
                            (Value::Map(map), Some(name)) => {
                                if map.insert(name, word).is_some() {
                                    return Err(strange());
                                }
                            }
                            (Value::List(list), None) => list.push(word),
                            (Value::List(_), Some(_)) | (Value::One(_), _) => return Err(strange()),
                        }
                    }
                }
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Comment(..) => {}
            Event::Scalar(..)
            | Event::MappingStart(..)
            | Event::SequenceStart(..)
            | Event::Alias(_)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | _ => return Err(strange()),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name: gate # its name\nurl: https://example.org\ndescription: \"A: b\"\n\
        public: false\ndefault_permissions:\n  checks: write # why\ndefault_events:\n  - push\n";

    #[test]
    fn the_form_is_read() {
        let manifest = Manifest::parse(SMALL).unwrap();
        assert_eq!(manifest.description, "A: b");
        assert_eq!(manifest.permissions.get("checks").map(String::as_str), Some("write"));
        assert_eq!(manifest.events, ["push"]);
    }

    #[test]
    fn what_is_not_of_the_form_is_refused() {
        for (from, to) in [
            ("name: gate", "nom: gate"),
            ("public: false", "public: no"),
            ("  - push", "  - [push]"),
            ("  - push", "  - &a push"),
            ("  checks: write", "  checks: {a: b}"),
            ("name: gate", "more: 1\nname: gate"),
            ("name: gate", "name: x\nname: gate"),
            ("name: gate", "- name"),
            ("public: false", "public: [false]"),
        ] {
            let text = SMALL.replace(from, to);
            assert_ne!(text, SMALL);
            assert!(Manifest::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn github_gets_our_addresses() {
        let public = Url::parse("https://gate.example.org").unwrap();
        let json = Manifest::own().unwrap().json(&public);
        let form: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(form["hook_attributes"]["url"], "https://gate.example.org/webhook");
        assert_eq!(form["hook_attributes"]["active"], true);
        assert_eq!(form["redirect_url"], "https://gate.example.org/setup/callback");
        assert_eq!(form["default_permissions"]["checks"], "write");
    }
}
