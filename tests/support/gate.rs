//! One start of `gate`, with nothing around it that the test did not put there.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Run, binary};

/// A command line to be run.
#[derive(Debug)]
pub struct Gate {
    arguments: Vec<OsString>,
    folder: Folder,
    environment: Vec<(String, String)>,
    memory: Option<u64>,
    pipe: Option<&'static str>,
}

#[derive(Debug)]
enum Folder {
    Given(PathBuf),
    Empty(tempfile::TempDir),
}

/// `gate` with these arguments, in an empty folder unless told otherwise.
#[track_caller]
pub fn gate<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Gate {
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    Gate {
        arguments: arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect(),
        folder: Folder::Empty(empty),
        environment: Vec::new(),
        memory: None,
        pipe: None,
    }
}

/// What a process needs of its surroundings to start at all, and to report its own coverage.
const KEPT: [&str; 6] =
    ["PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LLVM_PROFILE_FILE", "LD_LIBRARY_PATH"];

impl Gate {
    /// Starts it in this folder.
    #[must_use]
    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Folder::Given(folder.as_ref().to_owned());
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Sets a variable of its environment, which has none that a user could set otherwise.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets it have so many mebibytes of memory and no more. Where the system can hold it to that.
    #[must_use]
    pub const fn with_memory(mut self, mebibytes: u64) -> Self {
        self.memory = Some(mebibytes);
        self
    }

    /// Pipes what it prints into this program of the shell. The exit code stays gate's own.
    #[must_use]
    pub const fn piped_into(mut self, program: &'static str) -> Self {
        self.pipe = Some(program);
        self
    }

    /// Runs it to its end.
    #[track_caller]
    #[must_use]
    pub fn run(self) -> Run {
        let folder = match &self.folder {
            Folder::Given(folder) => folder.as_path(),
            Folder::Empty(folder) => folder.path(),
        };
        let mut command = self.command();
        command
            .current_dir(folder)
            .env_clear()
            .envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            // Neither the user's git nor a repository around the temporary folder has a say.
            .env("HOME", folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        let output = command.output().expect("gate can be started");
        let shown: Vec<_> = self.arguments.iter().map(|a| a.to_string_lossy()).collect();
        Run::new(format!("gate {}", shown.join(" ")), output)
    }

    fn command(&self) -> Command {
        let binary = binary::gate();
        let bounded = self.memory.filter(|_| cfg!(target_os = "linux"));
        if bounded.is_none() && self.pipe.is_none() {
            let mut command = Command::new(binary);
            command.args(&self.arguments);
            return command;
        }
        // Beyond the bound an allocation fails and the process aborts, which no run may do.
        let bound = bounded.map_or(String::new(), |mib| format!("ulimit -d {}; ", mib * 1024));
        let script = match self.pipe {
            None => format!("{bound}exec \"$@\""),
            // 3 is the way past the pipe for the exit code.
            Some(program) => {
                format!(
                    "{bound}exec 4>&1; exit $( {{ {{ \"$@\"; echo $? >&3; }} | {program} >&4; }} 3>&1 )"
                )
            }
        };
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(binary).args(&self.arguments);
        command
    }
}
