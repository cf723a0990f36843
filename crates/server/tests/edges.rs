//! Which crate may know which: the dependency table of `docs/architecture.md`, held against `cargo metadata`.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

/// Each crate of ours and those of ours that it may depend on. Dev-dependencies are free.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("hongbao-domain", &[]),
    ("hongbao-metrics", &[]),
    ("hongbao-traces", &[]),
    ("hongbao-ports", &["domain"]),
    ("hongbao-api", &["domain"]),
    ("hongbao-app", &["domain", "ports", "traces"]),
    ("hongbao-store", &["domain", "ports", "metrics", "traces"]),
    ("hongbao-http", &["domain", "ports", "app", "api", "metrics", "traces"]),
    ("hongbao-sqlite", &["domain", "ports", "store", "metrics"]),
    ("hongbao-postgres", &["domain", "ports", "store", "metrics"]),
    ("hongbao-rongcloud", &["domain", "ports", "metrics", "traces"]),
    ("hongbao-webhooks", &["domain", "ports", "api", "traces"]),
    ("hongbao-sandbox", &[]),
    ("hongbao-testbed", &[]),
    // Behind its feature `server`: a whole server for tests.
    ("hongbao-testkit", &["domain", "ports", "store", "app", "http", "rongcloud", "sandbox", "sqlite"]),
    ("hongbao-torture", &["testbed"]),
    ("hongbao-bench", &["domain", "ports", "store", "postgres", "sqlite", "testbed"]),
    (
        "hongbao",
        &[
            "domain",
            "ports",
            "app",
            "api",
            "http",
            "store",
            "postgres",
            "sqlite",
            "rongcloud",
            "sandbox",
            "webhooks",
            "metrics",
            "traces",
        ],
    ),
];

/// Libraries that only some crates may name, so that the others stay free of them.
const KEPT_TO: [(&str, &[&str]); 11] = [
    ("actix-web", &["hongbao-bench", "hongbao-http", "hongbao-sandbox"]),
    ("actix-http", &["hongbao-http"]),
    ("actix-multipart", &["hongbao-http"]),
    ("opentelemetry", &["hongbao", "hongbao-traces"]),
    ("opentelemetry-http", &["hongbao"]),
    ("opentelemetry-otlp", &["hongbao"]),
    ("opentelemetry_sdk", &["hongbao"]),
    ("prometheus", &["hongbao"]),
    ("sqlx", &["hongbao-bench", "hongbao-postgres", "hongbao-sqlite", "hongbao-torture"]),
    ("reqwest", &["hongbao", "hongbao-bench", "hongbao-rongcloud", "hongbao-testkit", "hongbao-webhooks"]),
    ("tracing-opentelemetry", &["hongbao", "hongbao-traces"]),
];

/// The domain does no I/O and waits for nothing: nothing but exact decimals may come in.
const DOMAIN_LIBRARIES: [&str; 1] = ["rust_decimal"];

/// Gives the normal and build dependencies of each crate of ours.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&cargo.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let text = |value: &Value| value.as_str().expect("names are texts").to_owned();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().expect("there is a list").iter();
        all.filter(|dependency| dependency["kind"] != "dev").map(|dependency| text(&dependency["name"])).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), of(package))).collect()
}

#[test]
fn no_crate_knows_another_that_it_must_not_know() {
    let crates = dependencies();
    let listed: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(crates.keys().cloned().collect::<BTreeSet<_>>(), listed, "every crate stands in the table");
    for (name, allowed) in ALLOWED {
        let allowed: BTreeSet<_> = allowed.iter().map(|name| format!("hongbao-{name}")).collect();
        let ours = crates[name].iter().filter(|dependency| dependency.starts_with("hongbao"));
        let wrong: Vec<_> = ours.filter(|dependency| !allowed.contains(*dependency)).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn libraries_stay_where_they_belong() {
    let crates = dependencies();
    for (library, homes) in KEPT_TO {
        for (name, dependencies) in &crates {
            let known = dependencies.contains(library);
            assert!(!known || homes.contains(&name.as_str()), "{name} must not name {library}");
        }
    }
    let domain: Vec<_> = crates["hongbao-domain"].iter().map(String::as_str).collect();
    assert_eq!(domain, DOMAIN_LIBRARIES);
}
