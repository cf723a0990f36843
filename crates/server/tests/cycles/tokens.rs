//! Rust in words and signs: as much of the language as paths need.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    /// `::`
    Colons,
    Sign(char),
}

/// Splits Rust into words and signs, without comments, literals and lifetimes.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(next) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let word_end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_length(rest)
        } else if let Some(length) = literal_length(rest) {
            length
        } else if word_end > 0 {
            tokens.push(Token::Word(rest[..word_end].to_owned()));
            word_end
        } else if rest.starts_with("::") {
            tokens.push(Token::Colons);
            2
        } else {
            if !next.is_whitespace() {
                tokens.push(Token::Sign(next));
            }
            next.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Gives the length of a block comment, which may have others inside.
fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Gives the length of a string, character or lifetime, if the text begins with one.
fn literal_length(text: &str) -> Option<usize> {
    let body = ["br", "cr", "r"].iter().find_map(|prefix| text.strip_prefix(prefix));
    if let Some(body) = body.filter(|body| body.trim_start_matches('#').starts_with('"')) {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let start = text.len() - body.len() + hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    let body = ["b", "c", ""].iter().find_map(|prefix| text.strip_prefix(prefix)?.strip_prefix(['"', '\'']))?;
    let start = text.len() - body.len();
    let quote = text[..start].chars().last()?;
    let second = body.chars().nth(1);
    if quote == '\'' && !body.starts_with('\\') && second != Some('\'') {
        return Some(start + body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len()));
    }
    let mut is_escaped = false;
    for (at, next) in body.char_indices() {
        if next == quote && !is_escaped {
            return Some(start + at + 1);
        }
        is_escaped = next == '\\' && !is_escaped;
    }
    Some(text.len())
}

/// Reads the tree behind `use` into paths and the names that they bring in, up to what ends it.
pub(crate) fn use_tree(tokens: &[Token], at: &mut usize, prefix: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token {
            Token::Word(word) if word == "as" => {
                if let Some(Token::Word(name)) = tokens.get(*at) {
                    *at += 1;
                    return found.push((path, name.clone()));
                }
            }
            Token::Word(word) if word == "self" && !path.is_empty() => {}
            Token::Word(word) => path.push(word.clone()),
            Token::Sign('*') => return found.push((path, "*".to_owned())),
            Token::Sign('{') => {
                while tokens.get(*at).is_some_and(|token| !matches!(token, Token::Sign('}' | ';'))) {
                    use_tree(tokens, at, &path, found);
                    *at += usize::from(tokens.get(*at) == Some(&Token::Sign(',')));
                }
                *at += 1;
                return;
            }
            Token::Sign(',' | '}' | ';') => {
                *at -= 1;
                break;
            }
            Token::Colons | Token::Sign(_) => {}
        }
    }
    if let Some(name) = path.last().cloned() {
        found.push((path, name));
    }
}
