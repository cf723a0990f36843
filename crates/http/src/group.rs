//! The handlers of groups.

use hongbao_api::group::{Create, Created, Join, Joined};
use hongbao_app::Caller;
use hongbao_domain::{
    group::{CreateGroup, CreateRefusal, JoinRefusal},
    id::GroupId,
};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for Create {
    async fn serve(shared: Shared, caller: Caller, create: CreateGroup) -> Result<Created, Failure<CreateRefusal>> {
        let group = shared.groups.create(&caller, create).await?;
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
