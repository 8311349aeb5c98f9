//! Circles of files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::Import;

type Graph<'a> = BTreeMap<&'a Path, BTreeSet<&'a Path>>;

/// Files that import each other in a loop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    pub(crate) files: BTreeSet<PathBuf>,
    /// What each of them takes from another.
    pub(crate) ties: BTreeSet<String>,
}

/// The circles that the imports make.
pub(crate) fn circles(imports: &[Import]) -> Vec<Circle> {
    let mut graph = Graph::new();
    for import in imports {
        graph.entry(&import.from).or_default().insert(&import.to);
    }
    let reachable: BTreeMap<&Path, _> = graph
        .keys()
        .map(|file| (*file, reach(&graph, file)))
        .collect();
    let reaches =
        |from: &Path, to: &Path| reachable.get(from).is_some_and(|files| files.contains(to));
    let mut circles: Vec<Circle> = Vec::new();
    for file in graph.keys() {
        let known = circles.iter().any(|circle| circle.files.contains(*file));
        if known || !reaches(file, file) {
            continue;
        }
        let others = graph
            .keys()
            .filter(|other| reaches(file, other) && reaches(other, file));
        let files: BTreeSet<_> = others.map(|other| other.to_path_buf()).collect();
        let ties = imports
            .iter()
            .filter(|import| files.contains(&import.from) && files.contains(&import.to))
            .map(ToString::to_string)
            .collect();
        circles.push(Circle { files, ties });
    }
    circles
}

/// The files that can be reached from one by at least one import.
fn reach<'a>(graph: &Graph<'a>, from: &'a Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for to in graph.get(file).into_iter().flatten() {
            if reached.insert(*to) {
                next.push(to);
            }
        }
    }
    reached
}

#[test]
fn a_circle_is_found_however_long_and_a_ladder_is_none() {
    let import = |from: &str, to: &str| Import {
        from: from.into(),
        to: to.into(),
        name: "x".to_owned(),
    };
    let ladder = [import("a", "b"), import("b", "c"), import("a", "c")];
    assert_eq!(circles(&ladder), []);
    let circle = [
        import("a", "b"),
        import("b", "c"),
        import("c", "a"),
        import("c", "d"),
    ];
    let found = circles(&circle);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].files, ["a", "b", "c"].map(PathBuf::from).into());
    assert_eq!(found[0].ties.len(), 3);
}
