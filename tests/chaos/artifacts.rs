//! Artifacts that an attacker would upload: each is refused, the check says why and is no pass, and the
//! process does not grow.

use std::io::{Cursor, Write as _};

use gate_tests::github::{FakeGitHub, Opening, Pull, Run, zip_of};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    PATIENCE,
    apps::Apps,
    crowd::{good_bandit, repository},
    databases::Database,
    row,
};

/// So much memory may the process use at its most, in KiB: that of an artifact at its largest, twice,
/// and what a debug build needs besides.
const MOST_MEMORY: u64 = 700 << 10;

/// How an artifact is uploaded, and a part of what the check says of it.
type Attack = (&'static str, fn(&FakeGitHub, &Run), &'static str);

const ZIP: &str = "application/zip";

fn upload(github: &FakeGitHub, run: &Run, bytes: Vec<u8>) -> u64 {
    github.upload_bytes(run, "coverage", ZIP, bytes)
}

/// A zip with one entry of this name.
fn named(name: &'static str) -> Vec<u8> {
    zip_of(&[(name, b"<coverage/>"), ("coverage.xml", b"<coverage/>")])
}

/// What the artifact with this number claims to be, and sends.
fn lie(github: &FakeGitHub, id: u64, claimed: Option<u64>, sent: Option<u64>) {
    let mut data = github.data();
    let all = data.repositories.iter_mut().flat_map(|it| &mut it.artifacts);
    for artifact in all.filter(|it| it.id == id) {
        artifact.claimed_size = claimed;
        artifact.sent_size = sent;
    }
}

fn link() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.add_symlink("coverage.xml", "/etc/passwd", options).expect("memory takes everything");
    zip.finish().expect("memory takes everything").into_inner()
}

/// A zip of one file of so many megabytes of zeros.
fn zeros(megabytes: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("coverage.xml", options).expect("memory takes everything");
    let piece = vec![0; 1 << 20];
    for _ in 0..megabytes {
        zip.write_all(&piece).expect("memory takes everything");
    }
    zip.finish().expect("memory takes everything").into_inner()
}

fn crowded(entries: usize) -> Vec<u8> {
    let names: Vec<String> = (0..entries).map(|it| format!("{it}.xml")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), &b"<a/>"[..])).collect();
    zip_of(&files)
}

const TWO_GIGABYTES: u64 = 2 << 30;

const ATTACKS: &[Attack] = &[
    (
        "a zip bomb",
        |github, run| {
            upload(github, run, zeros(64));
        },
        "zip bomb",
    ),
    (
        "a name that climbs out",
        |github, run| {
            upload(github, run, named("../../etc/cron.d/x"));
        },
        "../../etc/cron.d/x",
    ),
    (
        "an absolute name",
        |github, run| {
            upload(github, run, named("/etc/cron.d/x"));
        },
        "/etc/cron.d/x",
    ),
    (
        "a name with a drive",
        |github, run| {
            upload(github, run, named("C:\\x.xml"));
        },
        "C:",
    ),
    (
        "a symbolic link",
        |github, run| {
            upload(github, run, link());
        },
        "symbolic link",
    ),
    (
        "5001 entries",
        |github, run| {
            upload(github, run, crowded(5_001));
        },
        "5001 entries",
    ),
    (
        "a zip in a zip",
        |github, run| {
            let inner = zip_of(&[("coverage.xml", b"<coverage/>")]);
            upload(github, run, zip_of(&[("inner.zip", &inner)]));
        },
        "none left the file",
    ),
    (
        "half a zip",
        |github, run| {
            let mut half = zip_of(&[("coverage.xml", b"<coverage/>")]);
            half.truncate(half.len() / 2);
            upload(github, run, half);
        },
        "no readable zip",
    ),
    (
        "two gigabytes, as stated",
        |github, run| {
            let id = upload(github, run, named("a"));
            lie(github, id, Some(TWO_GIGABYTES), Some(TWO_GIGABYTES));
        },
        "bytes",
    ),
    (
        "two gigabytes, stated as a thousand bytes",
        |github, run| {
            let id = upload(github, run, named("a"));
            lie(github, id, Some(1_000), Some(TWO_GIGABYTES));
        },
        "bytes",
    ),
    (
        "other bytes than the digest says",
        |github, run| {
            let id = upload(github, run, named("a"));
            let mut data = github.data();
            let all = data.repositories.iter_mut().flat_map(|it| &mut it.artifacts);
            let digest = "0".repeat(64);
            all.filter(|it| it.id == id).for_each(|it| it.claimed_digest = Some(digest.clone()));
        },
        "what came is",
    ),
];

#[test]
fn hostile_artifacts_are_refused_with_their_reason_and_bounded_memory() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    repository(&github, "acme/shop");
    let database = Database::sqlite();
    let mut apps = Apps::start(&github, &database.url(), 1);
    let mut pulls: Vec<(Pull, &Attack)> = Vec::new();
    for (number, attack) in ATTACKS.iter().enumerate() {
        let branch = format!("attack-{number}");
        let opening = Opening::from_branch(&branch).from_fork("mallory/shop").by("mallory");
        let pull = github.open_pull_request("acme/shop", &opening);
        let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
        attack.1(&github, &run);
        github.upload_artifact(&run, "security", &[("bandit.json", &good_bandit())]);
        github.finish_workflow(&run, "success");
        github.review(&pull, "grace", "APPROVED");
        pulls.push((pull, attack));
    }
    for (pull, (attack, _, reason)) in &pulls {
        let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
        let summary = check.summary.unwrap_or_default();
        assert!(summary.contains(reason), "{attack}: {reason:?} is not in\n{summary}");
    }
    github.delivered();
    database.at_rest(PATIENCE);
    let memory = apps.most_memory();
    assert!(memory.is_none_or(|it| it < MOST_MEMORY), "the process used {memory:?} KiB");
    assert_eq!(apps.confessions(), Vec::<String>::new());
    apps.stop();
    let attacks: Vec<&str> = ATTACKS.iter().map(|(name, ..)| *name).collect();
    row(
        "hostile artifacts, from a fork",
        &attacks.join(", "),
        &format!(
            "each refused with its reason; the process had {} MiB at its most",
            memory.map_or_else(|| "unknown".to_owned(), |it| (it >> 10).to_string())
        ),
    );
    github.finish();
}
