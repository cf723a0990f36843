//! Tokens and message ids: a counter mixed with a hash, so that they look random and never repeat.

use sha1::{Digest, Sha1};

/// The letters of the message ids that the public documentation prints.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// Gives out ids. Two of them with different seeds do not give out the same.
#[derive(Debug)]
pub(super) struct Ids {
    seed: i128,
    issued: u64,
}

impl Ids {
    pub(super) fn new(seed: i128) -> Self {
        Self { seed, issued: 0 }
    }

    /// Makes a message id of four groups of four, such as `CAMV-I9MQ-0O2U-5T5L`.
    pub(super) fn next_message_uid(&mut self) -> String {
        let letters = self.next_letters();
        let [a, b, c, d] = [0, 4, 8, 12].map(|start| &letters[start..start + 4]);
        format!("{a}-{b}-{c}-{d}")
    }

    /// Makes a token of at most 256 bytes, with every kind of character that a caller must carry unharmed.
    ///
    /// Its look is that of today's tokens: base64, then the addresses of two navigation servers.
    pub(super) fn next_token(&mut self) -> String {
        let letters = self.next_letters();
        format!("{letters}+/==@nav.sandbox.invalid;cfg.sandbox.invalid")
    }

    /// Makes 20 letters, which are 100 bits of a hash over the seed and the counter.
    fn next_letters(&mut self) -> String {
        self.issued += 1;
        Sha1::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(self.issued.to_be_bytes())
            .finalize()
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_message_uid_is_four_groups_of_four() {
        let uid = Ids::new(7).next_message_uid();

        let groups: Vec<&str> = uid.split('-').collect();
        assert_eq!(groups.len(), 4);
        for group in groups {
            assert_eq!(group.len(), 4);
            assert!(group.bytes().all(|byte| ALPHABET.contains(&byte)));
        }
    }

    #[test]
    fn ids_do_not_repeat_within_a_cloud_or_between_two() {
        let (mut one, mut other) = (Ids::new(1), Ids::new(2));
        let mut seen = HashSet::new();

        for _ in 0..1_000 {
            assert!(seen.insert(one.next_message_uid()));
            assert!(seen.insert(other.next_message_uid()));
        }
    }

    #[test]
    fn a_token_fits_256_bytes() {
        assert!(Ids::new(7).next_token().len() <= 256);
    }
}
