//! All endpoints of the admin API, in one place.

use hongbao_domain::admin::{RefusalCode, Scope};
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{AdminEndpoint, HttpMethod, statement::StatementTable};
use crate::{Described, Sentence, catalogue::describe};

/// Calls a macro with the types of all endpoints of the admin API that answer with JSON.
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
            $crate::admin::contact::UserFriends,
            $crate::admin::contact::UserGroups,
            $crate::admin::contact::UserBlocks,
            $crate::admin::contact::BlockUser,
            $crate::admin::contact::UnblockUser,
            $crate::admin::session::IssueSession,
            $crate::admin::session::ListSessions,
            $crate::admin::session::RevokeSession,
            $crate::admin::session::RevokeSessions,
            $crate::admin::session::RevokeSessionByKey,
            $crate::admin::group::StuckGroups,
            $crate::admin::coin::ListCoins,
            $crate::admin::coin::PutCoin,
            $crate::admin::movement::Deposit,
            $crate::admin::movement::Withdraw,
            $crate::admin::movements::DepositBatch,
            $crate::admin::movements::WithdrawBatch,
            $crate::admin::search::SearchPackets,
            $crate::admin::packet::ShowPacket,
            $crate::admin::search::PacketTimeline,
            $crate::admin::packet::CancelPacket,
            $crate::admin::webhook::ListWebhooks,
            $crate::admin::webhook::AddWebhook,
            $crate::admin::webhook::RotateWebhook,
            $crate::admin::webhook::EnableWebhook,
            $crate::admin::webhook::DisableWebhook,
            $crate::admin::webhook::RemoveWebhook,
            $crate::admin::webhook::ReplayWebhook,
            $crate::admin::webhook::ReplayEvent,
            $crate::admin::webhook::WebhookLog,
            $crate::admin::outbox::ListOutbox,
            $crate::admin::outbox::RetryParked,
            $crate::admin::outbox::DropParked,
            $crate::admin::outbox::RetryOutbox,
            $crate::admin::outbox::DropOutbox,
            $crate::admin::audit::StartAudit,
            $crate::admin::audit::LastAudit,
            $crate::admin::log::ReadLog,
            $crate::admin::token::ListTokens,
            $crate::admin::token::CreateToken,
            $crate::admin::token::RevokeToken,
        }
    };
}

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
    /// In what form it answers where all is well.
    pub media_type: &'static str,
    /// Describes an answer.
    pub answer: fn() -> Described,
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
            media_type: E::MEDIA_TYPE,
            answer: describe::<E::Data>,
        }
    }
}

macro_rules! list {
    ($($endpoint:ty),* $(,)?) => {
        /// All endpoints. The last one is no JSON, and so is served by itself.
        pub const ADMIN_METHODS: &[AdminMethod] =
            &[$(AdminMethod::of::<$endpoint>(),)* AdminMethod::of::<StatementTable>()];
    };
}

for_each_admin_method!(list);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Language, admin::Code};

    #[test]
    fn each_endpoint_has_a_name_and_a_place_of_its_own() {
        let names: BTreeSet<_> = ADMIN_METHODS.iter().map(|method| method.name).collect();
        let places: BTreeSet<_> = ADMIN_METHODS.iter().map(|method| (method.method, method.path)).collect();
        assert_eq!((names.len(), places.len()), (ADMIN_METHODS.len(), ADMIN_METHODS.len()));
        assert!(ADMIN_METHODS.iter().all(|method| method.path.starts_with("/admin/v1/")), "{places:?}");
    }

    #[test]
    fn the_pages_name_each_endpoint_and_each_problem() {
        let pages = [
            (include_str!("../../../../docs/admin.md"), Language::English),
            (include_str!("../../../../docs/admin.zh.md"), Language::Chinese),
        ];
        for (page, language) in pages {
            for AdminMethod { method, path, scope, summary, .. } in ADMIN_METHODS {
                let summary = summary.say(language, None);
                let summary = summary.trim_end_matches(['.', '。']);
                let line = format!("| `{} {path}` | `{scope}` | {summary} |", method.as_str());
                assert!(page.contains(&line), "the page lacks {line}");
            }
            let refusals = RefusalCode::ALL.iter().map(|code| Code::Refused(*code));
            for code in Code::COMMON.iter().copied().chain(refusals) {
                let (status, name) = (code.http_status().to_string(), format!("`{}`", code.as_str()));
                let is_row = |line: &str| {
                    let first = line.trim_start_matches("| ").split(" | ").next();
                    first.is_some_and(|first| first.contains(&status)) && line.contains(&name)
                };
                assert!(page.lines().any(is_row), "the page lacks {name} at {status}");
            }
        }
    }

    #[test]
    fn what_only_reads_is_get_and_nothing_else_is() {
        for method in ADMIN_METHODS {
            assert_eq!(method.method == HttpMethod::Get, method.scope == Scope::Read, "{}", method.name);
        }
    }
}
