//! Floor 0: environment → settings. All problems at once, and no secret in any of them.

mod github;
mod table;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap, ffi::OsString, fmt, io, net::SocketAddr, num::NonZeroUsize, path::Path,
    str::FromStr, time::Duration,
};

use secrecy::SecretString;
use tracing_subscriber::EnvFilter;
use url::Url;

pub use github::GitHub;
pub use table::{Setting, TABLE};

use crate::ids::AppId;

/// How the App runs.
#[derive(Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where GitHub and people reach it, without a path of its own.
    pub public_url: Option<Url>,
    /// Who it is at GitHub; none before it is set up.
    pub credentials: Option<Credentials>,
    /// Where GitHub is.
    pub github: GitHub,
    /// The database, which may hold a password.
    pub database: SecretString,
    /// What is logged: a filter that [`EnvFilter`] accepts.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// How often every open pull request is looked at again.
    pub sweep: Duration,
    /// How many evaluations run at a time.
    pub workers: NonZeroUsize,
    /// Whether nothing is posted.
    pub dry_run: bool,
}

/// Who the App is at GitHub.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Its id.
    pub app: AppId,
    /// Its key, PEM.
    pub private_key: SecretString,
    /// Any of these may sign a webhook; at least one.
    pub webhook_secrets: Vec<SecretString>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}")]
pub struct Problem {
    /// The variable.
    pub name: String,
    /// What is wrong, and what to do; never the value of a secret.
    pub what: String,
}

/// Everything that is wrong with the settings, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Settings {
    /// Reads settings from variables (`std::env::vars_os()`) and a way to read files
    /// (`std::fs::read_to_string`). An empty variable counts as one that is not set.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read<N: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
        file: impl Fn(&Path) -> io::Result<String>,
    ) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables, &file);
        let settings = reader.settings();
        reader.refuse_leftovers();
        match settings {
            Some(settings) if reader.problems.is_empty() => Ok(settings),
            _ => Err(Problems(reader.problems)),
        }
    }
}

struct Reader<'f> {
    given: BTreeMap<String, String>,
    problems: Vec<Problem>,
    file: &'f dyn Fn(&Path) -> io::Result<String>,
}

impl<'f> Reader<'f> {
    fn new<N: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
        file: &'f dyn Fn(&Path) -> io::Result<String>,
    ) -> Self {
        let mut reader = Self { given: BTreeMap::new(), problems: Vec::new(), file };
        for (name, value) in variables {
            let Ok(name) = name.into().into_string() else { continue };
            let is_ours = name.starts_with("GATE_");
            if !is_ours && name != "DATABASE_URL" && name != "DATABASE_URL_FILE" {
                continue;
            }
            match value.into().into_string() {
                Ok(value) if value.trim().is_empty() => {}
                Ok(value) => {
                    reader.given.insert(name, value);
                }
                Err(_) => reader.problem(&name, "is not UTF-8"),
            }
        }
        reader
    }

    fn settings(&mut self) -> Option<Settings> {
        let listen = self.parsed("GATE_LISTEN", |text| {
            SocketAddr::from_str(text)
                .map_err(|_| format!("{text:?} is no address with a port, such as 0.0.0.0:3000"))
        });
        let public_url = self.given("GATE_PUBLIC_URL").and_then(|text| {
            let url = github::address(&text).and_then(|url| match url.path() {
                "/" => Ok(url),
                path => Err(format!("ends with {path:?}; the App needs a host name of its own")),
            });
            self.accept("GATE_PUBLIC_URL", url)
        });
        let credentials = self.credentials();
        let github = self.parsed("GATE_GITHUB_API_URL", GitHub::at);
        let database = self.secret("DATABASE_URL");
        let database = self.parsed_or_default("DATABASE_URL", database, |text| {
            let known = ["sqlite:", "postgres:", "postgresql:"];
            // The value is not repeated: it may hold a password.
            if known.iter().any(|scheme| text.starts_with(scheme)) {
                Ok(SecretString::from(text))
            } else {
                Err("must begin with sqlite:// or postgres://".to_owned())
            }
        });
        let log = self.parsed("GATE_LOG", |text| {
            let filter = EnvFilter::builder().parse(text);
            filter.map(|_| text.to_owned()).map_err(|error| format!("{text:?}: {error}"))
        });
        let log_format = self.parsed("GATE_LOG_FORMAT", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(format!("{other:?} is neither text nor json")),
        });
        let minutes = self.parsed("GATE_SWEEP_MINUTES", |text| number(text, 1440));
        let workers = self.parsed("GATE_WORKERS", |text| number(text, 256));
        let dry_run = self.parsed("GATE_DRY_RUN", |text| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => Err(format!("{other:?} is neither true nor false")),
        });
        Some(Settings {
            listen: listen?,
            public_url,
            credentials,
            github: github?,
            database: database?,
            log: log?,
            log_format: log_format?,
            sweep: Duration::from_secs(u64::from(minutes?.get()) * 60),
            workers: NonZeroUsize::from(workers?),
            dry_run: dry_run?,
        })
    }

    /// All of it, or nothing of it: half an identity is a mistake, none is the first run.
    fn credentials(&mut self) -> Option<Credentials> {
        let names = ["GATE_APP_ID", "GATE_PRIVATE_KEY", "GATE_WEBHOOK_SECRET"];
        let is_given = |name: &&str| {
            self.given.contains_key(*name) || self.given.contains_key(&format!("{name}_FILE"))
        };
        let (given, absent): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| is_given(name));
        if given.is_empty() {
            return None;
        }
        for name in absent {
            let others = given.join(" and ");
            self.problem(name, format!("is not set, but {others} is; the App needs all three"));
        }
        let app = self.given("GATE_APP_ID").and_then(|text| {
            let id = text.trim().parse().ok().filter(|id| *id > 0).map(AppId);
            let id = id.ok_or_else(|| format!("{text:?} is no App id; it is a number"));
            self.accept("GATE_APP_ID", id)
        });
        let private_key = self.secret("GATE_PRIVATE_KEY").and_then(|text| {
            let pem = text.replace("\\n", "\n");
            let sound = pem.starts_with("-----BEGIN ") && pem.contains("PRIVATE KEY-----");
            let pem = if sound { Ok(SecretString::from(pem)) } else { Err(NO_KEY.to_owned()) };
            self.accept("GATE_PRIVATE_KEY", pem)
        });
        let webhook_secrets = self.secret("GATE_WEBHOOK_SECRET").and_then(|text| {
            let secrets: Vec<&str> = text.split(',').map(str::trim).collect();
            let secrets = if secrets.iter().any(|secret| secret.is_empty()) {
                Err("one of the secrets between the commas is empty".to_owned())
            } else {
                Ok(secrets.into_iter().map(SecretString::from).collect())
            };
            self.accept("GATE_WEBHOOK_SECRET", secrets)
        });
        Some(Credentials {
            app: app?,
            private_key: private_key?,
            webhook_secrets: webhook_secrets?,
        })
    }

    fn given(&mut self, name: &str) -> Option<String> {
        self.given.remove(name)
    }

    /// The value of a variable, or of the file that its `_FILE` names.
    fn secret(&mut self, name: &str) -> Option<String> {
        let file_name = format!("{name}_FILE");
        match (self.given(name), self.given(&file_name)) {
            (Some(_), Some(_)) => {
                self.problem(name, format!("is set, and {file_name} too; set one of them"));
                None
            }
            (Some(text), None) => Some(text.trim().to_owned()),
            (None, Some(path)) => match (self.file)(Path::new(&path)) {
                Ok(text) if text.trim().is_empty() => {
                    self.problem(&file_name, format!("{path:?} is empty"));
                    None
                }
                Ok(text) => Some(text.trim().to_owned()),
                Err(error) => {
                    self.problem(&file_name, format!("{path:?} cannot be read: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }

    /// A setting with a default, which is the one that the table shows.
    fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let given = self.given(name);
        self.parsed_or_default(name, given, parse)
    }

    fn parsed_or_default<T>(
        &mut self,
        name: &str,
        given: Option<String>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let default = || TABLE.iter().find(|setting| setting.name == name).map(|it| it.default);
        let value = match given {
            Some(text) => parse(text.trim()),
            None => parse(default()?),
        };
        self.accept(name, value)
    }

    fn accept<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|what| self.problem(name, what)).ok()
    }

    fn problem(&mut self, name: &str, what: impl Into<String>) {
        self.problems.push(Problem { name: name.to_owned(), what: what.into() });
    }

    fn refuse_leftovers(&mut self) {
        for (name, _) in std::mem::take(&mut self.given) {
            let hint = match table::nearest(&name) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "`gate-app --help` lists them".to_owned(),
            };
            self.problem(&name, format!("is no setting; {hint}"));
        }
    }
}

const NO_KEY: &str =
    "is no private key; GitHub gives it as a file that begins with -----BEGIN RSA PRIVATE KEY-----";

fn number(text: &str, most: u16) -> Result<std::num::NonZeroU16, String> {
    let number = text.parse().ok().filter(|number: &std::num::NonZeroU16| number.get() <= most);
    number.ok_or_else(|| format!("{text:?} is no number from 1 to {most}"))
}
