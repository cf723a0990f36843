//! What a private server is like.

/// What a private server is like. By default it is fast, forgets on power loss, and trusts everybody on this machine:
/// in an unoptimised build a password costs each connection tens of milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// More lines of `postgresql.conf`, such as `max_connections = 20`. The last one wins.
    pub settings: Vec<String>,
    /// Whether a commit waits for the disk (`fsync`). If not, all files are in memory where there is enough of it.
    pub durable: bool,
    /// Whether TLS is offered, under a certificate for `localhost` and 127.0.0.1 that signs itself.
    pub tls: bool,
    /// The password that is asked for over TCP: letters and digits. Without one, everybody is trusted.
    pub password: Option<String>,
    /// Whether the server has a clock of its own, which [`Cluster::clock`](super::Cluster::clock) shifts.
    pub clock: bool,
    /// How large a file of the write-ahead log is, in MiB; 16 by default. With 1, a table can soon be larger.
    pub log_file_mib: Option<u32>,
}

impl Options {
    /// Writes the settings file of a server whose folder is `folder`.
    pub(super) fn file(&self, folder: &str, port: u16) -> String {
        let disk = if self.durable { "on" } else { "off" };
        let mut lines = vec![
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("port = {port}"),
            format!("unix_socket_directories = '{folder}'"),
            "max_connections = 300".to_owned(),
            "shared_buffers = '64MB'".to_owned(),
            "wal_keep_size = '256MB'".to_owned(),
            "log_line_prefix = '%m [%p] %q%a '".to_owned(),
            format!("fsync = {disk}"),
            format!("full_page_writes = {disk}"),
        ];
        if self.tls {
            lines.push("ssl = on".to_owned());
            lines.push(format!("ssl_cert_file = '{folder}/server.crt'"));
            lines.push(format!("ssl_key_file = '{folder}/server.key'"));
        }
        lines.extend(self.settings.iter().cloned());
        lines.join("\n") + "\n"
    }
}
