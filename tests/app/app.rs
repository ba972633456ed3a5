//! The App, started in this process, and the reports and policies of these tests.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
};

use gate_app::{clock::Clock, serve, settings::Settings};
use gate_tests::github::{FakeGitHub, Pull, Run};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};

/// A running App, which stops when it is dropped.
pub(crate) struct App {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddr,
    folder: TempDir,
}

impl App {
    /// Starts the App for this GitHub, on a new database.
    pub(crate) fn start(github: &FakeGitHub) -> Self {
        Self::start_on(github, TempDir::new().expect("a folder"))
    }

    /// Stops the App and starts it again on the same database.
    pub(crate) fn restart(mut self, github: &FakeGitHub) -> Self {
        self.end();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().expect("a folder"));
        Self::start_on(github, folder)
    }

    fn start_on(github: &FakeGitHub, folder: TempDir) -> Self {
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let variables = vec![
            ("GATE_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("GATE_APP_ID".to_owned(), github.app_id().to_string()),
            ("GATE_PRIVATE_KEY".to_owned(), github.private_key()),
            ("GATE_WEBHOOK_SECRET".to_owned(), github.webhook_secret()),
            ("GATE_GITHUB_API_URL".to_owned(), github.url().to_owned()),
            ("DATABASE_URL".to_owned(), database),
        ];
        let settings = Settings::read(variables, |_| unreachable!("no files")).expect("settings");
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::bind(settings.listen).await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
                let stop = async move { drop(stopped.await) };
                serve::run(settings, listener, Clock::system(), stop).await.expect("it starts");
            });
        });
        let address = told.blocking_recv().expect("the App listens");
        github.deliver(&format!("http://{address}/webhook"));
        Self { stop: Some(stop), thread: Some(thread), address, folder }
    }

    /// What the App serves at this path.
    pub(crate) fn get(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.address);
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the App ends well");
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.end();
    }
}

/// A policy with coverage, findings and a review.
pub(crate) const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
  bandit: { format: bandit, file: bandit.json, artifact: security }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
  nothing insecure: { findings: { report: bandit, severity: medium, at-most: 0 } }
  a colleague has approved it: { review: { approvals: 1, conversations: resolved } }
";

/// The repository of these tests, with this policy on `main`.
pub(crate) fn repository(github: &FakeGitHub, policy: &str) {
    github.repository("acme/shop", &[(".github/gate.yml", policy), ("src/a.py", "a = 1\n")]);
    github.collaborator("acme/shop", "ada", "write");
    github.collaborator("acme/shop", "grace", "write");
}

/// A coverage report in which so many of ten lines are covered.
pub(crate) fn coverage(covered: usize) -> Vec<u8> {
    let lines: String = (1..=10)
        .map(|line| format!("<line number=\"{line}\" hits=\"{}\"/>", u8::from(line <= covered)))
        .collect();
    format!(
        "<coverage><packages><package name=\"p\"><classes><class name=\"a\" filename=\"src/a.py\">\
         <lines>{lines}</lines></class></classes></package></packages></coverage>"
    )
    .into_bytes()
}

/// A Bandit report with so many findings of high severity.
pub(crate) fn bandit(findings: usize) -> Vec<u8> {
    let result = |line: usize| {
        format!(
            "{{\"code\":\"{line} call({line})\\n\",\"filename\":\"src/a.py\",\
             \"issue_confidence\":\"HIGH\",\"issue_severity\":\"HIGH\",\"issue_text\":\"bad\",\
             \"line_number\":{line},\"line_range\":[{line}],\"test_id\":\"B602\",\
             \"test_name\":\"shell\"}}"
        )
    };
    let results: Vec<String> = (1..=findings).map(result).collect();
    format!(
        "{{\"errors\":[],\"metrics\":{{\"src/a.py\":{{\"loc\":10}}}},\"results\":[{}]}}",
        results.join(",")
    )
    .into_bytes()
}

/// A finished workflow run on the pull request's head that left these reports.
pub(crate) fn run_ci(github: &FakeGitHub, pull: &Pull, covered: usize, findings: usize) -> Run {
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(covered))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(findings))]);
    github.finish_workflow(&run, "success");
    run
}

/// That a text of a check holds these words.
#[track_caller]
pub(crate) fn assert_says(text: &Option<String>, words: &str) {
    let text = text.as_deref().unwrap_or_default();
    assert!(text.contains(words), "{words:?} is not in\n{text}");
}

/// Waits until everything is delivered and the App has asked for nothing for two seconds: far longer
/// than an idle worker sleeps.
pub(crate) fn settle(github: &FakeGitHub) {
    github.delivered();
    let mut before = github.calls();
    loop {
        thread::sleep(std::time::Duration::from_secs(2));
        let after = github.calls();
        if after == before {
            return;
        }
        before = after;
    }
}
