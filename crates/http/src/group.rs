//! The handlers of groups.

use hongbao_api::group::{Create, CreateRequest, Created, Join, Joined};
use hongbao_app::Caller;
use hongbao_domain::{
    group::{CreateRefusal, JoinRefusal},
    id::GroupId,
};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for Create {
    async fn serve(shared: Shared, caller: Caller, request: CreateRequest) -> Result<Created, Failure<CreateRefusal>> {
        let CreateRequest { name, memo } = request;
        let group = shared.groups.create(&caller, hongbao_app::groups::Create { name, memo }).await?;
        Ok(Created::from(&group))
    }
}

impl Serve for Join {
    async fn serve(shared: Shared, caller: Caller, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
        let joined = shared.groups.join(&caller, group).await?;
        let (group_name, member_count) = (joined.name.as_str().to_owned(), joined.member_count);
        Ok(Joined { group_id: joined.group, group_name, member_count })
    }
}
