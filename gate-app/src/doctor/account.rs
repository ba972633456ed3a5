//! One installation: what its account grants, and the repositories that the App sees there.

use crate::{
    github::{AppAccount, GitHub, Installation, Installed, Part},
    settings::Settings,
};

use super::{
    Check, Diagnosis,
    app::{events, permissions},
    repositories,
};

pub(super) async fn examine(
    settings: &Settings,
    github: &GitHub,
    app: &AppAccount,
    installed: &Installed,
    diagnosis: &mut Diagnosis,
) {
    let account = installed.account.as_deref().unwrap_or("an enterprise");
    diagnosis.at(&format!("{account} (installation {})", installed.id));
    let page = &installed.html_url;
    if installed.suspended {
        let what = "it is suspended there: nothing is judged";
        diagnosis.wrong(Check::Installations, what, &format!("take it up again at {page}"));
        return;
    }
    let advice = format!("an owner of {account} accepts them at {page}");
    permissions(&installed.permissions, &advice, diagnosis);
    events(&installed.events, &advice, diagnosis);
    let installation = github.installation(installed.id);
    let all = match installation.repositories().await {
        Ok(all) => all,
        Err(error) => {
            let what = format!("its repositories cannot be listed: {error}");
            diagnosis.wrong(Check::Policy, &what, &advice);
            return;
        }
    };
    let shared = match &installed.account {
        Some(owner) => match installation.organisation_policy(owner, None).await {
            Ok(policy) => policy.into_text(),
            Err(error) => {
                let what = format!("{owner}/.github cannot be looked at: {error}");
                diagnosis.wrong(Check::Policy, &what, &advice);
                Ok(None)
            }
        },
        None => Ok(None),
    };
    let of_all = Shared { account, installation: &installation, policy: shared };
    let open: Vec<_> = all.iter().filter(|one| !one.archived).collect();
    let mut without = Vec::new();
    let mut inside = Diagnosis::default();
    for one in &open {
        let repository = github.repository(installed.id, one.id, one.name.clone());
        let target = repositories::Target { repository: &repository, branch: one };
        if !repositories::examine(settings, app, &target, &of_all, &mut inside).await {
            without.push(one.name.to_string());
        }
    }
    let (all, with) = (open.len(), open.len() - without.len());
    if with == 0 {
        let what = format!("none of {all} repositories has a policy, so none has a gate");
        let advice = "put one into .github/gate.yml of a default branch; `gate policy default` \
                      prints one";
        diagnosis.notice(Check::Policy, &what, advice);
    } else if without.is_empty() {
        diagnosis.good(Check::Policy, &format!("all {all} repositories have one"));
    } else {
        let without = without.join(", ");
        let what = format!("{with} of {all} repositories have one; no gate at {without}");
        diagnosis.good(Check::Policy, &what);
    }
    diagnosis.take_in(inside);
}

/// What all repositories of an account share.
pub(super) struct Shared<'a> {
    pub(super) account: &'a str,
    pub(super) installation: &'a Installation,
    /// The policy of those without one of their own.
    pub(super) policy: Part<Option<String>>,
}
