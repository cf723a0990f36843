//! What happens when nothing goes wrong any more: within a lease and 5 s all that hangs is resolved.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use hongbao_app::Timing;
use hongbao_domain::{
    group::{Check, GroupState, MembershipState},
    outbox::Target,
    red_packet::{AcceptRefusal, PacketState},
    store::Answer,
};
use hongbao_ports::query::{GroupQueries, LedgerQueries, OutboxQueries};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    clients::Client,
    fleet::Fleet,
    outside,
    request::{Ask, Request, Told},
    told::ENDPOINTS,
    world::{World, endpoint},
};

pub(crate) struct Settling {
    pub(crate) world: Arc<World>,
    pub(crate) fleet: Arc<Fleet>,
}

impl Settling {
    pub(crate) async fn run(&self) {
        self.fleet.heal();
        let end = Instant::now() + Timing::default().lease + Duration::from_secs(5);
        let requests = self.world.history().requests.clone();
        let keyed: Vec<_> = requests.iter().filter(|request| request.key.is_some()).collect();
        join_all(keyed.iter().filter(|request| !request.is_mistaken()).map(|request| self.learn(request, end))).await;
        sleep_until(end).await;
        self.nothing_hangs().await;
        self.no_delivery_is_overdue().await;
        for request in keyed {
            if request.is_mistaken() || self.world.history().answer_of(request).is_some() {
                self.client(request).call(request).await;
            }
        }
        self.world.is_over.cancel();
        sleep(self.world.life).await;
        drop(self.fleet.any().clean_up.sweep().await);
        self.every_packet_has_ended().await;
        outside::deliver_the_rest(&self.fleet.any().outbox).await;
        self.the_cloud_agrees().await;
    }

    fn client(&self, request: &Request) -> Client {
        Client { world: self.world.clone(), fleet: self.fleet.clone(), user: request.user }
    }

    /// Repeats a request until its client knows what has become of it.
    async fn learn(&self, request: &Request, end: Instant) {
        while !self.world.history().is_known(request) {
            if Instant::now() > end {
                return self.world.defect(format!("request {} hangs", request.number));
            }
            self.client(request).call(request).await;
            if !self.world.history().is_known(request) {
                sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn nothing_hangs(&self) {
        let rows = &self.world.rows;
        for id in self.world.ids.transfers() {
            let packet = rows.packet(id).await.expect("the rows can be read");
            let hangs = |state| matches!(state, PacketState::Sending { .. });
            if packet.is_some_and(|packet| hangs(packet.state) || packet.has_claim_in_progress()) {
                self.world.defect(format!("packet {id} hangs"));
            }
        }
        for id in self.world.ids.groups() {
            let group = rows.group(id).await.expect("the rows can be read");
            let members = rows.memberships(id).await.expect("the rows can be read");
            if group.is_some_and(|group| matches!(group.state, GroupState::Preparing { .. }))
                || members.iter().any(|row| matches!(row.state, MembershipState::Joining { .. }))
            {
                self.world.defect(format!("group {id} hangs"));
            }
        }
    }

    /// All that may be tried was tried.
    async fn no_delivery_is_overdue(&self) {
        let endpoints = ENDPOINTS.map(|(number, _)| Target::Webhook(endpoint(number)));
        for target in [Target::Notice].into_iter().chain(endpoints) {
            let overdue = self.world.rows.due_deliveries(target, Duration::from_secs(5), 99).await;
            for id in overdue.expect("the rows can be read") {
                self.world.defect(format!("the delivery {id} to {target} hangs"));
            }
        }
    }

    /// All packets have ended; those whose money went back are refused to their receivers, and stay as they are.
    async fn every_packet_has_ended(&self) {
        for id in self.world.ids.transfers() {
            let Some(packet) = self.world.rows.packet(id).await.expect("the rows can be read") else { continue };
            let expected = match packet.state {
                PacketState::Claimed => continue,
                PacketState::Cancelled => AcceptRefusal::Cancelled,
                PacketState::Refunded => AcceptRefusal::Expired,
                PacketState::Sending { .. } | PacketState::Open => {
                    self.world.defect(format!("packet {id} does not end"));
                    continue;
                }
            };
            let user = packet.shares[0].receiver.expect("it is for one user");
            let claim = Request { number: usize::from(u8::MAX), user, ask: Ask::Accept(id), key: None };
            let told = claim.ask(&self.fleet.any()).await;
            if told != Told::Final(Answer::Accept(Err(expected))) {
                self.world.defect(format!("the claim of a packet that went back was told {told:?}"));
            }
            let after = self.world.rows.packet(id).await.expect("the rows can be read");
            if after.as_ref() != Some(&packet) {
                self.world.defect(format!("the claim of a packet that went back has changed it: {after:?}"));
            }
        }
    }

    /// Hours later the cloud's groups are ours.
    async fn the_cloud_agrees(&self) {
        let rows = &self.world.rows;
        for _ in 0..6 {
            sleep(Check::LONGEST_PAUSE).await;
            drop(self.fleet.any().reconciler.sweep().await);
        }
        if !rows.due(1).await.expect("the rows can be read").is_empty() {
            self.world.defect("a row of a group is still due");
        }
        for id in self.world.ids.groups() {
            let members = rows.memberships(id).await.expect("the rows can be read");
            let members = members.iter().filter(|row| row.is_member()).map(|row| row.user).collect();
            let at_cloud = self.world.cloud().groups.get(&id).cloned().unwrap_or_default();
            if at_cloud != members {
                self.world.defect(format!("{members:?} are members of {id}, at the cloud {at_cloud:?}"));
            }
        }
    }
}
