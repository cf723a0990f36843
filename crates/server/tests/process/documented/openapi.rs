//! The documents in the project are those that the program prints and that its servers have.

use std::{fs, path::Path};

use serde_json::Value;

use crate::harness::{Folder, get};

#[track_caller]
fn pinned(api: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi").join(format!("{api}.json"));
    fs::read_to_string(path).expect("the document is there")
}

#[test]
fn each_document_is_pinned_as_the_program_prints_it() {
    let folder = Folder::new();
    for api in ["im", "admin"] {
        let printed = folder.run(&["openapi", api]);
        assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
        let renew = format!("renew it by `hongbao openapi {api} > docs/openapi/{api}.json`");
        assert!(printed.stdout == pinned(api), "docs/openapi/{api}.json differs: {renew}");
    }
}

#[test]
fn each_listener_has_its_document_and_a_page_without_any_login() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for (address, api) in [(demo.http, "im"), (demo.admin, "admin")] {
        let document = get(address, "/openapi.json").expect("the server answers");
        assert_eq!(
            (document.http_status, document.header("content-type")),
            (200, Some("application/json; charset=utf-8"))
        );
        assert_eq!(document.body, serde_json::from_str::<Value>(&pinned(api)).expect("it is JSON"), "{api}");
        for (path, media_type) in
            [("/docs", "text/html"), ("/docs/page.js", "text/javascript"), ("/docs/page.css", "text/css")]
        {
            let file = get(address, path).expect("the server answers");
            let served = file.header("content-type").is_some_and(|found| found.starts_with(media_type));
            assert!(file.http_status == 200 && served, "{api} {path}: {file:?}");
        }
    }
}
