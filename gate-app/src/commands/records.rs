//! `gate-app records`: the records of a repository as files, for `gate replay` and `gate policy try`.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use gate_app::{ids::RepositoryName, settings::Settings, store::Store};
use secrecy::ExposeSecret as _;

use super::{complain, token::repository};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// OWNER/NAME of the repository.
    #[arg(value_parser = repository)]
    repository: RepositoryName,
    /// The folder that the records are written into.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// At most so many, the newest first.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    most: u32,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> ExitCode {
    let written = tokio::runtime::Runtime::new()
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| runtime.block_on(records(arguments, settings)))
        .and_then(|records| write(&records, &arguments.to));
    match written {
        Ok(count) => {
            let s = if count == 1 { "" } else { "s" };
            // Whoever closed stdout does not want to know.
            let _ = writeln!(io::stdout(), "{count} record{s} written");
            ExitCode::SUCCESS
        }
        Err(problem) => complain(&problem),
    }
}

async fn records(
    arguments: &Arguments,
    settings: &Settings,
) -> Result<Vec<(String, String)>, String> {
    let store = Store::open(settings.database.expose_secret());
    let store = store.await.map_err(|error| format!("the database cannot be used: {error}"))?;
    let Arguments { repository, most, .. } = arguments;
    let known = store.repository_named(repository).await.map_err(|error| error.to_string())?;
    let known = known.ok_or_else(|| {
        format!("the App has not heard of {repository}: install it there first, or look for a slip")
    })?;
    let records = store.newest_records(known.id, *most).await;
    store.close().await;
    records.map_err(|error| error.to_string())
}

/// One file a record, by its digest, which tells them apart.
fn write(records: &[(String, String)], folder: &Path) -> Result<usize, String> {
    let unwritable =
        |file: &Path, error: io::Error| format!("cannot write {}: {error}", file.display());
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    for (digest, record) in records {
        let name = digest.rsplit(':').next().unwrap_or(digest);
        let file = folder.join(format!("{name}.record"));
        fs::write(&file, record).map_err(|error| unwritable(&file, error))?;
    }
    Ok(records.len())
}
