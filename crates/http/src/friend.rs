//! The handlers of friends.

use hongbao_api::friend::FriendData;
use hongbao_domain::{
    friend::{AddFriendRefusal, ListFriendsRefusal},
    id::UserId,
};
use hongbao_ports::Failure;

use crate::Shared;

pub(crate) async fn add(shared: Shared, user: UserId, other: UserId) -> Result<FriendData, Failure<AddFriendRefusal>> {
    let friend = shared.contacts.add_friend(user, other).await?;
    Ok(FriendData::from(&friend))
}

pub(crate) async fn list(shared: Shared, user: UserId, (): ()) -> Result<Vec<FriendData>, Failure<ListFriendsRefusal>> {
    let friends = shared.contacts.friends(user).await?;
    if friends.is_empty() {
        return Err(Failure::Refused(ListFriendsRefusal::Empty));
    }
    Ok(friends.iter().map(FriendData::from).collect())
}
