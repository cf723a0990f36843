//! What is asked of the reference store.

use std::{cmp::Reverse, collections::BTreeSet, ops::Range, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Operation},
    friend::Friend,
    group::{Check, Due, Group, Membership, MembershipState, Stuck},
    id::{EndpointId, EventId, GroupId, OperationId, SessionKey, TransferId, UserId},
    im_cloud::{CloudApp, Token},
    ledger::{Account, AccountKey, Audit, Holder, Holding, Posting},
    money::{Coin, Money},
    outbox::{Delivery, DeliveryState, Target},
    profile::{ImAccount, ImAccountKey},
    red_packet::{ClaimState, Packet, PacketRef, PacketState, Viewed},
    store::{Request, RequestName, RequestState, Tables},
    time::{Term, Timestamp},
    user::{UserOverview, UserStatus},
    webhook::Endpoint,
};
use hongbao_ports::{
    DATED_AHEAD, DELIVERED_LIFE, Fault, PARKED_LIFE, Pruned, Readiness, Retention, SESSION_GRACE, Schema, digest,
    query::{
        AdminQueries, Backlog, CachedProfile, ClaimRef, ContactQueries, Except, GroupQueries, LedgerQueries, Listed,
        ListedSession, ListedUser, OutboxQueries, Overdue, Page, ProfileQueries, RequestQueries, SessionQueries,
        UserQueries, WaitingPlace,
    },
};

use super::{MemoryStore, audit::audit};

#[async_trait]
impl SessionQueries for MemoryStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let session = rows.sessions.get(&digest(key)).filter(|session| session.expires_at > now);
        let is_active = |user: &UserId| rows.users.get(user).is_some_and(|user| user.status.is_active);
        Ok(session.map(|session| session.user).filter(is_active))
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<ListedSession>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let mine = rows.sessions.values().filter(|session| session.user == user && session.expires_at > now);
        let mut listed: Vec<_> = mine
            .map(|session| ListedSession {
                digest: session.key,
                created_at: session.created_at,
                expires_at: session.expires_at,
            })
            .collect();
        listed.sort_by_key(|session| Reverse(session.created_at));
        Ok(listed)
    }
}

#[async_trait]
impl RequestQueries for MemoryStore {
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault> {
        Ok(self.rows().requests.contains_key(name))
    }

    async fn answered(&self, after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault> {
        let rows = self.rows();
        let behind = rows.requests.values().filter(|request| after.is_none_or(|after| request.name > after));
        let answered = behind.filter(|request| matches!(request.state, RequestState::Final(_)));
        Ok(answered.take(at_most(limit)).cloned().collect())
    }

    async fn requests_about(&self, user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault> {
        let rows = self.rows();
        let mine = rows.requests.values().filter(|request| request.name.user == user);
        Ok(mine.filter(|request| request.packet() == Some(packet)).cloned().collect())
    }
}

#[async_trait]
impl UserQueries for MemoryStore {
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault> {
        Ok(self.rows().users.get(&user).map(|user| user.status))
    }

    async fn overview(&self, user: UserId) -> Result<Option<UserOverview>, Fault> {
        let (sessions, rows) = (self.sessions_of(user).await?.len(), self.rows());
        let friends = rows.friendships.values().filter(|friendship| friendship.has(user)).count();
        let count = |found: usize| u64::try_from(found).unwrap_or(u64::MAX);
        let found = rows.users.get(&user).cloned();
        Ok(found.map(|user| UserOverview { user, session_count: count(sessions), friend_count: count(friends) }))
    }

    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let rows = self.rows();
        let mut users: Vec<_> =
            rows.users.iter().map(|(id, user)| ListedUser { id: *id, status: user.status }).collect();
        users.retain(|user| user.id.as_str().starts_with(prefix));
        users.retain(|user| page.after.is_none_or(|after| user.id.as_str() > after.as_str()));
        users.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        users.truncate(at_most(page.limit));
        Ok(users)
    }
}

#[async_trait]
impl ContactQueries for MemoryStore {
    async fn friends(&self, user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault> {
        let rows = self.rows();
        let mut friends: Vec<_> = rows
            .friendships
            .values()
            .filter(|friendship| friendship.has(user))
            .filter_map(|friendship| {
                let side = usize::from(friendship.users[0] != user);
                let friend = rows.users.get(&friendship.users[1 - side])?;
                Some(Friend { profile: friend.profile.clone(), since: friendship.since[side] })
            })
            .collect();
        let place = |(since, friend): (Timestamp, UserId)| (Reverse(since), friend);
        let place_of = |friend: &Friend| place((friend.since, friend.profile.user));
        friends.retain(|friend| page.after.is_none_or(|after| place_of(friend) > place(after)));
        friends.sort_by_key(place_of);
        friends.truncate(at_most(page.limit));
        Ok(friends)
    }

    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault> {
        let rows = self.rows();
        Ok(rows.blocks.values().filter(|block| block.user == user).map(|block| block.blocked).collect())
    }
}

fn im_account<'rows>(rows: &'rows Tables, app: &CloudApp, user: UserId) -> Option<&'rows ImAccount> {
    rows.im_accounts.get(&ImAccountKey { app_key: app.key.clone(), user })
}

#[async_trait]
impl ProfileQueries for MemoryStore {
    async fn cached(&self, app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault> {
        let rows = self.rows();
        let account = im_account(&rows, app, user);
        Ok(rows.users.get(&user).map(|user| CachedProfile {
            profile: user.profile.clone(),
            is_registered: account.is_some_and(|account| account.registration.is_some()),
            is_stale: account.is_some_and(|account| account.is_stale),
            version: account.map_or(0, |account| account.version),
        }))
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let rows = self.rows();
        let registration = im_account(&rows, app, user).and_then(|account| account.registration.as_ref());
        let is_good = registration.filter(|registration| registration.secret_fingerprint == app.secret_fingerprint);
        Ok(is_good.map(|registration| registration.token.clone()))
    }
}

#[async_trait]
impl GroupQueries for MemoryStore {
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let is_over = |ends_at: &Timestamp, changed_at| Term { ends_at: *ends_at, changed_at }.is_over(now);
        let groups = rows.groups.values().filter_map(|row| {
            let due_at = row.due_at().filter(|due_at| is_over(due_at, row.changed_at))?;
            Some((due_at, Due::Group(row.id)))
        });
        let memberships = rows.memberships.values().filter_map(|row| {
            let due_at = row.due_at().filter(|due_at| is_over(due_at, row.changed_at))?;
            Some((due_at, Due::Membership(row.group, row.user)))
        });
        Ok([longest(limit, groups), longest(limit, memberships)].concat())
    }

    async fn lapsed(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let groups = rows.groups.values().filter(|row| row.lapse(now).is_some());
        let groups = groups.filter_map(|row| Some((row.due_at()?, Due::Group(row.id))));
        let joins = rows.memberships.values().filter(|row| row.lapse(now).is_some());
        let joins = joins.filter_map(|row| Some((row.due_at()?, Due::Membership(row.group, row.user))));
        Ok([longest(limit, groups), longest(limit, joins)].concat())
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        let rows = self.rows();
        let most = |found: Vec<Stuck>| {
            let mut stuck: Vec<_> = found.into_iter().filter(|row| row.failed >= Check::STUCK_AFTER).collect();
            stuck.sort_by_key(|row| (Reverse(row.failed), row.due));
            stuck.truncate(at_most(limit));
            stuck
        };
        let groups = most(rows.groups.values().filter_map(Stuck::group).collect());
        let memberships = most(rows.memberships.values().filter_map(Stuck::membership).collect());
        Ok([groups, memberships].concat())
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        Ok(self.rows().groups.get(&id).cloned())
    }

    async fn groups_of(&self, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault> {
        let rows = self.rows();
        let is_member = |row: &&Membership| row.user == user && matches!(row.state, MembershipState::Member { .. });
        let mine = rows.memberships.values().filter(is_member).map(|row| row.group);
        let behind = mine.filter(|group| page.after.is_none_or(|after| *group > after)).take(at_most(page.limit));
        Ok(behind.filter_map(|group| rows.groups.get(&group)).cloned().collect())
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        Ok(self.rows().memberships.values().filter(|row| row.group == id).copied().collect())
    }
}

#[async_trait]
impl LedgerQueries for MemoryStore {
    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        Ok(self.rows().coins.values().copied().collect())
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        let rows = self.rows();
        let mine = rows.accounts.values().filter(|account| account.key.user == user);
        Ok(mine.map(holding).collect())
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        Ok(self.rows().packets.get(&id).cloned())
    }

    async fn packets_with(&self, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault> {
        let rows = self.rows();
        Ok(ids.iter().filter_map(|id| rows.packets.get(id)).cloned().collect())
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        let packet = self.rows().packets.get(&id).cloned();
        Ok(packet.map(|packet| Viewed::at(packet, self.clock.now())))
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let is_meant = |packet: &&Packet| {
            let account = AccountKey { user: packet.sender, coin: packet.coin };
            !except.accounts.contains(&account) && !except.packets.contains(&packet.id)
        };
        let packets = || rows.packets.values().filter(is_meant);
        Ok(Overdue {
            sending: longest(limit, packets().filter_map(|packet| sending(packet, now))),
            claiming: longest(limit, packets().flat_map(|packet| claiming(packet, now))),
            expired: longest(limit, packets().filter_map(|packet| expiring(packet, now))),
        })
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        Ok(audit(&self.rows()))
    }

    async fn packets(&self, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let rows = self.rows();
        let behind = rows.packets.values().rev().filter(|packet| page.after.is_none_or(|after| packet.id < after));
        Ok(behind.take(at_most(page.limit)).map(|packet| Viewed::at(packet.clone(), self.clock.now())).collect())
    }

    async fn postings_of(&self, packet: TransferId) -> Result<Vec<Posting>, Fault> {
        let rows = self.rows();
        Ok(rows.postings.iter().filter(|posting| posting.holder == Holder::Packet(packet)).copied().collect())
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let rows = self.rows();
        let concerns = |receiver: Option<UserId>| receiver == Some(user);
        let mine = rows
            .packets
            .values()
            .rev()
            .filter(|packet| packet.sender == user || packet.shares.iter().any(|share| concerns(share.receiver)));
        let behind = mine.filter(|packet| page.after.is_none_or(|after| packet.id < after));
        Ok(behind.take(at_most(page.limit)).map(|packet| Viewed::at(packet.clone(), self.clock.now())).collect())
    }

    async fn statement(
        &self,
        account: AccountKey,
        times: Range<Timestamp>,
        page: Page<u64>,
    ) -> Result<Vec<Posting>, Fault> {
        let rows = self.rows();
        let of_account = rows.postings.iter().rev().filter(|posting| posting.holder == Holder::Account(account));
        let asked = of_account.filter(|posting| times.contains(&posting.at));
        Ok(asked
            .filter(|posting| page.after.is_none_or(|seq| posting.seq < seq))
            .take(at_most(page.limit))
            .copied()
            .collect())
    }
}

#[async_trait]
impl OutboxQueries for MemoryStore {
    async fn due_deliveries(&self, target: Target, overdue_by: Duration, limit: u32) -> Result<Vec<EventId>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let due = rows.outbox.values().filter(|delivery| delivery.target == target).filter_map(|delivery| {
            let (DeliveryState::Waiting { due_at } | DeliveryState::Sending { lease_until: due_at }) = delivery.state
            else {
                return None;
            };
            let is_over = Term { ends_at: due_at.after(overdue_by), changed_at: delivery.changed_at }.is_over(now);
            is_over.then_some((due_at, delivery.id))
        });
        Ok(longest(limit, due))
    }

    async fn deliveries(&self, listed: Listed, limit: u32) -> Result<Vec<Delivery>, Fault> {
        let rows = self.rows();
        let is_waiting = |delivery: &&Delivery| {
            matches!(delivery.state, DeliveryState::Waiting { .. } | DeliveryState::Sending { .. })
        };
        let all = rows.outbox.values();
        let mut found: Vec<_> = match listed {
            Listed::Waiting { after } => {
                let is_after = |delivery: &&Delivery| after.is_none_or(|after| WaitingPlace::of(delivery) > after);
                all.filter(is_waiting).filter(is_after).cloned().collect()
            }
            Listed::Parked { after } => {
                let parked = all.filter(|delivery| delivery.state == DeliveryState::Parked);
                let is_after =
                    |delivery: &&Delivery| after.is_none_or(|after| (delivery.changed_at, delivery.id) > after);
                parked.filter(is_after).cloned().collect()
            }
            Listed::About { target, packet, from, until } => {
                let to_it = all.filter(|delivery| delivery.target == target);
                let then = to_it.filter(|delivery| (from..=until).contains(&delivery.created_at));
                then.filter(|delivery| delivery.event.packet() == Some(packet)).cloned().collect()
            }
            Listed::To { endpoint, from, after } => {
                let is_after = |place: (Timestamp, EventId)| after.is_none_or(|after| place < after);
                let is_asked =
                    |delivery: &&Delivery| delivery.created_at >= from && is_after((delivery.created_at, delivery.id));
                all.filter(|delivery| delivery.target == Target::Webhook(endpoint)).filter(is_asked).cloned().collect()
            }
        };
        match listed {
            // The word for the state comes first: `sending` before `waiting`.
            Listed::Waiting { .. } => found.sort_by_key(WaitingPlace::of),
            Listed::About { .. } => found.sort_by_key(|delivery| (delivery.created_at, delivery.id)),
            Listed::Parked { .. } => found.sort_by_key(|delivery| (delivery.changed_at, delivery.id)),
            Listed::To { .. } => found.sort_by_key(|delivery| Reverse((delivery.created_at, delivery.id))),
        }
        found.truncate(at_most(limit));
        Ok(found)
    }

    async fn backlog(&self) -> Result<Backlog, Fault> {
        let (waiting, parked) = (
            self.deliveries(Listed::Waiting { after: None }, Backlog::MOST).await?,
            self.deliveries(Listed::Parked { after: None }, Backlog::MOST).await?,
        );
        let count = |found: Vec<Delivery>| u64::try_from(found.len()).unwrap_or(u64::MAX);
        Ok(Backlog { waiting: count(waiting), parked: count(parked) })
    }

    async fn has_taken(&self, endpoint: EndpointId, since: Timestamp) -> Result<Option<bool>, Fault> {
        let rows = self.rows();
        let is_later =
            |delivery: &&Delivery| delivery.target == Target::Webhook(endpoint) && delivery.created_at > since;
        let later: Vec<_> = rows.outbox.values().filter(is_later).map(|delivery| delivery.state).collect();
        Ok((!later.is_empty()).then(|| later.contains(&DeliveryState::Delivered)))
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, Fault> {
        let mut all: Vec<_> = self.rows().endpoints.values().cloned().collect();
        all.sort_by_key(|endpoint| (endpoint.created_at, endpoint.id));
        Ok(all)
    }
}

#[async_trait]
impl AdminQueries for MemoryStore {
    async fn admin_token(&self, digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        Ok(rows.admin_tokens.values().find(|token| token.digest == *digest && token.is_valid(now)).cloned())
    }

    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, Fault> {
        let mut all: Vec<_> = self.rows().admin_tokens.values().cloned().collect();
        all.sort_by_key(|token| (token.created_at, token.id));
        Ok(all)
    }

    async fn operations(&self, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault> {
        let mut all: Vec<_> = self.rows().operations.values().cloned().collect();
        all.sort_by_key(|operation| Reverse((operation.began_at, operation.id)));
        all.retain(|operation| page.after.is_none_or(|after| (operation.began_at, operation.id) < after));
        all.truncate(at_most(page.limit));
        Ok(all)
    }
}

#[async_trait]
impl Readiness for MemoryStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        Ok(Schema::Current)
    }
}

/// Of what is kept for a while only, this store has sessions and deliveries.
#[async_trait]
impl Retention for MemoryStore {
    async fn clock(&self) -> Result<Timestamp, Fault> {
        Ok(self.clock.now())
    }

    async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault> {
        let mut pruned = Pruned::default();
        let mut rows = self.rows();
        for session in rows.sessions.values_mut().filter(|session| session.created_at > now.after(DATED_AHEAD)) {
            if pruned.redated < limit.into() {
                let length = session.expires_at.to_micros() - session.created_at.to_micros();
                if length > 0 {
                    session.expires_at = Timestamp::from_micros(now.to_micros() + length);
                }
                session.created_at = now;
                pruned.redated += 1;
            }
        }
        let over = rows.sessions.values().filter(|session| session.expires_at < now.before(SESSION_GRACE));
        let mut over: Vec<_> = over.map(|session| (session.expires_at, session.key)).collect();
        over.sort_unstable();
        for (_, key) in over.into_iter().take(at_most(limit)) {
            rows.sessions.remove(&key);
            pruned.sessions += 1;
        }
        let kept_for = |state| match state {
            DeliveryState::Delivered => Some(DELIVERED_LIFE),
            DeliveryState::Parked => Some(PARKED_LIFE),
            DeliveryState::Waiting { .. } | DeliveryState::Sending { .. } => None,
        };
        let is_over = |row: &&Delivery| kept_for(row.state).is_some_and(|life| row.changed_at < now.before(life));
        let over: Vec<_> = rows.outbox.values().filter(is_over).map(|row| row.id).take(at_most(limit)).collect();
        for id in over {
            rows.outbox.remove(&id);
            pruned.deliveries += 1;
        }
        Ok(pruned)
    }
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn holding(account: &Account) -> Holding {
    let balance = Money { coin: account.key.coin, scale: account.scale, amount: account.balance.amount };
    Holding { balance, held: account.held }
}

/// Gives what was due first.
fn longest<T>(limit: u32, due: impl Iterator<Item = (Timestamp, T)>) -> Vec<T> {
    let mut due: Vec<_> = due.collect();
    due.sort_by_key(|(at, _)| *at);
    due.truncate(at_most(limit));
    due.into_iter().map(|(_, candidate)| candidate).collect()
}

fn sending(packet: &Packet, now: Timestamp) -> Option<(Timestamp, PacketRef)> {
    match packet.state {
        PacketState::Sending { lease_until: ends_at } => {
            let is_over = Term { ends_at, changed_at: packet.changed_at }.is_over(now);
            is_over.then(|| (ends_at, packet.reference()))
        }
        PacketState::Open | PacketState::Claimed | PacketState::Refunded | PacketState::Cancelled => None,
    }
}

fn claiming(packet: &Packet, now: Timestamp) -> impl Iterator<Item = (Timestamp, ClaimRef)> {
    packet.claims.iter().filter_map(move |claim| match claim.state {
        ClaimState::Claiming { lease_until: ends_at } => {
            let is_over = Term { ends_at, changed_at: claim.changed_at }.is_over(now);
            let claim = ClaimRef { packet: packet.reference(), taker: claim.taker, fence: claim.version };
            is_over.then_some((ends_at, claim))
        }
        ClaimState::Claimed | ClaimState::Released => None,
    })
}

/// An expiry is what was promised, whatever the clock showed then.
fn expiring(packet: &Packet, now: Timestamp) -> Option<(Timestamp, PacketRef)> {
    let waits = packet.state == PacketState::Open && !packet.has_claim_in_progress();
    (waits && packet.expires_at <= now).then(|| (packet.expires_at, packet.reference()))
}
