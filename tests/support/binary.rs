//! Where the binaries are. Each is built once a test run, in the profile and the target folder of
//! the tests themselves, so that `cargo test -p gate-tests` tests what is in the source.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The command line, up to date.
#[track_caller]
pub fn gate() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| up_to_date("gate-cli", "gate"))
}

/// The App, up to date.
#[track_caller]
pub fn gate_app() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| up_to_date("gate-app", "gate-app"))
}

#[track_caller]
fn up_to_date(package: &str, name: &str) -> PathBuf {
    let here = Here::of_this_test();
    // nextest starts a process for each test: the first one builds for all of its run, and
    // leaves word of it.
    let word = here.profile_folder.join(format!("{name}-of-nextest.path"));
    let run = env::var("NEXTEST_RUN_ID").ok();
    if let Some(binary) = run.as_deref().and_then(|run| built_in(run, &word)) {
        return binary;
    }
    let binary = build(&here, package, name);
    if let Some(run) = run {
        // Whole or not at all, because others may be reading; without it they build again.
        let draft = word.with_extension(std::process::id().to_string());
        let written = fs::write(&draft, format!("{run}\n{}", binary.display()));
        let _ = written.and_then(|()| fs::rename(draft, word));
    }
    binary
}

/// The binary that a test of this run has built, if one has.
fn built_in(run: &str, word: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(word).ok()?;
    let (of, binary) = text.split_once('\n')?;
    (of == run).then(|| PathBuf::from(binary)).filter(|binary| binary.is_file())
}

/// How the running test was built.
struct Here {
    profile_folder: PathBuf,
    target_folder: PathBuf,
    profile: String,
    triple: Option<String>,
}

impl Here {
    /// From the place of the test: `target[/triple]/profile/deps/e2e-…`.
    #[track_caller]
    fn of_this_test() -> Self {
        let test = env::current_exe().expect("a running test has a path");
        let profile_folder = test
            .ancestors()
            .skip(1)
            .find(|folder| !folder.ends_with("deps"))
            .expect("a test lies in its profile's folder")
            .to_owned();
        let name = |folder: &Path| {
            folder.file_name().expect("a named folder").to_string_lossy().into_owned()
        };
        let above = |folder: &Path| folder.parent().expect("a folder above").to_owned();
        let profile = match name(&profile_folder).as_str() {
            "debug" => "dev".to_owned(),
            profile => profile.to_owned(),
        };
        let mut target_folder = above(&profile_folder);
        let mut triple = None;
        // cargo marks the target folder itself, and not the folders of triples below it.
        let is_target = |folder: &Path| folder.join("CACHEDIR.TAG").is_file();
        if !is_target(&target_folder) && is_target(&above(&target_folder)) {
            triple = Some(name(&target_folder));
            target_folder = above(&target_folder);
        }
        Self { profile_folder, target_folder, profile, triple }
    }
}

#[track_caller]
fn build(here: &Here, package: &str, name: &str) -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--locked", "--package", package, "--bin", name])
        .args(["--message-format", "json-render-diagnostics", "--profile", &here.profile])
        .arg("--target-dir")
        .arg(&here.target_folder)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stdin(Stdio::null());
    if let Some(triple) = &here.triple {
        command.args(["--target", triple]);
    }
    let output = command.output().expect("cargo can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    let executable = said
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    match executable {
        Some(binary) if output.status.success() => binary,
        _ => panic!("{name} cannot be built:\n{}", String::from_utf8_lossy(&output.stderr)),
    }
}
