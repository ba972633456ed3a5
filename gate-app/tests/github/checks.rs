//! Check runs: one in the end, whatever happens to the answers.

use std::sync::{Arc, Mutex};

use gate_app::{
    github::{
        Annotation, AnnotationLevel, CheckRunAction, CheckRunDraft, Conclusion, DraftStatus, Error,
        Existing, Status,
    },
    ids::{AppId, CheckRunId},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::{APP, Asked, NOW, Reply, Server, mint, ok, reply, sha};

pub(crate) fn draft() -> CheckRunDraft {
    CheckRunDraft {
        name: "gate".to_owned(),
        head_sha: sha('a'),
        external_id: "9:1:main:record".to_owned(),
        status: DraftStatus::InProgress,
        title: "Waits for coverage".to_owned(),
        summary: "…".to_owned(),
        text: None,
        annotations: Vec::new(),
        actions: vec![CheckRunAction::new("Re-evaluate", "Gather all anew", "again").unwrap()],
        details_url: Some("https://gate.example/9/1".to_owned()),
        started_at: Timestamp::from_second(NOW).ok(),
    }
}

fn annotated(many: u32) -> CheckRunDraft {
    let completed_at = Timestamp::from_second(NOW + 1).unwrap();
    let annotation = |line| Annotation {
        path: "src/a.py".to_owned(),
        start_line: line,
        end_line: line,
        level: AnnotationLevel::Failure,
        title: Some("Not covered".to_owned()),
        message: format!("line {line}"),
    };
    CheckRunDraft {
        status: DraftStatus::Failed { completed_at },
        annotations: (1..=many).map(annotation).collect(),
        ..draft()
    }
}

/// Check runs as GitHub keeps them: annotations are appended.
#[derive(Default)]
struct Runs(Vec<Value>);

impl Runs {
    fn post(&mut self, body: &Value) -> Value {
        let run = json!({ "id": self.0.len() + 1, "app": { "id": APP }, "conclusion": null,
            "started_at": null, "output": { "title": null, "annotations_count": 0 }, "sent": [] });
        self.0.push(run);
        self.write(self.0.len(), body)
    }

    fn write(&mut self, id: usize, body: &Value) -> Value {
        let run = &mut self.0[id - 1];
        for (key, value) in body.as_object().unwrap().iter().filter(|(key, _)| *key != "output") {
            run[key] = value.clone();
        }
        let sent = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
        run["sent"].as_array_mut().unwrap().extend(sent);
        run["output"]["title"] = body["output"]["title"].clone();
        run["output"]["annotations_count"] = json!(run["sent"].as_array().unwrap().len());
        run.clone()
    }
}

/// A server with check runs. `fail` says which writes are to fail: `Some(true)` after they were done.
async fn server(
    mut fail: impl FnMut(&Asked) -> Option<bool> + Send + 'static,
) -> (Server, Arc<Mutex<Runs>>) {
    let runs: Arc<Mutex<Runs>> = Arc::default();
    let shared = Arc::clone(&runs);
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        let mut runs = shared.lock().unwrap();
        let id = asked.path.rsplit('/').next().unwrap().parse::<usize>().unwrap_or_default();
        if asked.method == "GET" {
            return ok(&if asked.path.contains("/commits/") {
                json!({ "total_count": runs.0.len(), "check_runs": runs.0 })
            } else {
                runs.0[id - 1].clone()
            });
        }
        let failure = fail(asked);
        if failure == Some(false) {
            return broken();
        }
        let run = match asked.method.as_str() {
            "POST" => runs.post(&asked.body),
            _ => runs.write(id, &asked.body),
        };
        if failure == Some(true) { broken() } else { reply(201, &run) }
    })
    .await;
    (server, runs)
}

fn broken() -> Reply {
    reply(502, &json!({ "message": "Bad Gateway" }))
}

#[tokio::test]
async fn a_check_run_is_made_with_one_call_when_a_snapshot_showed_none() {
    let (server, runs) = server(|_| None).await;
    let run = server.repository().create_check_run(&draft(), Existing::None).await.unwrap();
    assert_eq!((run.id, run.status, run.conclusion), (CheckRunId(1), Status::InProgress, None));
    assert_eq!(
        (run.app_id, run.external_id.as_deref()),
        (Some(AppId(APP)), Some("9:1:main:record"))
    );
    assert_eq!(server.asked().len(), 1);
    assert_eq!(runs.lock().unwrap().0[0]["actions"][0]["identifier"], "again");
}

#[tokio::test]
async fn one_that_is_there_already_is_found_and_updated() {
    let (server, runs) = server(|_| None).await;
    let repository = server.repository();
    repository.create_check_run(&draft(), Existing::Unknown).await.unwrap();
    let done = annotated(3);
    let run = repository.create_check_run(&done, Existing::Unknown).await.unwrap();
    assert_eq!((run.id, run.conclusion), (CheckRunId(1), Some(Conclusion::Failure)));
    assert_eq!(runs.lock().unwrap().0.len(), 1);
    assert_eq!(server.count("POST", "/check-runs"), 1);
}

#[tokio::test]
async fn a_lost_answer_to_a_post_is_looked_up_and_nothing_is_made_twice() {
    let mut writes = 0;
    let (server, runs) = server(move |_| {
        writes += 1;
        (writes == 1).then_some(true)
    })
    .await;
    let draft = annotated(120);
    let run = server.repository().create_check_run(&draft, Existing::None).await.unwrap();
    assert_eq!((run.id, run.annotations), (CheckRunId(1), 120));
    let runs = runs.lock().unwrap();
    assert_eq!((runs.0.len(), runs.0[0]["sent"].as_array().unwrap().len()), (1, 120));
    assert_eq!(server.count("POST", "/check-runs"), 1);
}

#[tokio::test]
async fn a_post_that_did_not_happen_is_sent_again_once() {
    let mut writes = 0;
    let (lucky, runs) = server(move |_| {
        writes += 1;
        (writes == 1).then_some(false)
    })
    .await;
    lucky.repository().create_check_run(&draft(), Existing::None).await.unwrap();
    assert_eq!(runs.lock().unwrap().0.len(), 1);
    assert_eq!(lucky.count("POST", "/check-runs"), 2);

    let (unlucky, runs) = server(|_| Some(false)).await;
    let error = unlucky.repository().create_check_run(&draft(), Existing::None).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(runs.lock().unwrap().0.len(), 0);
    assert_eq!(unlucky.count("POST", "/check-runs"), 2);
}

#[tokio::test]
async fn annotations_come_in_batches_in_order_and_never_twice() {
    for happened in [true, false] {
        let mut writes = 0;
        let (server, runs) = server(move |_| {
            writes += 1;
            (writes == 2).then_some(happened)
        })
        .await;
        let draft = annotated(120);
        let run = server.repository().create_check_run(&draft, Existing::None).await.unwrap();
        assert_eq!(run.annotations, 120);
        let runs = runs.lock().unwrap();
        let lines: Vec<u64> = runs.0[0]["sent"].as_array().unwrap().iter().map(line).collect();
        assert_eq!(lines, (1..=120).collect::<Vec<u64>>());
    }
}

fn line(annotation: &Value) -> u64 {
    annotation["start_line"].as_u64().unwrap()
}

#[tokio::test]
async fn an_update_that_was_broken_off_goes_on_where_it_stopped() {
    let (server, runs) = server(|_| None).await;
    let repository = server.repository();
    let first = annotated(50);
    repository.create_check_run(&first, Existing::None).await.unwrap();
    let run = repository.check_run(CheckRunId(1)).await.unwrap();
    assert_eq!(run.annotations, 50);
    let run = repository.update_check_run(&run, &annotated(70)).await.unwrap();
    assert_eq!(run.annotations, 70);
    let runs = runs.lock().unwrap();
    let lines: Vec<u64> = runs.0[0]["sent"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(lines, (1..=70).collect::<Vec<u64>>());
    assert_eq!(server.asked().last().unwrap().body.get("head_sha"), None);
}

#[tokio::test]
async fn only_our_own_check_runs_are_found_the_newest_first() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        assert_eq!(asked.query["app_id"], APP.to_string());
        let run = |id: u64, app: u64, name: &str, external: &str| {
            json!({ "id": id, "name": name, "head_sha": "a".repeat(40), "external_id": external,
                "status": "completed", "conclusion": "success", "started_at": null,
                "output": { "title": "t", "annotations_count": 0 }, "app": { "id": app } })
        };
        ok(&json!({ "total_count": 4, "check_runs": [
            run(3, APP, "gate", "9:1:x"), run(8, 1, "gate", "9:1:y"),
            run(5, APP, "gate", "9:1:z"), run(7, APP, "gate", "9:2:z"),
        ] }))
    })
    .await;
    let repository = server.repository();
    let found = repository.find_check_run(&sha('a'), "gate", "9:1:").await.unwrap().unwrap();
    assert_eq!(found.id, CheckRunId(5));
    let all = repository.our_check_runs(&sha('a'), "gate").await.unwrap();
    assert_eq!(all.iter().map(|run| run.id.0).collect::<Vec<_>>(), [7, 5, 3]);
    assert_eq!(repository.find_check_run(&sha('a'), "gate", "8:").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_too_long_is_cut_and_what_is_too_many_is_refused() {
    let (server, runs) = server(|_| None).await;
    let long = CheckRunDraft {
        title: "é".repeat(300),
        summary: "é".repeat(40_000),
        text: Some("🦀".repeat(40_000)),
        ..annotated(1)
    };
    server.repository().create_check_run(&long, Existing::None).await.unwrap();
    let body = server.asked().remove(0).body;
    let bytes = |key: &str| body["output"][key].as_str().unwrap().len();
    assert!(bytes("summary") <= 65_535 && bytes("text") <= 65_535);
    assert_eq!(body["output"]["title"].as_str().unwrap().chars().count(), 255);

    let button = CheckRunAction::new("A", "B", "c").unwrap();
    let many = CheckRunDraft { actions: vec![button; 4], ..draft() };
    let error = server.repository().create_check_run(&many, Existing::None).await.unwrap_err();
    assert!(matches!(error, Error::Draft(_)) && !error.is_retryable(), "{error}");
    assert_eq!(runs.lock().unwrap().0.len(), 1);
}
