//! Ids and other texts of bounded form: what is accepted has its length and characters, and comes back as it was.
#![no_main]

use std::{fmt::Display, str::FromStr};

use hongbao_domain::{
    group::{GroupName, Memo},
    id::{Alphabet, CoinId, GroupId, MethodName, ParseIdError, Reference, RequestKey, SessionKey, TransferId, UserId},
    message::ObjectName,
    red_packet::Remark,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let word = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    let visible = |character: char| ('!'..='~').contains(&character);
    bounded::<UserId>(text, UserId::MAX_LENGTH, 25, word);
    bounded::<CoinId>(text, CoinId::MAX_LENGTH, 25, word);
    bounded::<Reference>(text, Reference::MAX_LENGTH, 64, visible);
    bounded::<RequestKey>(text, RequestKey::MAX_LENGTH, 64, visible);
    bounded::<MethodName>(text, MethodName::MAX_LENGTH, 40, visible);
    bounded::<SessionKey>(text, SessionKey::MAX_LENGTH, 55, visible);

    let plain = text.chars().all(|character| character.is_ascii_alphanumeric());
    assert_eq!(Alphabet::Word.parse(text), text.parse());
    assert_eq!(Alphabet::Plain.parse(text).is_ok(), text.parse::<UserId>().is_ok() && plain);

    named(text, TransferId::from_u128, TransferId::to_u128);
    named(text, GroupId::from_u128, GroupId::to_u128);
    assert_eq!(text.parse::<TransferId>().map(TransferId::to_u128), text.parse::<GroupId>().map(GroupId::to_u128));

    let characters = text.chars().count();
    let has_nul = text.contains('\0');
    assert_eq!(text.parse::<Remark>().is_ok(), characters <= 225 && !has_nul);
    assert_eq!(text.parse::<Memo>().is_ok(), characters <= 255 && !has_nul);
    assert_eq!(text.parse::<ObjectName>().is_ok(), (1..=32).contains(&characters) && text.chars().all(visible));
    match text.parse::<GroupName>() {
        Ok(name) => {
            assert!((1..=255).contains(&characters) && !has_nul);
            assert_eq!(name.as_str(), text);
            assert!(text.chars().take(64).eq(name.for_cloud().chars()), "the cloud gets the beginning");
        }
        Err(_) => assert!(characters == 0 || characters > 255 || has_nul),
    }
});

/// Checks an id of 1 to `max` characters of a kind.
fn bounded<I>(text: &str, said: usize, max: usize, is_allowed: impl Fn(char) -> bool)
where
    I: FromStr<Err = ParseIdError> + Display,
{
    assert_eq!(said, max);
    let expected = if text.is_empty() {
        Err(ParseIdError::Empty)
    } else if !text.chars().all(is_allowed) {
        Err(ParseIdError::IllegalCharacter)
    } else if text.len() > max {
        Err(ParseIdError::WrongLength)
    } else {
        Ok(text.to_owned())
    };
    assert_eq!(text.parse::<I>().map(|id| id.to_string()), expected, "{text:?}");
}

/// Checks an id of ours: one text for each number, and one number for each text.
fn named<I>(text: &str, from: fn(u128) -> I, to: fn(I) -> u128)
where
    I: FromStr<Err = ParseIdError> + Display,
{
    match text.parse::<I>() {
        Ok(id) => {
            assert!(text.len() == 22 && text.chars().all(|character| character.is_ascii_alphanumeric()));
            let bits = to(id);
            assert_eq!(from(bits).to_string(), text);
        }
        Err(ParseIdError::Empty) => assert!(text.is_empty()),
        Err(ParseIdError::WrongLength) => assert!(!text.is_empty() && text.len() != 22),
        Err(ParseIdError::IllegalCharacter) => assert!(
            text.len() == 22
                // The largest number is written like this, and the texts sort like the numbers.
                && (!text.chars().all(|character| character.is_ascii_alphanumeric())
                    || text > from(u128::MAX).to_string().as_str())
        ),
    }
}
