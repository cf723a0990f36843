//! A client who looks into inboxes and takes what it finds, before its sender has heard that it was sent.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

use serde_json::Value;

use super::{op::Op, shared::Clients};
use crate::{
    dice::Dice,
    settings::{USERS, user},
    want::Want,
    world::inbox,
};

/// An inbox is shown whole, so a long one is not looked into any more.
const LONGEST: usize = 1_500;

impl Clients {
    /// Looks into inboxes until the clients' work is over.
    pub(super) fn watch(&self, mut dice: Dice) {
        let mut seen = HashSet::new();
        let mut users: Vec<_> = (0..USERS).map(user).collect();
        while !self.is_over() {
            thread::sleep(Duration::from_millis(20));
            if users.is_empty() {
                return;
            }
            let index = dice.index(users.len());
            let receiver = users[index].clone();
            // A cloud that stands still shows nothing.
            let Ok(messages) = inbox(self.cloud, &receiver) else { continue };
            if messages.len() > LONGEST {
                users.swap_remove(index);
            }
            for message in messages.iter().filter(|message| message.object_name == "HB:RedPacket") {
                let Some(packet) = transfer_id(&message.content) else { continue };
                if !seen.insert(packet.clone()) || dice.percent(40) {
                    continue;
                }
                let known = (packet.clone(), message.from.clone(), receiver.clone());
                self.known.write().unwrap_or_else(PoisonError::into_inner).packets.push(known);
                let id = self.next_op();
                let key = dice.percent(50).then(|| format!("seen-{id}"));
                let op = Arc::new(Op::new(id, Want::accept(&receiver, &packet), key));
                self.attempt(&op, dice.index(self.servers), &mut dice);
                self.put_away(op);
            }
        }
    }
}

fn transfer_id(content: &str) -> Option<String> {
    let content: Value = serde_json::from_str(content).ok()?;
    Some(content["transfer_id"].as_str()?.to_owned())
}
