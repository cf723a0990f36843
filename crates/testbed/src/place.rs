//! A temporary folder that belongs to the user who runs the server.

use std::{
    env, fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
};

use rustix::fs::statvfs;

use crate::account::Account;

/// The name of a socket in the folder must fit 107 bytes.
const LONGEST_PATH: usize = 80;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// How many bytes must be free in memory for a server's files: its log of at most 1 GiB, and as much again.
const ENOUGH: u64 = 2 << 30;

/// A new folder that only the server's user may enter. The caller that makes one has it removed by a guard.
#[derive(Debug)]
pub(crate) struct Place {
    path: String,
    /// The user to run as; `None` where we are not root.
    account: Option<Account>,
}

impl Place {
    /// Makes a folder on a disk: under `TMPDIR`, or under `/tmp` where the server's user cannot work in `TMPDIR`.
    pub(crate) fn on_disk() -> io::Result<Self> {
        Self::under(&[&env::temp_dir(), Path::new("/tmp"), Path::new("/var/tmp")])
    }

    /// Makes a folder in memory, where there is enough of it.
    ///
    /// ext4 does not give the number of a file that was just deleted to another, and looks at all of these again for each
    /// file that is made: with a database made and dropped for each test, that was half of all processor time.
    pub(crate) fn in_memory() -> io::Result<Self> {
        let is_enough = statvfs(MEMORY).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= ENOUGH);
        if is_enough && let Ok(place) = Self::under(&[Path::new(MEMORY)]) {
            return Ok(place);
        }
        Self::on_disk()
    }

    fn under(bases: &[&Path]) -> io::Result<Self> {
        for base in bases {
            let Ok(folder) = tempfile::Builder::new().prefix("testbed.").tempdir_in(base) else { continue };
            let are_we_root = fs::metadata(folder.path())?.uid() == 0;
            let Some(path) = folder.path().to_str().map(str::to_owned) else { continue };
            if path.len() > LONGEST_PATH || (are_we_root && !is_open_to_all(base)) {
                continue;
            }
            let account = if are_we_root { Some(Account::find()?) } else { None };
            if let Some(Account { uid, gid }) = account {
                chown(folder.path(), Some(uid), Some(gid))?;
            }
            let _kept = folder.keep();
            return Ok(Self { path, account });
        }
        Err(io::Error::other("there is no temporary folder that a server could work in"))
    }

    pub(crate) fn account(&self) -> Option<Account> {
        self.account
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Names a file in the folder.
    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// Gives what stands in a file; nothing where there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Writes a file that only the server's user reads.
    pub(crate) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let file = self.file(name);
        fs::write(&file, text)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        match self.account {
            Some(Account { uid, gid }) => chown(&file, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }
}

/// Says whether any user may make and remove folders there.
fn is_open_to_all(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let allows = |folder: &Path, bits| fs::metadata(folder).is_ok_and(|found| found.mode() & bits == bits);
    allows(&folder, 0o003) && folder.ancestors().all(|parent| allows(parent, 0o001))
}
