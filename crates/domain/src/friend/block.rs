//! Blocks: who is kept from adding whom.

use super::Block;
use crate::{
    id::{CommandId, UserId},
    store::{Book, Keys, Rule},
};

/// Asks to set or lift the block that `user` puts on `other`. A repeat changes nothing.
///
/// A block keeps `other` from adding `user`. It has one direction and ends no friendship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetBlock {
    /// Who blocks.
    pub user: UserId,
    /// Whom.
    pub other: UserId,
    /// Whether there is a block from now on.
    pub is_blocked: bool,
}

/// Says why a block is neither set nor lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockRefusal {
    /// One of the two does not exist.
    UserNotFound,
}

impl Rule for SetBlock {
    type Done = ();
    type Refusal = BlockRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.users.extend([self.user, self.other]);
        keys.blocks.insert(Block { user: self.user, blocked: self.other });
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), BlockRefusal> {
        let Self { user, other, is_blocked } = *self;
        if [user, other].iter().any(|user| book.users.get(user).is_none()) {
            return Err(BlockRefusal::UserNotFound);
        }
        let block = Block { user, blocked: other };
        if is_blocked {
            book.blocks.put(block);
        } else {
            book.blocks.remove(&block);
        }
        Ok(())
    }
}
