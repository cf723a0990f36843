//! Histories that are written by hand: one that is sound, to be spoilt in one place.

use serde_json::{Value, json};

use super::{trial::Trial, violation::Violation};
use crate::{
    history::{self, Answer, Call, Event, Invoke, Line, Loss, Move, Params, Told},
    state::{
        Account, Claim, CloudGroup, Delivery, Group, Membership, Message, Movement, Packet, Posting, Request, State,
        User,
    },
};

/// A trial as it was told.
pub(super) struct Story {
    pub(super) history: Vec<Line>,
    pub(super) state: State,
    ops: u64,
}

/// A request.
#[derive(Clone)]
pub(super) struct Ask(Invoke);

impl Ask {
    pub(super) fn new(method: &str, user: &str, params: &[(&str, &str)]) -> Self {
        let params: Params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (method, user) = (method.to_owned(), user.to_owned());
        Self(Invoke { op: 0, attempt: 1, server: 0, method, user, key: None, params, wrong: None })
    }

    pub(super) fn publish(amount: &str, mark: &str) -> Self {
        let params = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", amount), ("content", mark)];
        Self::new("msg_redpack_publish", "alice", &params)
    }

    pub(super) fn accept(user: &str, packet: &str) -> Self {
        Self::new("msg_redpack_accept", user, &[("transfer_id", packet)])
    }

    pub(super) fn message(mark: &str) -> Self {
        let content = content(mark);
        let params = [("toUserId", "bob"), ("objectName", "RC:TxtMsg"), ("content", &*content)];
        Self::new("msg_private_publish", "alice", &params)
    }

    pub(super) fn key(mut self, key: &str) -> Self {
        self.0.key = Some(key.to_owned());
        self
    }

    pub(super) fn wrong(mut self, status: u64) -> Self {
        self.0.wrong = Some(status);
        self
    }
}

fn content(mark: &str) -> String {
    json!({ "content": mark }).to_string()
}

/// Gives an answer as a server writes it.
pub(super) fn answer(status: u64, data: Value) -> Answer {
    let http = match status {
        100 => 400,
        101 => 422,
        102 => 409,
        103 => 429,
        120 => 500,
        121 => 503,
        _ => 200,
    };
    Answer { http, status, retry_after: matches!(status, 102 | 103 | 121), data }
}

impl Story {
    /// Three packets, a group, a friendship, a message, a profile and a token, all as it should be, and told to two endpoints.
    pub(super) fn sound() -> Self {
        let mut story = Self { history: Vec::new(), state: state(), ops: 0 };
        for user in ["alice", "bob"] {
            story.move_money("in", user, 100, &format!("first-{user}"), Told::Done { repeated: false });
        }
        let ids = ["steady", "flaky"].map(|name| (name.to_owned(), format!("{name}-id"))).into();
        story.say(Event::Endpoints { ids });
        for (mark, id, amount) in [("p1", "claimed1", "0.1"), ("p2", "refunded", "0.03"), ("p3", "open1", "0.05")] {
            let data = json!({ "transfer_id": id, "to_user_id": "bob", "coin_id": "CNY", "amount": amount });
            story.ask(Ask::publish(amount, mark).key(&format!("publish-{mark}")), 0, data);
        }
        let receipt = json!({ "transfer_id": "claimed1", "coin_id": "CNY", "amount": "0.1", "from_user_id": "alice" });
        story.ask(Ask::accept("bob", "claimed1").key("accept-1"), 0, receipt);
        let group = Ask::new("group_create", "alice", &[("group_name", "g1")]);
        story.ask(group.key("group-1"), 0, json!({ "group_id": "group1", "group_name": "g1", "owner_id": "alice" }));
        let join = Ask::new("group_join", "bob", &[("group_id", "group1")]);
        story.ask(join.key("join-1"), 0, json!({ "group_id": "group1", "member_count": 2 }));
        story.ask(Ask::new("friend_add", "alice", &[("user_id", "bob")]), 0, json!({ "user_id": "bob" }));
        story.ask(Ask::message("t1").key("message-1"), 0, json!({ "message_uid": "U-1" }));
        story.ask(Ask::new("refresh", "alice", &[("name", "n1")]).key("refresh-1"), 0, json!({ "name": "n1" }));
        story.ask(Ask::new("get_token", "alice", &[]), 0, json!("token"));
        story.tell_all();
        story.say(Event::Quiet);
        story.say(Event::Rest { after_ms: 10, hangs: 0 });
        story.say(Event::Agreed { after_ms: 10, differ: 0 });
        story.say(Event::Delivered { after_ms: 10, wait: 0 });
        story.say(Event::Audited { status: Some(0), said: String::new() });
        story
    }

    /// Tells both endpoints of all that happens in a sound story.
    fn tell_all(&mut self) {
        let (expires, claimed) = ("2026-11-29T00:00:04.000Z", "2026-11-29T00:00:01.000Z");
        let packet = |id: &str, amount: &str| json!({ "transfer_id": id, "from_user_id": "alice", "to_user_id": "bob", "coin_id": "CNY", "amount": amount });
        let at = |mut data: Value, key: &str, time: &str| {
            data[key] = json!(time);
            data
        };
        let published = |id, amount| at(packet(id, amount), "expires_at", expires);
        for endpoint in ["steady", "flaky"] {
            let mut tell =
                |id: &str, kind: &str, data: &Value| self.tell(endpoint, &format!("{endpoint}-{id}"), kind, data);
            for (id, amount) in [("claimed1", "0.1"), ("refunded", "0.03"), ("open1", "0.05")] {
                tell(&format!("p-{id}"), "red_packet.published", &published(id, amount));
            }
            tell("c-claimed1", "red_packet.claimed", &at(packet("claimed1", "0.1"), "claimed_at", claimed));
            tell("r-refunded", "red_packet.refunded", &packet("refunded", "0.03"));
            let group = json!({ "group_id": "group1", "group_name": "g1", "owner_id": "alice" });
            tell("group1", "group.created", &group);
            tell("join1", "group.joined", &json!({ "group_id": "group1", "user_id": "bob" }));
            tell("friend1", "friend.added", &json!({ "user_id": "alice", "friend_id": "bob" }));
        }
    }

    /// Adds a call that an endpoint took, and its row.
    pub(super) fn tell(&mut self, endpoint: &str, id: &str, kind: &str, data: &Value) {
        let body = json!({ "type": kind, "timestamp": "2026-11-29T00:00:00.000Z", "data": data }).to_string();
        let (name, id) = (endpoint.to_owned(), id.to_owned());
        self.say(Event::Call(Call { endpoint: name, id: id.clone(), body, is_taken: true, is_signed: true }));
        let (endpoint, kind, state) = (format!("{endpoint}-id"), kind.to_owned(), "delivered".to_owned());
        self.state.deliveries.push(Delivery { id, endpoint, kind, state, attempts: 1, is_late: false });
    }

    /// Adds an attempt at a movement, and what was told of it.
    pub(super) fn move_money(&mut self, direction: &str, user: &str, minor: i128, reference: &str, told: Told) {
        self.ops += 1;
        let movement = history::Movement {
            direction: direction.to_owned(),
            user: user.to_owned(),
            coin: "CNY".to_owned(),
            minor: minor.to_string(),
        };
        let (op, attempt, server, reference) = (self.ops, 1, Some(0), reference.to_owned());
        self.say(Event::Move(Move { op, attempt, server, reference, movement }));
        self.say(Event::Moved { op, attempt, told });
    }

    /// Adds another attempt at the movement of which one was told last.
    pub(super) fn ask_again_about_the_last(
        &mut self,
        direction: &str,
        user: &str,
        minor: i128,
        reference: &str,
        told: Told,
    ) {
        self.ops -= 1;
        let attempts = self.history.iter().filter(|line| matches!(line.event, Event::Move(_))).count();
        self.move_money(direction, user, minor, reference, told);
        let number = u32::try_from(attempts).expect("a story is short") + 1;
        for line in self.history.iter_mut().rev().take(2) {
            if let Event::Move(Move { attempt, .. }) | Event::Moved { attempt, .. } = &mut line.event {
                *attempt = number;
            }
        }
    }

    /// Adds the rows of money that went out.
    pub(super) fn withdraw(&mut self, user: &str, minor: i128, reference: &str) {
        let account = self.state.accounts.iter_mut().find(|row| row.user == user).expect("there is an account");
        account.balance -= minor;
        account.version += 1;
        let posting = |holder: &str, owner: &str, seq, amount, balance| Posting {
            holder: holder.into(),
            owner: owner.into(),
            coin: "CNY".into(),
            seq,
            command: format!("command-{reference}"),
            cause: "withdraw".into(),
            amount,
            balance,
        };
        self.state.postings.push(posting("account", user, account.version, -minor, account.balance));
        self.state.postings.push(posting("movement", reference, 1, minor, minor));
        let (direction, user, coin) = ("out".to_owned(), user.to_owned(), "CNY".to_owned());
        self.state.movements.push(Movement { reference: reference.to_owned(), direction, user, coin, amount: minor });
    }

    /// Adds a line a second after the last.
    pub(super) fn say(&mut self, event: Event) {
        let at_us = self.history.last().map_or(0, |line| line.at_us) + 1_000_000;
        self.history.push(Line { at_us, event });
    }

    /// Adds a request and its answer.
    pub(super) fn ask(&mut self, ask: Ask, status: u64, data: Value) {
        let op = self.invoke(ask);
        self.say(Event::Return { op, attempt: 1, answer: answer(status, data) });
    }

    /// Adds a request without an answer.
    pub(super) fn lose(&mut self, ask: Ask, why: Loss) {
        let op = self.invoke(ask);
        self.say(Event::Lost { op, attempt: 1, why });
    }

    /// Adds a request whose answer comes later; gives its number.
    pub(super) fn invoke(&mut self, Ask(invoke): Ask) -> u64 {
        self.ops += 1;
        self.say(Event::Invoke(Invoke { op: self.ops, ..invoke }));
        self.ops
    }

    /// Has another answer come to what was asked first under a key.
    pub(super) fn change_answer(&mut self, wanted: &str, status: u64, data: &Value) {
        let asked = self.history.iter().find_map(|line| {
            let Event::Invoke(invoke) = &line.event else { return None };
            (invoke.key.as_deref() == Some(wanted)).then_some(invoke.op)
        });
        let asked = asked.expect("it was asked");
        for line in &mut self.history {
            if let Event::Return { op, answer: told, .. } = &mut line.event
                && *op == asked
            {
                *told = answer(status, data.clone());
            }
        }
    }

    pub(super) fn packet(&mut self, id: &str) -> &mut Packet {
        self.state.packets.iter_mut().find(|packet| packet.id == id).expect("there is such a packet")
    }

    pub(super) fn posting(&mut self, holder: &str, owner: &str, seq: u64) -> &mut Posting {
        let mut all = self.state.postings.iter_mut();
        let found = all.find(|line| line.holder == holder && line.owner == owner && line.seq == seq);
        found.expect("there is such a posting")
    }
}

fn state() -> State {
    let account =
        |user: &str, balance, held, version| Account { user: user.into(), coin: "CNY".into(), balance, held, version };
    let movement = |user: &str| Movement {
        reference: format!("first-{user}"),
        direction: "in".into(),
        user: user.into(),
        coin: "CNY".into(),
        amount: 100,
    };
    let member =
        |user: &str| Membership { group: "group1".into(), user: user.into(), state: "member".into(), is_due: false };
    let request = |user: &str, method: &str, key: &str| Request {
        user: user.into(),
        method: method.into(),
        key: key.into(),
        status: Some(0),
    };
    let notice = |from: &str, kind: &str, id: &str| Message {
        from: from.into(),
        object_name: kind.into(),
        content: json!({ "event_id": format!("{kind}-{id}"), "transfer_id": id }).to_string(),
        uid: format!("{kind}-{id}"),
    };
    let text =
        Message { from: "alice".into(), object_name: "RC:TxtMsg".into(), content: content("t1"), uid: "U-1".into() };
    let bobs = ["claimed1", "refunded", "open1"].map(|id| notice("alice", "HB:RedPacket", id));
    let members = vec!["alice".to_owned(), "bob".to_owned()];
    State {
        accounts: vec![account("alice", 85, 5, 5), account("bob", 110, 0, 2)],
        packets: vec![
            packet("claimed1", 10, "p1", "claimed"),
            packet("refunded", 3, "p2", "refunded"),
            packet("open1", 5, "p3", "open"),
        ],
        claims: vec![Claim { packet: "claimed1".into(), taker: "bob".into(), state: "claimed".into() }],
        movements: vec![movement("alice"), movement("bob")],
        postings: postings(),
        friendships: vec![("alice".into(), "bob".into()), ("bob".into(), "alice".into())],
        groups: vec![Group {
            id: "group1".into(),
            name: "g1".into(),
            owner: "alice".into(),
            state: "active".into(),
            is_due: false,
        }],
        memberships: vec![member("alice"), member("bob")],
        users: vec![User { id: "alice".into(), name: "n1".into() }, User { id: "bob".into(), name: String::new() }],
        tokens: vec!["alice".into()],
        requests: vec![
            request("alice", "msg_redpack_publish", "publish-p1"),
            request("alice", "msg_redpack_publish", "publish-p2"),
            request("alice", "msg_redpack_publish", "publish-p3"),
            request("bob", "msg_redpack_accept", "accept-1"),
            request("alice", "group_create", "group-1"),
            request("bob", "group_join", "join-1"),
            request("alice", "msg_private_publish", "message-1"),
            request("alice", "refresh", "refresh-1"),
        ],
        inboxes: [
            ("alice".to_owned(), vec![notice("bob", "HB:RedPacketOpened", "claimed1")]),
            ("bob".to_owned(), bobs.into_iter().chain([text]).collect()),
        ]
        .into(),
        deliveries: Vec::new(),
        cloud_groups: [("group1".to_owned(), CloudGroup { members, is_dismissed: false })].into(),
        cloud_names: [("alice".to_owned(), "n1".to_owned()), ("bob".to_owned(), String::new())].into(),
    }
}

fn packet(id: &str, total: i128, remark: &str, state: &str) -> Packet {
    let is_open = state == "open";
    Packet {
        id: id.into(),
        sender: "alice".into(),
        coin: "CNY".into(),
        total,
        held: if is_open { total } else { 0 },
        entries: if is_open { 1 } else { 2 },
        remark: remark.into(),
        state: state.into(),
        receiver: "bob".into(),
        taker: if state == "claimed" { "bob".into() } else { String::new() },
        is_long: true,
    }
}

fn postings() -> Vec<Posting> {
    let lines = [
        ("account", "alice", 1, "c1", "deposit", 100, 100),
        ("movement", "first-alice", 1, "c1", "deposit", -100, -100),
        ("account", "bob", 1, "c2", "deposit", 100, 100),
        ("movement", "first-bob", 1, "c2", "deposit", -100, -100),
        ("account", "alice", 2, "c3", "reserve", -10, 90),
        ("packet", "claimed1", 1, "c3", "reserve", 10, 10),
        ("account", "alice", 3, "c4", "reserve", -3, 87),
        ("packet", "refunded", 1, "c4", "reserve", 3, 3),
        ("packet", "refunded", 2, "c5", "refund", -3, 0),
        ("account", "alice", 4, "c5", "refund", 3, 90),
        ("account", "alice", 5, "c6", "reserve", -5, 85),
        ("packet", "open1", 1, "c6", "reserve", 5, 5),
        ("packet", "claimed1", 2, "c7", "claim", -10, 0),
        ("account", "bob", 2, "c7", "claim", 10, 110),
    ];
    let write = |(holder, owner, seq, command, cause, amount, balance): (&str, &str, _, &str, &str, _, _)| Posting {
        holder: holder.into(),
        owner: owner.into(),
        coin: "CNY".into(),
        seq,
        command: command.into(),
        cause: cause.into(),
        amount,
        balance,
    };
    lines.map(write).into()
}

/// One invariant.
type Check = fn(&Trial<'_>) -> Vec<Violation>;

#[track_caller]
pub(super) fn assert_sound(check: Check, story: &Story) {
    assert_eq!(check(&Trial::new(&story.history, &story.state)), []);
}

#[track_caller]
pub(super) fn assert_found(check: Check, story: &Story, what: &str) {
    let found = check(&Trial::new(&story.history, &story.state));
    assert!(found.iter().any(|violation| violation.what.contains(what)), "{what} is not among {found:#?}");
}
