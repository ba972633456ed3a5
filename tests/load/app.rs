//! Real processes: `gate-app serve`, as it is released, and this program as the bare reference.

use std::{
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{database::Database, server::Serving};

/// How long a process may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process with an HTTP door; ended when it is dropped.
#[derive(Debug)]
pub(crate) struct App {
    child: Child,
    url: String,
    /// The database that it made for itself, and its last words.
    _folder: Option<TempDir>,
}

/// What a process is started with.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    variables: Vec<(String, String)>,
    folder: Option<TempDir>,
}

impl App {
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    /// The reference: this program, which only verifies signatures.
    pub(crate) fn bare(secret: &str) -> Result<Self, String> {
        let (port, listener) = Serving::listener()?;
        drop(listener);
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(this);
        command.args(["bare", "--port", &port.to_string(), "--secret", secret]);
        spawn(command, port, "/healthz", None)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Builder {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// GitHub is here.
    pub(crate) fn github(self, url: &str) -> Self {
        self.with("GATE_GITHUB_API_URL", url)
    }

    /// It is this App.
    pub(crate) fn identity(self, id: u64, key: &str, secret: &str) -> Self {
        self.with("GATE_APP_ID", &id.to_string())
            .with("GATE_PRIVATE_KEY", key)
            .with("GATE_WEBHOOK_SECRET", secret)
    }

    /// It keeps what matters here; without it, in a SQLite file of its own.
    pub(crate) fn database(self, database: &Database) -> Self {
        self.with("DATABASE_URL", database.url())
    }

    /// It looks at every pull request again after so many minutes.
    pub(crate) fn sweep(self, minutes: u64) -> Self {
        self.with("GATE_SWEEP_MINUTES", &minutes.to_string())
    }

    /// Starts it, and waits until it is ready.
    pub(crate) fn start(mut self) -> Result<App, String> {
        if !self.variables.iter().any(|(name, _)| name == "DATABASE_URL") {
            let folder = TempDir::new().map_err(|error| error.to_string())?;
            let file = folder.path().join("gate.db");
            self = self.with("DATABASE_URL", &format!("sqlite://{}", file.display()));
            self.folder = Some(folder);
        }
        let (port, listener) = Serving::listener()?;
        drop(listener);
        let mut command = Command::new(gate_tests::gate_app());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GATE_")) {
            command.env_remove(name);
        }
        command
            .arg("serve")
            .env("GATE_LISTEN", format!("127.0.0.1:{port}"))
            // Warnings are of interest; a line for each request is what a busy server leaves out.
            .env("GATE_LOG", std::env::var("LOAD_LOG").as_deref().unwrap_or("error"))
            .envs(self.variables);
        spawn(command, port, "/readyz", self.folder)
    }
}

fn spawn(
    mut command: Command,
    port: u16,
    ready: &str,
    folder: Option<TempDir>,
) -> Result<App, String> {
    let child = command.stdin(Stdio::null()).spawn().map_err(|error| error.to_string())?;
    let mut app = App { child, url: format!("http://127.0.0.1:{port}"), _folder: folder };
    let url = format!("{}{ready}", app.url);
    let until = Instant::now() + PATIENCE;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    while Instant::now() < until {
        if let Some(status) = app.child.try_wait().map_err(|error| error.to_string())? {
            return Err(format!("it ended at once: {status}"));
        }
        let answered = runtime.block_on(reqwest::get(&url));
        if answered.is_ok_and(|answered| answered.status().is_success()) {
            return Ok(app);
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(format!("{url} did not answer in {PATIENCE:?}"))
}

impl Drop for App {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
