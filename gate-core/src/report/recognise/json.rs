//! JSON, by the keys of its first levels.

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::Looks;
use crate::report::Format;

/// What a document is, and the keys that tell it from all others: one of the sets has to be there
/// in full. The first row that fits decides.
///
/// A path ends in `[` at a list and in `{` at an object; `[].` is the first element of a list, and
/// `=` a text that tells.
const KINDS: &[(Looks, &[&[&str]])] = &[
    // Lists.
    (Looks::Like(Format::PipAudit), &[&["[].vulns"], &["[].skip_reason"]]),
    (Looks::Like(Format::Ruff), &[&["[].noqa_row"], &["[].filename", "[].end_location"]]),
    (Looks::Other("ESLint JSON"), &[&["[].filePath", "[].messages"]]),
    (Looks::Other("GitLab's code quality JSON"), &[&["[].check_name", "[].fingerprint"]]),
    (Looks::Other("the output of pip list"), &[&["[].name", "[].version"]]),
    (Looks::Like(Format::Safety), &[&["[]["]]),
    (Looks::Unclear("a JSON list of another kind"), &[&["[]."]]),
    (
        Looks::Unclear("an empty JSON list, which several tools write (say which format it is)"),
        &[&["["]],
    ),
    // Objects. Our own say what they are.
    (Looks::Like(Format::GateFindings), &[&["schema=gate/findings/v1"]]),
    (Looks::Like(Format::GateMetrics), &[&["schema=gate/metrics/v1"]]),
    (Looks::Like(Format::Sarif), &[&["$schema=sarif"], &["runs["]]),
    (Looks::Like(Format::CycloneDx), &[&["bomFormat"], &["$schema=cyclonedx"], &["components["]]),
    (Looks::Other("SPDX JSON"), &[&["spdxVersion"]]),
    (
        Looks::Like(Format::OsvScanner),
        &[&["results[].packages["], &["results[", "experimental_config{"]],
    ),
    (
        Looks::Like(Format::Semgrep),
        &[&["results[].check_id"], &["paths{", "results["], &["paths{", "errors["]],
    ),
    (
        Looks::Like(Format::Bandit),
        &[
            &["results[].test_id"],
            &["results[].issue_text"],
            &["errors[].filename", "errors[].reason"],
            &["errors[", "generated_at"],
            &["errors[", "metrics{"],
            &["results[", "metrics{"],
        ],
    ),
    (Looks::Other("npm's package-lock.json"), &[&["lockfileVersion"]]),
    (Looks::Other("a package.json"), &[&["dependencies{"]]),
    (Looks::Other("npm audit JSON"), &[&["auditReportVersion"]]),
    (Looks::Like(Format::PipAudit), &[&["dependencies["]]),
    (Looks::Like(Format::CoveragePy), &[&["meta.branch_coverage"], &["meta{", "files{"]]),
    (
        Looks::Like(Format::Safety),
        &[&["report_meta"], &["scanned_packages"], &["scan_results"], &["meta.scan_type"]],
    ),
    (Looks::Like(Format::Mypy), &[&["file", "line", "message"]]),
    (Looks::Other("Ruff's JSON lines"), &[&["filename", "end_location{"]]),
    (Looks::Other("an error of the GitHub API"), &[&["documentation_url", "message"]]),
    (Looks::Other("an answer of the GitHub API"), &[&["node_id"], &["data{"]]),
    (Looks::PullRequest, &[&["base.sha", "head.sha"]]),
    (Looks::Other("Trivy JSON"), &[&["SchemaVersion", "Results["]]),
    (Looks::Other("Pyright JSON"), &[&["generalDiagnostics["]]),
    (Looks::Other("Jest JSON"), &[&["numTotalTests"]]),
];

pub(super) fn look(text: &str) -> Looks {
    let outline = Outline::of(text);
    let fits = |(_, sets): &&(Looks, &[&[&str]])| {
        sets.iter().any(|set| set.iter().all(|path| outline.has(path)))
    };
    if let Some(&(looks, _)) = KINDS.iter().find(fits) {
        looks
    } else if outline.0.iter().any(|path| path.ends_with(".statementMap")) {
        Looks::Other("Istanbul JSON")
    } else if outline.0.len() <= 1 {
        Looks::Unclear("an empty JSON object")
    } else {
        Looks::Unclear("JSON of another kind")
    }
}

/// The paths of the keys of the first levels, as far as the text goes.
struct Outline(BTreeSet<String>);

/// The schemas of our own that are told by their name.
const OWN: [&str; 2] = ["schema=gate/findings/v1", "schema=gate/metrics/v1"];

/// How many levels of keys are looked at.
const LEVELS: usize = 3;

impl Outline {
    fn of(text: &str) -> Self {
        let mut paths = BTreeSet::new();
        let mut json = serde_json::Deserializer::from_str(text);
        let branch = Branch { paths: &mut paths, path: "", level: 0 };
        // The text may be cut off or broken: what was seen until then counts.
        let _ = branch.deserialize(&mut json);
        Self(paths)
    }

    fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

struct Branch<'s> {
    paths: &'s mut BTreeSet<String>,
    path: &'s str,
    level: usize,
}

impl<'de> DeserializeSeed<'de> for Branch<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if self.level > LEVELS {
            return json.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Branch<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if self.path == "$schema" {
            for word in ["sarif", "cyclonedx"] {
                if text.to_ascii_lowercase().contains(word) {
                    self.paths.insert(format!("$schema={word}"));
                }
            }
        } else if self.path == "schema" {
            // Our own documents name themselves.
            let own = OWN.iter().filter(|own| own.strip_prefix("schema=") == Some(text));
            self.paths.extend(own.map(|&own| own.to_owned()));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.paths.insert(format!("{}[", self.path));
        let path = format!("{}[]", self.path);
        let first = Branch { paths: &mut *self.paths, path: &path, level: self.level + 1 };
        if list.next_element_seed(first)?.is_some() {
            self.paths.insert(format!("{path}."));
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        self.paths.insert(format!("{}{{", self.path));
        while let Some(key) = object.next_key::<String>()? {
            let path = if self.path.is_empty() { key } else { format!("{}.{key}", self.path) };
            self.paths.insert(path.clone());
            let value = Branch { paths: &mut *self.paths, path: &path, level: self.level + 1 };
            object.next_value_seed(value)?;
        }
        Ok(())
    }
}
