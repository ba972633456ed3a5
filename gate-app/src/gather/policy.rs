//! The policy that judges: of the base branch, else of the organisation, else none.

use gate_core::policy::{Extends, MAX_BYTES, Policy, PolicyError};

use crate::{
    github::{Base, OrganisationPolicy, Part},
    store::Tagged,
};

use super::{GatherError, Sources};

/// Where a policy stands in a repository.
const POLICY_PATH: &str = ".github/gate.yml";

/// The policy, as a text that was found or was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFile {
    /// There is none: nothing is judged, and nothing is posted.
    None,
    /// There is one, and it cannot be read.
    Unreadable(String),
    /// There is one.
    Text {
        /// What it says.
        text: String,
        /// Where it stands, for people.
        origin: String,
        /// What the policy says that it extends.
        extended: Option<String>,
    },
}

impl PolicyFile {
    /// The policy, understood, where there is a text.
    #[must_use]
    pub fn parse(&self) -> Option<Result<Policy, PolicyError>> {
        match self {
            Self::Text { text, extended, .. } => {
                Some(Policy::parse_extending(text, extended.as_deref()))
            }
            Self::None | Self::Unreadable(_) => None,
        }
    }
}

impl Sources {
    /// The policy of a base branch, or of the organisation where the branch has none.
    pub(super) async fn policy(&self, base: &Part<Base>) -> Result<PolicyFile, GatherError> {
        let found = base
            .as_ref()
            .map_err(ToString::to_string)
            .and_then(|base| base.policy.as_ref().map_err(ToString::to_string).map(Option::as_ref));
        let (text, origin) = match found {
            Err(why) => return Ok(PolicyFile::Unreadable(why)),
            Ok(Some(text)) => (text.clone(), POLICY_PATH.to_owned()),
            Ok(None) => {
                let owner = &self.repository.name().owner;
                match self.organisation_policy(owner).await? {
                    Ok(Some(text)) => (text, format!("{owner}/.github: {POLICY_PATH}")),
                    Ok(None) => return Ok(PolicyFile::None),
                    Err(incomplete) => return Ok(PolicyFile::Unreadable(incomplete.to_string())),
                }
            }
        };
        if text.len() > MAX_BYTES {
            return Ok(PolicyFile::Unreadable(format!("it has more than {MAX_BYTES} bytes")));
        }
        let extended = match Policy::extends(&text) {
            None => None,
            Some(extends) => match self.extended(&extends).await? {
                Ok(text) => Some(text),
                Err(why) => {
                    let why = format!("it extends {extends}, which cannot be read: {why}");
                    return Ok(PolicyFile::Unreadable(why));
                }
            },
        };
        Ok(PolicyFile::Text { text, origin, extended })
    }

    /// The text of a policy that another extends, kept with its tag; or why there is none. A commit
    /// never changes: what stands in it is asked for once.
    async fn extended(&self, extends: &Extends) -> Result<Result<String, String>, GatherError> {
        let (installation, address) = (self.installation.id(), format!("extends:{extends}"));
        let known = self.store.answer(installation, &address).await?;
        if let Some(known) = known.as_ref().filter(|_| extends.is_commit()) {
            return Ok(Ok(known.answer.clone()));
        }
        let tag = known.as_ref().map(|known| known.tag.as_str());
        let told = self.repository.extended_policy(&self.installation, extends, tag).await;
        let found = match told {
            Ok(found) => found,
            Err(error) if error.is_retryable() => return Err(error.into()),
            Err(error) => return Ok(Err(error.to_string())),
        };
        Ok(match self.kept(&address, known, found).await? {
            Ok(None) => Err("GitHub has no such file, or does not show it to the \
                 App; of private repositories, only `.github` of the same account is shown"
                .to_owned()),
            Ok(Some(text)) if text.len() > MAX_BYTES => {
                Err(format!("it has more than {MAX_BYTES} bytes"))
            }
            Ok(Some(text)) => Ok(text),
            Err(incomplete) => Err(incomplete.why),
        })
    }

    /// The policy of an organisation.
    async fn organisation_policy(&self, owner: &str) -> Result<Part<Option<String>>, GatherError> {
        let (installation, address) = (self.installation.id(), format!("{owner}/.github"));
        let known = self.store.answer(installation, &address).await?;
        let tag = known.as_ref().map(|known| known.tag.as_str());
        let found = self.installation.organisation_policy(owner, tag).await?;
        self.kept(&address, known, found).await
    }

    /// The text of a policy that stands elsewhere, kept with its tag: while it is the same, asking costs
    /// nothing.
    async fn kept(
        &self,
        address: &str,
        known: Option<Tagged>,
        found: OrganisationPolicy,
    ) -> Result<Part<Option<String>>, GatherError> {
        Ok(match found {
            OrganisationPolicy::None => Ok(None),
            OrganisationPolicy::Unchanged => Ok(known.map(|known| known.answer)),
            OrganisationPolicy::Found { tag, text: Ok(text) } => {
                if let Some(tag) = tag {
                    let tagged = Tagged { tag, answer: text.clone() };
                    let installation = self.installation.id();
                    self.store.keep_answer(installation, address, &tagged, self.now).await?;
                }
                Ok(Some(text))
            }
            OrganisationPolicy::Found { text: Err(incomplete), .. } => Err(incomplete),
        })
    }
}
