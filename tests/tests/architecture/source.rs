//! Which file of a crate imports what of which other file.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

/// One file uses something that another one defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    pub(crate) from: PathBuf,
    pub(crate) to: PathBuf,
    pub(crate) name: String,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, name } = self;
        write!(f, "{} imports {name} of {}", from.display(), to.display())
    }
}

/// The segments of a path, `crate` left out where it is absolute.
type Segments = Vec<String>;

#[derive(Debug, Default)]
struct Module {
    file: PathBuf,
    /// What `use` brings into the module, by the name it has there.
    bindings: BTreeMap<String, Segments>,
    /// All paths in the module, as they are written.
    paths: Vec<Segments>,
}

/// All imports between the files of the crate with this root, apart from those of tests.
///
/// A file that uses what a module around it defines does not count: it is a part of that module. What such a
/// module only passes on is an import of the file that defines it.
pub(crate) fn imports(workspace: &Path, root: &Path) -> Vec<Import> {
    let mut modules = BTreeMap::new();
    read(workspace, root, Segments::new(), &mut modules);
    let mut imports = Vec::new();
    for (here, module) in &modules {
        for path in module.paths.iter().chain(module.bindings.values()) {
            let Some((there, name)) = resolve(&modules, here, path, 0) else {
                continue;
            };
            let to = &modules[&there].file;
            if *to != module.file && !here.starts_with(&there) {
                imports.push(Import {
                    from: module.file.clone(),
                    to: to.clone(),
                    name,
                });
            }
        }
    }
    imports.sort();
    imports.dedup();
    imports
}

/// The module that defines what `path` means in the module `here`, and the name of it.
fn resolve(
    modules: &BTreeMap<Segments, Module>,
    here: &Segments,
    path: &[String],
    depth: usize,
) -> Option<(Segments, String)> {
    if depth > 16 {
        return None;
    }
    let first = path.first()?;
    let (mut there, mut rest) = match first.as_str() {
        "crate" => (Segments::new(), &path[1..]),
        "self" => (here.clone(), &path[1..]),
        "super" => (here[..here.len().checked_sub(1)?].to_vec(), &path[1..]),
        _ => {
            let mut child = here.clone();
            child.push(first.clone());
            if !modules.contains_key(&child) {
                let bound = modules[here].bindings.get(first)?;
                // A name may be bound to itself, as that of another crate.
                if bound.first() == Some(first) {
                    return None;
                }
                let whole: Segments = bound.iter().chain(&path[1..]).cloned().collect();
                return resolve(modules, here, &whole, depth + 1);
            }
            (child, &path[1..])
        }
    };
    while let Some(segment) = rest.first() {
        if segment == "super" {
            there.pop()?;
        } else {
            there.push(segment.clone());
            if !modules.contains_key(&there) {
                there.pop();
                break;
            }
        }
        rest = &rest[1..];
    }
    let Some(name) = rest.first() else {
        let name = there.last().cloned().unwrap_or_default();
        return Some((there, name));
    };
    if let Some(passed_on) = modules[&there].bindings.get(name) {
        return resolve(modules, &there, passed_on, depth + 1);
    }
    Some((there, name.clone()))
}

/// Reads a file and those of the modules that it declares.
fn read(workspace: &Path, file: &Path, module: Segments, modules: &mut BTreeMap<Segments, Module>) {
    let text = fs::read_to_string(workspace.join(file))
        .unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let is_root = module.is_empty() || file.ends_with("mod.rs");
    let folder = match is_root {
        true => file.parent().map(Path::to_owned).unwrap_or_default(),
        false => file.with_extension(""),
    };
    let mut reader = Reader {
        workspace,
        file,
        folder,
        module: module.clone(),
        modules,
    };
    reader.modules.insert(
        module,
        Module {
            file: file.to_owned(),
            ..Module::default()
        },
    );
    reader.visit_file(&parsed);
}

struct Reader<'a> {
    workspace: &'a Path,
    file: &'a Path,
    /// Where the files of the modules are that the file declares.
    folder: PathBuf,
    module: Segments,
    modules: &'a mut BTreeMap<Segments, Module>,
}

impl Reader<'_> {
    fn here(&mut self) -> &mut Module {
        self.modules.entry(self.module.clone()).or_default()
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = item.ident.to_string();
        self.module.push(name.clone());
        if let Some((_, items)) = &item.content {
            let module = Module {
                file: self.file.to_owned(),
                ..Module::default()
            };
            self.modules.insert(self.module.clone(), module);
            items.iter().for_each(|item| self.visit_item(item));
        } else {
            let files = [format!("{name}.rs"), format!("{name}/mod.rs")];
            let file = files.iter().map(|file| self.folder.join(file));
            // A module in neither place has its path in an attribute, which nothing here needs.
            if let Some(file) = file
                .into_iter()
                .find(|file| self.workspace.join(file).exists())
            {
                read(self.workspace, &file, self.module.clone(), self.modules);
            }
        }
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut bound = Vec::new();
        flatten(&item.tree, &mut Segments::new(), &mut bound);
        self.here().bindings.extend(bound);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let segments = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            let segments = segments.collect();
            self.here().paths.push(segments);
        }
        visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let tokens = match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string(),
        _ => return false,
    };
    tokens
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == "test")
        && !tokens.contains("not")
}

/// The names that a `use` binds, with their paths. A glob binds none.
fn flatten(tree: &UseTree, prefix: &mut Segments, bound: &mut Vec<(String, Segments)>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, bound);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            bound.extend(prefix.last().map(|last| (last.clone(), prefix.clone())));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            let path = prefix.iter().cloned().chain([name.clone()]).collect();
            bound.push((name, path));
        }
        UseTree::Rename(rename) => {
            let path = prefix
                .iter()
                .cloned()
                .chain([rename.ident.to_string()])
                .collect();
            bound.push((rename.rename.to_string(), path));
        }
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| flatten(tree, prefix, bound)),
        UseTree::Glob(_) => {}
    }
}
