//! One repository: whether its policy is sound, and its default branch requires the check of this App.

use gate_core::{
    evidence::Protection,
    policy::{MAX_BYTES, Policy},
};

use crate::{
    github::{AppAccount, InstalledRepository, Repository},
    publish::CHECK_NAME,
    settings::Settings,
};

use super::{Check, Diagnosis, account::Shared};

/// The repository that is looked at.
pub(super) struct Target<'a> {
    pub(super) repository: &'a Repository,
    pub(super) branch: &'a InstalledRepository,
}

/// Looks at it; says whether it has a policy, or may have one.
pub(super) async fn examine(
    settings: &Settings,
    app: &AppAccount,
    target: &Target<'_>,
    shared: &Shared<'_>,
    diagnosis: &mut Diagnosis,
) -> bool {
    let name = target.repository.name();
    diagnosis.at(&name.to_string());
    let Some(branch) = &target.branch.default_branch else { return false };
    if !policy(target.repository, branch, shared, diagnosis).await {
        return false;
    }
    let web = settings.github.web().as_str().trim_end_matches('/');
    let page = format!("{web}/{}/{}/settings/rules", name.owner, name.name);
    match target.repository.protection(branch).await {
        Ok(protection) => required(&protection, branch, (app, &page), diagnosis),
        Err(error) => {
            let what = format!("what {branch} requires cannot be looked at: {error}");
            let advice = format!("see {page}, and whether the account's permissions are accepted");
            diagnosis.wrong(Check::Required, &what, &advice);
        }
    }
    true
}

/// Whether there is a policy; a broken one is there.
async fn policy(
    repository: &Repository,
    branch: &str,
    shared: &Shared<'_>,
    diagnosis: &mut Diagnosis,
) -> bool {
    let (found, origin) = match repository.default_policy().await {
        // An empty repository, or one whose contents are not shown.
        Err(error) => {
            let advice = "mend what is wrong above, and ask again";
            diagnosis.wrong(Check::Policy, &format!("cannot be looked at: {error}"), advice);
            return true;
        }
        Ok(Ok(None)) => (&shared.policy, format!("{}/.github: .github/gate.yml", shared.account)),
        Ok(own) => (&own.clone(), format!(".github/gate.yml on {branch}")),
    };
    let text = match found {
        Ok(None) => return false,
        Ok(Some(text)) if text.len() > MAX_BYTES => {
            Err(format!("it has more than {MAX_BYTES} bytes"))
        }
        Ok(Some(text)) => Ok(text),
        Err(incomplete) => Err(incomplete.why.clone()),
    };
    let sound = match text {
        Ok(text) => sound(repository, text, shared).await,
        Err(why) => Err(why),
    };
    match sound {
        Ok(()) => diagnosis.good(Check::Policy, &origin),
        Err(why) => {
            let what = format!("{origin} cannot be used, so every pull request fails: {why}");
            let advice = "`gate policy check` shows each problem with its line";
            diagnosis.wrong(Check::Policy, &what, advice);
        }
    }
    true
}

/// Whether a policy can be used, with the one that it extends.
async fn sound(repository: &Repository, text: &str, shared: &Shared<'_>) -> Result<(), String> {
    let extended = match Policy::extends(text) {
        None => None,
        Some(extends) => {
            let found = repository.extended_policy(shared.installation, &extends, None).await;
            let found = found.map_err(|error| error.to_string())?;
            let found = found.into_text().map_err(|incomplete| incomplete.to_string())?;
            let missing = || format!("it extends {extends}, which GitHub does not show to the App");
            Some(found.ok_or_else(missing)?)
        }
    };
    let policy = Policy::parse_extending(text, extended.as_deref());
    policy.map(drop).map_err(|error| error.to_string())
}

fn required(
    protection: &Protection,
    branch: &str,
    (app, page): (&AppAccount, &str),
    diagnosis: &mut Diagnosis,
) {
    let gates: Vec<_> = protection.checks.iter().filter(|one| one.name == CHECK_NAME).collect();
    let name = &app.name;
    if gates.iter().any(|gate| gate.app == Some(app.id.0)) {
        let what = format!("{branch} requires {CHECK_NAME} from {name}");
        diagnosis.good(Check::Required, &what);
        return;
    }
    let advice = format!("require {CHECK_NAME} with {name} as its source: {page}");
    let what = match gates.first().map(|gate| gate.app) {
        Some(Some(other)) => format!(
            "{branch} requires {CHECK_NAME} from App {other}, and this is App {}: nothing can be \
             merged",
            app.id
        ),
        Some(None) => format!(
            "{branch} requires {CHECK_NAME} from anybody: whoever may write can set it themselves"
        ),
        None if protection.unseen.is_none() => {
            format!(
                "{branch} does not require {CHECK_NAME}: a pull request can be merged without it"
            )
        }
        None => format!(
            "no ruleset requires {CHECK_NAME} on {branch}, and GitHub does not show its classic \
             protection"
        ),
    };
    diagnosis.wrong(Check::Required, &what, &advice);
}
