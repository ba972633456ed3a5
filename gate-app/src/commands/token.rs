//! `gate-app token`: beside a running App, on the same database.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Subcommand;
use gate_app::{clock::Clock, ids::RepositoryName, settings::Settings, store::Store, tokens};
use secrecy::ExposeSecret as _;

use super::complain;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token for a repository, and print it: it is not shown again.
    Add {
        /// OWNER/NAME of the repository.
        #[arg(value_parser = repository)]
        repository: RepositoryName,
    },
    /// List the tokens of a repository: the first digits of each one's digest, and its dates.
    List {
        /// OWNER/NAME of the repository.
        #[arg(value_parser = repository)]
        repository: RepositoryName,
    },
    /// Revoke a token of a repository, or all of them.
    Revoke {
        /// OWNER/NAME of the repository.
        #[arg(value_parser = repository)]
        repository: RepositoryName,
        /// What `list` shows of the token.
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every token of the repository.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

pub(super) fn run(command: Command, settings: &Settings) -> ExitCode {
    let command = match command {
        Command::Add { repository } => tokens::Command::Add(repository),
        Command::List { repository } => tokens::Command::List(repository),
        Command::Revoke { repository, id, .. } => tokens::Command::Revoke(repository, id),
    };
    let told = tokio::runtime::Runtime::new()
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| runtime.block_on(carry_out(&command, settings)));
    match told {
        Ok(told) => {
            // Whoever closed stdout does not want to know.
            let _ = writeln!(io::stdout(), "{told}");
            ExitCode::SUCCESS
        }
        Err(problem) => complain(&problem),
    }
}

async fn carry_out(command: &tokens::Command, settings: &Settings) -> Result<String, String> {
    let store = Store::open(settings.database.expose_secret());
    let store = store.await.map_err(|error| format!("the database cannot be used: {error}"))?;
    let told = command.run(&store, Clock::system().now()).await;
    store.close().await;
    told.map_err(|error| error.to_string())
}

pub(super) fn repository(text: &str) -> Result<RepositoryName, String> {
    match text.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(RepositoryName { owner: owner.to_owned(), name: name.to_owned() })
        }
        _ => Err("write it as OWNER/NAME".to_owned()),
    }
}
