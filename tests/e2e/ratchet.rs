//! Ratchets and drift budgets: what the base branch has reached once is not given away, at once or in
//! small steps. Its past comes from the records of its commits.

use gate_tests::{Checked, Cobertura, Repository, gate};
use serde_json::json;

/// A record of a commit of the base of which so many lines ran; it knows what the record `before` it
/// knows.
#[track_caller]
fn record(keys: &str, (covered, total): (u64, u64), before: Option<&str>) -> String {
    let mut base = with_report(keys, covered, total);
    if let Some(before) = before {
        base = base.file("before.record", before).arg("--history").arg("before.record");
    }
    let run = base.gate_check().arg("--record").arg("it.record").run();
    run.written(base.path("it.record"))
}

fn with_report(keys: &str, covered: u64, total: u64) -> Repository {
    Repository::with_rule(&format!("coverage: {{ report: coverage, {keys} }}"))
        .file("coverage.xml", Cobertura::new().file("src/a.py", covered, total).xml())
}

/// The pull request, of which so many lines ran, after a base that went through these.
#[track_caller]
pub(crate) fn after(keys: &str, past: &[(u64, u64)], head: (u64, u64)) -> Checked {
    repository(keys, past, head).check()
}

#[track_caller]
fn repository(keys: &str, past: &[(u64, u64)], (covered, total): (u64, u64)) -> Repository {
    let mut repository = with_report(keys, covered, total);
    for (place, &value) in past.iter().enumerate() {
        let name = format!("base-{place}.record");
        repository = repository.file(&name, record(keys, value, None));
        repository = repository.arg("--history").arg(&name);
    }
    match past.last() {
        Some(&(covered, total)) => {
            let xml = Cobertura::new().file("src/a.py", covered, total).xml();
            repository.baseline("coverage", "coverage.xml", xml)
        }
        None => repository,
    }
}

mod never_below {
    use super::*;

    const RATCHET: &str = "never-below: best-of-base";

    #[test]
    fn holds_what_the_base_has_reached_once_though_it_has_less_now() {
        let past = [(780, 1000), (800, 1000), (790, 1000)];
        after(RATCHET, &past, (800, 1000))
            .expect_passed()
            .expect_rule("the rule", "passed", "best-held")
            .expect_line(
                "lines 800/1000 = 80.00 %, best of the base 800/1000 = 80.00 %: drop of 0.00 points \
                 ≤ 0.00 points ✓, reached by base-1.record, of 4 measured commits",
            );
        after(RATCHET, &past, (799, 1000))
            .expect_failed()
            .expect_rule("the rule", "failed", "best-lost")
            .expect_line("drop of 0.10 points > 0.00 points ✗")
            .expect_line("→ cover 1 more line");
    }

    #[test]
    fn is_exact_where_two_shares_look_alike() {
        // 2/3 of 3 million and of 3: equal, and one line less is not.
        after(RATCHET, &[(2, 3)], (2_000_000, 3_000_000)).expect_passed();
        after(RATCHET, &[(2, 3)], (1_999_999, 3_000_000)).expect_failed();
    }

    #[test]
    fn the_baseline_is_part_of_the_past() {
        let head = with_report(RATCHET, 79, 100)
            .file("old.record", record(RATCHET, (70, 100), None))
            .arg("--history")
            .arg("old.record")
            .baseline("coverage", "coverage.xml", Cobertura::new().file("src/a.py", 80, 100).xml());
        head.check().expect_failed().expect_line("best of the base 80/100 = 80.00 %");
    }

    #[test]
    fn needs_no_baseline_where_there_is_a_past() {
        let head = with_report(RATCHET, 70, 100)
            .file("old.record", record(RATCHET, (70, 100), None))
            .arg("--history")
            .arg("old.record");
        head.check().expect_passed().expect_line("of 1 measured commit");
    }

    #[test]
    fn a_record_knows_what_the_record_before_it_knew() {
        let first = record(RATCHET, (90, 100), None);
        let second = record(RATCHET, (80, 100), Some(&first));
        let head = with_report(RATCHET, 85, 100).file("last.record", second);
        head.arg("--history").arg("last.record").check().expect_failed().expect_line("90/100");
    }

    #[test]
    fn of_other_paths_the_past_is_another() {
        // The records were written under a policy that looked at everything; they hold the reports.
        let paths = "never-below: best-of-base, paths: { include: [\"src/**\"] }";
        let head = with_report(paths, 80, 100)
            .file("old.record", record(RATCHET, (90, 100), None))
            .arg("--history")
            .arg("old.record");
        head.check().expect_failed().expect_line("in src/**, reached by old.record");
    }

    #[test]
    fn without_a_past_the_policy_says_what_holds() {
        after(RATCHET, &[], (80, 100))
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "history-missing")
            .expect_line("give the records of its commits with `--history RECORD`")
            .expect_line("→ give the records of the base's commits (`--history`)");
        let with =
            |answer: &str| after(&format!("{RATCHET}, without-baseline: {answer}"), &[], (80, 100));
        with("fail").expect_failed().expect_rule("the rule", "failed", "history-missing");
        with("pass").expect_passed().expect_rule("the rule", "passed", "history-missing");
        let absolute =
            after(&format!("at-least: 70%, {RATCHET}, without-baseline: absolute"), &[], (80, 100));
        absolute.expect_passed().expect_rule("the rule", "passed", "coverage-at-minimum");
    }

    #[test]
    fn a_past_in_which_nothing_was_measured_is_none() {
        let empty = Repository::with_rule("labels: { none-of: [x] }");
        let run = empty.gate_check().arg("--record").arg("it.record").run();
        let head = with_report(RATCHET, 80, 100)
            .file("old.record", run.written(empty.path("it.record")))
            .arg("--history")
            .arg("old.record");
        head.check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "history-missing")
            .expect_line("no commit of it measured lines of \"coverage\"");
    }

    #[test]
    fn a_record_that_cannot_be_read_is_no_missing_one() {
        let ratchet = format!("{RATCHET}, without-baseline: pass");
        for (text, says) in [("{}", "not a gate record"), ("x", "not a gate record")] {
            let head = with_report(&ratchet, 80, 100).file("old.record", text);
            head.arg("--history")
                .arg("old.record")
                .check()
                .expect_inconclusive()
                .expect_rule("the rule", "inconclusive", "history-broken")
                .expect_line(says);
        }
        let changed = record(&ratchet, (80, 100), None).replace("\"now\":\"2026", "\"now\":\"2027");
        let none = with_report(&ratchet, 80, 100).file("old.record", changed);
        none.arg("--history").arg("old.record").check().expect_inconclusive();
        let absent = with_report(&ratchet, 80, 100).arg("--history").arg("none.record");
        absent.check().expect_inconclusive().expect_rule(
            "the rule",
            "inconclusive",
            "history-broken",
        );
    }

    #[test]
    fn what_it_came_to_is_replayed_from_the_record() {
        let it = repository(RATCHET, &[(80, 100), (70, 100)], (75, 100));
        let run = it.gate_check().arg("--record").arg("pull.record").run();
        assert_eq!(run.code, 1, "{run}");
        let record = run.written(it.path("pull.record"));
        let elsewhere = Repository::empty().file("pull.record", record);
        let replayed = elsewhere.gate(["replay", "pull.record"]).run();
        assert_eq!((replayed.code, &replayed.stdout), (1, &run.stdout));
    }
}

mod drift_budget {
    use super::*;

    const BUDGET: &str = "at-most-below-baseline: 1%, drift-budget: 2%";

    #[test]
    fn tolerances_do_not_add_up() {
        // Each step is within the tolerance, and the third is one too many.
        after(BUDGET, &[(900, 1000)], (890, 1000)).expect_passed();
        after(BUDGET, &[(900, 1000), (890, 1000)], (880, 1000))
            .expect_passed()
            .expect_rule("the rule", "passed", "drift-within-budget")
            .expect_line("drop of 2.00 points ≤ 2.00 points ✓");
        after(BUDGET, &[(900, 1000), (890, 1000), (880, 1000)], (879, 1000))
            .expect_failed()
            .expect_rule("the rule", "failed", "drift-beyond-budget")
            .expect_reason("the rule", "coverage-not-dropped")
            .expect_line("drop of 2.10 points > 2.00 points ✗")
            .expect_line("→ cover 1 more line");
    }

    #[test]
    fn what_was_spent_and_refilled_is_shown() {
        let past = [(900, 1000), (890, 1000), (895, 1000), (885, 1000)];
        let checked = after(BUDGET, &past, (888, 1000));
        checked.expect_passed().expect_line(
            "drift budget 2.00: 2.00 spent and 0.50 refilled by 5 commits of the base, 0.00 spent and \
             0.30 refilled here, 0.80 left",
        );
        assert_eq!(
            checked.reason("the rule", "drift-within-budget")["drift"],
            json!({
                "budget": "2.00", "spent": "2.00", "refilled": "0.50", "spent_here": "0.00",
                "refilled_here": "0.30", "left": "0.80", "commits": 5,
            })
        );
    }

    #[test]
    fn a_new_best_fills_it_and_no_more() {
        let past = [(800, 1000), (790, 1000), (900, 1000)];
        after(BUDGET, &past, (891, 1000)).expect_passed().expect_line(
            "1.00 spent and 1.00 refilled by 4 commits of the base, 0.90 spent and 0.00 refilled here, \
             1.10 left",
        );
    }

    #[test]
    fn where_the_base_has_spent_more_than_all_of_it_what_does_not_drop_passes() {
        let past = [(900, 1000), (850, 1000)];
        after(BUDGET, &past, (850, 1000))
            .expect_passed()
            .expect_rule("the rule", "passed", "drift-within-budget")
            .expect_line("0.00 left; the budget is spent, and this does not add to it");
        after(BUDGET, &past, (851, 1000)).expect_passed().expect_line("0.10 refilled here");
        after(BUDGET, &past, (849, 1000)).expect_failed().expect_line("→ cover 1 more line");
    }

    #[test]
    fn sums_of_thirds_and_sevenths_are_exact_and_rounded_against_us() {
        // 1/3 − 2/7 = 1/21 = 4.7619… points spent.
        let budget = "at-most-below-baseline: 100%, drift-budget: 10%";
        after(budget, &[(1, 3), (2, 7)], (2, 7))
            .expect_passed()
            .expect_line("4.77 spent and 0.00 refilled")
            .expect_line("5.23 left");
    }

    #[test]
    fn without_a_past_the_policy_says_what_holds() {
        let checked = after(BUDGET, &[], (80, 100));
        checked.expect_inconclusive().expect_reason("the rule", "history-missing");
        let checked = after(&format!("{BUDGET}, without-baseline: pass"), &[], (80, 100));
        checked.expect_passed();
    }
}

mod of_a_metric {
    use super::*;

    fn metrics(value: &str) -> String {
        format!("{{\"schema\": \"gate/metrics/v1\", \"metrics\": {{\"a\": {value}}}}}")
    }

    fn with_report(keys: &str, value: &str) -> Repository {
        Repository::with_rule(&format!("metric: {{ report: perf, pointer: /a, {keys} }}"))
            .file("perf.json", metrics(value))
    }

    #[track_caller]
    fn after(keys: &str, past: &[&str], head: &str) -> Checked {
        let mut it = with_report(keys, head);
        for (place, value) in past.iter().enumerate() {
            let base = with_report(keys, value);
            let run = base.gate_check().arg("--record").arg("it.record").run();
            let name = format!("base-{place}.record");
            it = it.file(&name, run.written(base.path("it.record"))).arg("--history").arg(&name);
        }
        it.baseline("perf", "perf.json", metrics(past[past.len() - 1])).check()
    }

    #[test]
    fn where_lower_is_better_the_best_is_the_lowest() {
        let ratchet = "better: lower, never-above: best-of-base";
        after(ratchet, &["1.5", "1.25", "1.75"], "1.25")
            .expect_passed()
            .expect_rule("the rule", "passed", "best-held")
            .expect_line("/a: 1.25, best of the base 1.25: unchanged ✓, reached by base-1.record");
        after(ratchet, &["1.5", "1.25", "1.75"], "1.26")
            .expect_failed()
            .expect_rule("the rule", "failed", "best-lost")
            .expect_line("worse by 0.01 > 0 ✗");
    }

    #[test]
    fn where_higher_is_better_the_best_is_the_highest() {
        let ratchet = "better: higher, never-below: best-of-base";
        after(ratchet, &["10", "12", "11"], "12.5").expect_passed().expect_line("better by 0.5 ✓");
        after(ratchet, &["10", "12", "11"], "11.9").expect_failed();
    }

    #[test]
    fn a_budget_is_a_number_or_a_share_of_the_best() {
        let budget = "better: lower, worse-by-at-most: 50%, drift-budget: 0.3";
        let checked = after(budget, &["1", "1.2", "1.1"], "1.3");
        checked.expect_passed().expect_line(
            "drift budget 0.3: 0.2 spent and 0.1 refilled by 4 commits of the base, 0.2 spent and 0 \
             refilled here, 0 left",
        );
        after(budget, &["1", "1.2", "1.1"], "1.31")
            .expect_failed()
            .expect_rule("the rule", "failed", "drift-beyond-budget")
            .expect_line("worse by 0.31 > 0.3 ✗");
        let share = "better: lower, worse-by-at-most: 50%, drift-budget: 10%";
        after(share, &["2", "2.1"], "2.2").expect_passed().expect_line("drift budget 0.2:");
        after(share, &["2", "2.1"], "2.21").expect_failed();
        after(share, &["2", "2.5"], "2.4").expect_passed().expect_line("does not add to it");
    }
}

mod keys {
    use super::*;

    #[track_caller]
    fn refused(rule: &str, words: &str) {
        let policy = format!(
            "version: 1\nreports:\n  coverage: {{ format: cobertura, file: c.xml }}\n  perf: {{ \
             format: gate-metrics, file: p.json }}\nrules:\n  the rule: {{ {rule} }}\n"
        );
        let it = Repository::with_policy(&policy);
        let run = gate(["policy", "check"]).in_folder(it.folder()).run();
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(words), "{words:?} is not in\n{run}");
    }

    #[test]
    fn that_would_do_nothing_are_refused() {
        let coverage = |keys: &str| format!("coverage: {{ report: coverage, {keys} }}");
        refused(
            &coverage("never-below: best-of-base, at-most-below-baseline: 1%"),
            "`never-below` allows no drop, so `at-most-below-baseline` does nothing here",
        );
        refused(
            &coverage("never-below: best-of-base, drift-budget: 1%"),
            "`never-below` allows no drop, so `drift-budget` has nothing to give",
        );
        refused(
            &coverage("drift-budget: 1%"),
            "`drift-budget` bounds what `at-most-below-baseline` allows, which is missing here",
        );
        refused(
            &coverage("of: changed-files, never-below: best-of-base"),
            "the best of the base is that of the whole project",
        );
        refused(&coverage("never-below: best"), "no such choice: `best`");
        let metric = |keys: &str| format!("metric: {{ report: perf, pointer: /a, {keys} }}");
        refused(
            &metric("better: lower, never-below: best-of-base"),
            "where lower is better, the ratchet is `never-above`",
        );
        refused(
            &metric("better: higher, never-above: best-of-base"),
            "where higher is better, the ratchet is `never-below`",
        );
        refused(
            &metric("better: higher, drift-budget: 5%"),
            "`drift-budget` bounds what `worse-by-at-most` allows",
        );
        refused(
            &metric("better: lower, never-above: best-of-base, worse-by-at-most: 1"),
            "so `worse-by-at-most` does nothing here",
        );
    }
}
