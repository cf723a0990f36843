//! What a client may want, and how it asks for it.

use crate::{
    dice::Dice,
    history::Params,
    settings::{COINS, Coin, NO_USER, USERS, decimal, user},
};

/// One thing that a user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) method: &'static str,
    pub(crate) user: String,
    pub(crate) params: Params,
    /// The status that is due because something is wrong with it.
    pub(crate) wrong: Option<u64>,
}

/// The methods that take a key.
pub(crate) const CHANGES: [&str; 8] = [
    "msg_redpack_publish",
    "msg_redpack_accept",
    "group_create",
    "group_join",
    "friend_add",
    "friend_delete",
    "msg_private_publish",
    "refresh",
];

impl Want {
    fn new(method: &'static str, user: &str, params: &[(&str, &str)]) -> Self {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method, user: user.to_owned(), params, wrong: None }
    }

    fn wrong(self, status: u64) -> Self {
        Self { wrong: Some(status), ..self }
    }

    /// Whether it changes something, and so may have a key.
    pub(crate) fn changes(&self) -> bool {
        CHANGES.contains(&self.method)
    }

    /// Takes a packet.
    pub(crate) fn accept(user: &str, packet: &str) -> Self {
        Self::new("msg_redpack_accept", user, &[("transfer_id", packet)])
    }

    /// Something else of the same method and user, to be asked for under a key that was used.
    pub(crate) fn other(&self, mark: &str) -> Self {
        let mut other = self.clone();
        for (name, value) in [("content", mark), ("group_name", mark), ("name", mark)] {
            if let Some(old) = other.params.get_mut(name) {
                value.clone_into(old);
            }
        }
        other
    }

    /// Writes its parameters as a form or as JSON.
    pub(crate) fn body(&self, as_json: bool) -> (&'static str, String) {
        if as_json {
            let body = serde_json::to_string(&self.params).expect("texts are JSON");
            return ("application/json", body);
        }
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&self.params);
        ("application/x-www-form-urlencoded", form.finish())
    }
}

/// What clients know of the world: what they were told, and what they saw in inboxes.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Packets with sender and receiver, in the order in which they were heard of.
    pub(crate) packets: Vec<(String, String, String)>,
    pub(crate) groups: Vec<String>,
}

/// One of the newest, mostly: they are the ones that others want now.
fn one_of<'list, T>(list: &'list [T], dice: &mut Dice) -> Option<&'list T> {
    let among = if dice.percent(80) { list.len().min(6) } else { list.len() };
    (among > 0).then(|| &list[list.len() - 1 - dice.index(among)])
}

/// Thinks of something to want. `mark` is used once, so that it names what an answer was lost of.
pub(crate) fn think(known: &Known, mark: &str, dice: &mut Dice) -> Want {
    let number = dice.index(USERS);
    let (me, other) = (user(number), user((number + 1 + dice.index(USERS - 1)) % USERS));
    let me = me.as_str();
    match dice.below(100) {
        0..30 => publish(me, &other, mark, dice),
        30..58 => match one_of(&known.packets, dice) {
            Some((packet, sender, receiver)) => match dice.below(100) {
                0..88 => Want::accept(receiver, packet),
                88..94 => Want::accept(sender, packet).wrong(5),
                _ => Want::accept(me, "0000000000000000000000").wrong(4),
            },
            None => Want::new("get_token", me, &[]),
        },
        58..66 => Want::new("friend_add", me, &[("user_id", &other)]),
        66..71 => Want::new("friend_delete", me, &[("user_id", &other)]),
        71..75 => Want::new("group_create", me, &[("group_name", mark)]),
        75..82 => match one_of(&known.groups, dice) {
            Some(group) => Want::new("group_join", me, &[("group_id", group)]),
            None => Want::new("group_create", me, &[("group_name", mark)]),
        },
        82..88 => {
            let content = format!("{{\"content\":\"{mark}\"}}");
            let params = [("toUserId", &*other), ("objectName", "RC:TxtMsg"), ("content", &content)];
            Want::new("msg_private_publish", me, &params)
        }
        88..91 => Want::new("refresh", me, &[("name", mark)]),
        91..93 => {
            let again = if dice.percent(30) { "1" } else { "0" };
            Want::new("get_token", me, &[("refresh", again)])
        }
        93..94 => Want::new("user_info", me, &[]),
        94..96 => Want::new("friend_list", me, &[]),
        96..98 => Want::new("asset_list", me, &[]),
        _ => match one_of(&known.packets, dice) {
            Some((packet, sender, _)) => Want::new("msg_redpack_detail", sender, &[("transfer_id", packet)]),
            None => Want::new("asset_list", me, &[]),
        },
    }
}

fn publish(me: &str, other: &str, mark: &str, dice: &mut Dice) -> Want {
    let coin = dice.one(&COINS);
    let amount = decimal(amount(coin, dice), coin.scale);
    let with = |to: &str, amount: &str| {
        let params = [("toUserId", to), ("coin_id", coin.id), ("amount", amount), ("content", mark)];
        Want::new("msg_redpack_publish", me, &params)
    };
    match dice.below(100) {
        0..92 => with(other, &amount),
        92..94 => with(NO_USER, &amount).wrong(110),
        94..96 => with(me, &amount).wrong(111),
        96..98 => with(other, "1000").wrong(6),
        _ => with(other, "-1").wrong(6),
    }
}

/// Mostly little, now and then so much that a user runs out of money soon.
fn amount(coin: &Coin, dice: &mut Dice) -> i128 {
    let share = if dice.percent(90) { 1_000 } else { 25 };
    let most = u64::try_from(coin.first_minor / share).unwrap_or(u64::MAX);
    i128::from(1 + dice.below(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_want_the_same() {
        let known = Known { packets: vec![("p".into(), "user1".into(), "user2".into())], groups: vec!["g".into()] };
        let wants = |seed| {
            let mut dice = Dice::new(seed);
            (0..200).map(|number| think(&known, &format!("m{number}"), &mut dice)).collect::<Vec<_>>()
        };

        assert_eq!(wants(7), wants(7));
        assert_ne!(wants(7), wants(8));
        for method in CHANGES {
            assert!(wants(7).iter().any(|want| want.method == method), "{method} is wanted");
        }
    }
}
