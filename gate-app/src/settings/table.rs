//! Every setting by name; `README.md` shows this table, and a test compares them.

/// One environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it is.
    pub what: &'static str,
}

const fn setting(name: &'static str, default: &'static str, what: &'static str) -> Setting {
    Setting { name, default, what }
}

/// Every setting, in the order in which the reference shows them.
pub const TABLE: &[Setting] = &[
    setting("GATE_LISTEN", "127.0.0.1:3000", "address and port to listen on"),
    setting(
        "GATE_PUBLIC_URL",
        "none",
        "where GitHub and people reach the App; needed for the set-up page, and for uploads by Actions",
    ),
    setting("GATE_APP_ID", "none", "the App's id at GitHub, a number"),
    setting(
        "GATE_PRIVATE_KEY",
        "none",
        "the App's private key, PEM; line breaks may be written as `\\n`",
    ),
    setting("GATE_PRIVATE_KEY_FILE", "none", "a file that holds it"),
    setting(
        "GATE_WEBHOOK_SECRET",
        "none",
        "the webhook's secret; several by comma while one is being replaced",
    ),
    setting("GATE_WEBHOOK_SECRET_FILE", "none", "a file that holds it"),
    setting(
        "GATE_GITHUB_API_URL",
        "https://api.github.com",
        "GitHub's API; of an Enterprise Server `https://HOST/api/v3`",
    ),
    setting("DATABASE_URL", "sqlite://gate.db", "`sqlite://FILE` or `postgres://…`"),
    setting("DATABASE_URL_FILE", "none", "a file that holds it, where it has a password"),
    setting(
        "GATE_LOG",
        "info",
        "what is logged, by the filter language of tracing: `info,gate_app=debug`",
    ),
    setting("GATE_LOG_FORMAT", "text", "`text` or `json`"),
    setting(
        "GATE_SWEEP_MINUTES",
        "10",
        "how often every open pull request is looked at again, 1 to 1440",
    ),
    setting(
        "GATE_WORKERS",
        "16",
        "how many evaluations run at a time, 1 to 256; most of one is waiting for GitHub",
    ),
    setting("GATE_DRY_RUN", "false", "`true`: evaluate and log, post nothing"),
];

/// The name that is nearest to `name`, when one is near: a slip of three letters.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let near = TABLE.iter().map(|setting| (distance(name, setting.name), setting.name));
    near.min().filter(|(distance, _)| *distance <= 3).map(|(_, name)| name)
}

/// Levenshtein's distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let first: Vec<usize> = (0..=b.len()).collect();
    let last = a.bytes().fold(first, |above, x| {
        let mut row = vec![above.first().map_or(0, |n| n + 1)];
        for ((pair, y), column) in above.windows(2).zip(b.bytes()).zip(0..) {
            if let (&[diagonal, up], Some(&left)) = (pair, row.get(column)) {
                row.push((diagonal + usize::from(x != y)).min(up + 1).min(left + 1));
            }
        }
        row
    });
    last.last().copied().unwrap_or_default()
}
