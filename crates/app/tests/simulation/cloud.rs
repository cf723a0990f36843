//! A cloud that refuses, is slow or late, and loses answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hongbao_app::OpenedNotice;
use hongbao_domain::outbox::Target;
use hongbao_domain::{
    group::{GroupName, Membership},
    id::{GroupId, TransferId, UserId},
    im_cloud::CloudRefusal,
    message::Message,
};
use hongbao_ports::{CloudGroups, CloudMessages, ImCloud, Lane, Notice, NoticeKind, Turn, query::GroupQueries};

use crate::{
    process::Process,
    share::Share,
    told::{Told, What},
    world::World,
};

/// What the cloud knows, and the endpoints.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) groups: BTreeMap<GroupId, BTreeSet<UserId>>,
    /// Whom a packet was shown to.
    pub(crate) shown: Vec<(UserId, TransferId)>,
    /// How often each message was delivered.
    pub(crate) messages: BTreeMap<String, usize>,
    /// What was told in the background.
    pub(crate) told: Vec<Told>,
}

/// What a call does.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Show(UserId, TransferId),
    /// Tells of a claim before it is settled.
    Announce,
    Tell(Told),
    Deliver(String),
    In(GroupId, UserId),
    Out(GroupId, UserId),
    Dismiss(GroupId),
}

impl Memory {
    fn execute(&mut self, deed: Deed) {
        match deed {
            Deed::Show(user, packet) => self.shown.push((user, packet)),
            Deed::Announce => {}
            Deed::Tell(told) => self.told.push(told),
            Deed::Deliver(text) => *self.messages.entry(text).or_default() += 1,
            Deed::In(group, user) => _ = self.groups.entry(group).or_default().insert(user),
            Deed::Out(group, user) => _ = self.groups.entry(group).or_default().remove(&user),
            Deed::Dismiss(group) => _ = self.groups.remove(&group),
        }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Rejected,
    LostBefore,
    LostAfter,
    /// It is executed later than it was given up.
    Late,
}

const FATES: [Fate; 5] = [Fate::Done, Fate::Rejected, Fate::LostBefore, Fate::LostAfter, Fate::Late];

/// Later than this, in milliseconds, the cloud executes nothing: earlier than a group is checked again.
const LATEST: usize = 60_000;

/// Within the time-out of a call, in milliseconds.
const SLOWEST: usize = 4_900;

/// The cloud as one server reaches it.
pub(crate) struct LossyCloud {
    process: Arc<Process>,
    share: Share,
}

impl LossyCloud {
    pub(crate) fn of(process: Arc<Process>) -> Self {
        Self { process, share: Share::default() }
    }

    fn world(&self) -> &Arc<World> {
        &self.process.world
    }

    fn turn_or_busy(&self) -> Result<Turn, CloudRefusal> {
        let is_busy = self.world().happens(self.world().chances.cloud / 4);
        if is_busy { Err(CloudRefusal::Busy) } else { Ok(Turn::grant()) }
    }

    async fn fate(&self) -> Fate {
        let world = self.world();
        self.process.step("before a call to the cloud").await;
        if world.happens(world.chances.slow) {
            world.pause(0..SLOWEST).await;
            self.process.step("in a call to the cloud").await;
        }
        if world.happens(world.chances.cloud) { FATES[world.below(FATES.len())] } else { Fate::Done }
    }

    pub(crate) async fn call(&self, deed: Deed) -> Result<(), CloudRefusal> {
        let (fate, world) = (self.fate().await, self.world());
        self.process.note(&format!("calls the cloud: {deed:?}, {fate:?}"));
        let answer = match fate {
            Fate::Done => {
                world.cloud().execute(deed);
                Ok(())
            }
            Fate::Rejected => Err(CloudRefusal::Rejected(None)),
            Fate::LostBefore => Err(CloudRefusal::Unknown(None)),
            Fate::LostAfter => {
                world.cloud().execute(deed);
                Err(CloudRefusal::Unknown(None))
            }
            Fate::Late => {
                let world = Arc::clone(world);
                tokio::spawn(async move {
                    world.pause(0..LATEST).await;
                    world.note(format!("the cloud executes late: {deed:?}"));
                    world.cloud().execute(deed);
                });
                Err(CloudRefusal::Unknown(None))
            }
        };
        self.process.step("after a call to the cloud").await;
        answer
    }

    /// Tells in the background, within the server's share.
    async fn tell(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        if turn.lane() != Lane::Background {
            self.world().defect(format!("a notice in the background takes the turn of a request: {notice:?}"));
        }
        turn.spend();
        if let Some(wrong) = self.share.begin() {
            self.world().defect(format!("the cloud is called {wrong}: {notice:?}"));
        }
        let what = What::Notice(Box::new(notice.clone()));
        let told = self.call(Deed::Tell(Told { id: notice.event, to: Target::Notice, what })).await;
        self.share.end();
        told
    }

    async fn rows(&self, group: GroupId) -> Vec<Membership> {
        self.world().rows.memberships(group).await.expect("the rows can be read")
    }
}

#[async_trait]
impl ImCloud for LossyCloud {
    async fn turn(&self, lane: Lane, within: Duration) -> Result<Turn, CloudRefusal> {
        let turn = self.turn_or_busy()?;
        match lane {
            Lane::Request => Ok(turn),
            Lane::Background => self.share.turn(within).await,
        }
    }

    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        let deed = match notice.kind {
            NoticeKind::Published { .. } => Deed::Show(notice.to, notice.packet),
            NoticeKind::Opened if self.world().opened_notice == OpenedNotice::Required => Deed::Announce,
            NoticeKind::Opened | NoticeKind::Refunded { .. } => return self.tell(turn, notice).await,
        };
        turn.spend();
        self.call(deed).await
    }
}

#[async_trait]
impl CloudMessages for LossyCloud {
    async fn send(&self, message: &Message, _: Duration) -> Result<Option<String>, CloudRefusal> {
        drop(self.turn_or_busy()?);
        let text = message.content.as_str().to_owned();
        self.call(Deed::Deliver(text.clone())).await?;
        Ok(Some(text))
    }
}

#[async_trait]
impl CloudGroups for LossyCloud {
    async fn turn(&self, _: Lane, _: Duration) -> Result<Turn, CloudRefusal> {
        self.turn_or_busy()
    }

    async fn create(&self, turn: Turn, group: GroupId, _: &GroupName, owner: UserId) -> Result<(), CloudRefusal> {
        turn.spend();
        self.call(Deed::In(group, owner)).await
    }

    async fn join(&self, turn: Turn, group: GroupId, _: &GroupName, user: UserId) -> Result<(), CloudRefusal> {
        turn.spend();
        self.call(Deed::In(group, user)).await
    }

    async fn quit(&self, turn: Turn, group: GroupId, user: UserId) -> Result<(), CloudRefusal> {
        turn.spend();
        if self.rows(group).await.iter().any(|row| row.user == user && row.is_member()) {
            self.world().defect(format!("the cloud is asked to take out {user}, who is a member of {group}"));
        }
        self.call(Deed::Out(group, user)).await
    }

    async fn dismiss(&self, turn: Turn, group: GroupId, _: UserId) -> Result<(), CloudRefusal> {
        turn.spend();
        if !self.rows(group).await.is_empty() {
            self.world().defect(format!("the cloud is asked to dismiss {group}, which has members"));
        }
        self.call(Deed::Dismiss(group)).await
    }

    async fn members(&self, turn: Turn, group: GroupId) -> Result<Vec<String>, CloudRefusal> {
        turn.spend();
        match self.fate().await {
            Fate::Done => {
                let members = self.world().cloud().groups.get(&group).cloned().unwrap_or_default();
                Ok(members.iter().map(ToString::to_string).collect())
            }
            Fate::Rejected => Err(CloudRefusal::Rejected(None)),
            Fate::LostBefore | Fate::LostAfter | Fate::Late => Err(CloudRefusal::Unknown(None)),
        }
    }
}
