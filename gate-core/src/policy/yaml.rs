//! YAML text → a tree that knows where everything stands. Only the plain core of YAML: mappings,
//! sequences and scalars, with anchors resolved under a budget. What it means is for
//! [`decode`](super::decode) to say.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use super::problem::{Place, Problems};

/// The most bytes that a policy has. It is a page, not a book.
pub const MAX_BYTES: usize = 256 * 1024;
const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 32;

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `quoted` scalars are texts whatever they look like.
    Scalar {
        text: String,
        quoted: bool,
    },
    Sequence(Vec<Node>),
    /// In the order of the file; keys are scalars, each once.
    Mapping(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) text: String,
}

/// A mapping or sequence that is still being filled.
struct Open {
    place: Place,
    anchor: usize,
    kind: OpenKind,
}

enum OpenKind {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<(Key, Node)>, key: Option<Key> },
}

/// The root of the one document in `text`. `None` when there is a problem that leaves no tree.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    if text.len() > MAX_BYTES {
        problems.add(Place::START, format!("a policy has at most {MAX_BYTES} bytes"));
        return None;
    }
    let mut tree = Tree { text, open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => tree.take(event, &span, problems)?,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                problems.add(Place::at(at), format!("not valid YAML: {}", error.info()));
                return None;
            }
        }
    }
    if tree.root.is_none() {
        problems
            .add(Place::START, "the policy is empty; `gate policy default` prints a complete one");
    }
    tree.root
}

struct Tree<'a> {
    text: &'a str,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Tree<'_> {
    /// Takes one event; `None` ends the reading, after a problem was added.
    fn take(&mut self, event: Event<'_>, span: &Span, problems: &mut Problems) -> Option<()> {
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), place, problems)?;
                let quoted = style != ScalarStyle::Plain;
                let value = Value::Scalar { text: text.into_owned(), quoted };
                self.close(Node { place, value }, anchor, 1, problems)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), place, problems)?;
                self.enter(place, anchor, OpenKind::Sequence(Vec::new()), problems)
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), place, problems)?;
                let kind = OpenKind::Mapping { entries: Vec::new(), key: None };
                self.enter(place, anchor, kind, problems)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { place, anchor, kind } = self.open.pop()?;
                let value = match kind {
                    OpenKind::Sequence(items) => Value::Sequence(items),
                    OpenKind::Mapping { entries, .. } => Value::Mapping(entries),
                };
                self.close(Node { place, value }, anchor, 1, problems)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    problems.add(place, "this alias stands inside what it names");
                    return None;
                };
                self.close(Node { place, ..node }, 0, size, problems)
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                problems.add(place, "a policy is one YAML document; a second one begins here");
                None
            }
            // Comments, anchors' names, and where streams and documents begin and end.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::Comment(..) => Some(()),
            Event::UnresolvedAlias(_) | _ => {
                problems.add(place, "a policy cannot hold this");
                None
            }
        }
    }

    fn place(&self, span: &Span) -> Place {
        let end_of_text = self.text.len();
        let start = span.start.byte_offset().unwrap_or(end_of_text).min(end_of_text);
        let end = span.end.byte_offset().unwrap_or(end_of_text).min(end_of_text);
        Place::new(start, end.max(start))
    }

    fn enter(
        &mut self,
        place: Place,
        anchor: usize,
        kind: OpenKind,
        problems: &mut Problems,
    ) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            problems.add(place, format!("a policy nests at most {MAX_DEPTH} levels deep"));
            return None;
        }
        self.open.push(Open { place, anchor, kind });
        Some(())
    }

    /// Puts a finished node where it belongs. `size` is what it adds to the node budget: an alias
    /// costs as much as what it repeats, so that a few of them cannot become millions.
    fn close(
        &mut self,
        node: Node,
        anchor: usize,
        size: usize,
        problems: &mut Problems,
    ) -> Option<()> {
        self.nodes = self.nodes.saturating_add(size);
        if self.nodes > MAX_NODES {
            problems.add(node.place, format!("a policy has at most {MAX_NODES} values"));
            return None;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), count(&node)));
        }
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(OpenKind::Sequence(items)) => items.push(node),
            Some(OpenKind::Mapping { entries, key }) => match key.take() {
                None => match node.value {
                    Value::Scalar { text, .. } => {
                        *key = Some(Key { place: node.place, text });
                    }
                    Value::Sequence(_) | Value::Mapping(_) => {
                        problems.add(node.place, "a key is a plain word or a text");
                        return None;
                    }
                },
                Some(key) => match entries.iter().find(|(known, _)| known.text == key.text) {
                    Some((first, _)) => problems.add_with_hint(
                        key.place,
                        format!("`{}` stands here a second time", key.text),
                        format!("the first is on line {}", first.place.line(self.text)),
                    ),
                    None => entries.push((key, node)),
                },
            },
        }
        Some(())
    }
}

fn refuse_tag(tagged: bool, place: Place, problems: &mut Problems) -> Option<()> {
    if tagged {
        problems.add(place, "a policy has no YAML tags");
        return None;
    }
    Some(())
}

fn count(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } => 1,
        Value::Sequence(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Mapping(entries) => {
            1 + entries.iter().map(|(_, node)| 1 + count(node)).sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let tree = parse(text, &mut problems);
        let problems: Vec<String> =
            problems.into_sorted().into_iter().map(|problem| problem.message).collect();
        assert!(tree.is_some() || !problems.is_empty());
        problems
    }

    #[test]
    fn duplicate_keys_are_all_shown() {
        assert_eq!(
            problems("a: 1\nb: 1\na: 2\nb: 3\n"),
            ["`a` stands here a second time", "`b` stands here a second time"]
        );
    }

    #[test]
    fn an_empty_file_and_a_second_document_are_problems() {
        for text in ["", "# nothing\n", "---\n"] {
            let found = problems(text);
            assert!(text == "---\n" || found.concat().contains("empty"), "{text:?}: {found:?}");
        }
        assert!(problems("a: 1\n---\nb: 2\n").concat().contains("a second one begins"));
    }

    #[test]
    fn aliases_are_resolved_under_a_budget() {
        let mut problems_ = Problems::default();
        let tree = parse("a: &x [1, 2]\nb: *x\n", &mut problems_).unwrap();
        let Value::Mapping(entries) = tree.value else { panic!("{tree:?}") };
        assert_eq!(entries[0].1.value, entries[1].1.value);

        let mut bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*l{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("l{level}: &l{level} [{before}]\n"));
        }
        assert!(problems(&bomb).concat().contains("at most 20000 values"));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        assert!(!problems(&"[".repeat(100_000)).is_empty());
        assert!(problems(&"a".repeat(MAX_BYTES + 1)).concat().contains("bytes"));
    }

    #[test]
    fn broken_yaml_says_where() {
        let mut found = Problems::default();
        assert!(parse("rules:\n  a: [1, 2\n  b: }\n", &mut found).is_none());
        let found = found.into_sorted();
        assert!(found[0].message.starts_with("not valid YAML"), "{found:?}");
        assert!(found[0].place.line("rules:\n  a: [1, 2\n  b: }\n") >= 2);
    }
}
