//! No part of the core imports from a part above it or beside it, so that the parts form no circle. A room of the sealed vault
//! sees the rooms below it. See `docs/adr/0023-the-rooms-of-the-core.md`.

use std::fs;
use std::path::{Path, PathBuf};

/// The parts of the core, lowest first.
const FLOORS: &[&[&str]] = &[
    &["error", "policy", "stack", "sync"],
    &["name", "ports", "secret"],
    &["prompts", "vault"],
    &["batch"],
    &["bridge", "sealed::config"],
    &["sealed::format"],
    &["sealed::journal"],
    &["sealed::files"],
    &["sealed::session"],
    &["sealed"],
    &["fakes"],
];

#[test]
fn no_part_of_the_core_imports_from_above() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    list(&source, &mut files);
    assert!(files.len() > 50, "only {} files were found", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let module = module(file.strip_prefix(&source).unwrap());
        if module == "lib" || module.ends_with("::tests") {
            continue;
        }
        assert!(place(&module).is_some(), "{module} is on no floor");
        wrong.extend(from_above(&module, &fs::read_to_string(&file).unwrap()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_import_from_above_is_found_however_it_is_written() {
    for (module, code, found) in [
        ("sealed::format::frame", "use crate::sealed::journal::Slot;", 1),
        ("sealed::format", "use super::files::{Store, Named as N};", 2),
        (
            "sealed::journal::copy",
            "use super::super::{\n    format::{Change, Kind},\n    files::Store,\n};",
            1,
        ),
        (
            "sealed::journal",
            "use crate::{error::Error, sealed::session};",
            1,
        ),
        ("sealed::files", "let _ = crate::sealed::SealedVault::new();", 1),
        ("bridge::config", "use crate::sealed::config::SealedConfig;", 1),
        ("vault", "use crate::Secret;", 1),
        (
            "sealed::session",
            "use crate::sealed::files::Store; use super::journal::*;",
            0,
        ),
        (
            "sealed::files::life",
            "pub(in crate::sealed) use super::kek::KekStore;",
            0,
        ),
        (
            "sealed::format",
            "pub(super) fn read() {} // crate::sealed::files",
            0,
        ),
        (
            "ports::random",
            "#[cfg(test)]\nmod tests {\n    use crate::fakes::BareKeys;\n}",
            0,
        ),
    ] {
        let wrong = from_above(module, code);
        assert_eq!(wrong.len(), found, "{module}: {code}: {wrong:?}");
    }
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn module(file: &Path) -> String {
    let path = file.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap());
    parts.filter(|part| *part != "mod").collect::<Vec<_>>().join("::")
}

/// The floor of the part that `path` is of, and its name.
fn place(path: &str) -> Option<(usize, &'static str)> {
    let of = |part: &str| {
        let rest = path.strip_prefix(part);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let parts = FLOORS.iter().enumerate();
    let parts = parts.flat_map(|(floor, parts)| parts.iter().map(move |part| (floor, *part)));
    parts
        .filter(|(_, part)| of(part))
        .max_by_key(|(_, part)| part.len())
}

/// What `code` of `module` names that is neither of its own part nor of one below.
fn from_above(module: &str, code: &str) -> Vec<String> {
    let own = place(module);
    let seen = |path: &String| {
        let other = place(path);
        other.is_some() && (other == own || other.map(|(floor, _)| floor) < own.map(|(floor, _)| floor))
    };
    let paths = paths(module, code);
    let wrong = paths.into_iter().filter(|path| !seen(path));
    wrong.map(|path| format!("{module} imports {path}")).collect()
}

/// All paths in `code` that start at the root of the crate or above `module`. Tests are left out, as are comments.
fn paths(module: &str, code: &str) -> Vec<String> {
    let lines = code.lines().take_while(|line| !line.starts_with("mod tests {"));
    let code: Vec<&str> = lines
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    for (root, _) in code.match_indices("crate::") {
        // Who may see an item, not what it sees.
        if starts_here(&code, root) && !code[..root].ends_with("(in ") {
            tree(&mut &code[root + "crate::".len()..], "", &mut found);
        }
    }
    for (start, _) in code.match_indices("super::") {
        if starts_here(&code, start) && !code[..start].ends_with("super::") {
            let mut rest = &code[start..];
            let mut base = module;
            while let Some(above) = rest.strip_prefix("super::") {
                rest = above;
                base = base.rsplit_once("::").map_or("", |(base, _)| base);
            }
            tree(&mut rest, base, &mut found);
        }
    }
    found
}

/// Whether a path begins at `start`, and not a longer word that ends like one.
fn starts_here(code: &str, start: usize) -> bool {
    !code[..start].ends_with(|last: char| last.is_alphanumeric() || last == '_')
}

/// Takes what follows `base::` off `code`: a path, or a list of paths in braces.
fn tree(code: &mut &str, base: &str, found: &mut Vec<String>) {
    *code = code.trim_start();
    if let Some(list) = code.strip_prefix('{') {
        *code = list.trim_start();
        while !code.is_empty() {
            if let Some(rest) = code.strip_prefix('}') {
                *code = rest;
                break;
            }
            tree(code, base, found);
            // What stands behind a path is a comma, or the name that it is given.
            let end = code.find([',', '}']).unwrap_or(code.len());
            *code = code[end..].trim_start_matches(',').trim_start();
        }
        return;
    }
    let end = code.find(|next: char| !next.is_alphanumeric() && next != '_' && next != '*');
    let (name, rest) = code.split_at(end.unwrap_or(code.len()));
    *code = rest;
    let path = if base.is_empty() {
        name.to_owned()
    } else {
        format!("{base}::{name}")
    };
    match rest.strip_prefix("::") {
        Some(more) if !more.starts_with('<') => {
            *code = more;
            tree(code, &path, found);
        }
        _ => found.push(path),
    }
}
