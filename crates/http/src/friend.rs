//! The handlers of friends.

use hongbao_api::friend::{AddFriend, DeleteFriend, FriendData, ListFriends};
use hongbao_app::Caller;
use hongbao_domain::{
    friend::{self, AddFriendRefusal, DeleteFriendRefusal, ListFriendsRefusal},
    id::UserId,
};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for AddFriend {
    async fn serve(shared: Shared, caller: Caller, other: UserId) -> Result<FriendData, Failure<AddFriendRefusal>> {
        let friend = shared.friends.add(&caller, other).await?;
        Ok(FriendData::from(&friend))
    }
}

impl Serve for DeleteFriend {
    async fn serve(shared: Shared, caller: Caller, other: UserId) -> Result<FriendData, Failure<DeleteFriendRefusal>> {
        let delete = friend::DeleteFriend { user: caller.user, other };
        let friend = shared.friends.run(&caller, delete).await?;
        Ok(FriendData::from(&friend))
    }
}

impl Serve for ListFriends {
    async fn serve(shared: Shared, caller: Caller, (): ()) -> Result<Vec<FriendData>, Failure<ListFriendsRefusal>> {
        let friends = shared.friends.list(&caller).await?;
        if friends.is_empty() {
            return Err(Failure::Refused(ListFriendsRefusal::Empty));
        }
        Ok(friends.iter().map(FriendData::from).collect())
    }
}
