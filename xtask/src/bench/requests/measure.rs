//! Runs the program of `tests/bench`, and counts.

use std::{path::Path, process::Command};

use super::super::program::{self, Server, run};

/// What makes the requests, in the words of the program.
pub(super) const CLIENTS: [&str; 3] = ["by-hand", "by-hand-complete", "chat"];

/// A request that is made over and over.
pub(super) struct Operation {
    /// The program's word for it.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// How many requests the shorter run makes; the longer one makes five times as many.
    count: u32,
}

pub(super) const OPERATIONS: [Operation; 6] = [
    operation("send", "send a message", 200),
    operation("get", "read a message", 200),
    operation("create", "create a thread", 200),
    operation("add", "add 200 participants", 20),
    operation("participants", "list 200 participants", 20),
    operation("messages", "list 200 messages", 20),
];

const fn operation(name: &'static str, about: &'static str, count: u32) -> Operation {
    Operation { name, about, count }
}

/// Instructions and allocations of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    pub(super) instructions: u64,
    pub(super) allocations: u64,
}

/// The costs of all operations, of each by the clients in their order.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) costs: Vec<[Cost; CLIENTS.len()]>,
    /// Bytes of types and futures, as the program prints them.
    pub(super) sizes: Vec<(String, u64)>,
}

impl Measured {
    /// Of each operation, what it costs by the library against by hand, complete.
    pub(super) fn ratios(&self) -> impl Iterator<Item = f64> {
        self.costs.iter().map(|[_, complete, chat]| {
            chat.instructions as f64 / complete.instructions.max(1) as f64
        })
    }
}

pub(super) fn all(root: &Path) -> Result<Measured, String> {
    let program = program::build(root, "chat-bench", &[])?;
    let stub = Stub::start(&program)?;
    let mut costs = Vec::new();
    for operation in &OPERATIONS {
        let mut of_operation = [Cost::default(); CLIENTS.len()];
        for (cost, client) in of_operation.iter_mut().zip(CLIENTS) {
            eprintln!("{}: {client}", operation.name);
            *cost = stub.cost(&program, client, operation)?;
        }
        costs.push(of_operation);
    }
    let sizes = run(Command::new(&program).arg("sizes"))?.0;
    let sizes = sizes.lines().filter_map(|line| {
        let (what, bytes) = line.rsplit_once(' ')?;
        Some((what.to_owned(), bytes.parse().ok()?))
    });
    Ok(Measured {
        costs,
        sizes: sizes.collect(),
    })
}

/// The server that does nothing.
struct Stub {
    endpoint: String,
    _server: Server,
}

impl Stub {
    fn start(program: &Path) -> Result<Self, String> {
        let server = Server::start(Command::new(program).arg("stub"), "http://")?;
        let endpoint = server.lines.last().cloned().unwrap_or_default();
        Ok(Self {
            endpoint,
            _server: server,
        })
    }

    fn cost(&self, program: &Path, client: &str, operation: &Operation) -> Result<Cost, String> {
        let arguments = |count: u32| {
            let count = count.to_string();
            ["run", client, operation.name, &count, &self.endpoint].map(str::to_owned)
        };
        let instructions = |count| -> Result<u64, String> {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
            valgrind.arg(program).args(arguments(count));
            let (_, report) = run(&mut valgrind)?;
            counted(&report).ok_or_else(|| format!("valgrind counted nothing:\n{report}"))
        };
        let (few, many) = (operation.count, operation.count * 5);
        // A tenth more is made to warm up.
        let requests = u64::from(many - few) * 11 / 10;
        let difference = instructions(many)?.saturating_sub(instructions(few)?);
        let (allocations, _) = run(Command::new(program).args(arguments(many)))?;
        Ok(Cost {
            instructions: difference / requests,
            allocations: allocations
                .trim()
                .parse()
                .map_err(|_| format!("not a number of allocations: {allocations}"))?,
        })
    }
}

/// The number of instructions in valgrind's report.
fn counted(report: &str) -> Option<u64> {
    let (_, rest) = report.split_once("refs:")?;
    let number: String = rest
        .trim_start()
        .chars()
        .take_while(|char| char.is_ascii_digit() || *char == ',')
        .filter(char::is_ascii_digit)
        .collect();
    number.parse().ok()
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Everything costs 1,000 by hand, and this much by the library.
    pub(in crate::bench::requests) fn measured(chat: u64) -> Measured {
        let cost = |instructions| Cost {
            instructions,
            allocations: 60,
        };
        Measured {
            costs: vec![[cost(900), cost(1000), cost(chat)]; OPERATIONS.len()],
            sizes: vec![("ChatMessage".to_owned(), 300)],
        }
    }

    #[test]
    fn the_count_is_read_from_the_report() {
        let report =
            "==7== Events    : Ir\n==7== Collected : 78\n==7== I   refs:      128,333,616\n";
        assert_eq!(counted(report), Some(128_333_616));
        assert_eq!(counted("==7== nothing"), None);
    }
}
