use super::*;
use crate::{
    id::TransferId,
    red_packet::{PacketState, Recall},
    testing::*,
};

/// A store with an account, a packet and a withdrawal whose money holds.
fn sound() -> Store {
    let mut store = Store::new();
    store.delivered();
    let withdraw =
        crate::ledger::Withdraw { reference: "out".parse().unwrap(), account: cny_of(alice()), amount: fen(100) };
    store.run(withdraw, NOON).unwrap();
    store
}

/// Gives what an audit finds after `tamper` changed a stored row.
fn found(tamper: impl FnOnce(&mut Store)) -> Vec<Finding> {
    let mut store = sound();
    tamper(&mut store);
    let audit = store.audit();
    assert_eq!(audit.holds(), audit.findings.is_empty());
    audit.findings
}

#[test]
fn a_sound_ledger_is_counted_and_summed() {
    let audit = sound().audit();
    assert!(audit.holds());
    assert_eq!((audit.holders, audit.postings), (4, 6));
    let scale = Scale::new(2).unwrap();
    let totals = Totals { scale, balances: 600, held: 300, deposits: 1_000, withdrawals: 100 };
    assert_eq!(audit.totals.into_values().collect::<Vec<_>>(), [totals]);
}

#[test]
fn money_from_nowhere_is_found() {
    let (coin, account) = (cny_of(alice()).coin, Holder::Account(cny_of(alice())));
    let findings = found(|store| store.account_of_alice().balance.amount = fen(601));
    assert_eq!(findings, [Finding::CoinDoesNotHold(coin), Finding::BalanceDiffers(account)]);
}

#[test]
fn a_version_without_its_posting_is_found() {
    let account = Holder::Account(cny_of(alice()));
    let findings = found(|store| store.account_of_alice().balance.version += 1);
    assert_eq!(findings, [Finding::BalanceDiffers(account)]);
}

#[test]
fn a_posting_that_was_changed_is_found() {
    let account = Holder::Account(cny_of(alice()));
    let changes: [fn(&mut Posting); 4] = [
        |posting| posting.amount += 1,
        |posting| posting.balance -= 1,
        |posting| posting.seq += 1,
        |posting| posting.coin = "USD".parse().unwrap(),
    ];
    for change in changes {
        let findings =
            found(|store| change(store.rows.postings.iter_mut().rfind(|posting| posting.holder == account).unwrap()));
        assert!(
            findings.iter().any(|finding| matches!(finding, Finding::BrokenChain { .. } | Finding::BalanceDiffers(_))),
            "{findings:?}"
        );
    }
}

#[test]
fn a_command_that_does_not_sum_to_zero_is_found() {
    let command = sound().rows.postings[0].command;
    let findings = found(|store| store.rows.postings[0].amount += 1);
    assert!(findings.contains(&Finding::UnbalancedCommand { command, coin: cny_of(alice()).coin }), "{findings:?}");
}

#[test]
fn commands_are_summed_one_by_one() {
    let (one, other) = (sound().rows.postings[0].command, CommandId::from_u128(99));
    let coin = cny_of(alice()).coin;
    let mut auditor = Auditor::new();
    for (command, amount) in [(one, 5), (one, -4), (other, -1)] {
        auditor.journal(&Posting { command, amount, ..sound().rows.postings[0] });
    }
    let unbalanced = [one, other].map(|command| Finding::UnbalancedCommand { command, coin });
    assert_eq!(auditor.finish().findings[..2], unbalanced);
}

#[test]
fn held_money_of_no_account_is_found_in_pieces_by_who_looks_for_it() {
    let coin = cny_of(alice()).coin;
    let mut auditor = Auditor::in_pieces(BTreeMap::new(), 0, 0);
    auditor.held_of_nobody(coin);
    assert_eq!(auditor.finish().findings, [Finding::HeldOfNobody(coin)]);
}

#[test]
fn a_packet_that_contradicts_itself_is_found() {
    let findings = found(|store| store.first_packet().state = PacketState::Claimed);
    assert_eq!(findings, [Finding::PacketContradicts(Holder::Packet(sound().first_packet().id))]);
}

#[test]
fn a_packet_that_its_postings_ended_otherwise_is_found() {
    let ended = |store: &mut Store| {
        let packet = store.first_packet().reference();
        store.run(Recall { packet }, NOON).unwrap();
    };
    let packet = Holder::Packet(sound().first_packet().id);
    assert_eq!(found(ended), []);
    let findings = found(|store| {
        ended(store);
        store.first_packet().state = PacketState::Cancelled;
    });
    assert_eq!(findings, [Finding::PacketContradicts(packet)]);
    for cause in [Cause::Claim, Cause::Cancel, Cause::Reserve] {
        let findings = found(|store| {
            ended(store);
            let last = store.rows.postings.iter_mut().rfind(|posting| posting.holder == packet);
            last.unwrap().cause = cause;
        });
        assert_eq!(findings, [Finding::PacketContradicts(packet)], "{cause:?}");
    }
}

/// Which cause may be the last of a packet in which state.
#[test]
fn each_state_of_a_packet_has_its_last_posting() {
    let lease_until = NOON;
    let fits = |state, last| {
        let mut posting = sound().rows.postings[0];
        let mut chain = Chain::default();
        for (seq, cause) in [(1, Cause::Reserve), (2, last)] {
            (posting.seq, posting.cause, posting.balance) = (seq, cause, posting.balance + posting.amount);
            chain.follow(&posting);
        }
        chain.fits(state)
    };
    for (state, causes) in [
        (PacketState::Sending { lease_until }, &[Cause::Reserve][..]),
        (PacketState::Open, &[Cause::Reserve, Cause::Claim]),
        (PacketState::Claimed, &[Cause::Claim]),
        (PacketState::Refunded, &[Cause::Refund]),
        (PacketState::Cancelled, &[Cause::Cancel]),
    ] {
        let found: Vec<_> = Cause::ALL.into_iter().filter(|cause| fits(state, *cause)).collect();
        assert_eq!(found, causes, "{state:?}");
    }
    assert!(!Chain::default().fits(PacketState::Open), "each packet has taken money");
}

#[test]
fn a_sum_of_held_money_that_is_not_what_the_packets_hold_is_found() {
    let account = Holder::Account(cny_of(alice()));
    for minor in [0, 299, 301] {
        assert_eq!(found(|store| store.account_of_alice().held = fen(minor)), [Finding::HeldDiffers(account)]);
    }
}

#[test]
fn held_money_of_a_sender_without_an_account_is_found() {
    let findings = found(|store| store.rows.accounts.retain(|key, _| *key != cny_of(alice())));
    assert!(findings.contains(&Finding::HeldOfNobody(cny_of(alice()).coin)), "{findings:?}");
}

/// Gives the withdrawal to tamper with.
fn withdrawal(store: &mut Store) -> &mut Movement {
    store.rows.movements.get_mut(&"out".parse().unwrap()).unwrap()
}

#[test]
fn a_movement_that_is_not_its_posting_is_found() {
    let reference = "out".parse().unwrap();
    let tampers: [fn(&mut Store); 3] = [
        |store| withdrawal(store).amount = fen(99),
        |store| withdrawal(store).direction = Direction::In,
        |store| store.rows.postings.retain(|posting| posting.holder != Holder::Movement("out".parse().unwrap())),
    ];
    for tamper in tampers {
        let findings = found(tamper);
        assert!(findings.contains(&Finding::MovementDiffers(Holder::Movement(reference))), "{findings:?}");
    }
}

#[test]
fn postings_of_a_holder_that_is_gone_are_found() {
    let tampers: [fn(&mut Store); 2] =
        [|store| store.rows.packets.clear(), |store| store.rows.movements.retain(|name, _| name.as_str() != "out")];
    for tamper in tampers {
        let findings = found(tamper);
        assert!(findings.contains(&Finding::Orphans(1)), "{findings:?}");
    }
    let balanced = found(|store| {
        let nobody = Holder::Account(cny_of(carol()));
        let pair =
            [store.rows.postings[0], store.rows.postings[1]].map(|posting| Posting { holder: nobody, ..posting });
        store.rows.postings.extend(pair);
    });
    assert_eq!(balanced, [Finding::Orphans(2)]);
}

#[test]
fn a_chain_has_no_gap_no_empty_posting_and_no_debt() {
    let sound = sound().rows.postings[1];
    let posting = |seq, amount, balance| Posting { seq, amount, balance, ..sound };
    let wrong = [
        vec![posting(1, 5, 5), posting(3, 1, 6)],
        vec![posting(2, 5, 5)],
        vec![posting(1, 5, 5), posting(2, 0, 5)],
        vec![posting(1, 5, 5), posting(2, -6, -1), posting(3, 6, 5)],
    ];
    for postings in wrong {
        let mut account = Account::open(cny_of(alice()), Scale::new(2).unwrap(), NOON);
        let last = postings[postings.len() - 1];
        account.balance = Balance { amount: fen(last.balance), version: u64::try_from(postings.len()).unwrap() };
        let mut auditor = Auditor::new();
        auditor.account(&account, Chain::of(&postings), 0);
        let findings = auditor.finish().findings;
        let of_the_chain =
            |finding: &Finding| matches!(finding, Finding::BrokenChain { .. } | Finding::BalanceDiffers(_));
        assert!(findings.iter().any(of_the_chain), "{postings:?}");
    }
}

#[test]
fn no_more_findings_are_listed_than_the_bound() {
    let mut store = sound();
    let packet = store.first_packet().clone();
    let wrong = |id| Packet { id: TransferId::from_u128(id), state: PacketState::Claimed, ..packet.clone() };
    let many = u128::try_from(Audit::MAX_FINDINGS).unwrap() + 1;
    store.rows.packets = (0..many).map(|id| (TransferId::from_u128(id), wrong(id))).collect();
    assert_eq!(store.audit().findings.len(), Audit::MAX_FINDINGS);
}

/// Audits a store whose rows are read at another moment than its sums, between which `later` happens.
fn in_pieces(before: &Store, later: &Store) -> Vec<Finding> {
    let then = before.audit();
    let entries = before.rows.accounts.values().map(|account| account.balance.version);
    let entries: u64 = entries.chain(before.rows.packets.values().map(|packet| packet.balance.version)).sum();
    let entries = i128::from(entries) + i128::try_from(before.rows.movements.len()).unwrap();
    let mut auditor = Auditor::in_pieces(then.totals, entries, u64::try_from(before.rows.postings.len()).unwrap());
    let chain = |holder| Chain::of(later.rows.postings.iter().filter(|posting| posting.holder == holder));
    for account in later.rows.accounts.values() {
        let own = later.rows.packets.values().filter(|row| cny_of(row.sender) == account.key);
        let held = own.map(|row| row.balance.amount.minor()).sum();
        auditor.account(account, chain(Holder::Account(account.key)), held);
    }
    for packet in later.rows.packets.values() {
        auditor.packet(packet, chain(Holder::Packet(packet.id)));
    }
    for movement in later.rows.movements.values() {
        let scale = Scale::new(2).unwrap();
        auditor.movement(movement, scale, chain(Holder::Movement(movement.reference)));
    }
    auditor.finish().findings
}

#[test]
fn rows_that_moved_on_since_the_sums_were_made_hold_as_well() {
    let (before, mut later) = (sound(), sound());
    assert_eq!(in_pieces(&before, &later), []);
    let deposit =
        crate::ledger::Deposit { reference: "more".parse().unwrap(), account: cny_of(alice()), amount: fen(50) };
    later.run(deposit, NOON).unwrap();
    assert_eq!(in_pieces(&before, &later), []);
}

#[test]
fn what_is_wrong_is_found_in_pieces_too() {
    let (coin, account) = (cny_of(alice()).coin, Holder::Account(cny_of(alice())));
    let tampered = |tamper: fn(&mut Store)| {
        let mut store = sound();
        tamper(&mut store);
        in_pieces(&store, &store)
    };
    let rich = tampered(|store| store.account_of_alice().balance.amount = fen(601));
    assert_eq!(rich, [Finding::CoinDoesNotHold(coin), Finding::BalanceDiffers(account)]);
    let counted = tampered(|store| store.account_of_alice().balance.version += 1);
    assert_eq!(counted, [Finding::BalanceDiffers(account)]);
    assert!(tampered(|store| store.rows.packets.clear()).contains(&Finding::Orphans(1)));
}

#[test]
fn a_coin_of_which_there_is_none_is_listed() {
    let mut auditor = Auditor::new();
    auditor.coin(&coin("CNY", 1, 2));
    let none = Totals { scale: Scale::new(2).unwrap(), balances: 0, held: 0, deposits: 0, withdrawals: 0 };
    assert_eq!(auditor.finish().totals, [(cny_of(alice()).coin, none)].into());
}
