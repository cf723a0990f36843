//! A store of groups some of whose steps break, before or after they are done, or take their time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroupRefusal, CheckLease, DiscardGroupRefusal, DiscardJoinRefusal, Due, Finding, Group, JoinRef,
        Joined, Membership, NotDue, PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin,
        Stale, Stuck,
    },
    id::GroupId,
};
use hongbao_ports::{
    Failure, Fault, FaultKind, Groups,
    query::{GroupQueries, Queries},
};
use hongbao_testkit::TestStore;
use tokio::time::sleep;

/// A step that can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Prepare,
    Resume,
    Activate,
    Discard,
    EndCheck,
}

/// How a step breaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Break {
    pub(crate) step: Step,
    pub(crate) kind: FaultKind,
    /// Whether it was done all the same.
    pub(crate) after: bool,
    pub(crate) times: usize,
}

pub(crate) struct FlakyGroups {
    inner: Arc<dyn Groups>,
    queries: Arc<dyn Queries>,
    plan: Mutex<Option<Break>>,
    hangs: Mutex<Option<Step>>,
    pause: Duration,
    checks: AtomicUsize,
}

impl FlakyGroups {
    pub(crate) fn new(store: &TestStore) -> Self {
        Self {
            inner: store.groups.clone(),
            queries: store.queries.clone(),
            plan: Mutex::default(),
            hangs: Mutex::default(),
            pause: Duration::ZERO,
            checks: AtomicUsize::new(0),
        }
    }

    /// One in which each step of a check takes so long.
    pub(crate) fn slow(store: &TestStore, pause: Duration) -> Self {
        Self { pause, ..Self::new(store) }
    }

    /// Gives how often somebody wanted to take a row.
    pub(crate) fn checks(&self) -> usize {
        self.checks.load(Ordering::SeqCst)
    }

    pub(crate) fn plan(&self, plan: Option<Break>) {
        *self.plan.lock().expect("no test panics with the lock") = plan;
    }

    /// Lets a step never end.
    pub(crate) fn hang(&self, step: Step) {
        *self.hangs.lock().expect("no test panics with the lock") = Some(step);
    }

    fn hangs(&self, step: Step) -> bool {
        *self.hangs.lock().expect("no test panics with the lock") == Some(step)
    }

    fn strike(&self, step: Step) -> Option<(Fault, bool)> {
        let mut plan = self.plan.lock().expect("no test panics with the lock");
        let broken = plan.as_mut().filter(|plan| plan.step == step && plan.times > 0)?;
        broken.times -= 1;
        let fault = match broken.kind {
            FaultKind::Internal => Fault::internal("broken on purpose"),
            FaultKind::Unavailable => Fault::unavailable("broken on purpose"),
            FaultKind::Unresolved => Fault::unresolved("broken on purpose"),
        };
        Some((fault, broken.after))
    }

    async fn run<T, R>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, Failure<R>>> + Send,
    ) -> Result<T, Failure<R>> {
        if self.hangs(step) {
            std::future::pending::<()>().await;
        }
        match self.strike(step) {
            None => work.await,
            Some((fault, after)) => {
                if after {
                    drop(work.await);
                }
                Err(Failure::Fault(fault))
            }
        }
    }
}

#[async_trait]
impl Groups for FlakyGroups {
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
        self.run(Step::Prepare, self.inner.prepare_group(prepare)).await
    }

    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
        self.run(Step::Activate, self.inner.activate_group(id)).await
    }

    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
        self.run(Step::Discard, self.inner.discard_group(id)).await
    }

    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
        self.run(Step::Prepare, self.inner.prepare_join(prepare)).await
    }

    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
        self.run(Step::Resume, self.inner.resume_join(undo, lease)).await
    }

    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
        self.run(Step::Activate, self.inner.activate_join(join, pause)).await
    }

    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
        self.run(Step::Discard, self.inner.discard_join(join)).await
    }

    async fn undo_lapsed(&self, lapsed: Vec<Due>) -> Result<u64, Fault> {
        self.inner.undo_lapsed(lapsed).await
    }

    async fn claim_check(&self, due: Due, lease: Duration) -> Result<CheckLease, Failure<NotDue>> {
        self.checks.fetch_add(1, Ordering::SeqCst);
        sleep(self.pause).await;
        self.inner.claim_check(due, lease).await
    }

    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>> {
        sleep(self.pause).await;
        self.run(Step::EndCheck, self.inner.end_check(due, fence, finding, pause)).await
    }
}

#[async_trait]
impl GroupQueries for FlakyGroups {
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        sleep(self.pause).await;
        self.queries.due(limit).await
    }

    async fn lapsed(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        self.queries.lapsed(limit).await
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        self.queries.stuck(limit).await
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        self.queries.group(id).await
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        self.queries.memberships(id).await
    }
}
