//! `gate-app`: the GitHub App that posts the check which branch protection requires. Its doors are
//! not built yet; this member holds their place in the workspace, and says so when it is run.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

fn main() -> ExitCode {
    let words = "gate-app: the App is not built yet; `gate check` judges on the command line";
    // Whoever closed stderr does not want to know.
    let _ = writeln!(io::stderr(), "{words}");
    ExitCode::from(2)
}
