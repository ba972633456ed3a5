//! The App in this process, all of it but its `main`: the real router, the real client and a real
//! database, for a fake GitHub.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
};

use gate_app::{clock::Clock, serve, settings::Settings};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};

use crate::github::FakeGitHub;

/// Where people would reach the App; its tokens are for this audience.
pub const PUBLIC_URL: &str = "https://gate.example.org";

/// A running App, which stops when it is dropped.
#[derive(Debug)]
pub struct App {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddr,
    folder: TempDir,
    clock: Clock,
}

impl App {
    /// Starts the App for this GitHub, on a new database.
    #[must_use]
    pub fn start(github: &FakeGitHub) -> Self {
        Self::start_at(github, Clock::system())
    }

    /// The same, by this clock.
    #[must_use]
    pub fn start_at(github: &FakeGitHub, clock: Clock) -> Self {
        Self::start_on(github, TempDir::new().expect("a folder"), clock)
    }

    /// Stops the App and starts it again on the same database.
    #[must_use]
    pub fn restart(mut self, github: &FakeGitHub) -> Self {
        self.end();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().expect("a folder"));
        let clock = self.clock.clone();
        Self::start_on(github, folder, clock)
    }

    fn start_on(github: &FakeGitHub, folder: TempDir, clock: Clock) -> Self {
        let database = database(&folder);
        let variables = vec![
            ("GATE_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("GATE_APP_ID".to_owned(), github.app_id().to_string()),
            ("GATE_PRIVATE_KEY".to_owned(), github.private_key()),
            ("GATE_WEBHOOK_SECRET".to_owned(), github.webhook_secret()),
            ("GATE_GITHUB_API_URL".to_owned(), github.url().to_owned()),
            ("GATE_PUBLIC_URL".to_owned(), PUBLIC_URL.to_owned()),
            ("DATABASE_URL".to_owned(), database),
        ];
        let settings = Settings::read(variables, |_| unreachable!("no files")).expect("settings");
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let its_clock = clock.clone();
        let thread = thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::bind(settings.listen).await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
                let stop = async move { drop(stopped.await) };
                serve::run(settings, listener, its_clock, stop).await.expect("it starts");
            });
        });
        let address = told.blocking_recv().expect("the App listens");
        github.deliver(&format!("http://{address}/webhook"));
        Self { stop: Some(stop), thread: Some(thread), address, folder, clock }
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its database, as `DATABASE_URL` names it.
    #[must_use]
    pub fn database(&self) -> String {
        database(&self.folder)
    }

    /// What the App serves at this path.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    #[must_use]
    pub fn get(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.address);
        let runtime = Runtime::new().expect("a runtime");
        let text = async { reqwest::get(url).await?.text().await };
        runtime.block_on(text).expect("the App answers")
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the App ends well");
        }
    }
}

fn database(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("gate.db").display())
}

impl Drop for App {
    fn drop(&mut self) {
        self.end();
    }
}
