//! Who runs the servers: PostgreSQL refuses root.

use std::{fs, io};

/// A user of this machine who is not root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// Gives `postgres`, else `nobody`.
    pub(crate) fn find() -> io::Result<Self> {
        let users = fs::read_to_string("/etc/passwd")?;
        let found = ["postgres", "nobody"].into_iter().find_map(|name| Self::named(name, &users));
        found.ok_or_else(|| io::Error::other("/etc/passwd has neither postgres nor nobody"))
    }

    fn named(name: &str, users: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            let [user, _, uid, gid, ..] = fields[..] else { return None };
            if user != name {
                return None;
            }
            Some(Self { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\nnobody2:x:7:7::/:/bin/sh\nnobody:x:65534:65533::/:/bin/sh\n";

        assert_eq!(Account::named("nobody", users), Some(Account { uid: 65534, gid: 65533 }));
        assert_eq!(Account::named("postgres", users), None);
    }
}
