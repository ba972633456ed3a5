//! What the readers of vulnerabilities share: advisories of packages, and the flaws that they are.

mod flaws;

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::{
    evidence::{Dependency, NoteCode, Notes},
    measure::Message,
};

/// One advisory as a report lists it.
#[derive(Deserialize)]
pub(super) struct Advisory {
    pub(super) id: Id,
    /// Absent in the versions of pip-audit before 2.5 and with `--aliases off`.
    #[serde(default)]
    pub(super) aliases: Vec<Id>,
    pub(super) fix_versions: Vec<String>,
    /// Absent with pip-audit's `--desc off`.
    #[serde(default, deserialize_with = "super::json::present")]
    pub(super) description: Option<String>,
}

/// The id of an advisory, which is never empty.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Id(pub(super) String);

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        if id.trim().is_empty() { Err("an advisory's id is empty") } else { Ok(Self(id)) }
    }
}

/// A package and its version.
pub(super) type Key = (String, String);

/// What was audited, each package and version once, in the order of the report.
#[derive(Default)]
pub(super) struct Audit {
    list: Vec<(Key, Vec<Advisory>)>,
    places: HashMap<Key, usize>,
}

impl Audit {
    /// Takes over what a report says about one package. What it says about it again is added.
    pub(super) fn add(&mut self, key: Key, advisories: Vec<Advisory>, notes: &mut Notes) {
        if let Some(known) = self.advisories(&key) {
            known.extend(advisories);
            notes.add(NoteCode::DependencyListedTwice, || {
                Message::default().quote(&key.0).say(" ").quote(&key.1).say(" is listed again")
            });
        } else {
            self.places.insert(key.clone(), self.list.len());
            self.list.push((key, advisories));
        }
    }

    /// The advisories of a package that was audited.
    pub(super) fn advisories(&mut self, key: &Key) -> Option<&mut Vec<Advisory>> {
        let place = self.places.get(key)?;
        self.list.get_mut(*place).map(|(_, advisories)| advisories)
    }

    /// How many different packages there are, at whatever versions.
    pub(super) fn packages(&self) -> u64 {
        let packages: HashSet<&str> =
            self.list.iter().map(|((name, _), _)| name.as_str()).collect();
        packages.len() as u64
    }

    /// How many advisories there are, before those that describe one flaw are merged.
    pub(super) fn listed(&self) -> u64 {
        self.list.iter().map(|(_, advisories)| advisories.len() as u64).sum()
    }

    /// The dependencies, every flaw of each once.
    pub(super) fn finish(self, notes: &mut Notes) -> Vec<Dependency> {
        let one = |((package, version), advisories): (Key, Vec<Advisory>)| {
            let vulnerabilities = flaws::merge(&package, advisories, notes);
            Dependency { package, version, vulnerabilities }
        };
        self.list.into_iter().map(one).collect()
    }
}
