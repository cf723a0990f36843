//! Every refusal of a method: what the description of the API and the tests of what it may answer are made of.

use std::{convert::Infallible, iter::successors};

use hongbao_domain::im_cloud::CloudRefusal;

use crate::{FailureKind, Invalid};

/// A refusal that can be listed. It is implemented beside the endpoint.
pub trait Every: Sized {
    /// Gives the refusal after another one; without one, the first. A `match` over all variants, so that a new one does not
    /// compile before it is listed.
    fn after(before: Option<&Self>) -> Option<Self>;

    /// Gives all of them.
    fn every() -> impl Iterator<Item = Self> {
        successors(Self::after(None), |before| Self::after(Some(before)))
    }
}

impl Every for CloudRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::Rejected(None)),
            Some(Self::Rejected(_)) => Some(Self::Unknown(None)),
            Some(Self::Unknown(_)) => Some(Self::Busy),
            Some(Self::Busy) => None,
        }
    }
}

impl Every for Infallible {
    fn after(_: Option<&Self>) -> Option<Self> {
        None
    }
}

/// The name that stands for that of a parameter.
pub(crate) const ANY_PARAMETER: &str = "{parameter}";

impl Every for Invalid {
    fn after(before: Option<&Self>) -> Option<Self> {
        Some(match before {
            None => Self::UnknownPath,
            Some(Self::UnknownPath) => Self::MethodNotAllowed,
            Some(Self::MethodNotAllowed) => Self::MediaType,
            Some(Self::MediaType) => Self::ContentTypeMissing,
            Some(Self::ContentTypeMissing) => Self::ContentTypeRepeated,
            Some(Self::ContentTypeRepeated) => Self::Charset,
            Some(Self::Charset) => Self::ContentEncoding,
            Some(Self::ContentEncoding) => Self::TooLarge,
            Some(Self::TooLarge) => Self::Incomplete,
            Some(Self::Incomplete) => Self::TooSlow,
            Some(Self::TooSlow) => Self::Query,
            Some(Self::Query) => Self::QueryNotUtf8,
            Some(Self::QueryNotUtf8) => Self::Form,
            Some(Self::Form) => Self::BodyNotUtf8,
            Some(Self::BodyNotUtf8) => Self::Multipart,
            Some(Self::Multipart) => Self::MultipartBoundary,
            Some(Self::MultipartBoundary) => Self::MultipartName,
            Some(Self::MultipartName) => Self::MultipartFile,
            Some(Self::MultipartFile) => Self::Json,
            Some(Self::Json) => Self::JsonNotObject,
            Some(Self::JsonNotObject) => Self::JsonTooDeep,
            Some(Self::JsonTooDeep) => Self::IdempotencyKey,
            Some(Self::IdempotencyKey) => Self::Missing(ANY_PARAMETER),
            Some(Self::Missing(_)) => Self::Reserved(ANY_PARAMETER),
            Some(Self::Reserved(_)) => Self::Ambiguous(ANY_PARAMETER),
            Some(Self::Ambiguous(_)) => Self::NotText(ANY_PARAMETER),
            Some(Self::NotText(_)) => Self::LoneSurrogate(ANY_PARAMETER),
            Some(Self::LoneSurrogate(_)) => Self::TooLong(ANY_PARAMETER),
            Some(Self::TooLong(_)) => Self::IllegalCharacter(ANY_PARAMETER),
            Some(Self::IllegalCharacter(_)) => return None,
        })
    }
}

impl Every for FailureKind {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::Internal),
            Some(Self::Internal) => Some(Self::Unavailable),
            Some(Self::Unavailable) => Some(Self::Unresolved),
            Some(Self::Unresolved) => None,
        }
    }
}
