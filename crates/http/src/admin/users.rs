//! `/admin/v1/users`

use hongbao_api::admin::{
    Cursor, Text,
    user::{
        BalanceData, BalancesData, DisableUser, EnableUser, ListUsers, ListUsersRequest, ListedUserData, OneUser,
        PutUser, PutUserRequest, ShowUser, UserBalances, UserData, UsersData,
    },
};
use hongbao_app::admin::{Admin, AdminFailure, UserWish};
use hongbao_domain::{id::UserId, profile::ProfileChange, user::UserChange};
use hongbao_ports::{Failure, query::Page};

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for ListUsers {
    async fn serve(context: &Context, request: ListUsersRequest) -> Result<UsersData, AdminFailure> {
        let ListUsersRequest { prefix, cursor, limit } = request;
        let page = Page { after: cursor.map(|Text(user)| user), limit: limit.and_one() };
        let mut users = context.shared.admin.users(&prefix, page).await?;
        let next = limit.cut(&mut users, |user| Cursor(user.id.to_string()));
        Ok(UsersData { users: users.iter().map(|user| ListedUserData::of(user.id, user.status)).collect(), next })
    }
}

impl ServeAdmin for PutUser {
    async fn serve(context: &Context, request: PutUserRequest) -> Result<UserData, AdminFailure> {
        let PutUserRequest { user_id: Text(user), name, portrait_uri, takes_friend_requests } = request;
        let shared = &context.shared;
        Admin::check_user_id(shared.id_alphabet, user).map_err(Failure::Refused)?;
        let profile = ProfileChange {
            name: name.map(|Text(name)| name),
            portrait_uri: portrait_uri.map(|Text(portrait_uri)| portrait_uri),
        };
        let wish = UserWish { profile, takes_friend_requests };
        let (found, is_new) = shared.admin.put_user(shared.im_users.as_ref(), user, wish, context.deadline).await?;
        Ok(UserData { added: Some(is_new), ..UserData::from(&found) })
    }
}

async fn show(context: &Context, user: UserId) -> Result<UserData, AdminFailure> {
    Ok(UserData::from(&context.shared.admin.user(user).await?))
}

async fn set_active(context: &Context, user: UserId, is_active: bool) -> Result<UserData, AdminFailure> {
    let change = UserChange { is_active: Some(is_active), ..UserChange::default() };
    context.shared.admin.change_user(user, change).await?;
    show(context, user).await
}

impl ServeAdmin for ShowUser {
    async fn serve(context: &Context, request: OneUser) -> Result<UserData, AdminFailure> {
        show(context, request.user_id.0).await
    }
}

impl ServeAdmin for DisableUser {
    async fn serve(context: &Context, request: OneUser) -> Result<UserData, AdminFailure> {
        set_active(context, request.user_id.0, false).await
    }
}

impl ServeAdmin for EnableUser {
    async fn serve(context: &Context, request: OneUser) -> Result<UserData, AdminFailure> {
        set_active(context, request.user_id.0, true).await
    }
}

impl ServeAdmin for UserBalances {
    async fn serve(context: &Context, request: OneUser) -> Result<BalancesData, AdminFailure> {
        let holdings = context.shared.admin.balances(request.user_id.0).await?;
        Ok(BalancesData { balances: holdings.iter().map(BalanceData::from).collect() })
    }
}
