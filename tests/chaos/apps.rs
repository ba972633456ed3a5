//! The real `gate-app`, as processes: started, killed, frozen, and started again.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use gate_tests::{gate_app, github::FakeGitHub};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::wire::Wire;

/// How long a process may take until it listens. Only one that never will takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// One process.
#[derive(Debug)]
struct One {
    child: Child,
    address: SocketAddr,
    is_frozen: bool,
    reader: Option<JoinHandle<()>>,
}

/// Several processes on one database, and the address at which GitHub reaches them.
#[derive(Debug)]
pub(crate) struct Apps {
    settings: Vec<(String, String)>,
    places: Vec<Option<One>>,
    door: Wire,
    log: Arc<Mutex<Vec<String>>>,
    kills: usize,
}

impl Apps {
    /// So many processes for this GitHub, on this database.
    pub(crate) fn start(github: &FakeGitHub, database: &str, count: usize) -> Self {
        let settings = [
            ("GATE_LISTEN", "127.0.0.1:0".to_owned()),
            ("GATE_APP_ID", github.app_id().to_string()),
            ("GATE_PRIVATE_KEY", github.private_key()),
            ("GATE_WEBHOOK_SECRET", github.webhook_secret()),
            ("GATE_GITHUB_API_URL", github.url().to_owned()),
            ("DATABASE_URL", database.to_owned()),
            ("GATE_LOG_FORMAT", "json".to_owned()),
            ("GATE_LOG", "info".to_owned()),
        ];
        let mut apps = Self {
            settings: settings.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            places: (0..count).map(|_| None).collect(),
            door: Wire::new(&[]),
            log: Arc::default(),
            kills: 0,
        };
        for place in 0..count {
            apps.revive(place);
        }
        github.deliver(&format!("http://{}/webhook", apps.door.address()));
        apps
    }

    /// The process at this place is killed as by `kill -9`: it can do nothing about it.
    pub(crate) fn kill(&mut self, place: usize) {
        if let Some(mut one) = self.places[place].take() {
            one.child.kill().expect("it is our own process");
            one.child.wait().expect("it is our own process");
            one.reader.take().map(JoinHandle::join);
            self.kills += 1;
            self.lead();
        }
    }

    /// Starts the process at this place, unless it runs.
    pub(crate) fn revive(&mut self, place: usize) {
        if self.places[place].is_none() {
            self.places[place] = Some(self.spawn());
            self.lead();
        }
    }

    /// Asks every process to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        for mut one in self.places.iter_mut().filter_map(Option::take) {
            signal(&one.child, "-TERM");
            let status = one.child.wait().expect("it is our own process");
            one.reader.take().map(JoinHandle::join);
            assert!(status.success(), "the App did not end well: {status}\n{}", self.log());
        }
        self.lead();
    }

    /// Stops the process at this place in its tracks, as a machine does that sleeps; or lets it go
    /// on as if nothing had happened. GitHub reaches the others only.
    pub(crate) fn freeze(&mut self, place: usize, is_frozen: bool) {
        if let Some(one) = &mut self.places[place] {
            signal(&one.child, if is_frozen { "-STOP" } else { "-CONT" });
            one.is_frozen = is_frozen;
            self.door.cut();
            self.lead();
        }
    }

    pub(crate) fn kills(&self) -> usize {
        self.kills
    }

    /// The status with which the first process that runs answers at this path.
    pub(crate) fn status(&self, path: &str) -> u16 {
        let one = self.places.iter().flatten().next().expect("one runs");
        let url = format!("http://{}{path}", one.address);
        let answer = async { reqwest::get(url).await.map(|it| it.status().as_u16()) };
        Runtime::new().expect("a runtime").block_on(answer).expect("it answers")
    }

    /// The most memory in KiB that the first process that runs has had, where the system tells.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        let id = self.places.iter().flatten().next()?.child.id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    }

    /// Everything that any of them said.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// What they said that nobody should ever say.
    pub(crate) fn confessions(&self) -> Vec<String> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let bad = |it: &&String| it.contains("panicked") || it.contains("please report it");
        log.iter().filter(bad).cloned().collect()
    }

    fn lead(&self) {
        let awake = self.places.iter().flatten().filter(|it| !it.is_frozen);
        self.door.lead_to(&awake.map(|it| it.address).collect::<Vec<_>>());
    }

    fn spawn(&self) -> One {
        let mut child = Command::new(gate_app())
            .arg("serve")
            .env_clear()
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the App can be started");
        let (tell, told) = mpsc::channel();
        let (stderr, log) = (child.stderr.take().expect("piped"), Arc::clone(&self.log));
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = listens(&line) {
                    let _ = tell.send(address);
                }
                log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        let Ok(address) = told.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            panic!("the App does not listen:\n{}", self.log());
        };
        One { child, address, is_frozen: false, reader: Some(reader) }
    }
}

impl Drop for Apps {
    fn drop(&mut self) {
        for one in self.places.iter_mut().flatten() {
            let _ = (one.child.kill(), one.child.wait());
        }
        if thread::panicking() {
            crate::tell(&self.log());
        }
    }
}

/// The address in the line that says so.
fn listens(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    line["fields"]["listen"].as_str()?.parse().ok()
}

fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().expect("`kill` can be started");
    assert!(sent.success(), "kill {signal} {id}: {sent}");
}
