//! The writer of a report may be the attacker: whatever comes is refused in bounded memory, with a
//! message, and nothing crashes.

use gate_tests::{Repository, Run, fixture_bytes};

/// What a run may use, in mebibytes.
const MEMORY: u64 = 300;

/// What `gate read` says of these bytes as a report of this format, or of whatever it takes it for.
#[track_caller]
fn read(content: &[u8], format: Option<&str>) -> Run {
    let repository = Repository::empty().file("hostile", content);
    let read = repository.gate(["read", "hostile"]).with_memory(MEMORY);
    match format {
        Some(format) => read.arg("--format").arg(format).run(),
        None => read.run(),
    }
}

/// They are refused by every reader, and the gate cannot be decided by them.
#[track_caller]
fn refused_by_all(content: &[u8]) -> [Run; 4] {
    let runs = [Some("cobertura"), Some("bandit"), Some("pip-audit"), None]
        .map(|format| read(content, format));
    for run in &runs {
        run.expect_refused(&["hostile: "]);
        assert!(run.stderr.len() < 2_000, "an error is a sentence, not a page\n{run}");
    }
    runs
}

fn repeated(start: &str, part: &str, times: usize) -> Vec<u8> {
    (start.to_owned() + &part.repeat(times)).into_bytes()
}

#[test]
fn a_hundred_thousand_levels_of_xml() {
    let [cobertura, ..] = refused_by_all(&repeated("<coverage>", "<a>", 100_000));
    cobertura.expect_complaint("elements nest deeper than 64 levels");
}

#[test]
fn a_hundred_thousand_levels_of_json() {
    refused_by_all(&repeated("", "[", 100_000));
    let [_, bandit, pip_audit, _] = refused_by_all(&repeated("", "{\"a\":", 100_000));
    bandit.expect_complaint("values nest deeper than 64 levels");
    pip_audit.expect_complaint("values nest deeper than 64 levels");
    refused_by_all(&repeated("{\"errors\":[],\"x\":", "[", 100_000));
    refused_by_all(&repeated("{\"dependencies\":[{\"name\":\"a\",\"x\":", "[", 100_000));
}

#[test]
fn a_hundred_thousand_levels_of_yaml() {
    for (text, words) in [
        (repeated("a: ", "[", 100_000), "nest"),
        (repeated("", "- ", 100_000), "nests at most 32 levels deep"),
        (repeated("", "{a: ", 60_000), "nest"),
    ] {
        let repository = Repository::empty().file(".github/gate.yml", text);
        let run = repository.gate_check().with_memory(MEMORY).run();
        run.expect_refused(&["cannot be used"]);
        assert!(run.stderr.contains(words) || run.stderr.contains("recursion limit"), "{run}");
    }
}

#[test]
fn aliases_of_aliases_in_a_policy() {
    let mut policy = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (of, name) in ('a'..'i').zip('b'..='i') {
        let aliases = vec![format!("*{of}"); 9].join(", ");
        policy.push_str(&format!("{name}: &{name} [{aliases}]\n"));
    }
    let repository = Repository::with_policy(&policy);
    let run = repository.gate_check().with_memory(MEMORY).run();
    run.expect_refused(&["a policy has at most 20000 values"]);
}

#[test]
fn a_policy_that_is_a_book() {
    let repository = Repository::with_policy(&format!("version: {}", "x".repeat(1 << 20)));
    let run = repository.gate_check().with_memory(MEMORY).run();
    run.expect_refused(&["a policy has at most 262144 bytes"]);
}

#[test]
fn an_element_of_a_million_attributes() {
    let attributes: String = (0..1_000_000).map(|number| format!(" a{number}=\"\"")).collect();
    let [cobertura, ..] = refused_by_all(format!("<coverage{attributes}/>").as_bytes());
    cobertura.expect_complaint("longer than 1048576 bytes");
    // Within the length of a tag it is the number that is too much.
    let attributes: String = (0..50_000).map(|number| format!(" a{number}=\"\"")).collect();
    let line = format!("<coverage><packages><class filename='a'><lines><line{attributes}/>");
    let [cobertura, ..] = refused_by_all(line.as_bytes());
    cobertura.expect_complaint("more than 64 attributes");
}

#[test]
fn a_bomb_of_entities() {
    let bomb = fixture_bytes("cobertura/entity-bomb.invalid.xml");
    let [cobertura, ..] = refused_by_all(&bomb);
    cobertura.expect_complaint("a DOCTYPE with definitions of its own, which are not read");
}

#[test]
fn a_token_of_twenty_megabytes() {
    let long = "x".repeat(20_000_000);
    for xml in [
        format!("<coverage version=\"{long}\"/>"),
        format!("<coverage><!--{long}"),
        format!("<{long}"),
        format!("<coverage>&{long};"),
    ] {
        let run = read(xml.as_bytes(), Some("cobertura"));
        run.expect_refused(&["longer than 1048576 bytes"]);
    }
    for json in [
        format!("{{\"errors\":[],\"generated_at\":\"{long}"),
        format!("{{\"errors\":[],\"{long}\":1"),
        format!("{{\"errors\":[],\"metrics\":{{\"_totals\":{{\"loc\":{}", "1".repeat(20_000_000)),
    ] {
        read(json.as_bytes(), Some("bandit")).expect_refused(&["hostile: "]);
    }
}

#[test]
fn numbers_beyond_all_measure() {
    let digits = "9".repeat(100_000);
    let line = |attributes: &str| {
        format!(
            "<coverage><packages><class filename='a.py'><lines><line {attributes}/></lines>\
             </class></packages></coverage>"
        )
    };
    // More hits than can be counted are many hits; a line number or a count of branches is not.
    read(line(&format!("number='1' hits='{digits}'")).as_bytes(), None)
        .expect_success()
        .expect_line("lines     1/1");
    for attributes in [
        format!("number='{digits}' hits='1'"),
        format!("number='1' hits='1' branch='true' condition-coverage='1% (1/{digits})'"),
    ] {
        read(line(&attributes).as_bytes(), None).expect_refused(&["hostile: line 1"]);
    }
    let number = format!(
        "{{\"errors\":[],\"metrics\":{{\"_totals\":{{\"loc\":1e{digits}}}}},\"results\":[]}}"
    );
    read(number.as_bytes(), Some("bandit")).expect_refused(&["hostile: "]);
}

#[test]
fn copies_that_were_cut_anywhere() {
    for (file, format) in [
        ("cobertura/nyc-js.xml", "cobertura"),
        ("bandit/small-project.json", "bandit"),
        ("pip-audit/vulnerable.json", "pip-audit"),
    ] {
        let whole = fixture_bytes(file);
        let length = whole.trim_ascii_end().len();
        for end in (1..length).step_by(length / 25) {
            read(&whole[..end], Some(format)).expect_refused(&["hostile: "]);
        }
    }
}

#[test]
fn random_bytes() {
    // The same in every run: a linear congruence of Knuth's.
    let mut state = 2026_u64;
    let mut random = |length: usize| -> Vec<u8> {
        let next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        std::iter::repeat_with(next).take(length).collect()
    };
    for length in [1, 2, 3, 16, 1_000, 1_000_000] {
        refused_by_all(&random(length));
    }
    let policy = Repository::empty().file(".github/gate.yml", random(1_000));
    policy.gate_check().run().expect_refused(&[".github/gate.yml"]);
    let record = Repository::empty().file("it.record", random(1_000));
    record.gate(["replay", "it.record"]).run().expect_refused(&["it.record"]);
}

#[test]
fn bytes_changed_one_by_one_never_crash_a_reader() {
    for (file, format) in [
        ("cobertura/coverlet-shape.xml", "cobertura"),
        ("bandit/one-copy.json", "bandit"),
        ("pip-audit/some-skipped.json", "pip-audit"),
    ] {
        let sound = fixture_bytes(file);
        for (at, byte) in
            (0..sound.len()).step_by(sound.len() / 20).zip(b"<\0\"{&\xff9".iter().cycle())
        {
            let mut changed = sound.clone();
            changed[at] = *byte;
            // Read or refused; what must not happen is held by the runner.
            let run = read(&changed, Some(format));
            assert!(run.code == 0 || run.code == 2 && run.stdout.is_empty(), "{run}");
        }
    }
}

#[test]
fn a_record_that_nests_is_refused() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let record = format!("{{\"record\":\"gate/record/v1\",\"verdict\":{open}{close}}}");
    let repository = Repository::empty().file("it.record", record);
    let run = repository.gate(["replay", "it.record"]).with_memory(MEMORY).run();
    run.expect_refused(&["not a gate record", "recursion limit"]);
}

#[test]
fn a_hostile_report_leaves_the_gate_undecided() {
    let rule = "coverage: { report: coverage, at-least: 0% }";
    for content in
        [repeated("<coverage>", "<a>", 100_000), fixture_bytes("cobertura/entity-bomb.invalid.xml")]
    {
        Repository::with_rule(rule)
            .file("coverage.xml", content)
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "report-broken");
    }
}

#[test]
fn a_path_that_leaves_the_repository_stays_a_name() {
    let report = gate_tests::Cobertura::new().file("../../etc/passwd", 1, 2).xml();
    let repository = Repository::empty().file("coverage.xml", report);
    let run = repository.gate(["read", "coverage.xml", "--json"]).run();
    run.expect_success();
    assert_eq!(run.json()["notes"][0]["code"], "path-not-resolved");
}
