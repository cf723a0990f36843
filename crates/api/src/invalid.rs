//! Requests that are no requests of this contract.

/// Why a request cannot be read. Always status 100, `invalid_request`; the HTTP status and the detail tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// There is no such path.
    UnknownPath,
    /// The path is not served for this HTTP method.
    MethodNotAllowed,
    /// The body is of a type that is not read.
    MediaType,
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// The body ended early or came too slowly.
    Incomplete,
    /// The query string is not properly encoded.
    Query,
    /// The body is not a properly encoded form.
    Form,
    /// The body is not multipart form data, or has a file in it.
    Multipart,
    /// The body is not a JSON object.
    Json,
    /// A required parameter is missing, or empty, in a method that has no status of its own for that.
    Missing(&'static str),
    /// A parameter has a value that the caller may not use.
    Reserved(&'static str),
    /// A parameter was sent twice, or with two values.
    Ambiguous(&'static str),
    /// A parameter is not a JSON string.
    NotText(&'static str),
    /// A parameter is longer than its size.
    TooLong(&'static str),
    /// A parameter has a character that it must not have.
    IllegalCharacter(&'static str),
}

impl Invalid {
    /// Gives the HTTP status.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::UnknownPath => 404,
            Self::MethodNotAllowed => 405,
            Self::MediaType => 415,
            Self::TooLarge => 413,
            Self::Incomplete
            | Self::Query
            | Self::Form
            | Self::Multipart
            | Self::Json
            | Self::Missing(_)
            | Self::Reserved(_)
            | Self::Ambiguous(_)
            | Self::NotText(_)
            | Self::TooLong(_)
            | Self::IllegalCharacter(_) => 400,
        }
    }

    /// Gives the name of the parameter at fault.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Missing(name)
            | Self::Reserved(name)
            | Self::Ambiguous(name)
            | Self::NotText(name)
            | Self::TooLong(name)
            | Self::IllegalCharacter(name) => Some(name),
            Self::UnknownPath
            | Self::MethodNotAllowed
            | Self::MediaType
            | Self::TooLarge
            | Self::Incomplete
            | Self::Query
            | Self::Form
            | Self::Multipart
            | Self::Json => None,
        }
    }

    /// Gives the name of the sentence that explains it.
    pub(crate) const fn topic(self) -> &'static str {
        match self {
            Self::UnknownPath => "unknown_path",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::MediaType => "media_type",
            Self::TooLarge => "body_too_large",
            Self::Incomplete => "body_incomplete",
            Self::Query => "query_malformed",
            Self::Form => "form_malformed",
            Self::Multipart => "multipart_malformed",
            Self::Json => "json_malformed",
            Self::Missing(_) => "parameter_missing",
            Self::Reserved(_) => "parameter_reserved",
            Self::Ambiguous(_) => "parameter_ambiguous",
            Self::NotText(_) => "parameter_not_text",
            Self::TooLong(_) => "parameter_too_long",
            Self::IllegalCharacter(_) => "parameter_illegal_character",
        }
    }
}
