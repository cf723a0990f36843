//! Every refusal is explained in every language, and each by one sentence.

mod documented;

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use super::Sentence;
use crate::{Denial, Endpoint, Every, FailureKind, Invalid, Language, RateLimit, Refusal, for_each_method};

/// A refusal as the wire shows it, and who answers it.
struct Said {
    /// The path of the method; empty where any method may answer so.
    path: &'static str,
    status: u16,
    code: &'static str,
    sentence: Sentence,
}

fn of<E: Endpoint>() -> Vec<Said> {
    let said = |refusal: E::Refusal| match refusal.invalid() {
        Some(invalid) => of_any(&Denial::Invalid(invalid)),
        None => Said { path: E::PATH, status: refusal.status(), code: refusal.code(), sentence: refusal.sentence() },
    };
    E::Refusal::every().map(said).collect()
}

fn of_any(denial: &Denial<Infallible>) -> Said {
    Said { path: "", status: denial.status(), code: denial.code(), sentence: denial.sentence() }
}

/// Everything that is not status 0.
fn all() -> Vec<Said> {
    macro_rules! of_each {
        ($($endpoint:ty),* $(,)?) => { [$(of::<$endpoint>()),*] };
    }
    let invalid = Invalid::every().map(Denial::Invalid);
    let failed =
        FailureKind::every().flat_map(|kind| [Denial::failed(kind, None), Denial::failed(kind, None).under_key()]);
    let limited = [RateLimit::InFlight, RateLimit::Rate { retry_after_s: 1 }].map(Denial::RateLimited);
    let others = [Denial::NotLoggedIn, Denial::KeyMismatch, Denial::KeyInProgress];
    let any = invalid.chain(failed).chain(limited).chain(others);
    for_each_method!(of_each).into_iter().flatten().chain(any.map(|denial| of_any(&denial))).collect()
}

/// Codes that have other sentences for other methods or causes.
const EXPLAINED_BY_CAUSE: [&str; 5] =
    ["im_cloud_unknown", "invalid_request", "not_yours", "rate_limited", "unavailable"];

#[test]
fn every_code_has_one_sentence_in_each_language() {
    let mut sentences: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for Said { code, sentence, .. } in all() {
        sentences.entry(code).or_default().insert(sentence);
    }
    for (code, sentences) in &sentences {
        assert_eq!(sentences.len() > 1, EXPLAINED_BY_CAUSE.contains(code), "{code}: {sentences:?}");
    }
    let all: BTreeSet<_> = sentences.into_values().flatten().collect();
    for language in [Language::English, Language::Chinese] {
        let said: BTreeSet<_> = all.iter().map(|sentence| sentence.say(language, None)).collect();
        assert_eq!(said.len(), all.len(), "two causes are explained alike in {language:?}");
    }
}

#[test]
fn the_languages_tell_the_same_things() {
    for Said { sentence: Sentence { english, chinese }, .. } in all() {
        assert_eq!(english.contains("{parameter}"), chinese.contains("{parameter}"), "{english}");
        assert!(english.is_ascii() && english.ends_with('.'), "{english}");
        assert!(!chinese.is_ascii() && chinese.ends_with('。'), "{chinese}");
    }
}

#[test]
fn a_sentence_names_the_parameter() {
    let detail = Invalid::TooLong("content").sentence().say(Language::English, Some("content"));
    assert_eq!(detail, "The parameter content is too long.");
}
