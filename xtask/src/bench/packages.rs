//! The library against the service's own packages for Python and JavaScript.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::figure::{Figure, Target, short, table};
use super::program::{self, Figures, Server, run};
use super::rounds::{in_turns, median, ratio};

pub(super) const TITLE: &str = "Against the packages of other languages";

const ABOUT: &str = "\
The service's own packages, in the versions that `tests/sdk` names, make the same requests as the library and as
reqwest by hand, over TLS to one emulator, each in a process of its own on one thread. What is counted is the CPU time
of that process, in the program and in the system, without its start, and after half as many requests to warm up;
medians of five rounds. The package for Python is asked synchronously for one request at a time, and asynchronously
for 32 at once.
";

const NOTE: &str = "\
One at a time, the processor has nothing to do until the answer is there, and the same instructions and system calls then
cost more: a send three to four times what it costs with 32 in flight, by hand as in the library. These ratios differ by
a tenth from run to run.

A listed message is JSON that is decoded, and little else, which costs nearly the same by hand: where the library misses
a target against JavaScript, whose engine decodes JSON itself, so do reqwest and serde by hand, as the rows beside it
say. To come further, messages would have to be decoded without taking their texts out of the body.
";

const ROUNDS: usize = 5;

const THREADS: [(&str, &str); 2] = [
    ("send", "19:acsV2_sends@thread.v2"),
    ("messages", "19:acsV2_list@thread.v2"),
];

/// What is compared with the library, which is first.
const CLIENTS: [&str; 4] = ["chat", "by hand", "JavaScript", "Python"];

/// What is done, how many at once, and by how much the packages should be dearer.
const CASES: [Case; 4] = [
    case("send", "a send, one at a time", 1, [None, Some(25.0)]),
    case("send", "a send, 32 at once", 32, [Some(12.0), Some(25.0)]),
    case(
        "messages",
        "a listed message, one page at a time",
        1,
        [Some(14.0), Some(45.0)],
    ),
    case(
        "messages",
        "a listed message, 32 pages at once",
        32,
        [Some(14.0), Some(45.0)],
    ),
];

struct Case {
    operation: &'static str,
    about: &'static str,
    tasks: u32,
    /// Of JavaScript and of Python.
    least: [Option<f64>; 2],
}

const fn case(
    operation: &'static str,
    about: &'static str,
    tasks: u32,
    least: [Option<f64>; 2],
) -> Case {
    Case {
        operation,
        about,
        tasks,
        least,
    }
}

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let setup = Setup::new(root)?;
    let runs = CASES.len() * CLIENTS.len();
    let measured = in_turns(ROUNDS, runs, |index| {
        setup.run(&CASES[index / CLIENTS.len()], index % CLIENTS.len())
    })?;
    let all = |index: usize, name: &str| -> Result<Vec<f64>, String> {
        measured[index].iter().map(|run| run.get(name)).collect()
    };
    let mut figures = Vec::new();
    let mut memory = String::new();
    let mut by_hand = 0.0_f64;
    for (number, case) in CASES.iter().enumerate() {
        let first = number * CLIENTS.len();
        let (cpu, peak) = (all(first, "cpu")?, all(first, "peak")?);
        let mut peaks = Vec::new();
        for (client, name) in CLIENTS.iter().enumerate().skip(1) {
            let target = match client.checked_sub(2).and_then(|at| case.least[at]) {
                Some(least) => Target::AtLeast(least),
                None => Target::Any,
            };
            figures.push(Figure::new(
                format!("CPU of {}, {name} to chat", case.about),
                ratio(&all(first + client, "cpu")?, &cpu),
                target,
            ));
            let other = all(first + client, "peak")?;
            if *name == "by hand" {
                by_hand = by_hand.max(ratio(&peak, &other));
            }
            peaks.push(short(ratio(&other, &peak)));
        }
        let megabytes = median(peak) / 1000.0;
        let _ = writeln!(
            memory,
            "| {} | {megabytes:.0} MB | {} |",
            case.about,
            peaks.join(" | ")
        );
    }
    figures.push(Figure::new(
        "peak memory, chat to by hand, at its worst",
        by_hand,
        Target::AtMost(1.1),
    ));
    Ok(format!(
        "{ABOUT}\n{}\n{NOTE}\nPeak memory of the processes, that of the library in megabytes and the others as ratios to it:\n\n\
         | | {} |\n|---|---|---|---|---|\n{memory}",
        table(&figures),
        CLIENTS.join(" | ")
    ))
}

/// The programs, and the emulator that they ask.
struct Setup {
    program: PathBuf,
    scripts: PathBuf,
    python: PathBuf,
    node_folder: PathBuf,
    certificate: String,
    endpoint: String,
    token: String,
    _emulator: Server,
    _folder: tempfile::TempDir,
}

impl Setup {
    fn new(root: &Path) -> Result<Self, String> {
        let python = installed(root, "python")?.join("bin/python");
        let node_folder = installed(root, "js")?;
        let program = program::build(root, "chat-bench", &[])?;
        let emulator = program::build(root, "chat-emulator", &[])?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let seed = folder.path().join("seed.json");
        fs::write(&seed, self::seed().to_string()).map_err(|error| error.to_string())?;
        let mut command = Command::new(emulator);
        command.args(["--port", "0", "--tls", "--seed"]).arg(&seed);
        let emulator = Server::start(command.env("RUST_LOG", "warn"), "token.alice=")?;
        let endpoint = emulator.said("endpoint=")?.split(';').next();
        let endpoint = endpoint
            .unwrap_or_default()
            .trim_end_matches('/')
            .to_owned();
        Ok(Self {
            program,
            scripts: root.join("tests/bench/packages"),
            python,
            node_folder,
            certificate: emulator.said("certificate=")?.to_owned(),
            endpoint,
            token: emulator.said("token.alice=")?.to_owned(),
            _emulator: emulator,
            _folder: folder,
        })
    }

    fn run(&self, case: &Case, client: usize) -> Result<Figures, String> {
        // Enough to last for seconds.
        let counts = match case.operation {
            "send" => [12_000, 12_000, 1000, 500],
            _ => [800, 800, 60, 30],
        };
        let (count, tasks) = (counts[client].to_string(), case.tasks.to_string());
        let thread = THREADS.iter().find(|(name, _)| *name == case.operation);
        let thread = thread.map_or("", |(_, thread)| *thread);
        let mut command = match CLIENTS[client] {
            "Python" => Command::new(&self.python),
            "JavaScript" => Command::new("node"),
            _ => Command::new(&self.program),
        };
        match CLIENTS[client] {
            "Python" => command.arg(self.scripts.join("client.py")),
            "JavaScript" => command.arg(self.scripts.join("client.mjs")),
            "chat" => command.args(["load", "chat"]),
            _ => command.args(["load", "by-hand"]),
        };
        command.args([case.operation, &count, &self.endpoint]);
        match client {
            0 | 1 => command.args([
                "--token",
                &self.token,
                "--thread",
                thread,
                "--tasks",
                &tasks,
            ]),
            _ => command.args([&self.token, thread, &tasks]),
        };
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
            command.env(name, &self.certificate);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            command.env(name, "127.0.0.1,localhost");
        }
        command.env("PACKAGES_FOLDER", &self.node_folder);
        Ok(Figures::read(&run(&mut command)?.0))
    }
}

/// The folder of a language's packages.
fn installed(root: &Path, language: &str) -> Result<PathBuf, String> {
    let (folder, _) = run(Command::new(root.join("tests/sdk/install")).arg(language))?;
    Ok(PathBuf::from(folder.trim()))
}

fn seed() -> Value {
    let messages: Vec<_> = (0..200)
        .map(
            |_| json!({ "from": "alice", "content": "Shall we meet at noon, at the usual place?" }),
        )
        .collect();
    let thread = |id, messages| json!({ "id": id, "topic": "Lunch", "createdBy": "alice", "messages": messages });
    json!({
        "users": [{ "name": "alice" }],
        "threads": [thread(THREADS[0].1, Vec::new()), thread(THREADS[1].1, messages)],
    })
}
