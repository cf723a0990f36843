//! `im/user_info`, 获取用户im信息.

use hongbao_domain::im_cloud::CloudRefusal;

use super::ProfileData;
use crate::{Denial, Endpoint, Parameter, Parameters, Sentence};

/// Gives the caller's profile as the IM cloud holds it.
#[derive(Debug)]
pub struct UserInfo;

impl Endpoint for UserInfo {
    const PATH: &'static str = "/im/user_info";
    const SUMMARY: Sentence = Sentence {
        english: "Gives the caller's profile as the IM cloud holds it.",
        chinese: "获取调用者在融云上的信息。",
    };
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[];

    type Request = ();
    type Data = ProfileData;
    type Refusal = CloudRefusal;

    fn parse(_: &Parameters<'_>) -> Result<(), Denial<CloudRefusal>> {
        Ok(())
    }
}
