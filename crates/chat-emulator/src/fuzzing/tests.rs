use std::fs;
use std::path::{Path, PathBuf};

use super::*;

type Target = (&'static str, fn(&[u8]));

/// Every function that a fuzzer feeds.
const TARGETS: &[Target] = &[
    ("emulator_faults", fault_documents),
    ("emulator_requests", requests),
    #[cfg(feature = "data")]
    ("emulator_rows", rows),
    ("emulator_seeds", seeds),
    ("emulator_states", states),
];

/// The fuzzers of the repository; a packaged crate comes without them.
fn fuzzers() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder {}", folder.display());
    None
}

fn corpus(fuzzers: &Path, target: &str) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(fuzzers.join("corpus").join(target)).unwrap() {
        inputs.push(fs::read(entry.unwrap().path()).unwrap());
    }
    inputs
}

#[test]
fn nothing_in_the_corpora_is_read_as_it_must_not_be() {
    let Some(fuzzers) = fuzzers() else { return };
    for (target, run) in TARGETS {
        let inputs = corpus(&fuzzers, target);
        assert!(!inputs.is_empty(), "{target} has no corpus");
        for input in inputs {
            println!("{target}: {}", String::from_utf8_lossy(&input));
            run(&input);
        }
    }
}

#[test]
fn nothing_near_the_corpora_is_read_as_it_must_not_be() {
    let Some(fuzzers) = fuzzers() else { return };
    let mut random = fastrand::Rng::with_seed(5);
    for (target, run) in TARGETS {
        let inputs = corpus(&fuzzers, target);
        for _ in 0..300 {
            let mut input = random.choice(&inputs).unwrap().clone();
            for _ in 0..random.usize(1..4) {
                damage(&mut input, random.choice(&inputs).unwrap(), &mut random);
            }
            println!("{target}: {}", String::from_utf8_lossy(&input));
            run(&input);
        }
    }
}

/// Changes a byte, cuts something out, repeats it, or puts a part of another input there.
fn damage(input: &mut Vec<u8>, other: &[u8], random: &mut fastrand::Rng) {
    let start = random.usize(..=input.len());
    let end = (start + random.usize(..20)).min(input.len());
    match random.u8(..4) {
        0 => input[start..end]
            .iter_mut()
            .for_each(|byte| *byte = random.u8(b' '..b'~')),
        1 => drop(input.drain(start..end)),
        2 => input.extend_from_within(start..end),
        _ => {
            let from = random.usize(..=other.len());
            input.splice(start..end, other[from..].iter().copied().take(40));
        }
    }
}

#[test]
#[cfg(feature = "data")]
fn every_target_has_a_fuzzer() {
    let Some(fuzzers) = fuzzers() else { return };
    let manifest = fs::read_to_string(fuzzers.join("Cargo.toml")).unwrap();
    let mut known = 0;
    for entry in fs::read_dir(fuzzers.join("fuzz_targets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.starts_with("emulator_") {
            assert!(TARGETS.iter().any(|(target, _)| *target == name), "{name}");
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            known += 1;
        }
    }
    assert_eq!(known, TARGETS.len());
}

#[test]
fn depth_and_length_do_no_harm() {
    const MANY: usize = 10_000;
    let inputs = [
        "[".repeat(MANY),
        "{\"mix\":[".repeat(MANY),
        format!(
            "{{\"mix\":[{}0],\"probability\":1,\"seed\":1}}",
            "0,".repeat(MANY)
        ),
        format!(
            "{{\"kind\":\"delay\",\"delaySeconds\":{}}}",
            "9".repeat(MANY)
        ),
        format!("GET /{} HTTP/1.1", "a/".repeat(MANY)),
        format!("GET /chat/threads?{}", "a=b&".repeat(MANY)),
        format!(
            "POST /chat/threads?api-version=2025-03-15\ncontent-type: application/json\n\n{}",
            "[".repeat(MANY)
        ),
        format!("1 19:a {}", "{\"properties\":".repeat(MANY)),
        "3e".repeat(MANY),
    ];
    for input in inputs {
        for (_, run) in TARGETS {
            run(input.as_bytes());
        }
    }
}
