//! `people` of the document: who belongs to what, who pushed what, and what was reviewed.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error};

use super::{
    super::json::{object, object_or_null, objects},
    document::{RawAccount, Sha, Word},
};
use crate::evidence::{CodeOwnersFile, Diff, People, Push, Told, UserAccount};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPeople {
    #[serde(default)]
    code_owners: Option<RawTold<RawFile>>,
    #[serde(default)]
    teams: BTreeMap<String, RawTold<Accounts>>,
    #[serde(default)]
    organisations: BTreeMap<String, RawTold<Accounts>>,
    #[serde(default)]
    addresses: BTreeMap<String, RawTold<OneAccount>>,
    #[serde(default)]
    pushes: Option<RawTold<Pushes>>,
    #[serde(default)]
    diffs: BTreeMap<String, RawTold<Diff>>,
}

impl TryFrom<RawPeople> for People {
    type Error = String;

    fn try_from(raw: RawPeople) -> Result<Self, String> {
        let people = Self {
            code_owners: raw.code_owners.map(|told| told.map(|RawFile(file)| file)),
            teams: once(raw.teams, |Accounts(accounts)| accounts)?,
            organisations: once(raw.organisations, |Accounts(accounts)| accounts)?,
            addresses: once(raw.addresses, |OneAccount(account)| account)?,
            pushes: raw.pushes.map(|told| told.map(|Pushes(pushes)| pushes)),
            diffs: once(raw.diffs, |diff| diff)?,
        };
        if let Some(team) = people.teams.keys().find(|team| team.split('/').count() != 2) {
            return Err(format!("`{team}` is no team: organisation/team"));
        }
        for commit in people.diffs.keys() {
            Sha::try_from(commit.clone())?;
        }
        Ok(people)
    }
}

/// Names are compared without case, so of two that differ in nothing else one would be lost.
fn once<T, U>(
    raw: BTreeMap<String, RawTold<T>>,
    map: impl Fn(T) -> U,
) -> Result<BTreeMap<String, Told<U>>, String> {
    let mut all = BTreeMap::new();
    for (name, told) in raw {
        if all.insert(name.to_ascii_lowercase(), told.map(&map)).is_some() {
            return Err(format!("`{name}` stands here twice"));
        }
    }
    Ok(all)
}

/// What is known, or why nobody can tell.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawTold<T> {
    Known(T),
    Unknown(Word),
}

impl<T> RawTold<T> {
    fn map<U>(self, map: impl FnOnce(T) -> U) -> Told<U> {
        match self {
            Self::Known(known) => Told::Known(map(known)),
            Self::Unknown(Word(why)) => Told::Unknown(why),
        }
    }
}

/// A file, or `null` where there is none.
struct RawFile(Option<CodeOwnersFile>);

impl<'de> Deserialize<'de> for RawFile {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        object_or_null(json).map(Self)
    }
}

struct Accounts(Vec<UserAccount>);

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let accounts: Vec<RawAccount> = objects(json)?;
        Ok(Self(accounts.into_iter().map(Into::into).collect()))
    }
}

struct OneAccount(UserAccount);

impl<'de> Deserialize<'de> for OneAccount {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let account: RawAccount = object(json)?;
        Ok(Self(account.into()))
    }
}

struct Pushes(Vec<Push>);

impl<'de> Deserialize<'de> for Pushes {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let pushes: Vec<RawPush> = objects(json)?;
        let push = |RawPush { sha: Sha(sha), by }| Push { sha, by: by.map(Into::into) };
        Ok(Self(pushes.into_iter().map(push).collect()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPush {
    sha: Sha,
    #[serde(deserialize_with = "object_or_null")]
    by: Option<RawAccount>,
}

/// The section, from an object.
pub(super) fn read<'de, D: Deserializer<'de>>(json: D) -> Result<People, D::Error> {
    let raw: RawPeople = object(json)?;
    raw.try_into().map_err(D::Error::custom)
}
