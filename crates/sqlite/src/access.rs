//! Why the operating system does not let us at the file.
//!
//! SQLite only says that it cannot open or write. Whose the file is and as whom the program runs is what an operator needs.

use std::{
    fmt, fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::lock::beside;

/// What another user keeps from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    path: PathBuf,
    owner: String,
    mode: u32,
    user: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, owner, mode, user } = self;
        let path = path.display();
        write!(
            f,
            "this program runs as the user {user}, who may not write {path}: that is {owner}'s, with mode {mode:03o}"
        )
    }
}

/// The capability to which no file's mode counts.
const DAC_OVERRIDE: u64 = 1 << 1;

/// Who this process is to the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    user: u32,
    groups: Vec<u32>,
    /// Whether no mode counts for it: it is root, and not one that has given up `CAP_DAC_OVERRIDE`.
    overrides: bool,
}

impl Identity {
    /// Reads it from `/proc`; `None` where there is no such thing.
    fn of_this_process() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/self/status").ok()?)
    }

    /// Reads the effective ids and capabilities out of the lines `Uid:`, `Gid:`, `Groups:` and `CapEff:`.
    fn parse(status: &str) -> Option<Self> {
        let ids = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().map(|id| id.parse().ok()).collect::<Option<Vec<u32>>>()
        };
        let (users, mut groups) = (ids("Uid:")?, ids("Groups:")?);
        groups.push(*ids("Gid:")?.get(1)?);
        let capabilities = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
        let capabilities = u64::from_str_radix(capabilities.trim(), 16).ok()?;
        Some(Self { user: *users.get(1)?, groups, overrides: capabilities & DAC_OVERRIDE != 0 })
    }

    /// Says whether the mode's bits allow all of `wanted` (4 read, 2 write, 1 search).
    fn may(&self, metadata: &fs::Metadata, wanted: u32) -> bool {
        let shift = if self.user == metadata.uid() {
            6
        } else if self.groups.contains(&metadata.gid()) {
            3
        } else {
            0
        };
        self.overrides || (metadata.permissions().mode() >> shift) & wanted == wanted
    }
}

/// Finds what of the store in `file` this process may not use: its folder, the file, or what lies beside it.
pub(crate) fn find_denied(file: &Path) -> Option<Denied> {
    let identity = Identity::of_this_process()?;
    let folder = std::path::absolute(file).ok()?;
    let folders = folder.ancestors().skip(1).collect::<Vec<_>>();
    // From the root down, so that the first one that bars the way is named.
    let lowest = folders.iter().position(|folder| folder.is_dir()).unwrap_or(0);
    let searched = folders.iter().rev().map(|folder| (folder.to_path_buf(), 1));
    let written = folders.get(lowest).map(|folder| (folder.to_path_buf(), 3));
    let files = ["", "-wal", "-shm", "-lock"].map(|suffix| (beside(file, suffix), 6));
    searched.chain(written).chain(files).find_map(|(path, wanted)| {
        let metadata = fs::metadata(&path).ok()?;
        let denied = || Denied {
            mode: metadata.permissions().mode() & 0o777,
            owner: name(metadata.uid()),
            user: name(identity.user),
            path,
        };
        (!identity.may(&metadata, wanted)).then(denied)
    })
}

/// Gives the name of a user, or the number where there is none.
fn name(user: u32) -> String {
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, id) = (fields.next()?, fields.next()?, fields.next()?);
        (id.parse() == Ok(user)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| user.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\thongbao\nUid:\t1000\t1001\t1000\t1000\nGid:\t100\t101\t100\t100\nGroups:\t7 8 \n\
        CapEff:\t0000000000000402\n";

    #[test]
    fn the_effective_ids_count() {
        let identity = Identity::parse(STATUS).unwrap();
        assert_eq!(identity, Identity { user: 1001, groups: vec![7, 8, 101], overrides: true });
    }

    #[test]
    fn whose_bits_of_the_mode_count_depends_on_the_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let with_mode = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            fs::metadata(&path).unwrap()
        };
        let (owner, group) = (with_mode(0o600).uid(), with_mode(0o600).gid());
        let stranger = Identity { user: owner + 1, groups: vec![group + 1], overrides: false };
        let member = Identity { user: owner + 1, groups: vec![group], overrides: false };
        assert!(!stranger.may(&with_mode(0o664), 6) && stranger.may(&with_mode(0o606), 6));
        assert!(Identity { overrides: true, ..stranger.clone() }.may(&with_mode(0o600), 6));
        assert!(!member.may(&with_mode(0o606), 6) && member.may(&with_mode(0o660), 6));
    }
}
