//! What the files of a repository tell of it: its languages, and the words of its configuration files
//! that name tools.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

/// The words that a repository's configuration files say, each with the files that say it.
#[derive(Debug, Default)]
pub(super) struct Signs {
    words: BTreeMap<String, BTreeSet<String>>,
    /// Files that should be readable and are not, with why.
    pub(super) unread: Vec<String>,
}

/// The larger configuration files are no configuration.
const MOST_BYTES: u64 = 1 << 20;

impl Signs {
    /// What these files say, of which those at the top and in usual places are looked at.
    pub(super) fn of(files: &[String]) -> Self {
        let mut signs = Self::default();
        for file in files {
            let name = file.rsplit('/').next().unwrap_or(file);
            let depth = file.matches('/').count();
            if depth == 0 {
                signs.add(name, file);
            }
            let is_requirements = name.starts_with("requirements") && name.ends_with(".txt");
            match name {
                "pyproject.toml" if depth < 3 => signs.read(file, Self::pyproject),
                "setup.cfg" | "tox.ini" if depth < 3 => signs.read(file, Self::ini),
                ".pre-commit-config.yaml" => signs.read(file, Self::pre_commit),
                "package.json" if depth < 3 => signs.read(file, Self::package_json),
                _ if is_requirements && depth < 3 => signs.read(file, Self::requirements),
                _ => {}
            }
        }
        signs
    }

    /// The files that say one of these words; none if nobody does.
    pub(super) fn saying(&self, words: &[&str]) -> Vec<&str> {
        let said = words.iter().filter_map(|word| self.words.get(*word));
        let files: BTreeSet<&str> = said.flatten().map(String::as_str).collect();
        files.into_iter().collect()
    }

    pub(super) fn add(&mut self, word: &str, file: &str) {
        self.words.entry(word.to_owned()).or_default().insert(file.to_owned());
    }

    fn read(&mut self, file: &str, look: fn(&mut Self, &str, &str) -> Result<(), String>) {
        let is_small = fs::metadata(file).is_ok_and(|metadata| metadata.len() <= MOST_BYTES);
        let text = if is_small {
            fs::read_to_string(file).map_err(|error| error.to_string())
        } else {
            Err(format!("it has more than {MOST_BYTES} bytes, or is not there"))
        };
        if let Err(error) = text.and_then(|text| look(self, &text, file)) {
            self.unread.push(format!("{file}: {error}"));
        }
    }

    fn pyproject(&mut self, text: &str, file: &str) -> Result<(), String> {
        let root: toml::Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let table = |table: &toml::Table, key: &str| -> toml::Table {
            table.get(key).and_then(toml::Value::as_table).cloned().unwrap_or_default()
        };
        let tools = table(&root, "tool");
        tools.keys().for_each(|tool| self.add(tool, file));
        let project = table(&root, "project");
        let mut lists: Vec<toml::Value> =
            project.get("dependencies").cloned().into_iter().collect();
        lists.extend(table(&project, "optional-dependencies").into_iter().map(|(_, list)| list));
        lists.extend(table(&root, "dependency-groups").into_iter().map(|(_, list)| list));
        for entry in lists.iter().filter_map(toml::Value::as_array).flatten() {
            entry.as_str().and_then(requirement).into_iter().for_each(|name| self.add(name, file));
        }
        let poetry = table(&tools, "poetry");
        let mut tables = vec![table(&poetry, "dependencies"), table(&poetry, "dev-dependencies")];
        for group in table(&poetry, "group").values().filter_map(toml::Value::as_table) {
            tables.push(table(group, "dependencies"));
        }
        tables.iter().flat_map(toml::Table::keys).for_each(|name| self.add(name, file));
        Ok(())
    }

    /// Sections (`[mypy]`, `[tool:pytest]`, `[coverage:run]`), and lines that begin with a requirement.
    fn ini(&mut self, text: &str, file: &str) -> Result<(), String> {
        for line in text.lines().map(str::trim) {
            if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                let section = section.strip_prefix("tool:").unwrap_or(section);
                self.add(section.split([':', '-']).next().unwrap_or(section), file);
                self.add(section, file);
            } else {
                requirement(line).into_iter().for_each(|name| self.add(name, file));
            }
        }
        Ok(())
    }

    fn requirements(&mut self, text: &str, file: &str) -> Result<(), String> {
        text.lines().filter_map(requirement).for_each(|name| self.add(name, file));
        Ok(())
    }

    fn pre_commit(&mut self, text: &str, file: &str) -> Result<(), String> {
        let root: Value = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        let repos = root.get("repos").and_then(Value::as_array).into_iter().flatten();
        let hooks = repos.filter_map(|repo| repo.get("hooks")?.as_array()).flatten();
        let ids = hooks.filter_map(|hook| hook.get("id")?.as_str());
        ids.for_each(|id| self.add(id, file));
        Ok(())
    }

    fn package_json(&mut self, text: &str, file: &str) -> Result<(), String> {
        let root: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for key in ["dependencies", "devDependencies"] {
            let names =
                root.get(key).and_then(Value::as_object).into_iter().flat_map(|all| all.keys());
            names.for_each(|name| self.add(name, file));
        }
        Ok(())
    }
}

/// The package that a requirement names: `pytest-cov>=5 ; …` is about `pytest-cov`.
fn requirement(line: &str) -> Option<&str> {
    let line = line.trim();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let name = line.get(..end.unwrap_or(line.len()))?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    begins.then_some(name)
}

/// The languages of a repository, by the endings of its files, the most frequent first.
pub(super) fn languages(files: &[String]) -> Vec<(&'static str, usize)> {
    const LANGUAGES: &[(&str, &[&str])] = &[
        ("Python", &["py"]),
        ("JavaScript", &["js", "jsx", "mjs", "cjs"]),
        ("TypeScript", &["ts", "tsx"]),
        ("Rust", &["rs"]),
        ("Go", &["go"]),
        ("Java", &["java"]),
        ("Kotlin", &["kt"]),
        ("C#", &["cs"]),
        ("C and C++", &["c", "h", "cc", "cpp", "hpp"]),
        ("PHP", &["php"]),
        ("Ruby", &["rb"]),
    ];
    let ending = |file: &String| file.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let endings: Vec<String> = files.iter().filter_map(ending).collect();
    let count = |known: &[&str]| endings.iter().filter(|e| known.contains(&e.as_str())).count();
    let mut languages: Vec<(&str, usize)> =
        LANGUAGES.iter().map(|(name, known)| (*name, count(known))).collect();
    languages.retain(|(_, count)| *count > 0);
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    languages
}
