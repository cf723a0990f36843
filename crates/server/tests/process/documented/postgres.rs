//! What the page about PostgreSQL shows is done, word for word, on a server of the test's own.
#![expect(clippy::unwrap_used, reason = "a server that cannot be started fails the test that wants it")]

use hongbao_testbed::{Cluster, Options};

use super::page::{commands, statements};
use crate::harness::{Finished, Folder, assert_said, finish, request};

const PAGES: [&str; 2] = ["docs/postgres.md", "docs/postgres.zh.md"];
const SECRET: &str = "s3same";
const AUDIT: [&str; 3] = ["admin", "audit", "--json"];

/// A server that asks for passwords, and a folder to work in.
struct Place {
    folder: Folder,
    cluster: Cluster,
}

impl Place {
    fn new() -> Self {
        let cluster = Cluster::open(Options { password: Some(SECRET.to_owned()), ..Options::default() }).unwrap();
        Self { folder: Folder::new(), cluster }
    }

    /// The database's URL for a role of it.
    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}:{SECRET}@{}/{database}", self.cluster.address())
    }

    /// Runs a command of a page with this server and this program in the place of those that it names.
    fn shell(&self, command: &str) -> Finished {
        let address = self.cluster.address();
        let line = command.replace('…', SECRET).replace("change-me", SECRET).replace("@db/", &format!("@{address}/"));
        let line = match line.strip_prefix("hongbao ") {
            Some(arguments) => format!("{} {arguments}", env!("CARGO_BIN_EXE_hongbao")),
            None => line,
        };
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let variables = [("PGHOST", &*host), ("PGPORT", &*port), ("PGPASSWORD", SECRET)];
        finish(self.folder.command("bash").args(["-c", &line]).envs(variables))
    }

    /// Runs SQL of a page as a role.
    fn psql(&self, role: &str, database: &str, sql: &str) -> Finished {
        self.folder.write("page.sql", sql.replace('…', SECRET));
        let client = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "page.sql", "-d", &self.url(role, database)];
        finish(self.folder.command("psql").args(client))
    }

    #[track_caller]
    fn must(&self, command: &str) {
        assert_said(&self.shell(command), 0, &[]);
    }
}

#[test]
fn a_server_works_as_a_role_that_can_neither_change_nor_delete_a_posting() {
    let place = Place::new();
    let [as_superuser, before, after]: [String; 3] = statements(PAGES[0], "Two roles").try_into().unwrap();
    assert_said(&place.psql("postgres", "postgres", &as_superuser), 0, &[]);
    assert_said(&place.psql("hongbao_owner", "hongbao", &before), 0, &[]);
    let url = format!("database.url={}", place.url("hongbao_server", "hongbao"));
    let migration_url = format!("database.migration_url={}", place.url("hongbao_owner", "hongbao"));
    let migrate = ["migrate", "--set", &url, "--set", &migration_url];
    assert_said(&place.folder.run(&migrate), 0, &["applied 0001_people"]);
    assert_said(&place.psql("hongbao_owner", "hongbao", &after), 0, &[]);

    for settings in [&[&*url, &*migration_url][..], &[&*url, "database.migrate=false"]] {
        let demo = place.folder.demo(settings);
        let packet = demo.publish();
        assert_eq!(demo.accept(&packet).verdict(), (0, ""), "{settings:?}");
        let headers = ["Content-Type: application/json", "Authorization: Bearer demo-admin", "Idempotency-Key: k"];
        let disable = || request(demo.admin, "POST", "/admin/v1/users/carol/disable", &headers, "{}").unwrap();
        let (first, repeated) = (disable(), disable());
        assert_eq!((first.http_status, &repeated.text), (200, &first.text), "{}", first.text);
        demo.stop();
    }
    let admin = |args: &[&str]| place.folder.run(&[&["admin"], args, &["--demo", "--set", &url]].concat());
    assert_said(&admin(&["deposit", "alice", "CNY", "5", "--reference", "more"]), 0, &["5 CNY deposited to alice"]);
    assert_said(&admin(&["withdraw", "alice", "CNY", "5", "--reference", "less"]), 0, &["5 CNY"]);
    for sql in [
        "DELETE FROM postings",
        "UPDATE postings SET amount = -amount",
        "TRUNCATE postings",
        "DROP TABLE postings",
        "DELETE FROM movements",
        "DELETE FROM admin_operations",
        "UPDATE admin_operations SET asked = ''",
        "UPDATE admin_operations SET nonce = NULL",
        "UPDATE movements SET amount = amount + 1",
        "ALTER TABLE postings DISABLE TRIGGER ALL",
    ] {
        let denied = place.psql("hongbao_server", "hongbao", sql);
        let is_denied = denied.stderr.contains("permission denied") || denied.stderr.contains("must be owner");
        assert!(denied.code != Some(0) && is_denied, "{sql}: {denied:?}");
    }
    assert_said(&admin(&["audit"]), 0, &["the money holds", "CNY: balances 2000 + held 0"]);
}

#[test]
fn a_dump_is_restored_and_a_server_goes_on_with_the_same_money() {
    let place = Place::new();
    for command in commands(PAGES[0], "First start").iter().filter(|command| command.starts_with("psql ")) {
        place.must(command);
    }
    let [dump, create, restore, audit]: [String; 4] = commands(PAGES[0], "Backup and restore").try_into().unwrap();
    let original = format!("database.url={}", place.url("hongbao", "hongbao"));
    let restored = format!("database.url={}", place.url("hongbao", "hongbao_restored"));
    let totals = |database: &str| place.folder.run(&[&AUDIT[..], &["--set", database]].concat());
    let demo = place.folder.demo(&[&original]);
    assert_eq!(demo.accept(&demo.publish()).verdict(), (0, ""));
    let open = demo.publish();
    let before = totals(&original);

    place.must(&dump);
    assert_eq!(demo.accept(&open).verdict(), (0, ""), "what comes after a dump is not in it");
    place.must(&create);
    place.must(&restore);

    assert_said(&place.shell(&audit), 0, &["the money holds"]);
    let after = totals(&restored);
    assert_eq!((before.code, after.code, &after.stdout), (Some(0), Some(0), &before.stdout));
    assert_ne!(totals(&original).stdout, before.stdout);
    demo.stop();
    let demo = place.folder.demo(&[&restored]);
    assert_eq!(demo.accept(&open).verdict(), (0, ""), "it is open again");
    demo.publish();
    assert_said(&totals(&restored), 0, &[r#""holds":true"#]);
}

#[test]
fn both_languages_show_the_same_recipes() {
    let recipes = [["First start", "第一次启动"], ["Backup and restore", "备份与恢复"]];
    for [english, chinese] in recipes {
        assert_eq!(commands(PAGES[0], english), commands(PAGES[1], chinese));
    }
    assert_eq!(statements(PAGES[0], "Two roles"), statements(PAGES[1], "两个角色"));
}
