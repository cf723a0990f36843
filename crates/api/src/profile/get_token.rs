//! `im/get_token`, 获取im云上的token.

use hongbao_domain::im_cloud::CloudRefusal;

use crate::{Denial, Endpoint, Form, Invalid, Parameter, Parameters, Sentence};

/// Gives the token with which the caller's client logs in to the IM cloud.
#[derive(Debug)]
pub struct GetToken;

/// Which token a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRequest {
    /// Any that is good.
    Any,
    /// A new one.
    New,
}

const REFRESH: &str = "refresh";

impl Endpoint for GetToken {
    const PATH: &'static str = "/im/get_token";
    const SUMMARY: Sentence = Sentence {
        english: "Gives the caller's token for the IM cloud.",
        chinese: "获取调用者在融云上的token。",
    };
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[Parameter::number(REFRESH)
        .of(Form::Flag)
        .about("1: a new token; 0 or none: any that is good.", "1：获取新的token；0或不填：任一有效的token。")];

    type Request = TokenRequest;
    type Data = String;
    type Refusal = CloudRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<TokenRequest, Denial<CloudRefusal>> {
        match parameters.get(REFRESH) {
            None | Some("0") => Ok(TokenRequest::Any),
            Some("1") => Ok(TokenRequest::New),
            Some(_) => Err(Invalid::IllegalCharacter(REFRESH).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read(value: Value) -> Result<TokenRequest, Denial<CloudRefusal>> {
        GetToken::read(&Fields::from_iter([(REFRESH.to_owned(), value)]))
    }

    #[test]
    fn a_new_token_is_asked_for_by_a_1_in_any_writing() {
        assert_eq!(GetToken::read(&Fields::default()), Ok(TokenRequest::Any));
        for (text, request) in [("", TokenRequest::Any), ("0", TokenRequest::Any), ("1", TokenRequest::New)] {
            assert_eq!(read(Value::Text(text.to_owned())), Ok(request), "{text}");
        }
        assert_eq!(read(Value::Number("1".to_owned())), Ok(TokenRequest::New));
        for wrong in ["true", "2", "01", "1.0"] {
            assert_eq!(read(Value::Text(wrong.to_owned())), Err(Invalid::IllegalCharacter(REFRESH).into()), "{wrong}");
        }
    }
}
