//! What a client is about to do, as far as it matters here.

use std::collections::HashMap;

use super::wire::Message;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    Begin,
    Commit,
    Other,
}

/// The statements and portals of a session, by name. The unnamed ones are names like any other.
#[derive(Default)]
pub(super) struct Statements {
    prepared: HashMap<Vec<u8>, Statement>,
    portals: HashMap<Vec<u8>, Statement>,
}

impl Statements {
    /// Gives the statement that a client's message runs, or makes ready to run. BEGIN and COMMIT count only when they run.
    pub(super) fn of(&mut self, message: &Message) -> Option<Statement> {
        let mut texts = message.texts();
        let (first, second) = (texts.next()?, texts.next());
        let ready = match message.kind() {
            b'Q' => return Some(kind(first)),
            b'E' => return self.portals.get(first).copied(),
            b'P' => {
                let statement = kind(second?);
                self.prepared.insert(first.to_owned(), statement);
                statement
            }
            b'B' => {
                let statement = *self.prepared.get(second?)?;
                self.portals.insert(first.to_owned(), statement);
                statement
            }
            _ => return None,
        };
        (ready == Statement::Other).then_some(ready)
    }
}

/// Sorts a query. Of several statements the last may be the COMMIT, or the first the BEGIN; what stands between may be the
/// body of a function.
fn kind(query: &[u8]) -> Statement {
    let query = String::from_utf8_lossy(query).to_ascii_uppercase();
    let words = |statement: &str| statement.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let statements: Vec<_> = query.split(';').map(words).filter(|words| !words.is_empty()).collect();
    let word = |word: Option<&String>, known: [&str; 2]| word.is_some_and(|word| known.contains(&&**word));
    match (statements.first(), statements.last()) {
        (_, Some(last)) if last.len() == 1 && word(last.first(), ["COMMIT", "END"]) => Statement::Commit,
        (Some(first), _) if word(first.first(), ["BEGIN", "START"]) => Statement::Begin,
        _ => Statement::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's message with these texts.
    fn message(kind: char, texts: &[&str]) -> Message {
        let body = texts.iter().flat_map(|text| [*text, "\0"]).collect::<String>();
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        Message([kind.to_string().as_bytes(), &length, body.as_bytes()].concat())
    }

    #[test]
    fn a_simple_query_is_known_by_its_words() {
        let of = |text| Statements::default().of(&message('Q', &[text]));

        assert_eq!(of("commit"), Some(Statement::Commit));
        assert_eq!(of(" COMMIT ; "), Some(Statement::Commit));
        assert_eq!(of("INSERT INTO a VALUES (1); COMMIT"), Some(Statement::Commit));
        assert_eq!(of("END"), Some(Statement::Commit));
        assert_eq!(of("BEGIN ISOLATION LEVEL SERIALIZABLE"), Some(Statement::Begin));
        assert_eq!(of("SELECT 'commit'"), Some(Statement::Other));
        assert_eq!(of("COMMITTED"), Some(Statement::Other));
        assert_eq!(of("DO $$ BEGIN NULL; COMMIT; END $$;"), Some(Statement::Other));
    }

    #[test]
    fn a_prepared_commit_counts_when_it_runs() {
        let mut statements = Statements::default();

        assert_eq!(statements.of(&message('P', &["s1", "COMMIT"])), None);
        assert_eq!(statements.of(&message('B', &["p1", "s1"])), None);
        assert_eq!(statements.of(&message('E', &["p1"])), Some(Statement::Commit));
        assert_eq!(statements.of(&message('P', &["", "SELECT 1"])), Some(Statement::Other));
        assert_eq!(statements.of(&message('S', &[])), None);
    }
}
