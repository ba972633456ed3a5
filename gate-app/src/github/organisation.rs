//! Policies at default branches. The organisation's is asked for at every evaluation of a repository without one of its own, and
//! so by its tag. While GitHub says that it stands as it did, that costs nothing of the quota.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use gate_core::policy::Extends;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Error, Incomplete, Installation, Part, Repository,
    route::{Method, Route},
    send::{Fresh, Who},
    token::{Reach, Scope},
};

const TEMPLATE: &str = "/repos/{owner}/{repo}/contents/{path}";
const PATH: &str = ".github/gate.yml";

/// What there is of an organisation's policy, for whom may have read it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganisationPolicy {
    /// There is no such repository or file, or the App may not see it.
    None,
    /// It is as it was under the tag that was asked by.
    Unchanged,
    /// This.
    Found {
        /// What to ask by the next time, if GitHub gave it.
        tag: Option<String>,
        /// The file's text.
        text: Part<String>,
    },
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    size: u64,
    #[serde(default)]
    encoding: Option<String>,
    #[serde(default)]
    content: Option<String>,
}

impl Installation {
    /// `.github/gate.yml` on the default branch of the account's `.github` repository. `known` is the
    /// tag under which it was read before.
    ///
    /// # Errors
    ///
    /// If the call fails. A file that cannot be used is an error of its own.
    pub async fn organisation_policy(
        &self,
        owner: &str,
        known: Option<&str>,
    ) -> Result<OrganisationPolicy, Error> {
        let route = Route::get(TEMPLATE, &[owner, ".github", PATH]);
        // Everything that the installation may see, but to read: where `.github` is nobody knows.
        let who = Who::Scope(Scope { installation: self.id, reach: Reach::Contents });
        let told = self.github.fresh(who, &route, known).await;
        OrganisationPolicy::of(told, "the organisation's .github/gate.yml")
    }
}

impl OrganisationPolicy {
    fn of(told: Result<Fresh<Value>, Error>, what: &'static str) -> Result<Self, Error> {
        match told {
            Ok(Fresh::Unchanged) => Ok(Self::Unchanged),
            Ok(Fresh::New { tag, value }) => Ok(Self::Found { tag, text: text_of(what, &value) }),
            Err(Error::NotFound { .. }) => Ok(Self::None),
            Err(error) => Err(error),
        }
    }

    /// The text, for whom did not ask by a tag.
    ///
    /// # Errors
    ///
    /// If it is no file that can be read.
    pub fn into_text(self) -> Part<Option<String>> {
        match self {
            Self::None | Self::Unchanged => Ok(None),
            Self::Found { text, .. } => text.map(Some),
        }
    }
}

impl Repository {
    /// The policy that one of this repository extends. In the account's own `.github`, which is for
    /// all of its repositories, it may be private; elsewhere it is read as this repository may read
    /// it: a policy must not show what its writers may not see. `known` is the tag under which it was
    /// read before.
    ///
    /// # Errors
    ///
    /// If the call fails. A file that cannot be used is an error of its own.
    pub async fn extended_policy(
        &self,
        installation: &Installation,
        extends: &Extends,
        known: Option<&str>,
    ) -> Result<OrganisationPolicy, Error> {
        let Extends { owner, repository, path, reference, .. } = extends;
        let route = Route::get(TEMPLATE, &[owner, repository, path]);
        let route = route.with(&[("ref", reference)]);
        let is_shared = repository == ".github" && owner.eq_ignore_ascii_case(&self.name().owner);
        let shared = Scope { installation: installation.id, reach: Reach::Contents };
        let who = if is_shared { Who::Scope(shared) } else { self.who() };
        let told = self.github.fresh(who, &route, known).await;
        OrganisationPolicy::of(told, "the policy that is extended")
    }

    /// `.github/gate.yml` on the default branch.
    ///
    /// # Errors
    ///
    /// If the call fails. A file that cannot be used is an error of its own.
    pub async fn default_policy(&self) -> Result<Part<Option<String>>, Error> {
        let route = self.route(Method::Get, TEMPLATE, &[PATH]);
        match self.github.json(self.who(), &route, None).await {
            Ok(contents) => Ok(text_of(PATH, &contents).map(Some)),
            Err(Error::NotFound { .. }) => Ok(Ok(None)),
            Err(error) => Err(error),
        }
    }
}

fn text_of(what: &'static str, contents: &Value) -> Part<String> {
    let wrong = |why: String| Incomplete { what, why };
    if contents.is_array() {
        return Err(wrong("it is a folder, not a file".to_owned()));
    }
    let file = File::deserialize(contents).map_err(|error| wrong(error.to_string()))?;
    if file.kind != "file" {
        return Err(wrong(format!("it is a {}, not a file", file.kind)));
    }
    let (Some("base64"), Some(content)) = (file.encoding.as_deref(), file.content) else {
        let why =
            format!("GitHub sends no text for a file of {} bytes; make it smaller", file.size);
        return Err(wrong(why));
    };
    let packed: String = content.split_ascii_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(packed).map_err(|error| wrong(error.to_string()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) != file.size {
        return Err(wrong(format!("GitHub sent {} of its {} bytes", bytes.len(), file.size)));
    }
    String::from_utf8(bytes).map_err(|_| wrong("it is not text in UTF-8".to_owned()))
}
