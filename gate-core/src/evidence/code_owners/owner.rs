//! Who can be an owner.

use std::fmt;

/// An owner, as a line of CODEOWNERS names one. Upper and lower case are one in all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A person, by the login.
    Person(String),
    /// A team, `organisation/team`.
    Team(String),
    /// Whoever has this e-mail address.
    Address(String),
}

impl Owner {
    /// Reads one; none where GitHub takes it for an invalid owner.
    pub(super) fn read(word: &str) -> Option<Self> {
        let Some(name) = word.strip_prefix('@') else {
            return is_address(word).then(|| Self::Address(word.to_owned()));
        };
        match name.split_once('/') {
            None => is_login(name).then(|| Self::Person(name.to_owned())),
            Some((organisation, team)) => {
                (is_login(organisation) && is_team(team)).then(|| Self::Team(name.to_owned()))
            }
        }
    }
}

/// As the file writes it.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(name) | Self::Team(name) => write!(f, "@{name}"),
            Self::Address(address) => f.write_str(address),
        }
    }
}

/// Logins of an enterprise's own users end in `_` and a short name.
fn is_login(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn is_team(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_address(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let labels = domain.split('.');
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_local = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
    !local.is_empty()
        && local.bytes().all(is_local)
        && labels.clone().count() >= 2
        && labels.clone().all(is_label)
}
