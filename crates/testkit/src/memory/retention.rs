//! What is kept for a while only, in memory: sessions, and nothing else.

use async_trait::async_trait;
use hongbao_domain::time::Timestamp;
use hongbao_ports::{DATED_AHEAD, Fault, Pruned, Retention, SESSION_GRACE};

use super::MemoryStore;

#[async_trait]
impl Retention for MemoryStore {
    async fn clock(&self) -> Result<Timestamp, Fault> {
        Ok(self.clock.now())
    }

    async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault> {
        let (mut pruned, limit) = (Pruned::default(), u64::from(limit));
        let mut rows = self.rows();
        let sessions = &mut rows.sessions;
        for (_, _, session) in sessions.iter_mut().filter(|(.., session)| session.created_at > now.after(DATED_AHEAD)) {
            if pruned.redated < limit {
                let length = session.expires_at.to_micros() - session.created_at.to_micros();
                if length > 0 {
                    session.expires_at = Timestamp::from_micros(now.to_micros() + length);
                }
                session.created_at = now;
                pruned.redated += 1;
            }
        }
        sessions.sort_by_key(|(.., session)| session.expires_at);
        sessions.retain(|(.., session)| {
            let is_kept = session.expires_at >= now.before(SESSION_GRACE) || pruned.sessions >= limit;
            pruned.sessions += u64::from(!is_kept);
            is_kept
        });
        Ok(pruned)
    }
}
