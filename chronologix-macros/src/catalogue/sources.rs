//! The source files of a crate: its root, and the modules that it declares.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

/// A source file.
#[derive(Debug)]
pub(super) struct Source {
    /// From the folder of Cargo.toml on, with `/`.
    pub(super) path: String,
    pub(super) tokens: TokenStream,
}

/// Returns the roots of the crates of a package, as cargo finds them.
pub(super) fn usual_roots(base: &Path) -> Vec<PathBuf> {
    let mut roots = vec![PathBuf::from("src/lib.rs"), PathBuf::from("src/main.rs")];
    let programs = fs::read_dir(base.join("src/bin"))
        .into_iter()
        .flatten()
        .flatten();
    let mut programs: Vec<_> = programs
        .map(|entry| Path::new("src/bin").join(entry.file_name()))
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect();
    programs.sort();
    roots.extend(programs);
    roots.retain(|root| base.join(root).is_file());
    roots
}

/// Returns the name of the crate with this root.
pub(super) fn crate_of(root: &Path, package: &str) -> String {
    let stem = root.file_stem().unwrap_or_default().to_string_lossy();
    let folder = root.parent().and_then(Path::file_name);
    let folder = folder.unwrap_or_default().to_string_lossy();
    let name = match &*stem {
        "lib" | "main" if folder == "src" => package,
        // Of a program or an example with a folder of its own.
        "lib" | "main" => &folder,
        stem => stem,
    };
    name.replace('-', "_")
}

/// Reads a root and the modules below it. Modules for tests alone are left out.
pub(super) fn read(base: &Path, root: &Path) -> Result<Vec<Source>, String> {
    let folder = root.parent().unwrap_or(Path::new("")).to_owned();
    let mut found = Vec::new();
    read_file(base, root, &folder, &mut found)?;
    Ok(found)
}

/// Reads a file whose modules are in `folder`.
fn read_file(
    base: &Path,
    path: &Path,
    folder: &Path,
    found: &mut Vec<Source>,
) -> Result<(), String> {
    let shown = path.display();
    let text = fs::read_to_string(base.join(path))
        .map_err(|error| format!("cannot read {shown}: {error}"))?;
    let tokens: TokenStream = text
        .parse()
        .map_err(|error| format!("cannot read {shown}: {error}"))?;
    let tokens = without_tests(tokens);
    found.push(Source {
        path: path.to_string_lossy().replace('\\', "/"),
        tokens: tokens.clone(),
    });
    read_modules(base, tokens, folder, found)
}

/// Reads the modules that are declared in these tokens.
fn read_modules(
    base: &Path,
    tokens: TokenStream,
    folder: &Path,
    found: &mut Vec<Source>,
) -> Result<(), String> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for at in 0..tokens.len() {
        let [TokenTree::Ident(word), TokenTree::Ident(name), body] =
            &tokens[at..(at + 3).min(tokens.len())]
        else {
            continue;
        };
        if word != "mod" {
            continue;
        }
        let name = name.unraw().to_string();
        match body {
            TokenTree::Punct(end) if end.as_char() == ';' => {
                let (path, folder) = if let Some(path) = path_before(&tokens[..at]) {
                    let path = folder.join(path);
                    let beside = path.parent().unwrap_or(folder).to_owned();
                    (path, beside)
                } else {
                    let below = folder.join(&name);
                    let usual = folder.join(format!("{name}.rs"));
                    let is_usual = base.join(&usual).is_file();
                    (
                        if is_usual {
                            usual
                        } else {
                            below.join("mod.rs")
                        },
                        below,
                    )
                };
                // A module that is left out of this build may have no file.
                if base.join(&path).is_file() {
                    read_file(base, &path, &folder, found)?;
                }
            }
            TokenTree::Group(inner) => {
                read_modules(base, inner.stream(), &folder.join(&name), found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns the value of `#[path = "…"]` in front of a module.
fn path_before(tokens: &[TokenTree]) -> Option<PathBuf> {
    let attributes = tokens.iter().rev().take_while(|token| match token {
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Ident(word) => word == "pub",
        TokenTree::Literal(_) => false,
    });
    attributes.into_iter().find_map(|token| {
        let TokenTree::Group(group) = token else {
            return None;
        };
        let path = syn::parse2::<syn::MetaNameValue>(group.stream()).ok()?;
        let syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) = path.value
        else {
            return None;
        };
        path.path.is_ident("path").then(|| text.value().into())
    })
}

/// Returns the tokens without items behind `#[cfg(test)]` and `#[test]`.
fn without_tests(tokens: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut is_left_out = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#') {
            if let Some(TokenTree::Group(group)) = tokens.peek() {
                let attribute = group.stream().to_string().replace(' ', "");
                is_left_out |= attribute == "cfg(test)" || attribute == "test";
            }
        }
        let ends_item = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if !is_left_out {
            kept.extend([match token {
                TokenTree::Group(group) => {
                    let inner = without_tests(group.stream());
                    let mut copy = proc_macro2::Group::new(group.delimiter(), inner);
                    copy.set_span(group.span());
                    TokenTree::Group(copy)
                }
                other => other,
            }]);
        }
        is_left_out &= !ends_item;
    }
    kept
}
