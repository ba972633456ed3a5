//! Floor 3: everything put together, and run until told to stop.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::{
    net::TcpListener,
    sync::{Notify, SetOnce, watch},
    task::JoinSet,
};

use crate::{
    clock::Clock,
    gather::ExternalId,
    github::{self, Connection, GitHub, Observer, Reserve, convert_manifest},
    ids::{AppId, PullRequestNumber, SubjectKey},
    metrics::Metrics,
    publish::CHECK_NAME,
    reconcile::Reconciler,
    server::{
        Cause, Inbox, Later, Limits, Manifest, ManifestError, Readiness, Registered, Registrar,
        Server, Taken, Uploads, router, serve,
    },
    settings::{Credentials, Settings},
    store::{InboxEntry, Mark, Receipt, Store, StoreError},
    upload::{self, Chunks, Received, Refusal, Verifier, Wanted},
    webhook::{Delivery, Effect},
    worker::{self, Worker},
};

/// Why the App could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database cannot be used.
    #[error("the database cannot be used: {0}")]
    Store(#[from] StoreError),
    /// What the store has of the App's credentials cannot be read.
    #[error("the App's credentials in the database cannot be read: {0}")]
    Credentials(#[from] serde_json::Error),
    /// The manifest cannot be read.
    #[error("app.yml: {0}")]
    Manifest(#[from] ManifestError),
    /// The tokens of Actions cannot be checked.
    #[error("no HTTP client for the keys of Actions' tokens: {0}")]
    Verifier(String),
}

/// Runs the App on this listener until `stop` comes; then finishes what is in hand.
///
/// # Errors
/// When the database or the credentials in it cannot be used.
pub async fn run(
    settings: Settings,
    listener: TcpListener,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let store = Store::open(settings.database.expose_secret()).await?;
    let credentials = match settings.credentials.clone() {
        Some(credentials) => Some(credentials),
        None => kept_credentials(&store).await?,
    };
    let (register, registration) = watch::channel(credentials.map(Arc::new));
    let metrics = Arc::new(Metrics::new());
    let bell = Arc::new(Notify::new());
    // At the start nobody knows what was sent while no process was up.
    let missed = Arc::new(AtomicBool::new(true));
    let door = Door { store: store.clone(), bell: Arc::clone(&bell), missed: Arc::clone(&missed) };
    let github = Arc::new(SetOnce::new());
    let server = Server {
        inbox: Arc::new(door.clone()),
        uploads: Arc::new(upload::Door {
            store: store.clone(),
            github: Arc::clone(&github),
            verifier: verifier(&settings)?,
            clock: clock.clone(),
            bell: Arc::clone(&bell),
        }),
        registration: registration.clone(),
        registrar: Arc::new(Registry {
            store: store.clone(),
            api_url: settings.github.rest().to_owned(),
            register,
            clock: clock.clone(),
        }),
        readiness: Arc::new(door),
        metrics: Arc::clone(&metrics),
        clock: clock.clone(),
        public_url: settings.public_url.clone(),
        github_web: settings.github.web().clone(),
        manifest: Manifest::own()?,
        check: CHECK_NAME,
        dry_run: settings.dry_run,
    };
    let (tell, told) = watch::channel(false);
    let work = tokio::spawn(work(
        Work {
            settings: Arc::new(settings),
            store: store.clone(),
            metrics,
            clock,
            bell,
            missed,
            github,
        },
        registration,
        told,
    ));
    let cut = serve(listener, router(server), Limits::default(), stop).await;
    if cut > 0 {
        tracing::warn!(cut, "connections were cut at the end");
    }
    // Whoever works finishes what it holds; leases end by themselves if that takes too long.
    let _ = tell.send(true);
    if tokio::time::timeout(Duration::from_secs(20), work).await.is_err() {
        tracing::warn!("a judgement took too long to wait for; its lease will end by itself");
    }
    store.close().await;
    Ok(())
}

/// What the workers need.
struct Work {
    settings: Arc<Settings>,
    store: Store,
    metrics: Arc<Metrics>,
    clock: Clock,
    bell: Arc<Notify>,
    missed: Arc<AtomicBool>,
    /// Set once there is a connection: the upload door waits for it.
    github: Arc<SetOnce<GitHub>>,
}

/// Waits for credentials, and works with them until told to stop.
async fn work(
    work: Work,
    mut registration: watch::Receiver<Option<Arc<Credentials>>>,
    mut stop: watch::Receiver<bool>,
) {
    let credentials = loop {
        if let Some(credentials) = registration.borrow().clone() {
            break credentials;
        }
        tokio::select! {
            changed = registration.changed() => if changed.is_err() { return },
            _ = stop.changed() => return,
        }
    };
    let github = match connect(&work, &credentials) {
        Ok(github) => github,
        Err(error) => {
            tracing::error!(%error, "cannot speak to GitHub; nothing will be judged");
            return;
        }
    };
    let _ = work.github.set(github.clone());
    let worker = Worker {
        reconciler: Reconciler {
            github,
            store: work.store.clone(),
            metrics: Arc::clone(&work.metrics),
            dry_run: work.settings.dry_run,
        },
        clock: work.clock.clone(),
        bell: Arc::clone(&work.bell),
        missed: Arc::clone(&work.missed),
        sweep: work.settings.sweep,
        lease: worker::LEASE,
    };
    let mut tasks = JoinSet::new();
    for number in 0..work.settings.workers.get() {
        let (worker, stop) = (worker.clone(), stop.clone());
        let name = format!("{}-{number}", std::process::id());
        tasks.spawn(async move { worker.work(&name, stop).await });
    }
    tasks.spawn(async move { worker.rounds(stop).await });
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a worker failed inside; please report it");
        }
    }
}

fn connect(work: &Work, credentials: &Credentials) -> Result<GitHub, github::ConnectionError> {
    let connection = Connection {
        api_url: work.settings.github.rest().to_owned(),
        graphql_url: work.settings.github.graphql().to_owned(),
        app_id: credentials.app,
        key: credentials.private_key.clone(),
    };
    let metrics = Arc::clone(&work.metrics);
    let observer = Observer::new(move |call| {
        metrics.github_call(call.route, call.status.unwrap_or_default());
        if let (Some(_), Some(left)) = (call.installation, call.left) {
            metrics.quota_left(call.resource, u32::try_from(left).unwrap_or(u32::MAX));
        }
    });
    GitHub::with(&connection, work.clock.clone(), observer, Reserve::default())
}

/// The webhook's door to the store.
#[derive(Debug, Clone)]
struct Door {
    store: Store,
    bell: Arc<Notify>,
    missed: Arc<AtomicBool>,
}

impl Inbox for Door {
    fn take<'a>(
        &'a self,
        delivery: &'a Delivery,
        _body: &'a [u8],
        received: jiff::Timestamp,
    ) -> Later<'a, Result<Taken, Cause>> {
        Box::pin(async move {
            let mut taken = Taken::Known;
            for entry in entries(delivery) {
                let receipt = self.store.receive(&entry, received).await;
                if receipt.is_err() {
                    self.missed.store(true, Ordering::Relaxed);
                }
                if let Receipt::Stored { .. } = receipt? {
                    taken = Taken::New;
                }
            }
            self.bell.notify_one();
            Ok(taken)
        })
    }
}

impl Uploads for upload::Door {
    fn take<'a>(
        &'a self,
        wanted: &'a Wanted,
        body: &'a mut dyn Chunks,
    ) -> Later<'a, Result<Received, Refusal>> {
        Box::pin(Self::take(self, wanted, body))
    }
}

/// Checks the tokens of Actions, for which the App's own origin is the audience.
fn verifier(settings: &Settings) -> Result<Option<Arc<Verifier>>, StartError> {
    let Some(url) = &settings.public_url else { return Ok(None) };
    let audience = url.origin().ascii_serialization();
    let verifier = Verifier::new(settings.github.issuer(), &audience);
    verifier.map(|verifier| Some(Arc::new(verifier))).map_err(StartError::Verifier)
}

impl Readiness for Door {
    fn check(&self) -> Later<'_, Result<(), Cause>> {
        Box::pin(async move { Ok(self.store.ping().await?) })
    }
}

/// What the store is told by a delivery: one entry for each repository that an installation lists,
/// and then its own. That one comes last, because who finds it stored asks for no redelivery.
fn entries(delivery: &Delivery) -> Vec<InboxEntry> {
    let repository = delivery.repository.as_ref();
    let own = InboxEntry {
        delivery: delivery.id.to_string(),
        event: delivery.event.clone(),
        action: delivery.action.clone(),
        installation: delivery.installation,
        repository: repository.map(|one| (one.id, one.name.clone())),
        marks: delivery.effects.iter().flat_map(|effect| marks(effect, delivery)).collect(),
    };
    let mut entries = Vec::new();
    for effect in &delivery.effects {
        if let Effect::InstallationChanged { added, removed } = effect {
            let listed = added.iter().map(|one| (one, Vec::new()));
            let gone = removed.iter().map(|one| (one, vec![Mark::Removed]));
            entries.extend(listed.chain(gone).map(|(one, marks)| InboxEntry {
                delivery: format!("{}/{}", delivery.id, one.id),
                event: delivery.event.clone(),
                action: delivery.action.clone(),
                installation: delivery.installation,
                repository: Some((one.id, one.name.clone())),
                marks,
            }));
        }
    }
    entries.push(own);
    entries
}

fn marks(effect: &Effect, delivery: &Delivery) -> Vec<Mark> {
    let group =
        |head: &crate::ids::CommitSha, head_ref: &str, base_ref: &str| SubjectKey::MergeGroup {
            head: head.clone(),
            head_ref: head_ref.to_owned(),
            base_ref: base_ref.to_owned(),
        };
    match effect {
        Effect::PullRequest { number, head, base_ref, open } => vec![Mark::PullRequestHead {
            number: *number,
            head: head.clone(),
            base: base_ref.clone(),
            open: *open,
        }],
        Effect::Closed { number, .. } => vec![Mark::Closed(SubjectKey::PullRequest(*number))],
        Effect::Commit(head) => vec![Mark::Commit(head.clone())],
        Effect::Again { head, external_id } => {
            vec![Mark::Again {
                head: head.clone(),
                number: about(external_id.as_deref(), delivery),
            }]
        }
        Effect::MergeGroup { head, head_ref, base_ref } => {
            vec![Mark::Subject(group(head, head_ref, base_ref))]
        }
        Effect::MergeGroupGone { head, head_ref, base_ref } => {
            vec![Mark::Closed(group(head, head_ref, base_ref))]
        }
        Effect::BranchMoved { name, head } => {
            // The default branch is a base of something, if any is. Others are if a pull request goes
            // to them; what they were before, a pull request asks for by itself.
            let default = delivery.repository.as_ref().and_then(|one| one.default_branch.as_ref());
            let (name, head) = (name.clone(), head.clone());
            vec![if default.is_none_or(|default| *default == name) {
                Mark::Subject(SubjectKey::Branch { name, head })
            } else {
                Mark::BranchMoved { name, head }
            }]
        }
        Effect::RepositoryRenamed | Effect::RepositoryTransferred => {
            let name = delivery.repository.as_ref().map(|one| one.name.clone());
            name.map(Mark::Renamed).into_iter().collect()
        }
        Effect::RepositoryDeleted | Effect::InstallationGone => vec![Mark::Removed],
        Effect::EveryOpen => vec![Mark::EveryOpen],
        Effect::InstallationChanged { .. } | Effect::Ignored { .. } => Vec::new(),
    }
}

/// The pull request that a check of ours says it is about.
fn about(external_id: Option<&str>, delivery: &Delivery) -> Option<PullRequestNumber> {
    let about = ExternalId::read(external_id?)?;
    let repository = delivery.repository.as_ref()?;
    about.number.filter(|_| about.repository == repository.id)
}

/// What the set-up page brought, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    app: AppId,
    private_key: String,
    webhook_secret: String,
}

pub(crate) async fn kept_credentials(store: &Store) -> Result<Option<Credentials>, StartError> {
    let Some(kept) = store.credentials().await? else { return Ok(None) };
    let Kept { app, private_key, webhook_secret } = serde_json::from_str(kept.expose_secret())?;
    Ok(Some(Credentials {
        app,
        private_key: private_key.into(),
        webhook_secrets: vec![webhook_secret.into()],
    }))
}

/// Gives the App its identity at the end of the set-up.
#[derive(Debug)]
struct Registry {
    store: Store,
    api_url: String,
    register: watch::Sender<Option<Arc<Credentials>>>,
    clock: Clock,
}

impl Registrar for Registry {
    fn register<'a>(&'a self, code: &'a str) -> Later<'a, Result<Registered, Cause>> {
        Box::pin(async move {
            let now = self.clock.now();
            let app = convert_manifest(&self.api_url, code, now).await?;
            let secret = app.webhook_secret.ok_or("GitHub gave the App no webhook secret")?;
            let kept = Kept {
                app: app.id,
                private_key: app.pem.expose_secret().to_owned(),
                webhook_secret: secret.expose_secret().to_owned(),
            };
            let kept: SecretString = serde_json::to_string(&kept)?.into();
            self.store.keep_credentials(&kept, now).await?;
            let credentials =
                Credentials { app: app.id, private_key: app.pem, webhook_secrets: vec![secret] };
            tracing::info!(app = %app.id, "registered");
            let _ = self.register.send(Some(Arc::new(credentials)));
            Ok(Registered { app: app.id, name: app.slug, page: app.html_url })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{InstallationId, RepositoryId, RepositoryName},
        webhook::Repository,
    };

    #[test]
    fn a_delivery_is_known_only_when_all_that_it_lists_is() {
        let repository = |id: u64| Repository {
            id: RepositoryId(id),
            name: RepositoryName { owner: "acme".to_owned(), name: format!("shop-{id}") },
            default_branch: None,
        };
        let delivery = Delivery {
            id: "d-1".parse().unwrap(),
            event: "installation_repositories".to_owned(),
            action: Some("added".to_owned()),
            installation: Some(InstallationId(5)),
            repository: None,
            effects: vec![Effect::InstallationChanged {
                added: vec![repository(1), repository(2)],
                removed: Vec::new(),
            }],
        };
        let ids: Vec<String> = entries(&delivery).into_iter().map(|one| one.delivery).collect();
        assert_eq!(ids, ["d-1/1", "d-1/2", "d-1"], "a crash in between leaves it to be asked for");
    }
}
