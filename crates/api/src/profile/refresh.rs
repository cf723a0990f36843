//! `im/refresh`, 刷新im信息.

use std::str::FromStr;

use hongbao_domain::{
    im_cloud::CloudRefusal,
    profile::{Name, ParseProfileError, PortraitUri, ProfileChange, RefreshRefusal},
};

use super::ProfileData;
use crate::{
    Denial, Endpoint, Every, Extra, Form, Invalid, Parameter, Parameters, Refusal, Sentence, refusal::IM_CLOUD,
};

/// Changes the caller's profile. What is left out stays.
#[derive(Debug)]
pub struct Refresh;

const NAME: &str = "name";
const PORTRAIT_URI: &str = "portraitUri";

impl Endpoint for Refresh {
    const PATH: &'static str = "/im/refresh";
    const SUMMARY: Sentence = Sentence {
        english: "Changes the caller's name and portrait at the IM cloud.",
        chinese: "修改调用者在融云上的名称和头像。",
    };
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text(NAME).of(Form::Text(Name::MAX_CHARS)).about("The new name.", "im云上的用户名称。"),
        Parameter::text(PORTRAIT_URI)
            .of(Form::Text(PortraitUri::MAX_CHARS))
            .about("The address of the new portrait.", "im云上的用户头像地址。"),
    ];

    type Request = ProfileChange;
    type Data = ProfileData;
    type Refusal = RefreshRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<ProfileChange, Denial<RefreshRefusal>> {
        Ok(ProfileChange { name: text(parameters, NAME)?, portrait_uri: text(parameters, PORTRAIT_URI)? })
    }
}

fn text<T>(parameters: &Parameters<'_>, name: &'static str) -> Result<Option<T>, Invalid>
where
    T: FromStr<Err = ParseProfileError>,
{
    parameters.get(name).map(str::parse).transpose().map_err(|error| match error {
        ParseProfileError::TooLong => Invalid::TooLong(name),
        ParseProfileError::Nul => Invalid::IllegalCharacter(name),
    })
}

impl Refusal for RefreshRefusal {
    fn status(&self) -> u16 {
        IM_CLOUD
    }

    fn code(&self) -> &'static str {
        self.0.code()
    }

    fn sentence(&self) -> Sentence {
        match &self.0 {
            CloudRefusal::Unknown(_) => Sentence {
                english: "The IM cloud did not answer properly; it may have taken the change, so please look at the profile.",
                chinese: "融云服务器没有正常响应，修改可能已生效，请查看用户信息。",
            },
            refusal @ (CloudRefusal::Rejected(_) | CloudRefusal::Busy) => refusal.sentence(),
        }
    }

    fn extra(&self) -> Extra<'_> {
        self.0.extra()
    }
}

impl Every for RefreshRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        CloudRefusal::after(before.map(|refusal| &refusal.0)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read<const N: usize>(pairs: [(&str, &str); N]) -> Result<ProfileChange, Denial<RefreshRefusal>> {
        let value = |(name, text): (&str, &str)| (name.to_owned(), Value::Text(text.to_owned()));
        Refresh::read(&pairs.into_iter().map(value).collect::<Fields>())
    }

    #[test]
    fn what_is_left_out_or_empty_is_not_changed() {
        assert_eq!(read([]), Ok(ProfileChange::default()));
        assert_eq!(read([(NAME, ""), (PORTRAIT_URI, "")]), Ok(ProfileChange::default()));
        let name = ProfileChange { name: "张三".parse().ok(), portrait_uri: None };
        assert_eq!(read([(NAME, "张三")]), Ok(name));
    }

    #[test]
    fn a_text_has_at_most_255_characters_and_no_nul() {
        for name in [NAME, PORTRAIT_URI] {
            assert!(read([(name, &"😀".repeat(255))]).is_ok());
            assert_eq!(read([(name, &"😀".repeat(256))]), Err(Invalid::TooLong(name).into()));
            assert_eq!(read([(name, "a\0")]), Err(Invalid::IllegalCharacter(name).into()));
            let number = Fields::from_iter([(name.to_owned(), Value::Number("7".to_owned()))]);
            assert_eq!(Refresh::read(&number), Err(Invalid::NotText(name).into()));
        }
    }

    #[test]
    fn a_refusal_is_3_and_retryable() {
        for refusal in RefreshRefusal::every() {
            assert_eq!((Refusal::status(&refusal), refusal.is_retryable()), (3, true), "{refusal:?}");
        }
    }
}
