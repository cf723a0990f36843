//! What an endpoint of the admin API is.

use hongbao_domain::admin::{RefusalCode, Scope};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::Sentence;

/// The methods of HTTP that the admin API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HttpMethod {
    /// Reads.
    Get,
    /// Makes or changes what the path names.
    Put,
    /// Does something.
    Post,
    /// Ends what the path names.
    Delete,
}

impl HttpMethod {
    /// Gives the method as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }

    /// Says whether it may change something. Then it is logged, and may have an `Idempotency-Key`.
    pub const fn changes(self) -> bool {
        match self {
            Self::Put | Self::Post | Self::Delete => true,
            Self::Get => false,
        }
    }

    /// Says whether what is asked for comes in a body.
    pub const fn has_body(self) -> bool {
        match self {
            Self::Put | Self::Post => true,
            Self::Get | Self::Delete => false,
        }
    }
}

/// One endpoint of the admin API. Route, authorization, log and description follow from this declaration.
pub trait AdminEndpoint: Send + Sync + 'static {
    /// Its stable name, for clients that are generated: `user_put`.
    const NAME: &'static str;
    /// The method of HTTP. All but `GET` are logged and may have an `Idempotency-Key`.
    const METHOD: HttpMethod;
    /// Where it is served: `/admin/v1/users/{user_id}`.
    const PATH: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: Sentence;
    /// What a token must be good for.
    const SCOPE: Scope;
    /// Why it may refuse, beside what any endpoint may.
    const REFUSALS: &'static [RefusalCode];
    /// The members of request and answer that are secrets: they are neither logged nor remembered.
    const SECRETS: &'static [&'static str] = &[];

    /// In what form it answers where all is well.
    const MEDIA_TYPE: &'static str = "application/json";

    /// A request whose form is right.
    type Request: DeserializeOwned + Serialize + ToSchema + Send + 'static;
    /// What it answers.
    type Data: DeserializeOwned + Serialize + ToSchema + Send + 'static;
}

/// Declares endpoints that are much alike.
macro_rules! declare {
    ($type:ident $name:literal $method:ident $path:literal $scope:ident [$($refusal:ident),*] $request:ty => $data:ty,
        $english:literal, $chinese:literal $(, secrets $secrets:expr)?) => {
        impl AdminEndpoint for $type {
            const NAME: &'static str = $name;
            const METHOD: HttpMethod = HttpMethod::$method;
            const PATH: &'static str = $path;
            const SUMMARY: Sentence = Sentence { english: $english, chinese: $chinese };
            const SCOPE: Scope = Scope::$scope;
            const REFUSALS: &'static [RefusalCode] = &[$(RefusalCode::$refusal),*];
            $(const SECRETS: &'static [&'static str] = $secrets;)?

            type Request = $request;
            type Data = $data;
        }
    };
}
pub(super) use declare;
