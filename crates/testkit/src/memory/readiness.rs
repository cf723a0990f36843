//! Whether the store can do its work: memory always can.

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};

use super::MemoryStore;

#[async_trait]
impl Readiness for MemoryStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        Ok(Schema::Current)
    }
}
