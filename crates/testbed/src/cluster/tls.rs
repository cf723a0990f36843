//! A certificate that signs itself.

use std::io;

use crate::guard::Guard;

/// It is no certificate authority: some libraries refuse one that also names a server.
const REQUEST: &str = "\
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// Makes `server.crt` and `server.key` in the guarded folder.
pub(super) fn make(guard: &Guard) -> io::Result<()> {
    let place = guard.place();
    place.write("request.cnf", REQUEST)?;
    let (config, key, certificate) = (place.file("request.cnf"), place.file("server.key"), place.file("server.crt"));
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let files = ["-config", &config, "-keyout", &key, "-out", &certificate];
    guard.run(&[&["openssl", "req", "-x509", "-days", "30"][..], &curve, &files].concat())
}
