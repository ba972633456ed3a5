//! Workflows as far as `gate init` reads them: the artifacts that they upload, and the words of their
//! scripts.

use std::fs;

use globset::GlobBuilder;
use serde_json::Value;

use super::signs::Signs;

/// One `actions/upload-artifact` step.
#[derive(Debug)]
pub(super) struct Upload {
    /// The workflow's file.
    pub(super) workflow: String,
    /// The job.
    pub(super) job: String,
    /// The name of the artifact, as it is written.
    pub(super) name: String,
    /// The files and folders that it takes.
    paths: Vec<String>,
    /// The values of the job's matrix, by its keys.
    matrix: Vec<(String, Vec<String>)>,
}

/// The workflows of a repository.
#[derive(Debug, Default)]
pub(super) struct Workflows {
    /// Their files.
    pub(super) files: Vec<String>,
    /// What they upload.
    pub(super) uploads: Vec<Upload>,
    /// How they name the action that uploads.
    pub(super) action: Option<String>,
    /// Those that cannot be read, with why.
    pub(super) unread: Vec<String>,
    /// Each job by its workflow: where steps can be added.
    pub(super) jobs: Vec<(String, String)>,
}

const UPLOAD: &str = "actions/upload-artifact@";

impl Workflows {
    /// Those among these files; the words of their scripts become signs.
    pub(super) fn of(files: &[String], signs: &mut Signs) -> Self {
        let mut all = Self::default();
        for file in files {
            let name = file.strip_prefix(".github/workflows/");
            let is_workflow = name.is_some_and(|name| {
                !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"))
            });
            if !is_workflow {
                continue;
            }
            let text = fs::read_to_string(file).map_err(|error| error.to_string());
            let root = text.and_then(|text| {
                serde_saphyr::from_str::<Value>(&text).map_err(|error| error.to_string())
            });
            match root {
                Ok(root) => all.workflow(file, &root, signs),
                Err(error) => all.unread.push(format!("{file}: {error}")),
            }
        }
        all
    }

    fn workflow(&mut self, file: &str, root: &Value, signs: &mut Signs) {
        self.files.push(file.to_owned());
        let jobs = root.get("jobs").and_then(Value::as_object);
        for (job, content) in jobs.into_iter().flatten() {
            let steps = content.get("steps").and_then(Value::as_array);
            if steps.is_some() {
                self.jobs.push((file.to_owned(), job.clone()));
            }
            let matrix = matrix(content);
            for step in steps.into_iter().flatten() {
                let text = |key: &str| step.get(key).and_then(Value::as_str);
                if let Some(script) = text("run") {
                    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                    for word in script.split(|c: char| !is_part(c)).filter(|word| !word.is_empty())
                    {
                        signs.add(word, file);
                    }
                }
                if let Some(uses) = text("uses").filter(|uses| uses.starts_with(UPLOAD)) {
                    self.action = Some(uses.to_owned());
                    self.uploads.extend(upload(file, job, step, &matrix));
                }
            }
        }
    }
}

fn upload(file: &str, job: &str, step: &Value, matrix: &[(String, Vec<String>)]) -> Option<Upload> {
    let with = step.get("with")?;
    let paths = with.get("path")?.as_str()?;
    let paths =
        paths.lines().map(str::trim).filter(|path| !path.is_empty() && !path.starts_with('!'));
    let plain = |path: &str| path.strip_prefix("./").unwrap_or(path).to_owned();
    Some(Upload {
        workflow: file.to_owned(),
        job: job.to_owned(),
        // What upload-artifact takes when it is given none.
        name: with.get("name").and_then(Value::as_str).unwrap_or("artifact").to_owned(),
        paths: paths.map(plain).collect(),
        matrix: matrix.to_vec(),
    })
}

fn matrix(job: &Value) -> Vec<(String, Vec<String>)> {
    let matrix = job.get("strategy").and_then(|strategy| strategy.get("matrix"));
    let entries = matrix.and_then(Value::as_object).into_iter().flatten();
    let values = |list: &Value| -> Option<Vec<String>> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        list.as_array()?.iter().map(text).collect()
    };
    entries.filter_map(|(key, list)| Some((key.clone(), values(list)?))).collect()
}

impl Upload {
    /// Whether it takes this file.
    pub(super) fn takes(&self, file: &str) -> bool {
        self.paths.iter().any(|path| {
            let folder = path.trim_end_matches('/');
            let glob = GlobBuilder::new(path).literal_separator(true).build();
            file == path
                || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                || glob.is_ok_and(|glob| glob.compile_matcher().is_match(file))
        })
    }

    /// Where the file lies inside the artifact: below what all its paths have in common.
    pub(super) fn inside(&self, file: &str) -> String {
        let folders: Vec<Vec<&str>> =
            self.paths.iter().map(|path| fixed_folder(path, file)).collect();
        let mut common = folders.first().cloned().unwrap_or_default();
        for folder in &folders {
            let same = common.iter().zip(folder).take_while(|(a, b)| a == b).count();
            common.truncate(same);
        }
        let below: Vec<&str> = file.split('/').skip(common.len()).collect();
        below.join("/")
    }

    /// Its name with `{part}` and the names of its parts, where one key of the matrix tells them apart.
    pub(super) fn parts(&self) -> Option<(String, &[String])> {
        let (before, rest) = self.name.split_once("${{")?;
        let (key, after) = rest.split_once("}}")?;
        let key = key.trim().strip_prefix("matrix.")?;
        let (_, values) = self.matrix.iter().find(|(known, _)| known == key)?;
        let is_one = !after.contains("${{") && !values.is_empty();
        is_one.then(|| (format!("{before}{{part}}{after}"), values.as_slice()))
    }

    /// Whether its name is the same in every run.
    pub(super) fn is_plain(&self) -> bool {
        !self.name.contains("${{")
    }
}

/// The folders of a path before anything that varies; of a file, those that it lies in.
fn fixed_folder<'p>(path: &'p str, file: &str) -> Vec<&'p str> {
    let is_wild = |segment: &&str| segment.contains(['*', '?', '[']);
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let fixed: Vec<&str> = segments.iter().copied().take_while(|s| !is_wild(s)).collect();
    let is_file = path == file
        || (fixed.len() == segments.len()
            && !std::path::Path::new(path).is_dir()
            && !path.ends_with('/'));
    let kept = if is_file { fixed.len().saturating_sub(1) } else { fixed.len() };
    fixed.into_iter().take(kept).filter(|segment| *segment != ".").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(paths: &[&str]) -> Upload {
        Upload {
            workflow: "ci.yml".to_owned(),
            job: "test".to_owned(),
            name: "reports".to_owned(),
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
            matrix: Vec::new(),
        }
    }

    #[test]
    fn a_file_lies_in_the_artifact_below_what_the_paths_have_in_common() {
        for (paths, file, inside) in [
            (&["reports/coverage.xml"][..], "reports/coverage.xml", "coverage.xml"),
            (&["reports/"], "reports/py/coverage.xml", "py/coverage.xml"),
            (&["reports/*.xml"], "reports/coverage.xml", "coverage.xml"),
            (&["reports/a.json", "coverage.xml"], "reports/a.json", "reports/a.json"),
            (&["reports/a.json", "reports/sub/b.json"], "reports/a.json", "a.json"),
            (&["**/coverage.xml"], "reports/coverage.xml", "reports/coverage.xml"),
        ] {
            let upload = upload(paths);
            assert!(upload.takes(file), "{paths:?}");
            assert_eq!(upload.inside(file), inside, "{paths:?}");
        }
        assert!(!upload(&["reports/*.xml"]).takes("reports/py/coverage.xml"));
        assert!(!upload(&["report"]).takes("reports/coverage.xml"));
    }
}
