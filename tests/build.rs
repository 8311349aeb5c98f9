//! Makes a test of each Rust snippet in the workspace's pages: the pages show what matters, and
//! the tests put it into a function, with the clients it speaks of at hand.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// The pages, from the root of the workspace.
const PAGES: [&str; 3] = ["README.md", "crates/chat/README.md", "docs/from-python.md"];

fn main() -> io::Result<()> {
    // Asked when it runs: the checkout may be elsewhere than when this was built.
    let folder = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let root = Path::new(&folder).join("..");
    let mut tests = String::new();
    for page in PAGES {
        let path = root.join(page);
        println!("cargo::rerun-if-changed={}", path.display());
        write_tests(&mut tests, page, &fs::read_to_string(path)?);
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("snippets.rs"), tests)
}

fn write_tests(tests: &mut String, page: &str, text: &str) {
    let name = page.to_lowercase().replace(['/', '.', '-'], "_");
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line != "```rust" {
            continue;
        }
        let snippet: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        // Writing to a string can't fail.
        let _ = writeln!(
            tests,
            "#[tokio::test]\n\
             async fn {name}_line_{}() -> Result<(), Box<dyn std::error::Error>> {{\n\
             chat_tests::scene!(connection_string, endpoint, access_key, identity, bob, client, thread);\n\
             {}\n\
             Ok(())\n\
             }}\n",
            number + 1,
            snippet.join("\n"),
        );
    }
}
