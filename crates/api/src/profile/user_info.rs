//! `im/user_info`, 获取用户im信息.

use hongbao_domain::im_cloud::CloudRefusal;

use super::ProfileData;
use crate::{Denial, Endpoint, Parameter, Parameters};

/// Gives the caller's profile as the IM cloud holds it.
#[derive(Debug)]
pub struct UserInfo;

impl Endpoint for UserInfo {
    const PATH: &'static str = "/im/user_info";
    const SUMMARY: &'static str = "Gives the caller's profile as the IM cloud holds it.";
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[];

    type Request = ();
    type Data = ProfileData;
    type Refusal = CloudRefusal;

    fn parse(_: &Parameters<'_>) -> Result<(), Denial<CloudRefusal>> {
        Ok(())
    }
}
