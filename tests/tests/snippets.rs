//! Every Rust snippet of the workspace's pages compiles and runs.

include!(concat!(env!("OUT_DIR"), "/snippets.rs"));

/// The lines that begin a snippet of Rust which is not run, in the sources and pages below `path`.
fn not_run(path: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            not_run(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "md")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_start_matches(['/', '!', ' ']);
                let kind = line.strip_prefix("```").unwrap_or_default();
                if ["ignore", "no_run", "compile_fail", "should_panic"]
                    .iter()
                    .any(|word| kind.contains(word))
                {
                    found.push(format!("{}:{}: {line}", path.display(), number + 1));
                }
            }
        }
    }
}

#[test]
fn no_snippet_says_that_it_is_not_to_be_run() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["crates", "docs"] {
        not_run(&root.join(folder), &mut found);
    }
    let page = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(!page.contains("```rust,"));
    assert_eq!(found, [""; 0]);
}
