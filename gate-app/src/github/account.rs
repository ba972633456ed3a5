//! The App itself, where it is installed, and what it may see there.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ids::{AppId, InstallationId, RepositoryId, RepositoryName};

use super::{
    Error, GitHub, Installation,
    route::Route,
    send::{Enough, Who},
    token::{Reach, Scope},
};

/// The App as GitHub has it registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppAccount {
    /// Its id.
    pub id: AppId,
    /// Its name in addresses.
    #[serde(default)]
    pub slug: Option<String>,
    /// Its name.
    pub name: String,
    /// Who owns it; none for an enterprise.
    #[serde(default)]
    pub owner: Option<Owner>,
    /// Its page.
    pub html_url: String,
    /// What it asks for: permission → `read` or `write`.
    pub permissions: BTreeMap<String, String>,
    /// What it is told of.
    pub events: Vec<String>,
}

/// Who owns an App.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Owner {
    /// The account's name.
    #[serde(default)]
    pub login: Option<String>,
    /// `User` or `Organization`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// Where GitHub sends the App's events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HookConfig {
    /// The address.
    #[serde(default)]
    pub url: Option<String>,
    /// `json` or `form`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Stars in place of the secret, where one is set.
    #[serde(default)]
    pub secret: Option<String>,
    /// `1` where GitHub does not check our certificate; a text or a number.
    #[serde(default)]
    pub insecure_ssl: Option<serde_json::Value>,
}

/// An account that installed the App.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The installation.
    pub id: InstallationId,
    /// The account's login; none for an enterprise.
    pub account: Option<String>,
    /// Whether it is suspended.
    pub suspended: bool,
    /// What it grants: permission → `read` or `write`.
    pub permissions: BTreeMap<String, String>,
    /// What it tells the App of.
    pub events: Vec<String>,
    /// Where its owner sets it up.
    pub html_url: String,
}

/// A repository that an installation may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledRepository {
    /// Its id.
    pub id: RepositoryId,
    /// Its present name.
    pub name: RepositoryName,
    /// Its default branch.
    pub default_branch: Option<String>,
    /// Whether it is archived, and nothing can be written to it.
    pub archived: bool,
}

#[derive(Deserialize)]
struct RawInstallation {
    id: u64,
    account: Option<RawAccount>,
    suspended_at: Option<String>,
    permissions: BTreeMap<String, String>,
    events: Vec<String>,
    html_url: String,
}

#[derive(Deserialize)]
struct RawAccount {
    #[serde(default)]
    login: Option<String>,
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<RawRepository>,
}

#[derive(Deserialize)]
struct RawRepository {
    id: u64,
    name: String,
    owner: RawOwner,
    #[serde(default)]
    default_branch: Option<String>,
    #[serde(default)]
    archived: bool,
}

#[derive(Deserialize)]
struct RawOwner {
    login: String,
}

impl From<RawInstallation> for Installed {
    fn from(raw: RawInstallation) -> Self {
        Self {
            id: InstallationId(raw.id),
            account: raw.account.and_then(|account| account.login),
            suspended: raw.suspended_at.is_some(),
            permissions: raw.permissions,
            events: raw.events,
            html_url: raw.html_url,
        }
    }
}

impl From<RawRepository> for InstalledRepository {
    fn from(raw: RawRepository) -> Self {
        Self {
            id: RepositoryId(raw.id),
            name: RepositoryName { owner: raw.owner.login, name: raw.name },
            default_branch: raw.default_branch,
            archived: raw.archived,
        }
    }
}

impl GitHub {
    /// The App as it is registered.
    ///
    /// # Errors
    ///
    /// If GitHub does not take us for the App, or the call fails.
    pub async fn app(&self) -> Result<AppAccount, Error> {
        self.json(Who::App, &Route::get("/app", &[]), None).await
    }

    /// Where the App's events are sent.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn hook_config(&self) -> Result<HookConfig, Error> {
        self.json(Who::App, &Route::get("/app/hook/config", &[]), None).await
    }

    /// Every installation of the App.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn installations(&self) -> Result<Vec<Installed>, Error> {
        let route = Route::get("/app/installations", &[]).with(&[("per_page", "100")]);
        let mut installations = Vec::new();
        self.pages(Who::App, route, |page: Vec<RawInstallation>| {
            installations.extend(page.into_iter().map(Installed::from));
            Enough::No
        })
        .await?;
        Ok(installations)
    }

    /// The installation that may see a repository.
    ///
    /// # Errors
    ///
    /// If none may, or the call fails.
    pub async fn installation_of(&self, name: &RepositoryName) -> Result<Installed, Error> {
        let template = "/repos/{owner}/{repo}/installation";
        let route = Route::get(template, &[&name.owner, &name.name]);
        self.json::<RawInstallation>(Who::App, &route, None).await.map(Into::into)
    }
}

impl Installation {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> InstallationId {
        self.id
    }

    pub(super) const fn who(&self) -> Who {
        Who::Scope(Scope { installation: self.id, reach: Reach::All })
    }

    /// Every repository that the installation may see.
    ///
    /// # Errors
    ///
    /// If a page cannot be read, or the App was uninstalled.
    pub async fn repositories(&self) -> Result<Vec<InstalledRepository>, Error> {
        let route = Route::get("/installation/repositories", &[]).with(&[("per_page", "100")]);
        let mut repositories = Vec::new();
        self.github
            .pages(self.who(), route, |page: Repositories| {
                repositories.extend(page.repositories.into_iter().map(InstalledRepository::from));
                Enough::No
            })
            .await?;
        Ok(repositories)
    }
}
