//! `/admin/v1/users/{user_id}/friends`, `/groups` and `/blocks`

use hongbao_api::admin::{
    Place, Text,
    contact::{
        BlockUser, BlocksData, FriendData, FriendsData, GroupData, GroupsData, OneBlock, UnblockUser, UserBlocks,
        UserFriends, UserFriendsRequest, UserGroups, UserGroupsRequest,
    },
    user::OneUser,
};
use hongbao_app::admin::AdminFailure;
use hongbao_domain::{id::UserId, user::UserChange};
use hongbao_ports::query::Page;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for UserFriends {
    async fn serve(context: &Context, request: UserFriendsRequest) -> Result<FriendsData, AdminFailure> {
        let UserFriendsRequest { user_id: Text(user), cursor, limit } = request;
        let page = Page { after: cursor.map(|Place(since, friend)| (since, friend)), limit: limit.and_one() };
        let mut friends = context.shared.admin.friends(user, page).await?;
        let next = limit.cut(&mut friends, |last| Place(last.since, last.profile.user));
        Ok(FriendsData { friends: friends.iter().map(FriendData::from).collect(), next })
    }
}

async fn blocks(context: &Context, user: UserId) -> Result<BlocksData, AdminFailure> {
    let blocks = context.shared.admin.blocked_by(user).await?;
    Ok(BlocksData { blocks: blocks.into_iter().map(Text).collect() })
}

async fn change(context: &Context, user: UserId, change: UserChange) -> Result<BlocksData, AdminFailure> {
    context.shared.admin.change_user(user, change).await?;
    blocks(context, user).await
}

impl ServeAdmin for UserBlocks {
    async fn serve(context: &Context, request: OneUser) -> Result<BlocksData, AdminFailure> {
        blocks(context, request.user_id.0).await
    }
}

impl ServeAdmin for BlockUser {
    async fn serve(context: &Context, request: OneBlock) -> Result<BlocksData, AdminFailure> {
        let OneBlock { user_id: Text(user), blocked_id: Text(other) } = request;
        change(context, user, UserChange { block: Some(other), ..UserChange::default() }).await
    }
}

impl ServeAdmin for UnblockUser {
    async fn serve(context: &Context, request: OneBlock) -> Result<BlocksData, AdminFailure> {
        let OneBlock { user_id: Text(user), blocked_id: Text(other) } = request;
        change(context, user, UserChange { unblock: Some(other), ..UserChange::default() }).await
    }
}

impl ServeAdmin for UserGroups {
    async fn serve(context: &Context, request: UserGroupsRequest) -> Result<GroupsData, AdminFailure> {
        let UserGroupsRequest { user_id: Text(user), cursor, limit } = request;
        let page = Page { after: cursor.map(|Text(id)| id), limit: limit.and_one() };
        let mut groups = context.shared.admin.groups_of(user, page).await?;
        let next = limit.cut(&mut groups, |group| Text(group.id));
        Ok(GroupsData { groups: groups.iter().map(GroupData::from).collect(), next })
    }
}
