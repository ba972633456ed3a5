//! What was likely meant by a word that names nothing.

/// "did you mean "bandit"?", or what there is.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    match gate_core::policy::nearest(word, known) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None if known.is_empty() => "it has none".to_owned(),
        None => format!("it has {}", known.join(", ")),
    }
}
