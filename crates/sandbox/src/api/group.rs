//! `/group/*`: groups. The cloud knows no owner: any server call may change any group.

pub(super) mod ban;
mod bound;
mod create;
mod dismiss;
mod enter;
pub(super) mod gag;
mod join;
mod query_users;
mod quit;
mod refresh;
mod sync;
pub(super) mod whitelist;

pub(super) use {
    create::CREATE, dismiss::DISMISS, join::JOIN, query_users::QUERY_USERS, quit::QUIT, refresh::REFRESH, sync::SYNC,
};
