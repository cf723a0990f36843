//! Two texts that may differ only in what differs from run to run.

use std::collections::BTreeMap;

/// A word that is another one in each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of packets, groups, events and endpoints: 22 letters and digits.
    Id,
    /// RFC 3339 in UTC with milliseconds.
    Time,
    /// What is random in the sandbox's tokens: 20 letters and digits, and `+/`.
    Token,
    /// The cloud's name of a message: four times four letters and digits.
    Message,
    /// A session key of ours: 44 letters and digits.
    SessionKey,
    /// The public id of a session: 16 hexadecimal digits.
    SessionId,
    /// The rest of a secret that signs webhooks, of 32 bytes in base64.
    Secret,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let groups: Vec<_> = word.split('-').collect();
        if word.len() == 22
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            Some(Self::Id)
        } else if is_time(word) {
            Some(Self::Time)
        } else if word.strip_suffix("+/").is_some_and(|random| random.len() == 20 && is_code(random)) {
            Some(Self::Token)
        } else if groups.len() == 4 && groups.iter().all(|group| group.len() == 4 && is_code(group)) {
            Some(Self::Message)
        } else if word.len() == 44 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Some(Self::SessionKey)
        } else if word.len() == 43 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte)) {
            Some(Self::Secret)
        } else if word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Some(Self::SessionId)
        } else {
            None
        }
    }
}

/// Compares with a pattern, digit for digit.
fn is_time(word: &str) -> bool {
    let pattern = "0000-00-00T00:00:00.000Z";
    let digits = |char: char| if char.is_ascii_digit() { '0' } else { char };
    word.chars().map(digits).eq(pattern.chars())
}

/// What the words of a page are called in this run: a word that the page repeats must be repeated.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Replaces the words of a page by those of this run, where they are known.
    pub(super) fn in_real_life(&self, command: &str) -> String {
        words(command).into_iter().map(|word| self.0.get(word).map_or(word, String::as_str)).collect()
    }

    /// The same text, but for words that differ in each run. Learns what those are called.
    #[track_caller]
    pub(super) fn assert_alike(&mut self, documented: &str, real: &str, what: &str) {
        let (expected, found) = (words(documented), words(real));
        let alike = expected.len() == found.len()
            && expected.into_iter().zip(found).all(|(expected, found)| self.is_alike(expected, found));
        assert!(alike, "{what}\nis documented to print\n{documented}\nand prints\n{real}");
    }

    fn is_alike(&mut self, documented: &str, real: &str) -> bool {
        let Some(kind) = Kind::of(documented) else { return documented == real };
        if Kind::of(real) != Some(kind) {
            return false;
        }
        if let Some(known) = self.0.get(documented) {
            return known == real;
        }
        // Two moments may be the same, two names are not.
        let is_new = kind == Kind::Time || self.0.values().all(|known| known != real);
        self.0.insert(documented.to_owned(), real.to_owned());
        is_new
    }
}

/// Splits a text into words and what is between them.
fn words(text: &str) -> Vec<&str> {
    let is_word = |char: char| char.is_ascii_alphanumeric() || "-:.+/".contains(char);
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = is_word(first);
        let end = rest.find(|char| is_word(char) != inside).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

#[test]
fn only_what_differs_in_each_run_may_differ() {
    let alike = |documented: &str, real: &str| {
        std::panic::catch_unwind(|| Names::default().assert_alike(documented, real, "it")).is_ok()
    };
    let (one, two) = ("0352LqMhSOrLUKTHrc9Qi0", "0354YytVMbdDA19l5qzWd7");
    assert!(alike(&format!(r#"{{"id":"{one}"}}"#), &format!(r#"{{"id":"{two}"}}"#)));
    assert!(alike(&format!(r#"["{one}","{one}"]"#), &format!(r#"["{two}","{two}"]"#)));
    assert!(!alike(&format!(r#"["{one}","{one}"]"#), &format!(r#"["{two}","{one}"]"#)));
    assert!(!alike(&format!(r#"["{one}","{two}"]"#), &format!(r#"["{two}","{two}"]"#)));
    assert!(!alike(&format!(r#"{{"id":"{one}"}}"#), r#"{"id":null}"#));
    assert!(!alike(&format!(r#"{{"id":"{one}"}}"#), &format!(r#"{{"id":"{two}","more":1}}"#)));
    assert!(alike("2026-11-24T03:12:13.872Z 67FH-MN2M-G4J3-ILBT", "2027-01-01T00:00:00.000Z BU7B-0000-0000-0000"));
    assert!(!alike("2026-11-24T03:12:13.872Z", "2026-11-24T03:12:13Z"));
    assert!(alike("id=CAH7PCU6S3SCSIIBSBRF+/==@nav", "id=SEVOHCN2GIB2D2RO6IOH+/==@nav"));
    assert!(alike(r#"{"session_id":"5a31eb113af67f4d"}"#, r#"{"session_id":"e1c8c0b0ec0dee00"}"#));
    assert!(!alike(r#"{"session_id":"5a31eb113af67f4d"}"#, r#"{"session_id":"5a31eb113af67f4"}"#));
    assert!(!alike(r#"{"status":0}"#, r#"{"status":1}"#));
    assert!(!alike(r#"{"held":"0"}"#, r#"{"held":0}"#));
}
