//! Which file may use which: no files of a crate use each other in a cycle. All our crates are held to it.
//!
//! A path counts for the file that defines its item, through all re-exports on the way. So a module that only declares
//! its children and re-exports from them depends on none of them; one that uses them does, and then no child may use
//! what is defined there. Tests inside a file are part of it.

mod files;
mod tokens;

use std::{fs, path::Path};

use files::Crate;

/// Reads all Rust files in a folder, named from `root` on.
fn read_folder(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            read_folder(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("it is in the folder").to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path).expect("a source file can be read")));
        }
    }
}

fn cycles_in(folder: &Path) -> Vec<String> {
    let (root, mut files) = (folder.join("src"), Vec::new());
    read_folder(&root, &root, &mut files);
    Crate::read(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).cycles()
}

#[test]
fn no_files_use_each_other_in_a_cycle() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in fs::read_dir(crates).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let cycles = cycles_in(&path);
        assert!(cycles.is_empty(), "files of {} use each other:\n{}", path.display(), cycles.join("\n"));
    }
}

#[test]
fn a_child_that_uses_what_its_parent_defines_and_uses_it_makes_a_cycle() {
    let whole = Crate::read([
        ("lib.rs", "mod a; pub use a::A;"),
        ("a.rs", "mod b; pub struct A; fn f() { b::g(); }"),
        ("a/b.rs", "use super::A; pub fn g() -> A { A }"),
    ]);
    assert_eq!(whole.cycles(), ["  a.rs uses a/b.rs\n  a/b.rs uses a.rs\n"]);
}

#[test]
fn a_name_that_is_reexported_counts_for_the_file_that_defines_it() {
    let cycles = |taken| {
        let child = format!("use super::{taken}; // not super::A\n pub(crate) struct B({taken}, &'static str);");
        let whole = Crate::read([
            ("lib.rs", "mod a; mod d;"),
            ("a.rs", "mod b; mod c; pub(crate) use {b::B, c::C}; pub(crate) struct A(B);"),
            ("a/b.rs", &child),
            ("a/c.rs", r#"pub(crate) struct C; const TEXT: &str = "crate::a::b::B";"#),
            ("d.rs", "use crate::a; fn f(_: a::B, _: char) { f(a::B, '\"') }"),
        ]);
        whole.cycles()
    };
    assert!(cycles("C").is_empty());
    assert_eq!(cycles("A"), ["  a.rs uses a/b.rs\n  a/b.rs uses a.rs\n"]);
}

#[test]
fn tests_inside_a_file_are_part_of_it() {
    let whole = Crate::read([
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub(crate) fn f() {} mod tests { use super::*; use super::super::b::g; fn t() { f(); g() } }"),
        ("b.rs", "use crate::a::f; pub(crate) fn g() { f() }"),
    ]);
    assert_eq!(whole.cycles(), ["  a.rs uses b.rs\n  b.rs uses a.rs\n"]);
}
