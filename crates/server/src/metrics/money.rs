//! Whether the money holds, by the last audit.

use hongbao_app::admin::AuditMade;
use hongbao_domain::{
    id::CoinId,
    ledger::{Audit, Totals},
    money::print_minor,
};

use super::families::{Families, moment, number, seconds};

/// How many coins have a series of their own: those that do not hold first, then by their ids.
pub(super) const MAX_COINS: usize = 100;

pub(super) fn add(families: &mut Families, audit: &AuditMade) {
    let mut family = families.gauge(
        "hongbao_conservation_gap",
        "Balances + held - deposits + withdrawals of a coin, in its own units; anything but 0 is wrong.",
    );
    for (coin, totals) in told(&audit.found.money) {
        family = family.level(&[("coin", coin.as_str())], gap(totals));
    }
    drop(family);
    families
        .gauge("hongbao_audit_findings", "What the last audit found wrong; anything but 0 is wrong.")
        .level(&[], number(u64::try_from(audit.found.findings()).unwrap_or(u64::MAX)));
    families.gauge("hongbao_audit_duration_seconds", "How long the last audit took.").level(&[], seconds(audit.took));
    families.gauge("hongbao_audit_timestamp_seconds", "When the last audit ended.").level(&[], moment(audit.at));
}

/// Gives the coins that are named.
fn told(audit: &Audit) -> Vec<(&CoinId, &Totals)> {
    let mut coins: Vec<_> = audit.totals.iter().collect();
    // The sort is stable: the coins are in the order of their ids.
    coins.sort_by_key(|(_, totals)| totals.hold());
    coins.truncate(MAX_COINS);
    coins
}

/// Gives the gap as a float, which is 0 for no other gap.
fn gap(totals: &Totals) -> f64 {
    let Totals { scale, balances, held, deposits, withdrawals } = *totals;
    let gap = balances + held - deposits + withdrawals;
    print_minor(gap, scale).parse().expect("a printed amount is a number")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hongbao_domain::money::Scale;

    use super::*;

    fn totals(places: u8, deposits: i128) -> Totals {
        let scale = Scale::new(places).unwrap();
        Totals { balances: 2_000, held: 888, deposits, ..Totals::none(scale) }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "they are the nearest floats to the same decimals")]
    fn a_gap_is_told_in_the_units_of_its_coin() {
        let gaps =
            [(2, 2_888), (2, 2_887), (2, 3_000), (18, 2_889)].map(|(places, deposits)| gap(&totals(places, deposits)));
        assert_eq!(gaps, [0.0, 0.01, -1.12, -0.000_000_000_000_000_001]);
    }

    #[test]
    fn no_more_coins_are_named_than_that_and_those_that_do_not_hold_come_first() {
        let coin = |number: usize| {
            (format!("C{number:03}").parse().unwrap(), totals(2, if number == 149 { 1 } else { 2_888 }))
        };
        let totals: BTreeMap<CoinId, Totals> = (0..150).map(coin).collect();
        let audit = Audit { totals, holders: 0, postings: 0, findings: Vec::new() };
        let named: Vec<_> = told(&audit).into_iter().map(|(coin, _)| coin.to_string()).collect();
        assert_eq!(named.len(), MAX_COINS);
        assert_eq!([&named[0], &named[1], &named[99]], ["C149", "C000", "C098"]);
    }
}
