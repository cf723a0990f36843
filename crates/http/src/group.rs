//! The handlers of groups.

use hongbao_api::group::{CreateRequest, Created, Joined};
use hongbao_app::Caller;
use hongbao_domain::{
    group::{CreateRefusal, JoinRefusal},
    id::GroupId,
};
use hongbao_ports::Failure;

use crate::Shared;

pub(crate) async fn create(
    shared: Shared,
    caller: Caller,
    request: CreateRequest,
) -> Result<Created, Failure<CreateRefusal>> {
    let CreateRequest { name, memo } = request;
    let group = shared.groups.create(&caller, hongbao_app::groups::Create { name, memo }).await?;
    Ok(Created::from(&group))
}

pub(crate) async fn join(shared: Shared, caller: Caller, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
    let joined = shared.groups.join(&caller, group).await?;
    let (group_name, member_count) = (joined.name.as_str().to_owned(), joined.member_count);
    Ok(Joined { group_id: joined.group, group_name, member_count })
}
