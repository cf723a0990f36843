//! A store with something of everything in it, and all that can be seen of it: for a test that moves stores.

use std::collections::BTreeMap;

use hongbao_domain::{
    friend::{AddFriend, Friend, SetBlock},
    group::{Due, Finding, Group, Membership},
    id::{SessionKey, UserId},
    im_cloud::{CloudApp, Token},
    ledger::AccountKey,
    money::{Amount, Coin},
    profile::Profile,
    red_packet::{PacketRef, Viewed},
    user::UserStatus,
};
use hongbao_ports::{
    Clock, Submit,
    query::{CachedProfile, ListedSession, Page},
};

use crate::{
    TestStore,
    group_steps::PAUSE,
    scene::{LEASE, LIFE, TICK, alice, bob, carol, cny_of, done, eth, everyone, release},
    state::State,
};

/// All that the ports show of a seeded store.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    world: State,
    coins: Vec<Coin>,
    views: Vec<Option<Viewed>>,
    people: BTreeMap<UserId, Person>,
    logins: Vec<Option<UserId>>,
    groups: Vec<(Option<Group>, Vec<Membership>)>,
    due: Vec<Due>,
}

#[derive(Debug, PartialEq, Eq)]
struct Person {
    status: Option<UserStatus>,
    sessions: Vec<ListedSession>,
    friends: Vec<Friend>,
    copies: Vec<Option<CachedProfile>>,
    tokens: Vec<Option<Token>>,
}

fn apps() -> [CloudApp; 2] {
    let app = |key: &str| CloudApp { key: key.to_owned(), secret_fingerprint: *b"12345678" };
    [app("app"), app("another")]
}

fn keys() -> [SessionKey; 3] {
    ["alice-on-her-phone", "alice-on-her-desk", "bob-long-ago"].map(|key| key.parse().expect("the key is visible"))
}

impl TestStore {
    /// Fills an empty store with everything that can be at rest in it, and gives a packet that bob may claim.
    pub async fn seed(&self) -> PacketRef {
        self.seed_people().await;
        self.alice_has(1_000_000).await;
        self.bring(AccountKey { user: alice(), coin: eth() }, Amount::MAX.minor()).await;
        self.take(cny_of(alice()), 1).await;
        self.open(cny_of(carol())).await;
        self.refunded(100).await;
        self.claimed(8_88).await;
        self.cancelled(3).await;
        let begun = self.claiming(5).await;
        done(self.ledger.release_claim(release(&begun)).await);
        self.seed_groups().await;
        // A session that is over, but not forgotten.
        self.clock.advance(TICK);
        self.delivered(20_000).await
    }

    async fn seed_people(&self) {
        for (user, name) in everyone().zip(["爱丽丝 👩‍👩‍👧 \"\\'\u{202e}é", "Bob", "", "\t\n", "🧧"])
        {
            let status = UserStatus { is_active: true, takes_friend_requests: user != bob() };
            self.users.set_status(user, status).await.expect("users can be written");
            let portrait_uri = "https://cdn.example/头像?a=1&b=%20".parse().expect("the address is short");
            let profile = Profile { user, name: name.parse().expect("the name is short"), portrait_uri };
            self.profiles.introduce(&profile).await.expect("profiles can be written");
        }
        let now = self.clock.now();
        let [phone, desk, old] = keys();
        done(self.sessions.register(&phone, alice(), now.after(2 * LIFE)).await);
        // Those of one moment have no order.
        self.clock.advance(TICK);
        done(self.sessions.register(&desk, alice(), now.after(3 * LIFE)).await);
        done(self.sessions.register(&old, bob(), now.after(TICK)).await);
        done(self.commands.submit(AddFriend { user: bob(), other: alice(), max: u32::MAX }).await);
        self.clock.advance(TICK);
        done(self.commands.submit(AddFriend { user: alice(), other: carol(), max: u32::MAX }).await);
        done(self.commands.submit(SetBlock { user: carol(), other: bob(), is_blocked: true }).await);
        let [app, another] = apps();
        let token = "r6P9a==@id1.cn.rongnav.com;id2.cn.rongcfg.com".parse().expect("the text is a token");
        self.profiles.keep_token(&app, alice(), &token, 0).await.expect("tokens can be written");
        self.profiles.invalidate(&app, alice()).await.expect("profiles can be written");
        self.profiles.invalidate(&another, bob()).await.expect("profiles can be written");
    }

    /// Groups in all states but preparing; users who are members, were undone, are gone.
    async fn seed_groups(&self) {
        let group = self.active_group().await.id;
        self.member(bob(), group).await;
        // To be undone at the cloud, and not yet at once.
        let left = self.joining(carol(), group).await;
        done(self.groups.discard_join(left).await);
        let due = Due::Membership(group, carol());
        let held = done(self.groups.claim_check(due, LEASE).await);
        done(self.groups.end_check(due, held.fence, Finding::Called, PAUSE).await);
        // Undone, and the cloud agrees.
        let gone = self.joining(everyone().last().expect("there is somebody"), group).await;
        done(self.groups.discard_join(gone).await);
        let due = Due::Membership(group, gone.user);
        while self.due().await.contains(&due) {
            let held = done(self.groups.claim_check(due, LEASE).await);
            done(self.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
            self.clock.advance(PAUSE);
        }
        let discarded = done(self.groups.prepare_group(crate::group_steps::new_group(self)).await).id;
        done(self.groups.discard_group(discarded).await);
    }

    /// Looks at everything.
    pub async fn snapshot(&self) -> Snapshot {
        let mut people = BTreeMap::new();
        for user in everyone() {
            let mut person = Person {
                status: self.queries.status(user).await.expect("users can be read"),
                sessions: self.queries.sessions_of(user).await.expect("sessions can be read"),
                friends: self.queries.friends(user, Page::first(u32::MAX)).await.expect("friends can be read"),
                copies: Vec::new(),
                tokens: Vec::new(),
            };
            for app in apps() {
                person.copies.push(self.queries.cached(&app, user).await.expect("profiles can be read"));
                person.tokens.push(self.queries.token(&app, user).await.expect("tokens can be read"));
            }
            people.insert(user, person);
        }
        let mut logins = Vec::new();
        for key in keys() {
            logins.push(self.queries.user_of(&key).await.expect("sessions can be read"));
        }
        let mut groups = Vec::new();
        for id in self.ids.groups() {
            groups.push((self.look_at_group(id).await, self.rows(id).await));
        }
        let mut views = Vec::new();
        for id in self.ids.transfers() {
            views.push(self.queries.view(id).await.expect("packets can be read"));
        }
        let coins = self.queries.coins().await.expect("coins can be read");
        Snapshot { world: State::of(self).await, coins, views, people, logins, groups, due: self.due().await }
    }

    /// Leaves one of each thing unfinished: a packet that is being sent, a claim, a group that is being made, a join,
    /// and a check.
    pub async fn leave_unfinished(&self) {
        self.sending(7).await;
        self.claiming(8).await;
        done(self.groups.prepare_group(crate::group_steps::new_group(self)).await);
        let group = self.active_group().await.id;
        self.joining(bob(), group).await;
        let undone = self.joining(carol(), group).await;
        done(self.groups.discard_join(undone).await);
        done(self.groups.claim_check(Due::Membership(group, carol()), LEASE).await);
    }
}
