//! What the readers of vulnerabilities share: advisories of packages, and the flaws that they are.

mod flaws;

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::Format;
use crate::{
    evidence::{
        Account, Content, Dependency, Fixes, NoteCode, Notes, Report, Unit, Vulnerabilities,
    },
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
    /// Whether an empty list of them means that there is none.
    #[serde(skip)]
    pub(super) fixes: Fixes,
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

    /// Takes over a package that was audited, whatever is then found of it.
    pub(super) fn audited(&mut self, key: &Key) {
        if !self.places.contains_key(key) {
            self.places.insert(key.clone(), self.list.len());
            self.list.push((key.clone(), Vec::new()));
        }
    }

    /// Takes over an advisory of a package.
    pub(super) fn advisory(&mut self, key: &Key, advisory: Advisory) {
        self.audited(key);
        if let Some(advisories) = self.advisories(key) {
            advisories.push(advisory);
        }
    }

    /// The report that this is, of a tool that listed so many packages and repairs none itself.
    pub(super) fn report(
        self,
        format: Format,
        listed: u64,
        account: Account,
        mut notes: Notes,
    ) -> Report {
        let advisories = self.listed();
        let dependencies = self.finish(&mut notes);
        let examined = dependencies.len() as u64;
        let account = Account { unit: Unit::Dependencies, examined, ..account };
        // One package may be there at several versions.
        let listed = listed.max(examined);
        let content = Content::Vulnerabilities(Vulnerabilities {
            dependencies,
            listed,
            advisories,
            fixed: Vec::new(),
        });
        Report::new(format.name(), content, account).with_notes(notes.finish())
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
