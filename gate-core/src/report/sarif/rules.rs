//! What a tool says about its rules, and which of them a result is about.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{
    super::json::{object, objects},
    document::Snippet,
};
use crate::measure::Severity;

#[derive(Deserialize)]
pub(super) struct Tool {
    #[serde(deserialize_with = "object")]
    pub(super) driver: Component,
    #[serde(default, deserialize_with = "objects")]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
pub(super) struct Component {
    pub(super) name: String,
    #[serde(default, deserialize_with = "objects")]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    default_configuration: Option<Configuration>,
    #[serde(default)]
    message_strings: BTreeMap<String, Snippet>,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    level: Option<Level>,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(default)]
    tags: Vec<String>,
}

/// The words of the standard for how bad a result is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// "How bad" does not apply.
    None,
    Note,
    Warning,
    Error,
}

impl Level {
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::None => Severity::Undefined,
            Self::Note => Severity::Low,
            Self::Warning => Severity::Medium,
            Self::Error => Severity::High,
        }
    }
}

impl Rule {
    /// The level of a result that has none of its own.
    pub(super) fn level(&self) -> Option<Level> {
        self.default_configuration.as_ref().and_then(|configuration| configuration.level)
    }

    /// A text of this rule.
    pub(super) fn text(&self, id: &str) -> Option<&str> {
        self.message_strings.get(id).and_then(|text| text.text.as_deref())
    }

    /// The first weakness that its tags name: `external/cwe/cwe-078`, or `CWE-78: …`.
    pub(super) fn cwe(&self) -> Option<u32> {
        self.properties.tags.iter().find_map(|tag| {
            let tag = tag.to_ascii_lowercase();
            let number = tag.strip_prefix("external/cwe/").unwrap_or(&tag).strip_prefix("cwe-")?;
            let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            number.get(..end)?.parse().ok()
        })
    }
}

/// How a result names its rule.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    index: Option<i64>,
    #[serde(default)]
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    #[serde(default)]
    index: Option<i64>,
}

/// How many parts of an id are tried.
const MOST_PARTS: usize = 16;

/// The rules of a run.
pub(super) struct Rules {
    tool: Tool,
    /// Component (the driver first) and place of each rule, by its id.
    by_id: HashMap<String, (usize, usize)>,
}

impl Rules {
    pub(super) fn new(tool: Tool) -> Self {
        let mut by_id = HashMap::new();
        let components = [&tool.driver].into_iter().chain(&tool.extensions);
        for (component, Component { rules, .. }) in components.enumerate() {
            for (place, rule) in rules.iter().enumerate() {
                by_id.entry(rule.id.clone()).or_insert((component, place));
            }
        }
        Self { tool, by_id }
    }

    /// The rule of a result that says `id`, `index` and `reference` of it.
    pub(super) fn find(
        &self,
        id: Option<&str>,
        index: Option<i64>,
        reference: &Reference,
    ) -> Result<Option<&Rule>, String> {
        let some = |index: Option<i64>| index.filter(|&index| index != -1);
        let component = some(reference.tool_component.as_ref().and_then(|one| one.index));
        let component = match component {
            None => 0,
            Some(index) => {
                1 + usize::try_from(index)
                    .map_err(|_| format!("the index {index} of a tool component is below 0"))?
            }
        };
        if let Some(index) = some(reference.index).or(some(index)) {
            let place = usize::try_from(index).ok();
            let rule = place.and_then(|place| self.at((component, place)));
            return rule.map(Some).ok_or_else(|| format!("there is no rule of index {index}"));
        }
        let Some(id) = id else { return Ok(None) };
        // A result may be of a part of a rule: `CA1000/1` is of `CA1000`.
        let mut name = id;
        for _ in 0..MOST_PARTS {
            if let Some(&place) = self.by_id.get(name) {
                return Ok(self.at(place));
            }
            match name.rsplit_once('/') {
                Some((whole, _)) => name = whole,
                None => break,
            }
        }
        Ok(None)
    }

    fn at(&self, (component, place): (usize, usize)) -> Option<&Rule> {
        let component = match component.checked_sub(1) {
            None => &self.tool.driver,
            Some(extension) => self.tool.extensions.get(extension)?,
        };
        component.rules.get(place)
    }
}
