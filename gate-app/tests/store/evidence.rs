//! Reports by digest, artifacts, baselines, records: all of them can be kept twice.

use gate_app::{
    ids::{ArtifactId, CommitSha},
    store::{KeptRecord, ReportFile, Store},
};
use gate_core::measure::Digest;

use crate::support::{OTHER, REPOSITORY, at, on_both, pull_of, sha};

on_both! {
    async fn a_report_is_kept_once(store: Store) {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let digest = store.keep_report(bytes.clone(), at(0)).await.unwrap();
        assert_eq!(digest, Digest::of(&bytes));
        assert_eq!(store.keep_report(bytes.clone(), at(1)).await.unwrap(), digest);
        let empty = store.keep_report(Vec::new(), at(1)).await.unwrap();
        assert_eq!(store.report(&digest).await.unwrap(), Some(bytes));
        assert_eq!(store.report(&empty).await.unwrap(), Some(Vec::new()));
        assert_eq!(store.report(&Digest::of(b"never kept")).await.unwrap(), None);
        assert_eq!(store.reports_kept().await.unwrap(), (2, 100_000));
    }

    async fn an_artifact_is_read_once(store: Store) {
        let artifact = ArtifactId(3);
        assert_eq!(store.artifact(REPOSITORY, artifact).await.unwrap(), None);
        let digest = store.keep_report(b"<coverage/>".to_vec(), at(0)).await.unwrap();
        let files: Vec<_> = ["a/coverage.xml", "b/coverage.xml"]
            .map(|name| ReportFile { name: name.to_owned(), digest: digest.clone() })
            .into();
        for _ in 0..2 {
            store.note_artifact(REPOSITORY, artifact, &files, at(0)).await.unwrap();
            assert_eq!(store.artifact(REPOSITORY, artifact).await.unwrap(), Some(files.clone()));
        }
        // Read, and nothing in it: not the same as not read.
        store.note_artifact(REPOSITORY, ArtifactId(4), &[], at(0)).await.unwrap();
        assert_eq!(store.artifact(REPOSITORY, ArtifactId(4)).await.unwrap(), Some(Vec::new()));
        assert_eq!(store.artifact(OTHER, artifact).await.unwrap(), None);
    }

    async fn an_artifact_without_its_bytes_counts_as_not_read(store: Store) {
        let lost = ReportFile { name: "x.json".to_owned(), digest: Digest::of(b"lost") };
        store.note_artifact(REPOSITORY, ArtifactId(5), &[lost], at(0)).await.unwrap();
        assert_eq!(store.artifact(REPOSITORY, ArtifactId(5)).await.unwrap(), None);
    }

    async fn the_first_commit_with_evidence_is_the_baseline(store: Store) {
        let ask = async |commits: &[u64]| {
            let commits: Vec<CommitSha> = commits.iter().map(|number| sha(*number)).collect();
            store.first_baseline(REPOSITORY, &commits).await.unwrap()
        };
        assert_eq!(ask(&[1, 2, 3]).await, None);
        for (commit, evidence) in [(3, "three"), (2, "two"), (2, "two, with more"), (9, "nine")] {
            store.keep_baseline(REPOSITORY, &sha(commit), evidence, at(0)).await.unwrap();
        }
        store.keep_baseline(OTHER, &sha(1), "of another", at(0)).await.unwrap();
        assert_eq!(ask(&[1, 2, 3]).await, Some((sha(2), "two, with more".to_owned())));
        assert_eq!(ask(&[9, 3, 2]).await, Some((sha(9), "nine".to_owned())));
        let far: Vec<u64> = (100..150).chain([3]).collect();
        assert_eq!(ask(&far).await, Some((sha(3), "three".to_owned())));
        assert_eq!(ask(&[]).await, None);
    }

    async fn of_each_head_the_newest_record_is_listed(store: Store) {
        let record = |subject, head, text: &str| KeptRecord {
            subject,
            head: sha(head),
            digest: Digest::of(text.as_bytes()),
            json: text.to_owned(),
        };
        for (kept, record) in [
            (1, record(pull_of(REPOSITORY, 1), 1, "first")),
            (2, record(pull_of(REPOSITORY, 1), 1, "first, later")),
            (3, record(pull_of(REPOSITORY, 1), 2, "second head")),
            (4, record(pull_of(REPOSITORY, 2), 3, "another pull request")),
            (5, record(pull_of(OTHER, 1), 1, "another repository")),
        ] {
            store.keep_record(&record, at(kept)).await.unwrap();
        }
        let texts = async |most| -> Vec<String> {
            let records = store.newest_records(REPOSITORY, most).await.unwrap();
            records.into_iter().map(|(_, record)| record).collect()
        };
        assert_eq!(texts(9).await, ["another pull request", "second head", "first, later"]);
        assert_eq!(texts(1).await, ["another pull request"]);
    }

    async fn a_record_is_found_by_its_digest(store: Store) {
        let record = KeptRecord {
            subject: pull_of(REPOSITORY, 1),
            head: sha(1),
            digest: Digest::of(b"record"),
            json: "{\"record\": \"ü\"}\n".to_owned(),
        };
        assert_eq!(store.record(&record.digest).await.unwrap(), None);
        for seconds in 0..2 {
            store.keep_record(&record, at(seconds)).await.unwrap();
            assert_eq!(store.record(&record.digest).await.unwrap(), Some(record.json.clone()));
        }
        // A check names the beginning of it.
        let short = record.digest.as_str().trim_start_matches("sha256:").get(..16).unwrap();
        for (repository, beginning, is_found) in
            [(REPOSITORY, short, true), (OTHER, short, false), (REPOSITORY, "0123", false)]
        {
            let found = store.record_beginning(repository, beginning).await.unwrap();
            assert_eq!(found, is_found.then(|| record.json.clone()));
        }
    }
}
