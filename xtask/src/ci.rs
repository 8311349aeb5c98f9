//! `cargo xtask ci`: what must hold before a change lands, in stages that run alone as well.

mod api;
mod deny;
mod minimal;
mod packages;
mod runner;
mod rust_version;
mod stages;

use std::{path::Path, process::ExitCode};

use runner::Runner;
use stages::STAGES;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The stages to run; without any, all but those that are run on demand
    stages: Vec<String>,
    /// Say which stages there are
    #[arg(long)]
    list: bool,
    /// Write the public API of chat as it is now, where the stage `api` compares it
    #[arg(long)]
    accept_api: bool,
}

/// Runs stages until one fails.
pub(crate) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    let runner = Runner::new(root);
    if arguments.list {
        for stage in STAGES {
            let when = if stage.on_demand { " (on demand)" } else { "" };
            println!("{:<10} {}{when}", stage.name, stage.about);
        }
        return ExitCode::SUCCESS;
    }
    if arguments.accept_api {
        return code(api::accept(&runner));
    }
    let known = |name: &String| STAGES.iter().any(|stage| stage.name == name);
    if let Some(unknown) = arguments.stages.iter().find(|name| !known(name)) {
        eprintln!("there is no stage {unknown}; `cargo xtask ci --list` says which there are");
        return ExitCode::FAILURE;
    }
    code(run(&runner, &arguments.stages))
}

fn run(runner: &Runner, wanted: &[String]) -> Result<(), runner::Error> {
    let mut times = Vec::new();
    for stage in STAGES {
        let is_wanted = match wanted {
            [] => !stage.on_demand,
            names => names.iter().any(|name| name == stage.name),
        };
        if is_wanted {
            println!("\n=== {}: {}", stage.name, stage.about);
            let before = runner.seconds();
            (stage.run)(runner).map_err(|error| runner::Error::Stage {
                name: stage.name,
                error: Box::new(error),
            })?;
            times.push(format!("{} {} s", stage.name, runner.seconds() - before));
        }
    }
    println!(
        "\nAll is well ({} s): {}.",
        runner.seconds(),
        times.join(", ")
    );
    Ok(())
}

fn code(result: Result<(), runner::Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_have_names_of_their_own() {
        let mut names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }

    #[test]
    fn a_stage_that_is_not_known_is_refused() {
        let arguments = Arguments {
            stages: vec!["fly".to_owned()],
            list: false,
            accept_api: false,
        };
        let code = main(Path::new("."), &arguments);
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }
}
