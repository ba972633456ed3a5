//! What is seen: plain text, with colour where a terminal shows it. A check's summary is markdown;
//! here it becomes what a reader of it sees, but for the details of each rule.

use std::io::Write as _;

use gate_tests::github::CheckRun;
use jiff::Timestamp;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How wide a line becomes at most.
const WIDTH: usize = 96;

/// Where the story is told.
pub(crate) struct Screen {
    out: anstream::Stdout,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self { out: anstream::stdout() }
    }

    fn line(&mut self, text: &str) {
        // Whoever closed stdout has seen enough; the story is told to its end all the same.
        let _ = writeln!(self.out, "{}", text.trim_end());
    }

    /// A paragraph.
    pub(crate) fn say(&mut self, text: &str) {
        for line in wrapped(text, "", "") {
            self.line(&line);
        }
        self.line("");
    }

    /// A text as it stands.
    pub(crate) fn quote(&mut self, text: &str) {
        for line in text.lines() {
            self.line(&if line.is_empty() { String::new() } else { dim(&format!("    {line}")) });
        }
        self.line("");
    }

    /// Somebody does something.
    pub(crate) fn scene(&mut self, at: Timestamp, what: &str) {
        self.line(&bold(&format!("{}  {what}", at.strftime("%H:%M"))));
    }

    /// The check, as its reader sees it.
    pub(crate) fn check(&mut self, run: &CheckRun) {
        let state = match run.conclusion.as_deref() {
            Some(conclusion) => format!("completed, {conclusion}"),
            None => run.status.replace('_', " "),
        };
        self.line(&format!("  ┌ check {}: {state}", bold(&run.name)));
        let title = run.title.clone().unwrap_or_default();
        for line in wrapped(&title, "", "") {
            self.line(&format!("  │ {}", bold(&line)));
        }
        self.line("  │");
        for line in read(run.summary.as_deref().unwrap_or_default(), &title) {
            self.line(&format!("  │ {}", painted(&line)));
        }
        self.line("  └");
        self.line("");
    }
}

fn bold(text: &str) -> String {
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

fn dim(text: &str) -> String {
    format!("\u{1b}[2m{text}\u{1b}[0m")
}

/// The signs of outcomes in their colours, and what is to be done in bold.
fn painted(line: &str) -> String {
    if line.trim_start().starts_with('→') {
        return bold(line);
    }
    [('✗', 31), ('✓', 32), ('…', 33), ('?', 35)].into_iter().fold(
        line.to_owned(),
        |line, (sign, colour)| {
            let alone = format!("{sign} ");
            let coloured = format!("\u{1b}[{colour}m{sign}\u{1b}[0m ");
            line.replace(&alone, &coloured)
        },
    )
}

/// Lines of at most [`WIDTH`] characters; the first begins with `first`, the others with `next`.
fn wrapped(text: &str, first: &str, next: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let long = line.chars().count() + 1 + word.chars().count() > WIDTH;
        if long && !is_empty {
            lines.push(std::mem::replace(&mut line, next.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// What a reader sees of a markdown page, without the heading that repeats the title.
fn read(markdown: &str, title: &str) -> Vec<String> {
    let mut page = Page::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.take(event, title);
    }
    while page.lines.last().is_some_and(|line| line.is_empty()) {
        page.lines.pop();
    }
    page.lines
}

/// A page on its way from markdown to lines.
#[derive(Default)]
struct Page {
    lines: Vec<String>,
    /// The words of the block that is open.
    text: String,
    rows: Vec<Vec<String>>,
    /// How deep in lists.
    depth: usize,
    /// Whether this is about one rule only: the table says its outcome, and the way what to do.
    is_detail: bool,
}

impl Page {
    fn take(&mut self, event: Event<'_>, title: &str) {
        match event {
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            Event::Start(Tag::Heading { level: HeadingLevel::H4, .. }) => self.gap(),
            Event::End(TagEnd::Heading(_)) => {
                let heading = std::mem::take(&mut self.text);
                self.is_detail = heading.starts_with(['✗', '✓', '…', '?']);
                if !self.is_detail && !heading.ends_with(title) {
                    self.lines.extend(wrapped(&heading, "", "  "));
                }
            }
            Event::End(TagEnd::TableCell) => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => self.rows.push(Vec::new()),
            Event::End(TagEnd::Table) => self.table(),
            Event::Start(Tag::List(_)) => {
                self.item();
                self.depth += 1;
            }
            Event::End(TagEnd::Item) => self.item(),
            Event::End(TagEnd::List(_)) => self.depth = self.depth.saturating_sub(1),
            Event::End(TagEnd::Paragraph) => {
                self.gap();
                let text = std::mem::take(&mut self.text);
                self.lines.extend(wrapped(&text, "", ""));
                self.is_detail = false;
            }
            Event::End(TagEnd::CodeBlock) => {
                let text = std::mem::take(&mut self.text);
                self.gap();
                self.lines.extend(text.lines().map(|line| format!("    {line}")));
            }
            Event::Start(_)
            | Event::End(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    /// A blank line between blocks.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn item(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() && !self.is_detail {
            let indent = "  ".repeat(self.depth.max(1));
            self.lines.extend(wrapped(&text, &indent, &format!("{indent}  ")));
        }
    }

    /// The table, each column as wide as its widest cell, the last one cut where the line ends.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let wide = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        self.gap();
        for row in rows.iter().skip(1) {
            let Some((last, before)) = row.split_last() else { continue };
            let mut first = String::new();
            for (column, cell) in before.iter().enumerate() {
                let padding = wide(column) - cell.chars().count();
                first.push_str(&format!("{cell}{}  ", " ".repeat(padding)));
            }
            let line = format!("{first}{last}");
            let fits = line.chars().count() <= WIDTH;
            let cut = || line.chars().take(WIDTH - 1).chain(['…']).collect();
            self.lines.push(if fits { line } else { cut() });
        }
    }
}
