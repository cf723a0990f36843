//! `/admin/v1/users/{user_id}/friends` and `/groups`

use hongbao_api::admin::{
    Place, Text,
    contact::{
        FriendData, FriendsData, GroupData, GroupsData, UserFriends, UserFriendsRequest, UserGroups, UserGroupsRequest,
    },
};
use hongbao_app::admin::AdminFailure;
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

impl ServeAdmin for UserGroups {
    async fn serve(context: &Context, request: UserGroupsRequest) -> Result<GroupsData, AdminFailure> {
        let UserGroupsRequest { user_id: Text(user), cursor, limit } = request;
        let page = Page { after: cursor.map(|Text(id)| id), limit: limit.and_one() };
        let mut groups = context.shared.admin.groups_of(user, page).await?;
        let next = limit.cut(&mut groups, |group| Text(group.id));
        Ok(GroupsData { groups: groups.iter().map(GroupData::from).collect(), next })
    }
}
