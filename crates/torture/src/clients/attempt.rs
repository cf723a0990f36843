//! One attempt at what a client wants.

use std::{sync::PoisonError, time::Duration};

use super::{
    op::{Op, Outcome},
    shared::Clients,
};
use crate::{
    dice::Dice,
    history::{Answer, Event, Invoke, Loss},
    settings::session_key,
    want::Want,
    wire::{self, HangUp},
};

impl Clients {
    /// Asks one server, and perhaps hangs up.
    pub(super) fn attempt(&self, op: &Op, server: usize, dice: &mut Dice) -> Outcome {
        let hang_up = match dice.below(100) {
            0..8 => HangUp::After(Duration::from_micros(dice.below(30_000))),
            8..10 => HangUp::HalfWay,
            _ => HangUp::Never,
        };
        self.ask(op, server, hang_up, dice.percent(30))
    }

    /// Asks one server and waits for the answer.
    pub(super) fn attempt_calmly(&self, op: &Op, server: usize) -> Outcome {
        self.ask(op, server, HangUp::Never, false)
    }

    fn ask(&self, op: &Op, server: usize, hang_up: HangUp, as_json: bool) -> Outcome {
        let Some(stream) = self.addresses.of(server).and_then(|address| wire::connect(address).ok()) else {
            return Outcome::Unsent;
        };
        let attempt = op.next_attempt();
        let Want { method, user, params, wrong } = &op.want;
        self.history.add(Event::Invoke(Invoke {
            op: op.id,
            attempt,
            server,
            method: (*method).to_owned(),
            user: user.clone(),
            key: op.key.clone(),
            params: params.clone(),
            wrong: *wrong,
        }));
        let (content_type, body) = op.want.body(as_json);
        let (path, bearer) = (format!("/im/{method}"), session_key(user));
        let request = wire::Request {
            method: "POST",
            path: &path,
            bearer: Some(&bearer),
            key: op.key(),
            content_type,
            body: &body,
        };
        match wire::exchange(stream, &request, hang_up) {
            Ok(answer) => {
                self.learn(&op.want, &answer);
                let is_known = !answer.is_open();
                self.history.add(Event::Return { op: op.id, attempt, answer });
                op.note(is_known);
                if is_known { Outcome::Known } else { Outcome::Open }
            }
            Err(why) => {
                self.history.add(Event::Lost { op: op.id, attempt, why });
                op.note(false);
                if why == Loss::HalfSent { Outcome::Unsent } else { Outcome::Open }
            }
        }
    }

    /// Keeps what an answer tells of packets and groups.
    fn learn(&self, want: &Want, answer: &Answer) {
        if answer.status != 0 || !matches!(want.method, "msg_redpack_publish" | "group_create") {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if want.method == "group_create" {
            known.groups.push(answer.text("group_id").to_owned());
        } else if let Some(receiver) = want.params.get("toUserId") {
            known.packets.push((answer.text("transfer_id").to_owned(), want.user.clone(), receiver.clone()));
        }
    }
}
