//! Requests that are no requests of this contract.

use crate::Sentence;

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
    /// The `Idempotency-Key` is empty, too long, repeated or not visible ASCII.
    IdempotencyKey,
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
            | Self::IdempotencyKey
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
            | Self::JsonTooDeep
            | Self::IdempotencyKey => None,
        }
    }

    /// Gives the sentence that explains it.
    pub(crate) const fn sentence(self) -> Sentence {
        match self {
            Self::UnknownPath => Sentence { english: "There is no such method.", chinese: "没有这个方法。" },
            Self::MethodNotAllowed => Sentence {
                english: "This HTTP method is not allowed here.",
                chinese: "此处不允许使用该HTTP方法。",
            },
            Self::MediaType => Sentence {
                english: "The body must be a form, multipart form data or JSON.",
                chinese: "请求体必须是表单、multipart表单或JSON。",
            },
            Self::ContentTypeMissing => {
                Sentence { english: "The body has no Content-Type.", chinese: "请求体没有Content-Type。" }
            }
            Self::ContentTypeRepeated => {
                Sentence { english: "There is more than one Content-Type.", chinese: "Content-Type不止一个。" }
            }
            Self::Charset => Sentence { english: "The charset is not UTF-8.", chinese: "字符集不是UTF-8。" },
            Self::ContentEncoding => Sentence {
                english: "The body or a part of it is encoded in a way that is not read; please send it plain.",
                chinese: "不支持请求体或其某一部分的编码方式，请直接发送原文。",
            },
            Self::TooLarge => Sentence { english: "The body is too large.", chinese: "请求体过大。" },
            Self::Incomplete => {
                Sentence { english: "The body ended before it was complete.", chinese: "请求体不完整。" }
            }
            Self::TooSlow => Sentence {
                english: "The body did not arrive completely in time.",
                chinese: "请求体未能及时完整到达。",
            },
            Self::Query => Sentence {
                english: "The query string has a broken percent-escape.",
                chinese: "查询字符串的百分号编码错误。",
            },
            Self::QueryNotUtf8 => {
                Sentence { english: "The query string is not UTF-8.", chinese: "查询字符串不是UTF-8编码。" }
            }
            Self::Form => Sentence {
                english: "The form has a broken percent-escape.",
                chinese: "表单的百分号编码错误。",
            },
            Self::BodyNotUtf8 => {
                Sentence { english: "The body is not UTF-8.", chinese: "请求体不是UTF-8编码。" }
            }
            Self::Multipart => {
                Sentence { english: "The multipart body is broken.", chinese: "multipart请求体已损坏。" }
            }
            Self::MultipartBoundary => Sentence {
                english: "The Content-Type of the multipart body has no boundary.",
                chinese: "multipart请求体的Content-Type缺少boundary。",
            },
            Self::MultipartName => Sentence {
                english: "A part of the multipart body has no name.",
                chinese: "multipart请求体中有一部分没有名称。",
            },
            Self::MultipartFile => Sentence {
                english: "The multipart body has a file in it; only fields are read.",
                chinese: "multipart请求体包含文件，只支持普通字段。",
            },
            Self::Json => {
                Sentence { english: "The body is not valid JSON.", chinese: "请求体不是合法的JSON。" }
            }
            Self::JsonNotObject => {
                Sentence { english: "The JSON body is not an object.", chinese: "JSON请求体不是对象。" }
            }
            Self::JsonTooDeep => {
                Sentence { english: "The JSON body is nested too deeply.", chinese: "JSON请求体嵌套过深。" }
            }
            Self::IdempotencyKey => Sentence {
                english: "The Idempotency-Key must be one header of 1 to 64 visible ASCII characters.",
                chinese: "Idempotency-Key必须是一个请求头，由1至64个可见ASCII字符组成。",
            },
            Self::Missing(_) => {
                Sentence { english: "The parameter {parameter} is missing.", chinese: "缺少参数{parameter}。" }
            }
            Self::Reserved(_) => Sentence {
                english: "The parameter {parameter} has a value that is reserved.",
                chinese: "参数{parameter}的值为系统保留值。",
            },
            Self::Ambiguous(_) => Sentence {
                english: "The parameter {parameter} was given more than once.",
                chinese: "参数{parameter}重复。",
            },
            Self::NotText(_) => Sentence {
                english: "The parameter {parameter} must be a string.",
                chinese: "参数{parameter}必须是字符串。",
            },
            Self::LoneSurrogate(_) => Sentence {
                english: "The parameter {parameter} has half of a surrogate pair, as of an emoji cut in two.",
                chinese: "参数{parameter}包含不成对的代理字符，例如被截断的表情符号。",
            },
            Self::TooLong(_) => {
                Sentence { english: "The parameter {parameter} is too long.", chinese: "参数{parameter}过长。" }
            }
            Self::IllegalCharacter(_) => Sentence {
                english: "The parameter {parameter} has a character that is not allowed.",
                chinese: "参数{parameter}包含不允许的字符。",
            },
        }
    }
}
