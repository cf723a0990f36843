//! Requests that are no requests of this contract.

/// Why a request cannot be read. Always status 100, `invalid_request`; the HTTP status and the detail tell more.
///
/// Each cause is a variant of its own, with a sentence of its own: a caller who is told the wrong one looks in the
/// wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// There is no such path.
    UnknownPath,
    /// The path is not served for this HTTP method.
    MethodNotAllowed,
    /// The body is of a type that is not read.
    MediaType,
    /// There is a body, but no `Content-Type`.
    ContentTypeMissing,
    /// There is more than one `Content-Type`.
    ContentTypeRepeated,
    /// The text is declared to be in another charset than UTF-8.
    Charset,
    /// The body, or a part of a multipart form, is compressed or encoded for transport.
    ContentEncoding,
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// The body ended early.
    Incomplete,
    /// The body came too slowly.
    TooSlow,
    /// The query string has a broken percent-escape.
    Query,
    /// The query string is not UTF-8.
    QueryNotUtf8,
    /// The form has a broken percent-escape.
    Form,
    /// The body is not UTF-8.
    BodyNotUtf8,
    /// The body is not multipart form data.
    Multipart,
    /// The `Content-Type` of multipart form data names no boundary.
    MultipartBoundary,
    /// A part of a multipart form has no name.
    MultipartName,
    /// A part of a multipart form is a file.
    MultipartFile,
    /// The body is not JSON.
    Json,
    /// The body is JSON, but not an object.
    JsonNotObject,
    /// A value of the JSON object is nested too deeply.
    JsonTooDeep,
    /// A required parameter is missing, or empty, in a method that has no status of its own for that.
    Missing(&'static str),
    /// A parameter has a value that the caller may not use.
    Reserved(&'static str),
    /// A parameter was sent twice, or with two values.
    Ambiguous(&'static str),
    /// A parameter is not a JSON string.
    NotText(&'static str),
    /// A parameter has one half of a surrogate pair, as when an emoji was cut in two: no character of any text.
    LoneSurrogate(&'static str),
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
            Self::MediaType
            | Self::ContentTypeMissing
            | Self::ContentTypeRepeated
            | Self::Charset
            | Self::ContentEncoding => 415,
            Self::TooLarge => 413,
            Self::Incomplete
            | Self::TooSlow
            | Self::Query
            | Self::QueryNotUtf8
            | Self::Form
            | Self::BodyNotUtf8
            | Self::Multipart
            | Self::MultipartBoundary
            | Self::MultipartName
            | Self::MultipartFile
            | Self::Json
            | Self::JsonNotObject
            | Self::JsonTooDeep
            | Self::Missing(_)
            | Self::Reserved(_)
            | Self::Ambiguous(_)
            | Self::NotText(_)
            | Self::LoneSurrogate(_)
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
            | Self::LoneSurrogate(name)
            | Self::TooLong(name)
            | Self::IllegalCharacter(name) => Some(name),
            Self::UnknownPath
            | Self::MethodNotAllowed
            | Self::MediaType
            | Self::ContentTypeMissing
            | Self::ContentTypeRepeated
            | Self::Charset
            | Self::ContentEncoding
            | Self::TooLarge
            | Self::Incomplete
            | Self::TooSlow
            | Self::Query
            | Self::QueryNotUtf8
            | Self::Form
            | Self::BodyNotUtf8
            | Self::Multipart
            | Self::MultipartBoundary
            | Self::MultipartName
            | Self::MultipartFile
            | Self::Json
            | Self::JsonNotObject
            | Self::JsonTooDeep => None,
        }
    }

    /// Gives the name of the sentence that explains it.
    pub(crate) const fn topic(self) -> &'static str {
        match self {
            Self::UnknownPath => "unknown_path",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::MediaType => "media_type",
            Self::ContentTypeMissing => "content_type_missing",
            Self::ContentTypeRepeated => "content_type_repeated",
            Self::Charset => "charset",
            Self::ContentEncoding => "content_encoding",
            Self::TooLarge => "body_too_large",
            Self::Incomplete => "body_incomplete",
            Self::TooSlow => "body_too_slow",
            Self::Query => "query_malformed",
            Self::QueryNotUtf8 => "query_not_utf8",
            Self::Form => "form_malformed",
            Self::BodyNotUtf8 => "body_not_utf8",
            Self::Multipart => "multipart_malformed",
            Self::MultipartBoundary => "multipart_boundary",
            Self::MultipartName => "multipart_name",
            Self::MultipartFile => "multipart_file",
            Self::Json => "json_malformed",
            Self::JsonNotObject => "json_not_object",
            Self::JsonTooDeep => "json_too_deep",
            Self::Missing(_) => "parameter_missing",
            Self::Reserved(_) => "parameter_reserved",
            Self::Ambiguous(_) => "parameter_ambiguous",
            Self::NotText(_) => "parameter_not_text",
            Self::LoneSurrogate(_) => "parameter_lone_surrogate",
            Self::TooLong(_) => "parameter_too_long",
            Self::IllegalCharacter(_) => "parameter_illegal_character",
        }
    }
}
