//! Which token was given to whom.

use std::collections::{HashMap, VecDeque};

use time::OffsetDateTime;

/// How many tokens a sandbox knows; then the oldest is forgotten for each new one, and opens nothing any more.
pub const MAX_TOKENS: usize = 100_000;

/// What a token stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) user_id: String,
    pub(super) issued_at: OffsetDateTime,
}

/// Tokens in order of issue.
#[derive(Debug)]
pub(super) struct Tokens {
    capacity: usize,
    by_text: HashMap<String, Token>,
    oldest_first: VecDeque<String>,
}

impl Tokens {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, by_text: HashMap::new(), oldest_first: VecDeque::new() }
    }

    /// Keeps a token that was not given out before.
    pub(super) fn issue(&mut self, text: &str, token: Token) {
        self.by_text.insert(text.to_owned(), token);
        self.oldest_first.push_back(text.to_owned());
        if self.oldest_first.len() > self.capacity
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_text.remove(&oldest);
        }
    }

    pub(super) fn find(&self, text: &str) -> Option<&Token> {
        self.by_text.get(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_token_is_forgotten_for_one_that_does_not_fit() {
        let mut tokens = Tokens::new(2);
        for (text, user_id) in [("one", "alice"), ("two", "bob"), ("three", "alice")] {
            tokens.issue(text, Token { user_id: user_id.to_owned(), issued_at: OffsetDateTime::UNIX_EPOCH });
        }

        let owners = ["one", "two", "three"].map(|text| tokens.find(text).map(|token| token.user_id.as_str()));
        assert_eq!(owners, [None, Some("bob"), Some("alice")]);
    }
}
