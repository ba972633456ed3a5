//! Floor 3: everything put together, and run until told to stop.

mod door;
mod registry;

use std::{
    future::Future,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use secrecy::ExposeSecret as _;
use tokio::{
    net::TcpListener,
    sync::{Notify, SetOnce, watch},
    task::JoinSet,
};

use crate::{
    clock::Clock,
    github::{self, Connection, GitHub, Observer, Reserve},
    metrics::Metrics,
    publish::CHECK_NAME,
    reconcile::Reconciler,
    server::{Later, Limits, Manifest, ManifestError, Server, Uploads, router, serve},
    settings::{Credentials, Settings},
    store::{Store, StoreError},
    upload::{self, Chunks, Received, Refusal, Verifier, Wanted},
    worker::{self, Worker},
};

use door::Door;
use registry::Registry;
pub(crate) use registry::kept_credentials;

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
    /// The operating system gives no randomness.
    #[error("no key for the set-up page can be made: {0}")]
    Random(String),
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
    let setup_key = match &credentials {
        Some(_) => None,
        None => Some(registry::setup_key(&store, &settings, clock.now()).await?),
    };
    let (register, registration) = watch::channel(credentials.map(Arc::new));
    let metrics = Arc::new(Metrics::new());
    let bell = Arc::new(Notify::new());
    // At the start nobody knows what was sent while no process was up.
    let missed = Arc::new(AtomicBool::new(true));
    let door = Door { store: store.clone(), bell: Arc::clone(&bell), missed: Arc::clone(&missed) };
    let registry = Registry {
        store: store.clone(),
        api_url: settings.github.rest().to_owned(),
        register,
        clock: clock.clone(),
    };
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
        setup_key,
        registrar: Arc::new(registry.clone()),
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
        registry,
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
async fn work(work: Work, registry: Registry, mut stop: watch::Receiver<bool>) {
    let Some(credentials) = registry.credentials(&mut stop).await else { return };
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

/// Checks the tokens of Actions, for which the App's own origin is the audience.
fn verifier(settings: &Settings) -> Result<Option<Arc<Verifier>>, StartError> {
    let Some(url) = &settings.public_url else { return Ok(None) };
    let audience = url.origin().ascii_serialization();
    let verifier = Verifier::new(settings.github.issuer(), &audience);
    verifier.map(|verifier| Some(Arc::new(verifier))).map_err(StartError::Verifier)
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
