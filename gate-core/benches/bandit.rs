//! Bandit JSON of about 100 MB: our whole reader against reading alone.
//!
//! `cargo bench -p gate-core --bench bandit [-- PAIRS]`
//!
//! Compared are
//! - `report::read`: sniffed, checked, findings with fingerprints, an account, notes;
//! - serde_json: `from_str` of the same fields into a typed struct, and nothing else;
//! - sonic-rs: the same struct, `from_slice`;
//! - the least: serde_json without the counts of each file, which are half of the report.
//!
//! The runs alternate, and each pair gives a ratio, so that a busy machine slows both; the median
//! of the ratios is what counts.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that cannot go on stops"
)]

use std::{
    borrow::Cow,
    fmt,
    hint::black_box,
    marker::PhantomData,
    time::{Duration, Instant},
};

use gate_core::{
    evidence::Content,
    report::{Format, ReadOptions, read},
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

/// The fields that our reader keeps.
#[derive(Deserialize)]
#[serde(bound(deserialize = "M: Deserialize<'de>"))]
#[expect(dead_code, reason = "read, and not used: reading is what is measured")]
struct Typed<'a, M> {
    #[serde(borrow)]
    errors: Vec<TypedError<'a>>,
    metrics: Files<M>,
    #[serde(borrow)]
    results: Vec<TypedResult<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as above")]
struct TypedError<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    reason: Cow<'a, str>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as above")]
struct TypedResult<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    issue_confidence: Cow<'a, str>,
    issue_cwe: Option<TypedCwe>,
    #[serde(borrow)]
    issue_severity: Cow<'a, str>,
    #[serde(borrow)]
    issue_text: Cow<'a, str>,
    line_number: u32,
    line_range: Vec<u32>,
    #[serde(borrow)]
    test_id: Cow<'a, str>,
    #[serde(borrow)]
    test_name: Cow<'a, str>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as above")]
struct TypedCwe {
    id: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedCounts {
    #[serde(rename = "CONFIDENCE.HIGH")]
    confidence_high: f64,
    #[serde(rename = "CONFIDENCE.LOW")]
    confidence_low: f64,
    #[serde(rename = "CONFIDENCE.MEDIUM")]
    confidence_medium: f64,
    #[serde(rename = "CONFIDENCE.UNDEFINED")]
    confidence_undefined: f64,
    #[serde(rename = "SEVERITY.HIGH")]
    severity_high: f64,
    #[serde(rename = "SEVERITY.LOW")]
    severity_low: f64,
    #[serde(rename = "SEVERITY.MEDIUM")]
    severity_medium: f64,
    #[serde(rename = "SEVERITY.UNDEFINED")]
    severity_undefined: f64,
    loc: f64,
    nosec: f64,
    skipped_tests: f64,
}

/// How many files have metrics; these are read as `M` and dropped.
struct Files<M>(u64, PhantomData<M>);

impl<'de, M: Deserialize<'de>> Deserialize<'de> for Files<M> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Self(0, PhantomData))
    }
}

impl<'de, M: Deserialize<'de>> Visitor<'de> for Files<M> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metrics")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Self, A::Error> {
        while let Some((_, counts)) = object.next_entry::<IgnoredAny, M>()? {
            black_box(counts);
            self.0 += 1;
        }
        Ok(self)
    }
}

fn ours(report: &[u8]) -> usize {
    let options = ReadOptions::default().with_format(Format::Bandit);
    match read(report, &options).map(|report| report.content) {
        Ok(Content::Findings(findings)) => black_box(findings).findings.len(),
        Ok(_) => panic!("a Bandit report has findings"),
        Err(error) => panic!("{error}"),
    }
}

fn by_serde_json(report: &[u8]) -> usize {
    let text = str::from_utf8(report).expect(VALID);
    let typed: Typed<'_, TypedCounts> = serde_json::from_str(text).expect(VALID);
    black_box(typed.metrics.0);
    black_box(typed.results).len()
}

fn by_the_least(report: &[u8]) -> usize {
    let text = str::from_utf8(report).expect(VALID);
    let typed: Typed<'_, IgnoredAny> = serde_json::from_str(text).expect(VALID);
    black_box(typed.metrics.0);
    black_box(typed.results).len()
}

fn by_sonic(report: &[u8]) -> usize {
    let typed: Typed<'_, TypedCounts> = sonic_rs::from_slice(report).expect(VALID);
    black_box(typed.metrics.0);
    black_box(typed.results).len()
}

const VALID: &str = "the generated report is valid";

const SIZE: usize = 100_000_000;

/// Copies of the parts of real reports, under other file names, in Bandit's own layout.
fn generate() -> (String, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/bandit");
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .map(|files| files.flatten().map(|file| file.path()).collect())
        .unwrap_or_default();
    seeds.sort();
    let mut texts: Vec<String> = seeds
        .iter()
        .filter(|path| {
            let path = path.to_string_lossy();
            path.ends_with(".json") && !path.contains(".invalid.")
        })
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect();
    let origin = if texts.is_empty() {
        texts.push(SEED.to_owned());
        "the inline seed".to_owned()
    } else {
        format!("{} reports of fixtures/bandit", texts.len())
    };
    let (mut files, mut results) = (Vec::new(), Vec::new());
    for text in &texts {
        let Ok(document) = serde_json::from_str::<serde_json::Value>(text) else {
            continue;
        };
        let metrics = document["metrics"].as_object().into_iter().flatten();
        files.extend(
            metrics.filter(|(name, _)| *name != "_totals").map(|(_, counts)| counts.clone()),
        );
        results.extend(document["results"].as_array().into_iter().flatten().cloned());
    }
    (assemble(&files, &results), origin)
}

/// As many files and results as make up the size, three files for each result as in large
/// projects.
fn assemble(files: &[serde_json::Value], results: &[serde_json::Value]) -> String {
    let pretty = |value: &serde_json::Value, indent: &str| {
        let text = serde_json::to_string_pretty(value).expect("a value can be written");
        text.replace('\n', &format!("\n{indent}"))
    };
    let files: Vec<String> = files.iter().map(|counts| pretty(counts, "    ")).collect();
    let (mut metrics, mut list, mut count) = (String::new(), String::new(), 0_usize);
    let mut results = results.to_vec();
    while metrics.len() + list.len() < SIZE {
        for result in &mut results {
            for counts in files.iter().cycle().skip(count).take(3) {
                metrics.push_str(&format!("    \"./src/pkg_{count:07}/module.py\": {counts},\n"));
                count += 1;
            }
            result["filename"] = format!("./src/pkg_{count:07}/module.py").into();
            list.push_str(if list.is_empty() { "    " } else { ",\n    " });
            list.push_str(&pretty(result, "    "));
        }
    }
    format!(
        "{{\n  \"errors\": [],\n  \"generated_at\": \"2026-11-23T19:34:13Z\",\n  \"metrics\": \
         {{\n{metrics}    \"_totals\": {{\"SEVERITY.HIGH\": 0}}\n  }},\n  \"results\": \
         [\n{list}\n  ]\n}}"
    )
}

fn timed(work: fn(&[u8]) -> usize, report: &[u8]) -> (Duration, usize) {
    let start = Instant::now();
    let found = work(black_box(report));
    (start.elapsed(), found)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::print_stdout, clippy::float_arithmetic, reason = "a benchmark prints ratios")]
fn main() {
    let pairs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(15_usize);
    let (report, origin) = generate();
    let report = report.as_bytes();
    println!("{} bytes, {} results, made from {origin}", report.len(), ours(report));
    for (name, other) in [
        ("serde_json", by_serde_json as fn(&[u8]) -> usize),
        ("sonic-rs", by_sonic),
        ("the least", by_the_least),
    ] {
        let (mut ratios, mut ours_took, mut theirs_took) = (Vec::new(), Vec::new(), Vec::new());
        for pair in 0..=pairs {
            let first_ours = pair % 2 == 0;
            let early = first_ours.then(|| timed(ours, report));
            let (theirs, found) = timed(other, report);
            let (mine, mine_found) = early.unwrap_or_else(|| timed(ours, report));
            assert_eq!(mine_found, found, "both find the same");
            // The first pair warms up.
            if pair > 0 {
                ratios.push(mine.as_secs_f64() / theirs.as_secs_f64());
                ours_took.push(mine.as_secs_f64() * 1000.0);
                theirs_took.push(theirs.as_secs_f64() * 1000.0);
            }
        }
        let best = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let worst = ratios.iter().copied().fold(0.0, f64::max);
        println!(
            "ours / {name}: {:.2} (median of {pairs} pairs, {best:.2} to {worst:.2}); ours \
             {:.0} ms, {name} {:.0} ms",
            median(ratios),
            median(ours_took),
            median(theirs_took),
        );
    }
}

const SEED: &str = r#"{
  "errors": [],
  "metrics": {
    "a.py": {"CONFIDENCE.HIGH": 10, "CONFIDENCE.LOW": 0, "CONFIDENCE.MEDIUM": 0,
      "CONFIDENCE.UNDEFINED": 0, "SEVERITY.HIGH": 4, "SEVERITY.LOW": 5, "SEVERITY.MEDIUM": 1,
      "SEVERITY.UNDEFINED": 0, "loc": 16, "nosec": 2, "skipped_tests": 1}
  },
  "results": [
    {
      "code": "15     assert x\n16     import telnetlib\n17     subprocess.call(x, shell=True)\n",
      "col_offset": 4, "end_col_offset": 20, "filename": "./a.py", "issue_confidence": "HIGH",
      "issue_cwe": {"id": 319, "link": "https://cwe.mitre.org/data/definitions/319.html"},
      "issue_severity": "HIGH",
      "issue_text": "A telnet-related module is being imported. Telnet is considered insecure.",
      "line_number": 16, "line_range": [16],
      "more_info": "https://bandit.readthedocs.io/en/1.9.4/blacklists/blacklist_imports.html",
      "test_id": "B401", "test_name": "blacklist"
    }
  ]
}"#;
