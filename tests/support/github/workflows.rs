//! What a test says of GitHub Actions: runs, attempts, jobs and artifacts.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    FakeGitHub,
    data::{Artifact, GitHub, Job, WorkflowRun},
    events,
};

/// A workflow run that a step returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Run {
    /// `owner/name`.
    pub repository: String,
    pub id: u64,
    pub head: String,
}

impl FakeGitHub {
    /// A workflow starts on a commit: a run in progress with these jobs, each with a check run.
    #[track_caller]
    pub fn start_workflow(&self, repository: &str, head: &str, name: &str, jobs: &[&str]) -> Run {
        let github = &mut *self.data();
        let at = github.position(repository);
        let now = github.now();
        let of_head = |it: &&super::data::PullRequest| it.head_sha == head;
        let pull = github.repositories[at].pull_requests.values().find(of_head).cloned();
        let group = github.repositories[at].merge_groups.iter().any(|it| it.head == head);
        let suite = github.new_suite(at, head, actions());
        let id = github.id();
        // A workflow keeps its number from run to run.
        let workflow_id = 900_000 + name.bytes().map(u64::from).sum::<u64>();
        let place = &github.repositories[at];
        let run_number = 1 + place.workflow_runs.iter().filter(|it| it.name == name).count() as u64;
        let branch = place.branches.iter().find(|(_, sha)| *sha == head).map(|(it, _)| it.clone());
        let run = WorkflowRun {
            id,
            suite,
            workflow_id,
            name: name.to_owned(),
            path: format!(".github/workflows/{}.yml", name.to_lowercase().replace(' ', "-")),
            event: match (&pull, group) {
                (_, true) => "merge_group",
                (Some(_), false) => "pull_request",
                (None, false) => "push",
            }
            .to_owned(),
            head: head.to_owned(),
            head_branch: pull.as_ref().map(|it| it.head.clone()).or(branch).unwrap_or_default(),
            head_repository: pull.as_ref().map_or(place.id, |it| it.head_repository),
            attempt: 1,
            run_number,
            status: "in_progress".to_owned(),
            conclusion: None,
            created_at: now,
            updated_at: now,
            jobs: Vec::new(),
        };
        github.repositories[at].workflow_runs.push(run);
        github.start_jobs(at, id, head, jobs);
        events::workflow_run(github, at, id, "requested");
        events::workflow_run(github, at, id, "in_progress");
        Run { repository: repository.to_owned(), id, head: head.to_owned() }
    }

    /// A job begins that needed others: it has a check run only now.
    #[track_caller]
    pub fn start_job(&self, run: &Run, job: &str) {
        let github = &mut *self.data();
        let at = github.position(&run.repository);
        github.start_jobs(at, run.id, &run.head, &[job]);
    }

    /// Finishes one job.
    #[track_caller]
    pub fn finish_job(&self, run: &Run, job: &str, conclusion: &str) {
        let github = &mut *self.data();
        let at = github.position(&run.repository);
        github.finish_job(at, run, job, conclusion);
    }

    /// Finishes a run: the jobs that are still running end like the run.
    #[track_caller]
    pub fn finish_workflow(&self, run: &Run, conclusion: &str) {
        let github = &mut *self.data();
        let at = github.position(&run.repository);
        let open: Vec<String> = github
            .run(at, run)
            .jobs
            .iter()
            .filter(|it| it.status != "completed")
            .map(|it| it.name.clone())
            .collect();
        for job in open {
            github.finish_job(at, run, &job, conclusion);
        }
        let now = github.now();
        let it = github.run(at, run);
        it.status = "completed".to_owned();
        it.conclusion = Some(conclusion.to_owned());
        it.updated_at = now;
        let suite = it.suite;
        events::workflow_run(github, at, run.id, "completed");
        let found = github.repositories[at].check_suites.iter().find(|it| it.id == suite).cloned();
        if let Some(suite) = found {
            events::check_suite(github, at, &suite, "completed");
        }
    }

    /// Runs a finished run again: a new attempt with these jobs. Its older artifacts stay.
    #[track_caller]
    pub fn rerun_workflow(&self, run: &Run, jobs: &[&str]) {
        let github = &mut *self.data();
        let at = github.position(&run.repository);
        let now = github.now();
        let it = github.run(at, run);
        it.attempt += 1;
        it.status = "in_progress".to_owned();
        it.conclusion = None;
        it.updated_at = now;
        github.start_jobs(at, run.id, &run.head, jobs);
        events::workflow_run(github, at, run.id, "requested");
    }

    /// Uploads files as a zip, as `actions/upload-artifact` does. The artifact's number.
    ///
    /// # Panics
    ///
    /// If the run has an artifact of this name: GitHub takes no second one.
    #[track_caller]
    pub fn upload_artifact(&self, run: &Run, name: &str, files: &[(&str, &[u8])]) -> u64 {
        self.upload_bytes(run, name, "application/zip", zip_of(files))
    }

    /// Uploads one file as it is, as `actions/upload-artifact` does with `archive: false`.
    ///
    /// # Panics
    ///
    /// If the run has an artifact of this name: GitHub takes no second one.
    #[track_caller]
    pub fn upload_bytes(&self, run: &Run, name: &str, content_type: &str, bytes: Vec<u8>) -> u64 {
        let github = &mut *self.data();
        let at = github.position(&run.repository);
        let attempts = github.run(at, run).attempt;
        let same = github.repositories[at]
            .artifacts
            .iter()
            .filter(|it| it.run == run.id && it.name == name);
        assert!(
            (same.count() as u64) < attempts,
            "the run {} has an artifact {name} already, and names are unique in a run",
            run.id
        );
        let artifact = Artifact {
            id: github.id(),
            run: run.id,
            name: name.to_owned(),
            bytes,
            content_type: content_type.to_owned(),
            claimed_size: None,
            sent_size: None,
            claimed_digest: None,
            claimed_run: None,
            created_at: github.now(),
            expired: false,
        };
        let id = artifact.id;
        github.repositories[at].artifacts.push(artifact);
        id
    }
}

impl GitHub {
    #[track_caller]
    fn run(&mut self, at: usize, run: &Run) -> &mut WorkflowRun {
        let found = self.repositories[at].workflow_runs.iter_mut().find(|it| it.id == run.id);
        found.unwrap_or_else(|| panic!("there is no workflow run {}", run.id))
    }

    fn start_jobs(&mut self, at: usize, run: u64, head: &str, jobs: &[&str]) {
        let now = self.now();
        let found = self.repositories[at].workflow_runs.iter().find(|it| it.id == run);
        let Some(suite) = found.map(|run| run.suite) else { return };
        for name in jobs {
            let id = self.check_in_suite(at, suite, (head, name), (actions(), None));
            let found = self.repositories[at].workflow_runs.iter_mut().find(|it| it.id == run);
            let Some(run) = found else { return };
            run.jobs.push(Job {
                id,
                name: (*name).to_owned(),
                attempt: run.attempt,
                status: "in_progress".to_owned(),
                conclusion: None,
                started_at: now,
                completed_at: None,
            });
            events::check_run(self, at, id, "created", None);
        }
    }

    #[track_caller]
    fn finish_job(&mut self, at: usize, run: &Run, job: &str, conclusion: &str) {
        let now = self.now();
        let open = |it: &&mut Job| it.name == job && it.status != "completed";
        let found = self.run(at, run).jobs.iter_mut().find(open);
        let found = found.unwrap_or_else(|| panic!("no job {job} is running"));
        found.status = "completed".to_owned();
        found.conclusion = Some(conclusion.to_owned());
        found.completed_at = Some(now);
        let id = found.id;
        let checks = &mut self.repositories[at].check_runs;
        for check in checks.iter_mut().filter(|it| it.id == id) {
            check.status = "completed".to_owned();
            check.conclusion = Some(conclusion.to_owned());
            check.completed_at = Some(now);
        }
        events::check_run(self, at, id, "completed", None);
    }
}

/// The App that GitHub Actions is.
fn actions() -> (u64, String) {
    (15_368, "github-actions".to_owned())
}

/// A zip of files.
#[must_use]
pub fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("memory takes everything");
        zip.write_all(bytes).expect("memory takes everything");
    }
    zip.finish().expect("memory takes everything").into_inner()
}
