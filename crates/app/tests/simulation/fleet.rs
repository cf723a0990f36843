//! All servers: one that dies is started anew.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{server::Server, world::World};

pub(crate) struct Fleet {
    world: Arc<World>,
    servers: Mutex<Vec<Arc<Server>>>,
}

impl Fleet {
    pub(crate) async fn start(world: &Arc<World>) -> Arc<Self> {
        let count = 2 + world.below(2);
        let mut servers = Vec::with_capacity(count);
        for place in 0..count {
            servers.push(Server::start(world, format!("server {place}")).await);
        }
        let fleet = Arc::new(Self { world: Arc::clone(world), servers: Mutex::new(servers) });
        for place in 0..count {
            tokio::spawn(Arc::clone(&fleet).supervise(place));
        }
        fleet
    }

    async fn supervise(self: Arc<Self>, place: usize) {
        loop {
            self.at(place).process.dead.cancelled().await;
            self.world.pause(0..3_000).await;
            let server = Server::start(&self.world, format!("server {place}")).await;
            self.servers.lock().unwrap_or_else(PoisonError::into_inner)[place] = server;
        }
    }

    fn at(&self, place: usize) -> Arc<Server> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)[place].clone()
    }

    fn all(&self) -> Vec<Arc<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives one, which may be dead.
    pub(crate) fn any(&self) -> Arc<Server> {
        let all = self.all();
        all[self.world.below(all.len())].clone()
    }

    /// Lets nothing go wrong from now on, but that some servers, or all, have just died.
    pub(crate) fn heal(&self) {
        for server in self.all() {
            if self.world.happens(self.world.chances.crash * 10) {
                server.process.kill("at last");
            }
            server.heal();
        }
        self.world.note("all is well from now on");
        self.world.healed.cancel();
    }
}
