//! GitHub failing, as a test asks for it.

use std::time::Duration;

use gate_tests::github::{FakeGitHub, Fault};
use serde_json::json;

use crate::client::{CHECK_RUNS, in_progress, installed, raw, shop};

const SHOP: &str = "/repos/acme/shop";

#[tokio::test]
async fn the_next_answers_fail_and_then_no_more() {
    let github = FakeGitHub::start();
    shop(&github);
    let client = installed(&github);
    let route = "GET /repos/{owner}/{repo}";
    let answer = async || client._get(SHOP).await.expect("answered");

    github.fail(route, Fault::Status(502), 2);
    assert_eq!(answer().await.status().as_u16(), 502);
    assert_eq!(answer().await.status().as_u16(), 502);
    assert_eq!(answer().await.status().as_u16(), 200);

    github.fail(route, Fault::SecondaryLimit(7), 1);
    let limited = answer().await;
    assert_eq!(
        (limited.status().as_u16(), &limited.headers()["retry-after"]),
        (403, &"7".parse().expect("a header"))
    );
    github.fail(route, Fault::TooManyRequests(3), 1);
    assert_eq!(answer().await.status().as_u16(), 429);
    github.fail(route, Fault::QuotaUsedUp, 1);
    let limited = answer().await;
    assert_eq!(limited.headers()["x-ratelimit-remaining"], "0");

    github.fail(route, Fault::WrongJson, 1);
    assert_eq!(raw(&client, "GET", SHOP, None).await.1, json!({"not": ["what", "was", "asked"]}));
    github.fail(route, Fault::NotJson, 1);
    assert_eq!(raw(&client, "GET", SHOP, None).await.1, json!(null));
    github.fail(route, Fault::Truncated, 1);
    let cut = answer().await;
    assert!(client.body_to_string(cut).await.is_err(), "half an answer is no answer");
    github.fail(route, Fault::Slow(Duration::from_millis(1)), 1);
    assert_eq!(answer().await.status().as_u16(), 200);

    github.data().limits.remaining = 0;
    let limited = answer().await;
    assert_eq!(limited.status().as_u16(), 403);
    assert_eq!(limited.headers()["x-ratelimit-remaining"], "0");
    github.finish();
}

#[tokio::test]
async fn what_was_done_may_look_as_if_it_was_not() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    let route = "POST /repos/{owner}/{repo}/check-runs";
    github.fail(route, Fault::DoneButBadGateway, 1);
    let (status, _) = raw(&client, "POST", CHECK_RUNS, Some(in_progress(&pull.head))).await;
    assert_eq!(status, 502);
    github.expect_check(&pull.head, None, "Waiting");
    github.finish();
}

#[tokio::test]
async fn a_renamed_repository_is_found_by_its_old_name() {
    let github = FakeGitHub::start();
    shop(&github);
    github.rename("acme/shop", "store");
    let client = installed(&github);
    let found: serde_json::Value = client.get(SHOP, None::<&()>).await.expect("followed");
    assert_eq!(found["full_name"], "acme/store");
    github.finish();
}

#[test]
fn what_nobody_looked_at_fails_the_test() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = installed(&github);
        raw(&client, "POST", CHECK_RUNS, Some(in_progress(&pull.head))).await;
    });
    let finished = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| github.finish()));
    let said = finished.expect_err("it must fail");
    let said = said.downcast_ref::<String>().expect("it says why");
    assert!(said.contains("no test looked at the check run gate"), "{said}");
}
