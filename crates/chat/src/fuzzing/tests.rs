use std::fs;
use std::path::{Path, PathBuf};

use super::*;

type Target = (&'static str, fn(&[u8]));

/// Every function that a fuzzer feeds.
const TARGETS: &[Target] = &[
    ("answer_heads", answer_heads),
    ("chat_answers", chat_answers),
    #[cfg(feature = "identity")]
    ("connection_strings", connection_strings),
    ("continuations", continuations),
    ("error_answers", error_answers),
    #[cfg(feature = "identity")]
    ("identity_answers", identity_answers),
    ("jwts", jwts),
    ("next_links", next_links),
    ("path_ids", path_ids),
    ("raw_ids", raw_ids),
    ("send_keys", send_keys),
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

#[cfg(feature = "identity")]
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("emulator_"))
        .collect();
    names.sort();
    names
}

#[test]
fn nothing_in_the_corpora_is_read_as_it_must_not_be() {
    let Some(fuzzers) = fuzzers() else { return };
    for (target, run) in TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(fuzzers.join("corpus").join(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            run(&fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{target} has no corpus");
    }
}

#[test]
#[cfg(feature = "identity")]
fn every_target_has_a_fuzzer_and_a_corpus() {
    let Some(fuzzers) = fuzzers() else { return };
    let targets: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&fuzzers.join("corpus")), targets);
    assert_eq!(names(&fuzzers.join("fuzz_targets")), targets);
    let manifest = fs::read_to_string(fuzzers.join("Cargo.toml")).unwrap();
    for target in targets {
        assert!(
            manifest.contains(&format!("name = \"{target}\"")),
            "{target}"
        );
    }
}

#[test]
fn depth_and_length_do_no_harm() {
    // Recursion this deep overflows a test's stack of 2 MiB at 210 bytes a level.
    const MANY: usize = 10_000;
    let inputs = [
        "[".repeat(MANY),
        "{\"error\":".repeat(MANY),
        "{\"details\":[".repeat(MANY),
        "{\"value\":[".repeat(MANY),
        format!("{{\"unknown\":{}{}}}", "[".repeat(MANY), "]".repeat(MANY)),
        format!("{{\"invalidParticipants\":[{}0]}}", "0,".repeat(MANY)),
        format!("{{\"value\":[{}{{}}]}}", "{},".repeat(MANY)),
        format!("{{\"error\":{{{}\"a\":1}}}}", "\"a\":{},".repeat(MANY)),
        format!("{{\"exp\":{}}}", "9".repeat(MANY)),
        ";".repeat(MANY),
        "endpoint=https://h/;".repeat(MANY),
        format!("endpoint=https://h{};accesskey=AA==", "/".repeat(MANY)),
        format!("{ENDPOINT}{}", "/..".repeat(MANY)),
        format!("v1 {ENDPOINT}/{}", " ".repeat(MANY)),
        format!("retry-after:{}", "9".repeat(MANY)),
        format!("location:{}", "/threads/messages".repeat(MANY)),
        "8:acs:_".repeat(MANY),
        ".".repeat(MANY),
    ];
    for input in inputs {
        for (_, run) in TARGETS {
            run(input.as_bytes());
        }
    }
}
