//! All endpoints of the admin API, in one place.

use hongbao_domain::admin::{RefusalCode, Scope};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{AdminEndpoint, HttpMethod};
use crate::Sentence;

/// Calls a macro with the types of all endpoints of the admin API.
#[macro_export]
macro_rules! for_each_admin_method {
    ($do:ident) => {
        $do! {
            $crate::admin::user::ListUsers,
            $crate::admin::user::PutUser,
            $crate::admin::user::ShowUser,
            $crate::admin::user::DisableUser,
            $crate::admin::user::EnableUser,
            $crate::admin::user::UserBalances,
            $crate::admin::statement::UserStatement,
            $crate::admin::packet::UserPackets,
            $crate::admin::session::IssueSession,
            $crate::admin::session::ListSessions,
            $crate::admin::session::RevokeSession,
            $crate::admin::session::RevokeSessions,
            $crate::admin::coin::ListCoins,
            $crate::admin::coin::PutCoin,
            $crate::admin::movement::Deposit,
            $crate::admin::movement::Withdraw,
            $crate::admin::packet::ShowPacket,
            $crate::admin::packet::CancelPacket,
            $crate::admin::log::ReadLog,
        }
    };
}

/// Descriptions of values, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// What is known of an endpoint without its types.
#[derive(Debug, Clone, Copy)]
pub struct AdminMethod {
    /// Its stable name.
    pub name: &'static str,
    /// The method of HTTP.
    pub method: HttpMethod,
    /// Where it is served.
    pub path: &'static str,
    /// What it does.
    pub summary: Sentence,
    /// What a token must be good for.
    pub scope: Scope,
    /// Why it may refuse.
    pub refusals: &'static [RefusalCode],
    /// What describes a request.
    pub request: fn() -> RefOr<Schema>,
    /// What describes an answer, and all that it refers to.
    pub answer: fn(&mut Schemas) -> RefOr<Schema>,
}

impl AdminMethod {
    const fn of<E: AdminEndpoint>() -> Self {
        Self {
            name: E::NAME,
            method: E::METHOD,
            path: E::PATH,
            summary: E::SUMMARY,
            scope: E::SCOPE,
            refusals: E::REFUSALS,
            request: <E::Request as PartialSchema>::schema,
            answer: |all| {
                <E::Data as ToSchema>::schemas(all);
                <E::Data as PartialSchema>::schema()
            },
        }
    }
}

macro_rules! list {
    ($($endpoint:ty),* $(,)?) => {
        /// All endpoints.
        pub const ADMIN_METHODS: &[AdminMethod] = &[$(AdminMethod::of::<$endpoint>()),*];
    };
}

for_each_admin_method!(list);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_endpoint_has_a_name_and_a_place_of_its_own() {
        let names: BTreeSet<_> = ADMIN_METHODS.iter().map(|method| method.name).collect();
        let places: BTreeSet<_> = ADMIN_METHODS.iter().map(|method| (method.method, method.path)).collect();
        assert_eq!((names.len(), places.len()), (ADMIN_METHODS.len(), ADMIN_METHODS.len()));
        assert!(ADMIN_METHODS.iter().all(|method| method.path.starts_with("/admin/v1/")), "{places:?}");
    }

    #[test]
    fn what_only_reads_is_get_and_nothing_else_is() {
        for method in ADMIN_METHODS {
            assert_eq!(method.method == HttpMethod::Get, method.scope == Scope::Read, "{}", method.name);
        }
    }
}
