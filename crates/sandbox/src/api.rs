//! The cloud's Server API, without HTTP: a table of endpoints and what they have in common.
//!
//! To add an endpoint, write one file with its parameters and its behaviour, and give it a line in [`ENDPOINTS`].

mod code;
mod endpoint;
mod error;
mod form;
mod group;
mod limit;
mod message;
mod moment;
mod not_enabled;
mod quota;
mod signature;
mod user;

pub use code::Code;
use endpoint::done;
use quota::Quota;
pub(crate) use {
    endpoint::Endpoint, error::CloudError, form::Form, moment::Moment, not_enabled::NOT_ENABLED, quota::Meters,
    signature::Credentials,
};

/// Everything that the sandbox serves.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    user::GET_TOKEN,
    user::REFRESH,
    user::INFO,
    user::CHECK_ONLINE,
    user::EXPIRE_TOKENS,
    user::block::BLOCK,
    user::block::UNBLOCK,
    user::block::QUERY,
    user::blacklist::ADD,
    user::blacklist::REMOVE,
    user::blacklist::QUERY,
    message::PUBLISH_PRIVATE,
    message::PUBLISH_GROUP,
    message::PUBLISH_SYSTEM,
    message::PUBLISH_LEGACY,
    message::RECALL,
    group::CREATE,
    group::JOIN,
    group::QUIT,
    group::DISMISS,
    group::REFRESH,
    group::SYNC,
    group::QUERY_USERS,
    user::QUERY_GROUPS,
    group::ban::ADD,
    group::ban::ROLLBACK,
    group::ban::QUERY,
    group::gag::ADD,
    group::gag::ROLLBACK,
    group::gag::LIST,
    group::whitelist::ADD,
    group::whitelist::ROLLBACK,
    group::whitelist::QUERY,
];

/// Lists the paths that the sandbox serves.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.path)
}

/// Lists every endpoint that the cloud documents: those that are served, then those that are not enabled.
pub(crate) fn documented() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(&NOT_ENABLED)
}

/// Finds `path` among those that the cloud documents.
pub(crate) fn find_documented(path: &str) -> Option<&'static str> {
    documented().map(|endpoint| endpoint.path).find(|documented| *documented == path)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_path_is_documented_once_and_ends_in_json() {
        let mut seen = HashSet::new();

        for endpoint in documented() {
            assert!(seen.insert(endpoint.path), "{}", endpoint.path);
            let name = endpoint.path.strip_prefix('/').and_then(|path| path.strip_suffix(".json"));
            assert!(name.is_some(), "{}", endpoint.path);
        }
    }

    #[test]
    fn each_path_has_its_documented_quota() {
        let other = [
            ("/user/getToken.json", Quota::calls_per_second(200)),
            ("/message/private/publish.json", Quota::messages_per_minute(6_000, "toUserId")),
            ("/message/publish.json", Quota::messages_per_minute(6_000, "toUserId")),
            ("/message/system/publish.json", Quota::messages_per_second(100, "toUserId")),
            ("/message/group/publish.json", Quota::messages_per_second(20, "toGroupId")),
        ];

        for endpoint in documented() {
            let quota = other.iter().find(|(path, _)| *path == endpoint.path).map(|(_, quota)| *quota);
            assert_eq!(endpoint.quota, quota.unwrap_or(Quota::calls_per_second(100)), "{}", endpoint.path);
        }
    }
}
