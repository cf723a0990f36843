//! Which characters an id from outside may have.

use super::{ParseIdError, UserId};

/// The characters of user and group ids that are taken from outside. [`UserId`] itself knows the wide one only: what is
/// stored stays valid, whatever is set later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alphabet {
    /// ASCII letters and digits, `-` and `_`.
    #[default]
    Word,
    /// ASCII letters and digits. The IM cloud's newest pages list no others
    /// (<https://docs.rongcloud.cn/platform-chat-api/user/register>).
    Plain,
}

impl Alphabet {
    /// Reads a user's id; for a group's, too, this is the contract's form.
    pub fn parse(self, text: &str) -> Result<UserId, ParseIdError> {
        let id: UserId = text.parse()?;
        if self.allows(id) { Ok(id) } else { Err(ParseIdError::IllegalCharacter) }
    }

    /// Says whether an id has none but these characters.
    pub fn allows(self, id: UserId) -> bool {
        match self {
            Self::Word => true,
            Self::Plain => id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{GroupId, TransferId},
        *,
    };

    #[test]
    fn only_the_plain_alphabet_is_without_hyphen_and_underscore() {
        for text in ["a-b", "a_b", "-", "_"] {
            assert_eq!(Alphabet::Word.parse(text).map(|id| id.to_string()), Ok(text.to_owned()));
            assert_eq!(Alphabet::Plain.parse(text), Err(ParseIdError::IllegalCharacter), "{text}");
        }
        assert_eq!(Alphabet::Plain.parse("Bob07"), "Bob07".parse());
        assert_eq!(Alphabet::Plain.parse(""), Err(ParseIdError::Empty));
        assert_eq!(Alphabet::Plain.parse(&"-".repeat(26)), Err(ParseIdError::WrongLength));
    }

    /// No one who is given an id of ours can be refused for its characters.
    #[test]
    fn ids_of_our_own_are_plain() {
        for bits in [0, 1, u128::MAX, 0x0193_0000_0000_7000_8000_0000_0000_00ab] {
            let (group, transfer) = (GroupId::from_u128(bits), TransferId::from_u128(bits));
            assert!(Alphabet::Plain.parse(&group.to_string()).is_ok(), "{group}");
            assert!(Alphabet::Plain.parse(&transfer.to_string()).is_ok(), "{transfer}");
        }
    }
}
