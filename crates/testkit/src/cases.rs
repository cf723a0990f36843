//! All cases, by the noun that they are about.

mod accept;
mod account;
mod admin;
mod amount;
mod audit;
mod clock_ahead;
mod coin;
mod contact;
mod crowd;
mod expire;
mod group;
mod hang_up;
mod holding;
mod lapsed;
mod listing;
mod membership;
mod movement;
mod outbox;
mod overdue;
mod packet;
mod profile;
mod progress;
mod prune;
mod publish;
mod race;
mod readiness;
mod release;
mod request;
mod session;
mod settle;
mod token;
mod twin;
mod user;
mod view;

use crate::case::Case;

/// Gives all cases.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    let tables = [
        accept::CASES,
        account::CASES,
        admin::CASES,
        amount::CASES,
        audit::CASES,
        clock_ahead::CASES,
        coin::CASES,
        contact::CASES,
        crowd::CASES,
        expire::CASES,
        group::CASES,
        hang_up::CASES,
        holding::CASES,
        lapsed::CASES,
        listing::CASES,
        membership::CASES,
        movement::CASES,
        outbox::CASES,
        overdue::CASES,
        packet::CASES,
        profile::CASES,
        progress::CASES,
        prune::CASES,
        publish::CASES,
        race::CASES,
        readiness::CASES,
        release::CASES,
        request::CASES,
        session::CASES,
        settle::CASES,
        token::CASES,
        twin::CASES,
        user::CASES,
        view::CASES,
    ];
    tables.into_iter().flatten()
}
