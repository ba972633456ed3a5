//! Who the App is: given by the settings, kept in the store, or brought by the set-up page.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    clock::Clock,
    github::convert_manifest,
    ids::AppId,
    server::{Cause, Later, Registered, Registrar},
    settings::{Credentials, Settings},
    store::Store,
};

use super::StartError;

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

/// The key of the set-up page, one for all processes; and where it opens, for whoever reads the log.
pub(super) async fn setup_key(
    store: &Store,
    settings: &Settings,
    now: Timestamp,
) -> Result<SecretString, StartError> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| StartError::Random(error.to_string()))?;
    let offered: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = store.setup_key(&offered.into(), now).await?;
    match settings.public_url.clone() {
        Some(mut open) => {
            open.query_pairs_mut().append_pair("key", key.expose_secret());
            tracing::warn!(%open, "the App is not set up yet: open this address to register it");
        }
        None => tracing::warn!(
            "the App is not set up yet: set GATE_PUBLIC_URL to the address at which GitHub reaches \
             it, and start it again"
        ),
    }
    Ok(key)
}

/// How often a process without an identity asks whether another has got one.
const AGAIN: Duration = Duration::from_secs(2);

/// Gives the App its identity at the end of the set-up. Clones share everything.
#[derive(Debug, Clone)]
pub(super) struct Registry {
    pub(super) store: Store,
    pub(super) api_url: String,
    pub(super) register: watch::Sender<Option<Arc<Credentials>>>,
    pub(super) clock: Clock,
}

impl Registry {
    /// Who the App is, as soon as it is known: the set-up may also be done by another process. Nothing
    /// when it is time to stop.
    pub(super) async fn credentials(
        &self,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<Arc<Credentials>> {
        let mut registration = self.register.subscribe();
        loop {
            if let Some(credentials) = registration.borrow_and_update().clone() {
                return Some(credentials);
            }
            tokio::select! {
                changed = registration.changed() => changed.ok()?,
                _ = stop.changed() => return None,
                () = tokio::time::sleep(AGAIN) => match kept_credentials(&self.store).await {
                    Ok(Some(kept)) => drop(self.register.send_replace(Some(Arc::new(kept)))),
                    Ok(None) => {}
                    Err(error) => tracing::warn!(%error, "cannot see whether the App is set up"),
                },
            }
        }
    }
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
