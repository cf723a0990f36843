//! The files of a crate, and which of them uses which.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{Token, tokens, use_tree};

type Module = Vec<String>;

/// One name that a `use` brings in.
struct Import {
    /// The module in which it stands.
    scope: Module,
    path: Vec<String>,
    /// `*` for all names of a module.
    name: String,
    is_public: bool,
}

/// What a file declares and what it mentions.
#[derive(Default)]
struct Source {
    imports: Vec<Import>,
    /// Paths of two and more words outside `use`, and the modules in which they stand.
    paths: Vec<(Module, Vec<String>)>,
    /// All words outside `use`.
    words: BTreeSet<String>,
}

/// The files of one crate.
#[derive(Default)]
pub(crate) struct Crate {
    files: BTreeMap<String, Source>,
    /// The file of each module, inline ones too.
    modules: BTreeMap<Module, String>,
    /// What is defined in which module.
    items: BTreeSet<(Module, String)>,
}

impl Crate {
    /// Reads all files of a crate, named from its `src` on.
    pub(crate) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut whole, files) = (Self::default(), files.into_iter().collect::<Vec<_>>());
        let has_library = files.iter().any(|(name, _)| *name == "lib.rs");
        for (name, text) in files {
            let module = match name.trim_end_matches(".rs").trim_end_matches("/mod") {
                // With a library beside it, the program is a crate of its own.
                "main" if has_library => continue,
                "main" | "lib" => Module::new(),
                path => path.split('/').map(str::to_owned).collect(),
            };
            whole.read_file(name, module, &tokens(text));
        }
        whole
    }

    fn read_file(&mut self, name: &str, module: Module, tokens: &[Token]) {
        const DEFINITIONS: [&str; 9] =
            ["const", "enum", "fn", "macro_rules", "static", "struct", "trait", "type", "union"];
        let (mut source, mut scope, mut depth, mut inline) = (Source::default(), module.clone(), 0_usize, Vec::new());
        self.modules.insert(module, name.to_owned());
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens[at + 1..].iter().find(|token| **token != Token::Sign('!'));
            match token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => {
                    depth = depth.saturating_sub(1);
                    if inline.last() == Some(&depth) {
                        inline.pop();
                        scope.pop();
                    }
                }
                // `use<…>` names lifetimes.
                Token::Word(word) if word == "use" && next != Some(&Token::Sign('<')) => {
                    let ends_visibility = |token: &Token| match token {
                        Token::Word(word) => word == "pub",
                        Token::Sign(sign) => *sign == ')',
                        Token::Colons => false,
                    };
                    let is_public = tokens[..at].last().is_some_and(ends_visibility);
                    let mut found = Vec::new();
                    at += 1;
                    use_tree(tokens, &mut at, &[], &mut found);
                    let import = |(path, name)| Import { scope: scope.clone(), path, name, is_public };
                    source.imports.extend(found.into_iter().map(import));
                    continue;
                }
                Token::Word(word) if word == "mod" => {
                    if let (Some(Token::Word(child)), Some(Token::Sign('{'))) = (next, tokens.get(at + 2)) {
                        scope.push(child.clone());
                        inline.push(depth);
                        self.modules.insert(scope.clone(), name.to_owned());
                        at += 1;
                    }
                }
                Token::Word(word) => {
                    let is_outside = depth == inline.last().map_or(0, |depth| depth + 1);
                    let defines = is_outside && DEFINITIONS.contains(&word.as_str());
                    if let Some(Token::Word(item)) = next.filter(|_| defines) {
                        self.items.insert((scope.clone(), item.clone()));
                    }
                    let mut path = vec![word.clone()];
                    while let (Some(Token::Colons), Some(Token::Word(word))) = (tokens.get(at + 1), tokens.get(at + 2))
                    {
                        path.push(word.clone());
                        at += 2;
                    }
                    source.words.extend(path.iter().cloned());
                    if path.len() > 1 {
                        source.paths.push((scope.clone(), path));
                    }
                }
                Token::Colons | Token::Sign(_) => {}
            }
            at += 1;
        }
        self.files.insert(name.to_owned(), source);
    }

    /// Gives a path from the root of the crate, or `None` if it leads out of the crate.
    fn rooted(&self, scope: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let from = |base: &[String]| [base, rest].concat();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(from(scope)),
            "super" if rest.first().is_some_and(|word| word == "super") => {
                self.rooted(&scope[..scope.len() - 1], rest, depth)
            }
            "super" => Some(from(&scope[..scope.len().checked_sub(1)?])),
            _ => {
                let child = [scope, std::slice::from_ref(first)].concat();
                if self.modules.contains_key(&child) {
                    return Some(from(&child));
                }
                let import = self.imports_of(scope).find(|import| import.name == *first)?;
                (depth > 0 && import.path != path).then_some(())?;
                Some(from(&self.rooted(scope, &import.path, depth - 1)?))
            }
        }
    }

    fn imports_of<'a>(&'a self, scope: &'a [String]) -> impl Iterator<Item = &'a Import> {
        let source = self.modules.get(scope).and_then(|file| self.files.get(file));
        source.into_iter().flat_map(|source| &source.imports).filter(move |import| import.scope == scope)
    }

    /// Finds the file that defines what a path from the root leads to. A module itself is in none.
    fn defining_file(&self, path: &[String], depth: usize) -> Option<&String> {
        let modules = (0..=path.len()).rev().map(|length| path.split_at(length));
        let (module, rest) = modules.into_iter().find(|(module, _)| self.modules.contains_key(*module))?;
        let (item, more) = rest.split_first()?;
        let file = self.modules.get(module);
        if depth == 0 || self.items.contains(&(module.to_vec(), item.clone())) {
            return file;
        }
        if let Some(import) = self.imports_of(module).find(|import| import.name == *item) {
            let target = [&import.path[..], more].concat();
            return self.defining_file(&self.rooted(module, &target, depth)?, depth - 1);
        }
        let mut globs = self.imports_of(module).filter(|import| import.name == "*");
        let behind_glob = globs.find_map(|import| {
            let target = self.rooted(module, &import.path, depth)?;
            let target = [&target[..], rest].concat();
            self.defining_file(&target, depth - 1).filter(|_| self.is_known(&target))
        });
        behind_glob.or(file)
    }

    /// Whether a module defines or imports the name at the end of a path from the root.
    fn is_known(&self, path: &[String]) -> bool {
        let Some((item, module)) = path.split_last() else { return false };
        self.items.contains(&(module.to_vec(), item.clone()))
            || self.imports_of(module).any(|import| import.name == *item)
    }

    /// Gives the files that a file uses.
    fn uses(&self, name: &str, source: &Source) -> BTreeSet<&str> {
        /// More re-exports than stand behind one another in any crate.
        const DEPTH: usize = 8;
        let mut paths = source.paths.clone();
        for Import { scope, path, name, is_public } in &source.imports {
            if name == "*" {
                let names = source.words.iter().map(|word| [&path[..], std::slice::from_ref(word)].concat());
                let is_known = |path: &Vec<_>| self.rooted(scope, path, DEPTH).is_some_and(|path| self.is_known(&path));
                paths.extend(names.filter(is_known).map(|path| (scope.clone(), path)));
            } else if !is_public || source.words.contains(name) {
                paths.push((scope.clone(), path.clone()));
            }
        }
        let files = paths.iter().filter_map(|(scope, path)| {
            self.defining_file(&self.rooted(scope, path, DEPTH)?, DEPTH).map(String::as_str)
        });
        files.filter(|file| *file != name).collect()
    }

    /// Names the files of each cycle, and which of them uses which.
    pub(crate) fn cycles(&self) -> Vec<String> {
        let uses: BTreeMap<_, _> =
            self.files.iter().map(|(name, source)| (name.as_str(), self.uses(name, source))).collect();
        let reached: BTreeMap<_, _> = uses.keys().map(|file| (*file, reachable(&uses, file))).collect();
        let together = |file: &&str| -> BTreeSet<&str> {
            reached[file].iter().filter(|other| reached[**other].contains(*file)).copied().collect()
        };
        let cycles: BTreeSet<_> = uses.keys().map(together).filter(|cycle| !cycle.is_empty()).collect();
        let show = |cycle: &BTreeSet<&str>| {
            let line = |file: &&str| {
                let others: Vec<_> = uses[file].intersection(cycle).copied().collect();
                format!("  {file} uses {}\n", others.join(", "))
            };
            cycle.iter().map(line).collect()
        };
        cycles.iter().map(show).collect()
    }
}

/// Gives the files that one uses, that those use, and so on.
fn reachable<'a>(uses: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        open.extend(uses[file].iter().filter(|used| found.insert(**used)));
    }
    found
}
