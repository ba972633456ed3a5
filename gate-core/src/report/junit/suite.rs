//! Suites: the totals that they declare, against the test cases below them.

use crate::{
    evidence::{Cases, NoteCode, Notes, Unlisted},
    measure::Message,
    report::xml::{Element, Fault, Outcome},
};

/// An open suite, or the root.
#[derive(Debug, Default)]
pub(super) struct Suite {
    /// Its name, if it says anything.
    pub(super) name: String,
    declared: Declared,
    /// The cases below it, with those that no case shows.
    counted: Cases,
    /// Those directly below it.
    own: Cases,
    /// How often cases below it were tried before they came out at last. Surefire counts each try.
    retries: u64,
    /// Which of the document's cases is its first.
    pub(super) first: usize,
    /// Whether it has suites within.
    has_inner: bool,
}

#[derive(Debug, Default)]
struct Declared {
    tests: Option<u64>,
    failures: Option<u64>,
    errors: Option<u64>,
    skipped: Option<u64>,
}

/// Names that a writer gives to every suite that has none.
const NAMELESS: &[&str] = &["pytest", "undefined"];

impl Suite {
    /// A suite that begins where the document has so many cases.
    pub(super) fn read(element: Element<'_>, first: usize) -> Outcome<Self> {
        let names = ["name", "tests", "failures", "errors", "skipped"];
        let [name, tests, failures, errors, skipped] = element.named(names)?;
        let number = |attribute: Option<_>, word| -> Outcome<Option<u64>> {
            let Some(attribute) = attribute else { return Ok(None) };
            let value = element.text(&attribute)?;
            let digits = value.trim().replace(',', "");
            if digits.is_empty() {
                return Ok(None);
            }
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            match digits.parse() {
                Ok(number) if is_number => Ok(Some(number)),
                Ok(_) | Err(_) => Err(Fault::value(element.at, word, &value, "a count")),
            }
        };
        let declared = Declared {
            tests: number(tests, "tests")?,
            failures: number(failures, "failures")?,
            errors: number(errors, "errors")?,
            skipped: number(skipped, "skipped")?,
        };
        let name = match name {
            Some(name) => element.text(&name)?.trim().to_owned(),
            None => String::new(),
        };
        // A path of one machine is no name; a case's class says as much.
        let says_nothing = NAMELESS.contains(&name.as_str())
            || name.starts_with('/')
            || name.get(1..).is_some_and(|rest| rest.starts_with(":\\"));
        let name = if says_nothing { String::new() } else { name };
        Ok(Self { name, declared, first, ..Self::default() })
    }

    pub(super) fn nameless(self) -> Self {
        Self { name: String::new(), ..self }
    }

    pub(super) fn add(&mut self, cases: Cases, retries: u64) {
        self.retries = self.retries.saturating_add(retries);
        self.counted = self.counted.plus(cases);
        self.own = self.own.plus(cases);
    }

    /// Takes over the cases of a suite within this one.
    pub(super) fn append(&mut self, inner: &Self) {
        self.counted = self.counted.plus(inner.counted);
        self.retries = self.retries.saturating_add(inner.retries);
        self.has_inner = true;
    }

    /// How many cases it lists beyond its own total, where it has no suites within.
    pub(super) fn listed_beyond_total(&self) -> u64 {
        let declared = self.declared.tests.filter(|_| !self.has_inner);
        declared.map_or(0, |declared| self.own.total().saturating_sub(declared))
    }

    /// So many passed cases were tries of others.
    pub(super) fn take_tries(&mut self, tries: u64, flaky: u64) {
        for cases in [&mut self.counted, &mut self.own] {
            cases.passed = cases.passed.saturating_sub(tries);
            cases.flaky = cases.flaky.saturating_add(flaky);
        }
    }

    /// What its totals count and no case below it shows. Writers that count an error as a failure
    /// hide nothing.
    pub(super) fn settle(&mut self, path: &str, notes: &mut Notes) -> Option<Unlisted> {
        self.compare(notes);
        let Declared { failures, errors, .. } = self.declared;
        let (failures, errors) = (failures.unwrap_or(0), errors.unwrap_or(0));
        let counted = self.counted.failures.saturating_add(self.counted.errors);
        let hidden =
            failures.saturating_add(errors).saturating_sub(counted.saturating_add(self.retries));
        if hidden == 0 {
            return None;
        }
        let broke = hidden.min(errors.saturating_sub(self.counted.errors));
        let failed = hidden - broke;
        self.counted =
            self.counted.plus(Cases { failures: failed, errors: broke, ..Cases::default() });
        Some(Unlisted { part: None, suite: path.to_owned(), failures: failed, errors: broke })
    }

    /// Notes where the totals are neither those of all cases below nor those of its own.
    fn compare(&self, notes: &mut Notes) {
        let Declared { tests, failures, errors, skipped } = self.declared;
        let (all, own) = (self.counted, self.own);
        for (word, declared, all, own) in [
            ("tests", tests, all.total(), own.total()),
            ("failures", failures, all.failures, own.failures),
            ("errors", errors, all.errors, own.errors),
            ("skipped", skipped, all.skipped, own.skipped),
        ] {
            let Some(declared) = declared else { continue };
            let tried = own.saturating_add(self.retries);
            let fits = declared == all || declared == own || (all < declared && declared <= tried);
            if !fits {
                notes.add(NoteCode::DeclaredTotalsDiffer, || {
                    Message::new(format_args!(
                        "{word}=\"{declared}\" where the test cases are {all}"
                    ))
                });
            }
        }
    }
}
