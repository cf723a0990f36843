//! A database for each test.

use std::{
    hash::{BuildHasher, RandomState},
    io, process,
};

use tokio::task;

use crate::{Server, lock::Lock};

/// PostgreSQL cuts names after 63 bytes; the name of a copy has 26 more than its template's.
const LONGEST_TEMPLATE: usize = 37;

/// A database that one test has for itself. On a server that outlives the tests it is dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: Server,
    name: String,
}

/// Makes a database on the server that all tests share: see [`Server::fresh_database`].
pub async fn fresh_database<F>(template: &str, prepare: impl FnOnce(String) -> F) -> io::Result<Database>
where
    F: Future<Output = ()>,
{
    blocking(Server::shared).await?.fresh_database(template, prepare).await
}

impl Server {
    /// Makes a database as a copy of `template`.
    ///
    /// If the server has no such template, `prepare` makes it from the empty database whose URL it is given, and closes
    /// its connections; a caller that asks meanwhile, from whatever process, waits. A `prepare` that panics leaves no
    /// template. As a template never changes, its name must carry a fingerprint of what `prepare` does. It consists of
    /// at most 37 small letters, digits and `_`.
    pub async fn fresh_database<F>(&self, template: &str, prepare: impl FnOnce(String) -> F) -> io::Result<Database>
    where
        F: Future<Output = ()>,
    {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if template.len() > LONGEST_TEMPLATE || !template.bytes().all(is_plain) {
            return Err(io::Error::other(format!("{template} cannot name a template")));
        }
        let name = format!("{template}_{:08x}_{:016x}", process::id(), RandomState::new().hash_one(()));
        // Almost always the template is there, and asking first would cost each test another client. Whether it is missing
        // is found out under the lock: another process may finish it at any moment.
        if self.copy(&name, template).await.is_err() {
            self.make_template(template, prepare).await?;
            self.copy(&name, template).await?;
        }
        Ok(Database { server: self.clone(), name })
    }

    async fn copy(&self, name: &str, template: &str) -> io::Result<()> {
        let (server, name, template) = (self.clone(), name.to_owned(), template.to_owned());
        blocking(move || server.create_database(&name, Some(&template))).await
    }

    async fn make_template<F>(&self, name: &str, prepare: impl FnOnce(String) -> F) -> io::Result<()>
    where
        F: Future<Output = ()>,
    {
        let (server, locked) = (self.clone(), name.to_owned());
        let lock = blocking(move || Lock::take(&server, &locked)).await?;
        if !self.has(name).await? {
            // It gets its name when it is complete.
            let draft = format!("{name}_draft");
            self.run(format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE);\nCREATE DATABASE {draft};")).await?;
            prepare(self.url(&draft)).await;
            let finish =
                format!("ALTER DATABASE {draft} ALLOW_CONNECTIONS false;\nALTER DATABASE {draft} RENAME TO {name};");
            self.run(finish).await?;
        }
        blocking(move || drop(lock)).await;
        Ok(())
    }

    async fn has(&self, database: &str) -> io::Result<bool> {
        let found = self.run(format!("SELECT count(*) FROM pg_database WHERE datname = '{database}'")).await?;
        Ok(found == "1")
    }

    async fn run(&self, sql: String) -> io::Result<String> {
        let server = self.clone();
        blocking(move || server.psql("postgres", &sql)).await
    }
}

impl Database {
    /// Gives its URL.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Gives its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL in it: see [`Server::psql`].
    pub fn psql(&self, sql: &str) -> io::Result<String> {
        self.server.psql(&self.name, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !self.server.is_private() {
            // Best effort: the server may be gone, and the test has its result.
            let _dropped = self.server.psql("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// Runs what waits for another process where it holds up no other task.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    task::spawn_blocking(work).await.expect("neither panics nor is cancelled")
}
