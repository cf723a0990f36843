//! The sentences that explain a status to a person. Programs go by the code, which is never translated.

mod chinese;
mod english;

use std::borrow::Cow;

use crate::Language;

/// A topic and its sentence, in which `{parameter}` stands for the parameter at fault.
type Sentence = (&'static str, &'static str);

/// Gives the sentence on a topic: the code of a refusal, or the cause of an invalid request.
pub(crate) fn detail(language: Language, topic: &'static str, parameter: Option<&str>) -> Cow<'static, str> {
    let sentences = match language {
        Language::English => english::SENTENCES,
        Language::Chinese => chinese::SENTENCES,
    };
    let sentence = sentences.iter().find(|(about, _)| *about == topic).map_or(topic, |(_, sentence)| *sentence);
    match parameter {
        Some(name) if sentence.contains("{parameter}") => sentence.replace("{parameter}", name).into(),
        Some(_) | None => sentence.into(),
    }
}

#[cfg(test)]
mod tests;
