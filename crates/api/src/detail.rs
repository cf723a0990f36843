//! The sentences that explain a status to a person. Programs go by the code, which is never translated.

use std::borrow::Cow;

use crate::Language;

/// What a person is told, in each language. `{parameter}` stands for the parameter at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sentence {
    /// Plain ASCII, with a full stop.
    pub english: &'static str,
    /// 以句号结尾。
    pub chinese: &'static str,
}

impl Sentence {
    /// Says it in one language, and names the parameter where the sentence asks for it.
    pub(crate) fn say(self, language: Language, parameter: Option<&str>) -> Cow<'static, str> {
        let sentence = match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        };
        match parameter {
            Some(name) if sentence.contains("{parameter}") => sentence.replace("{parameter}", name).into(),
            Some(_) | None => sentence.into(),
        }
    }
}

#[cfg(test)]
mod tests;
