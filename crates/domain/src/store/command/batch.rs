//! Commands that are decided together.

use std::{ops::Deref, sync::Arc};

use super::Command;
use crate::{outbox::Audience, store::Keys};

/// Commands that are decided together, and everything that they name.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    commands: Vec<Command>,
    keys: Arc<Keys>,
    audience: Arc<Audience>,
}

impl Batch {
    /// Gives what the commands name.
    pub const fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Gives who is told of what the commands do.
    pub const fn audience(&self) -> &Arc<Audience> {
        &self.audience
    }

    /// Has this audience told of what the commands do. Without it the outside is told nothing.
    #[must_use]
    pub fn telling(self, audience: Arc<Audience>) -> Self {
        Self { audience, ..self }
    }

    /// Splits the batch in two, each of at least one command if there are two.
    pub fn halves(&self) -> [Self; 2] {
        let (left, right) = self.commands.split_at(self.commands.len() / 2);
        [left, right].map(|half| Self::from(half.to_vec()).telling(Arc::clone(&self.audience)))
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
        Self { commands, keys, audience: Arc::default() }
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
        Self { commands: all, keys: Arc::new(keys), audience: Arc::default() }
    }
}
