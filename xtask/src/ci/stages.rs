//! The stages.

use std::{env, fs};

use super::{
    api, deny, minimal, packages,
    runner::{Error, Runner},
    rust_version,
};

/// Something that must hold.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Whether it is run only when it is named: it takes too long for each change.
    pub(super) on_demand: bool,
    pub(super) run: fn(&Runner) -> Result<(), Error>,
}

const fn stage(
    name: &'static str,
    about: &'static str,
    run: fn(&Runner) -> Result<(), Error>,
) -> Stage {
    Stage {
        name,
        about,
        on_demand: false,
        run,
    }
}

const fn on_demand(stage: Stage) -> Stage {
    Stage {
        on_demand: true,
        ..stage
    }
}

/// All stages, in the order in which they run.
pub(super) const STAGES: &[Stage] = &[
    stage("tools", "install what the others need", packages::install),
    stage("format", "how the code is laid out", format),
    stage(
        "clippy",
        "lints, with the features that users choose",
        clippy,
    ),
    stage(
        "msrv",
        "no dependency that asks for a newer Rust",
        rust_version::check,
    ),
    stage("generate", "the generated code and its documents", generate),
    stage("docs", "the documentation, as docs.rs builds it", docs),
    stage(
        "api",
        "the public API of chat, as it was reviewed",
        api::check,
    ),
    stage("tests", "all tests", tests),
    stage("examples", "the examples, against the emulator", examples),
    stage(
        "archive",
        "an archive of a seeded emulator, twice, as users make one",
        archive,
    ),
    stage("package", "what would be published", package),
    stage(
        "deny",
        "licences, sources, bans and advisories",
        deny::check,
    ),
    stage(
        "sdk",
        "the packages of other languages on the emulator",
        sdk,
    ),
    stage("bench", "what requests cost, as it was reached", bench),
    on_demand(stage(
        "features",
        "every two features of the libraries together",
        features,
    )),
    on_demand(stage(
        "minimal",
        "the oldest versions of dependencies that are allowed",
        minimal::check,
    )),
];

fn format(runner: &Runner) -> Result<(), Error> {
    runner.cargo(&["fmt", "--all", "--check"])
}

fn clippy(runner: &Runner) -> Result<(), Error> {
    let lint = |arguments: &[&str]| {
        let tail = ["--locked", "--", "--deny", "warnings"];
        runner.cargo(&[&["clippy"], arguments, &tail].concat())
    };
    lint(&["--workspace", "--all-targets", "--all-features"])?;
    // The facade as users build it who choose their own features.
    lint(&["--package", "chat", "--lib", "--no-default-features"])?;
    // The emulator as other crates' tests use it.
    lint(&[
        "--package",
        "chat-emulator",
        "--lib",
        "--no-default-features",
    ])
}

fn generate(runner: &Runner) -> Result<(), Error> {
    runner.cargo(&["xtask", "generate", "--check"])?;
    runner.cargo(&["xtask", "spec", "lint"])
}

fn docs(runner: &Runner) -> Result<(), Error> {
    let mut command = runner.cargo_command(&[
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--locked",
    ]);
    command.env("RUSTDOCFLAGS", "--deny warnings --cfg docsrs");
    api::allow_unstable(runner, &mut command)?;
    runner.run(&mut command)
}

fn tests(runner: &Runner) -> Result<(), Error> {
    runner.cargo(&["test", "--workspace", "--locked"])?;
    // HTTP/2 is off unless it is asked for, there as in the programs of users.
    runner.cargo(&[
        "test",
        "--workspace",
        "--features",
        "chat-tests/http2",
        "--test",
        "http2",
        "--locked",
    ])
}

fn examples(runner: &Runner) -> Result<(), Error> {
    let folder = runner.root().join("crates/chat/examples");
    let io = |error| Error::Io {
        path: folder.clone(),
        error,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_example = path.extension().is_some_and(|extension| extension == "rs")
            || path.join("main.rs").is_file();
        if let Some(name) = path.file_stem().filter(|_| is_example) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    for name in names {
        runner.cargo(&[
            "run",
            "--quiet",
            "--locked",
            "--features",
            "chat/blocking,chat/event-grid,chat/realtime",
            "--example",
            &name,
        ])?;
    }
    Ok(())
}

fn archive(runner: &Runner) -> Result<(), Error> {
    runner.program("tests/archive.sh", &[])
}

fn package(runner: &Runner) -> Result<(), Error> {
    // A lock file in the packages would need the crates in a registry, where they are not.
    runner.cargo(&[
        "package",
        "--quiet",
        "--package",
        "chat-rest",
        "--package",
        "chat",
        "--package",
        "chat-emulator",
        "--package",
        "chat-archive",
        "--allow-dirty",
        "--no-verify",
        "--exclude-lockfile",
    ])
}

fn sdk(runner: &Runner) -> Result<(), Error> {
    runner.program("tests/sdk/run", &[])
}

fn bench(runner: &Runner) -> Result<(), Error> {
    if env::var_os("CI").is_none() && !runner.has("valgrind", &["--version"]) {
        println!("skipped: there is no valgrind on this machine to count instructions with");
        return Ok(());
    }
    runner.cargo(&["xtask", "bench", "--check"])
}

fn features(runner: &Runner) -> Result<(), Error> {
    packages::cargo_tool(runner, "cargo-hack")?;
    for package in ["chat", "chat-emulator", "chat-archive"] {
        // A lint, so that what is left unused without a feature is found, too.
        runner.cargo(&[
            "hack",
            "clippy",
            "--locked",
            "--package",
            package,
            "--lib",
            "--feature-powerset",
            "--depth",
            "2",
            "--",
            "--deny",
            "warnings",
        ])?;
    }
    Ok(())
}
