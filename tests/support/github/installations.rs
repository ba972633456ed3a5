//! What a test says of where the App is installed, and of what becomes of repositories and their rules.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    FakeGitHub,
    data::{GitHub, Installation, Repository},
    events,
};

impl FakeGitHub {
    /// Renames a repository; GitHub redirects from the old name.
    #[track_caller]
    pub fn rename(&self, repository: &str, name: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let it = &mut github.repositories[at];
        let from = std::mem::replace(&mut it.name, name.to_owned());
        it.former_names.push(repository.to_owned());
        let changes = json!({"changes": {"repository": {"name": {"from": from}}}});
        events::emit(github, at, "repository", "renamed", changes);
    }

    /// Moves a repository to another owner, where the App is installed too.
    #[track_caller]
    pub fn transfer(&self, repository: &str, owner: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        github.account(owner, "Organization");
        let id = github.repositories[at].id;
        let from = std::mem::replace(&mut github.repositories[at].owner, owner.to_owned());
        github.repositories[at].former_names.push(repository.to_owned());
        for installation in &mut github.installations {
            installation.repositories.remove(&id);
        }
        github.installed(owner, id);
        let organization = super::shapes::user(github, &from);
        let changes = json!({"changes": {"owner": {"from": {"organization": organization}}}});
        events::emit(github, at, "repository", "transferred", changes);
    }

    /// Deletes a repository.
    #[track_caller]
    pub fn delete_repository(&self, repository: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        events::emit(github, at, "repository", "deleted", json!({}));
        github.repositories.remove(at);
    }

    /// Installs the App on an account's repositories (all that are there), and says so.
    #[track_caller]
    pub fn install(&self, owner: &str) -> u64 {
        let github = &mut *self.data();
        let of = |it: &&Repository| it.owner == owner;
        let ids: Vec<u64> = github.repositories.iter().filter(of).map(|it| it.id).collect();
        for id in ids {
            github.installed(owner, id);
        }
        let id = github.installations.iter().find(|it| it.account == owner).map(|it| it.id);
        let id = id.unwrap_or_else(|| panic!("{owner} has no repositories"));
        events::installation(github, id, "created");
        id
    }

    /// Takes the App away from an account; its tokens are worth nothing from now on.
    #[track_caller]
    pub fn uninstall(&self, owner: &str) {
        let github = &mut *self.data();
        let found = github.installations.iter().find(|it| it.account == owner).map(|it| it.id);
        let id = found.unwrap_or_else(|| panic!("the App is not installed at {owner}"));
        events::installation(github, id, "deleted");
        github.installations.retain(|it| it.id != id);
        github.tokens.retain(|it| it.installation != id);
    }

    /// Suspends an installation, or takes it up again.
    #[track_caller]
    pub fn suspend(&self, owner: &str, suspended: bool) {
        let github = &mut *self.data();
        let found = github.installations.iter_mut().find(|it| it.account == owner);
        let found = found.unwrap_or_else(|| panic!("the App is not installed at {owner}"));
        found.suspended = suspended;
        let id = found.id;
        events::installation(github, id, if suspended { "suspend" } else { "unsuspend" });
    }

    /// Adds a repository to its owner's installation, or takes it away.
    #[track_caller]
    pub fn install_repository(&self, repository: &str, added: bool) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let (id, owner) = (github.repositories[at].id, github.repositories[at].owner.clone());
        let installation = github.installed(&owner, id);
        if !added {
            let found = github.installations.iter_mut().find(|it| it.id == installation);
            found.into_iter().for_each(|it| {
                it.repositories.remove(&id);
            });
        }
        events::installation_repositories(github, installation, id, added);
    }

    /// Changes the protection of a branch: GitHub's own JSON, or none.
    #[track_caller]
    pub fn protect(&self, repository: &str, branch: &str, protection: Option<serde_json::Value>) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let place = &mut github.repositories[at].protection;
        let action = match (protection, place.contains_key(branch)) {
            (Some(it), known) => {
                place.insert(branch.to_owned(), it);
                if known { "edited" } else { "created" }
            }
            (None, _) => {
                place.remove(branch);
                "deleted"
            }
        };
        let rule = json!({"rule": {"name": branch, "repository_id": github.repositories[at].id}});
        events::emit(github, at, "branch_protection_rule", action, rule);
    }

    /// A ruleset that demands an approval, dismisses stale ones, asks for resolved conversations and for
    /// the check `gate` from this App, and refuses forced pushes and deletions.
    #[must_use]
    pub fn whole_ruleset(&self) -> serde_json::Value {
        json!({"name": "main", "target": "branch", "rules": [
            { "type": "deletion" },
            { "type": "non_fast_forward" },
            { "type": "pull_request", "parameters": {
                "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true,
                "require_code_owner_review": false, "require_last_push_approval": false,
                "required_review_thread_resolution": true } },
            { "type": "required_status_checks", "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [
                    { "context": "gate", "integration_id": self.app_id() }] } },
        ]})
    }

    /// Adds a ruleset: GitHub's own JSON, with `name` and `rules`.
    #[track_caller]
    pub fn add_ruleset(&self, repository: &str, mut ruleset: serde_json::Value) {
        let github = &mut *self.data();
        let at = github.position(repository);
        ruleset["id"] = json!(github.id());
        ruleset["source"] = json!(repository);
        ruleset["enforcement"] = json!("active");
        github.repositories[at].rulesets.push(ruleset.clone());
        let body = json!({ "repository_ruleset": ruleset });
        events::emit(github, at, "repository_ruleset", "created", body);
    }
}

impl GitHub {
    /// The installation at an account, with this repository too.
    pub(super) fn installed(&mut self, owner: &str, repository: u64) -> u64 {
        if let Some(it) = self.installations.iter_mut().find(|it| it.account == owner) {
            it.repositories.insert(repository);
            return it.id;
        }
        let installation = Installation {
            id: self.id(),
            account: owner.to_owned(),
            repositories: BTreeSet::from([repository]),
            permissions: self.app.permissions.clone(),
            events: self.app.events.clone(),
            suspended: false,
            created_at: self.now(),
        };
        let id = installation.id;
        self.installations.push(installation);
        id
    }
}
