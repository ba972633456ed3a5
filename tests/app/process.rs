//! The App as a process of its own: how it ends, what it logs, and whether it answers.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use gate_app::store::Store;
use gate_tests::{
    gate_app,
    github::{FakeGitHub, Fault, Opening},
};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{POLICY, repository, run_ci};

/// Only what will never come is waited for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `gate-app serve`.
struct Process {
    child: Child,
    lines: Receiver<Value>,
    address: String,
    folder: TempDir,
}

impl Process {
    fn start(github: &FakeGitHub, api: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut child = Command::new(gate_app())
            .arg("serve")
            .env_clear()
            .env("GATE_LISTEN", "127.0.0.1:0")
            .env("GATE_APP_ID", github.app_id().to_string())
            .env("GATE_PRIVATE_KEY", github.private_key())
            .env("GATE_WEBHOOK_SECRET", github.webhook_secret())
            .env("GATE_GITHUB_API_URL", api)
            .env("DATABASE_URL", database(&folder))
            .env("GATE_LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let (tell, lines) = channel();
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let mut process = Self { child, lines, address: String::new(), folder };
        let up = process.line("it is up", |line| line["fields"]["message"] == "gate-app is up");
        process.address = up["fields"]["listen"].as_str().expect("an address").to_owned();
        github.deliver(&format!("http://{}/webhook", process.address));
        process
    }

    /// The next line of the log that is wanted.
    #[track_caller]
    fn line(&self, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if is_wanted(&line) => return line,
                Ok(line) => seen.push(line.to_string()),
                Err(_) => panic!("{what}: not in\n{}", seen.join("\n")),
            }
        }
    }

    fn tell_to_stop(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    fn health(&self, words: &[&str]) -> ExitStatus {
        let mut health = Command::new(gate_app());
        health.arg("health").args(words).env_clear().env("GATE_LISTEN", &self.address);
        health.stderr(Stdio::null()).status().expect("it runs")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended well is gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn database(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("gate.db").display())
}

#[test]
fn who_is_told_to_stop_finishes_what_is_in_hand() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let mut process = Process::start(&github, github.url());
    assert!(process.health(&[]).success());
    assert!(process.health(&["--ready"]).success());

    // It is told so in the middle of a judgement: GitHub has been asked, and takes its time.
    github.fail("POST /graphql", Fault::Slow(Duration::from_secs(2)), 1);
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("feature").by("ada"));
    github.delivered();
    github.wait("the snapshot begun", |github| {
        if github.failures.iter().all(|failure| failure.times == 0) {
            Ok(())
        } else {
            Err("it has not".to_owned())
        }
    });
    process.tell_to_stop();
    process.line("it says so", |line| {
        line["fields"]["message"] == "stopping: finishing what is in hand"
    });
    let status = process.child.wait().expect("it ends");
    assert!(status.success(), "{status}");
    github.expect_check(&pull.head, None, "Pending");
    assert_eq!(process.health(&[]).code(), Some(1));

    // Nothing is left in anybody's hand: the next process need not wait for a lease to end.
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let queue = runtime.block_on(async {
        let store = Store::open(&database(&process.folder)).await.expect("the database");
        store.queue(Timestamp::now()).await.expect("the queue")
    });
    assert_eq!((queue.claimed, queue.open), (0, 1));
    drop(process);
    github.finish();
}

#[test]
fn the_log_names_delivery_repository_pull_request_and_head() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let process = Process::start(&github, github.url());
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("feature").by("ada"));

    let stored = process.line("a delivery stored", |line| {
        line["fields"]["message"] == "stored" && line["span"]["event"] == "pull_request"
    });
    let span = &stored["span"];
    let guid = github.data().mail.sent.iter().find(|it| it.event == "pull_request").cloned();
    assert_eq!(span["delivery"], guid.expect("a webhook").guid.as_str());
    assert_eq!((&span["repository"], &span["action"]), (&"acme/shop".into(), &"opened".into()));
    assert_eq!((&span["pull_request"], &span["head"]), (&1.into(), &pull.head.as_str().into()));

    let published = process.line("a verdict", |line| line["fields"]["message"] == "published");
    let span = &published["span"];
    assert_eq!((&span["name"], &span["repository"]), (&"judge".into(), &"acme/shop".into()));
    assert_eq!((&span["pull_request"], &span["head"]), (&1.into(), &pull.head.as_str().into()));
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    drop(process);
    github.finish();
}

#[test]
fn an_enterprise_server_has_its_addresses_below_api() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    github.data().is_enterprise_server = true;
    let process = Process::start(&github, &github.enterprise_url());
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("feature").by("ada"));
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(process);
    github.finish();
}

#[test]
fn its_records_are_written_out_and_a_changed_policy_is_tried_over_them() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let process = Process::start(&github, github.url());
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("feature").by("ada"));
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();

    // Beside the running App, on its database.
    let records = |of: &str| {
        let mut command = Command::new(gate_app());
        command.args(["records", of, "--to", "records"]).current_dir(process.folder.path());
        command
            .env_clear()
            .env("DATABASE_URL", database(&process.folder))
            .output()
            .expect("it runs")
    };
    let written = records("acme/shop");
    assert!(written.status.success(), "{written:?}");
    assert_eq!(String::from_utf8_lossy(&written.stdout), "1 record written\n");
    let folder = process.folder.path();
    let files = std::fs::read_dir(folder.join("records")).expect("the folder");
    let record = files.map(|file| file.expect("a file").path()).next().expect("a record");
    let replay = gate_tests::gate(["replay"]).arg(&record).run();
    replay.expect_exit(0).expect_line("Passed: all required rules hold (3 of 3)");
    std::fs::write(folder.join("new.yml"), POLICY.replace("80%", "95%")).expect("a policy");
    let tried = gate_tests::gate(["policy", "try", "new.yml", "--against"]).arg(&record);
    let tried = tried.in_folder(folder).run();
    tried.expect_exit(1).expect_line("the gate newly fails in 1 of 1");

    let unknown = records("acme/none");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("has not heard of acme/none"));
    drop(process);
    github.finish();
}
