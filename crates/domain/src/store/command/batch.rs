//! Commands that are decided together.

use std::{ops::Deref, sync::Arc};

use super::Command;
use crate::store::Keys;

/// Commands that are decided together, and everything that they name.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    commands: Vec<Command>,
    keys: Arc<Keys>,
}

impl Batch {
    /// Gives what the commands name.
    pub const fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }
}

impl Deref for Batch {
    type Target = [Command];

    fn deref(&self) -> &[Command] {
        &self.commands
    }
}

impl From<Vec<Command>> for Batch {
    fn from(commands: Vec<Command>) -> Self {
        let keys = Arc::new(Keys::of(&commands));
        Self { commands, keys }
    }
}

/// Puts commands together of which it is known already what each of them names.
impl FromIterator<(Command, Keys)> for Batch {
    fn from_iter<I: IntoIterator<Item = (Command, Keys)>>(commands: I) -> Self {
        let (mut all, mut keys) = (Vec::new(), Keys::default());
        for (command, names) in commands {
            keys.extend(&names);
            all.push(command);
        }
        Self { commands: all, keys: Arc::new(keys) }
    }
}
