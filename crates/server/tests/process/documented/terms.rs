//! Pages call a thing by one word, and list every code that a command may end with.

use std::{collections::BTreeSet, fs, path::Path};

use hongbao_domain::admin::RefusalCode;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The pages in a folder and the two documents, as text.
fn texts(folder: &str, ends: &[&str]) -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let named = paths.map(|path| (path.display().to_string(), path));
    let named = named.filter(|(name, path)| path.is_file() && ends.iter().any(|end| name.ends_with(end)));
    named.map(|(name, path)| (name, fs::read_to_string(path).expect("it is text"))).collect()
}

/// The codes in the table of a page about operations.
fn codes(page: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(page)).expect("the page is there");
    let rows = text.lines().filter(|line| ["| 1 | `", "| 2 | `"].iter().any(|start| line.starts_with(start)));
    let rows = rows.map(|row| row.split(" | ").collect::<Vec<_>>()).filter(|cells| cells.len() == 3);
    let codes = rows.flat_map(|cells| cells[1].split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    codes.collect()
}

#[test]
fn each_thing_has_one_chinese_word() {
    // 参考号 for `reference`, since 凭证 is a session key; 屏蔽 for `block`; 响应 for an answer; 登录凭证 for a session key.
    let others = ["凭证号", "拉黑", "应答", "会话密钥", "信封"];
    let mut looked = 0;
    for (folder, ends) in [
        ("", &["README.zh.md"][..]),
        ("docs", &[".zh.md"]),
        ("docs/operations", &[".zh.md"]),
        ("docs/openapi", &[".json"]),
    ] {
        for (name, text) in texts(folder, ends) {
            let found: Vec<_> = others.iter().filter(|word| text.contains(**word)).collect();
            assert!(found.is_empty(), "{name} says {found:?}");
            looked += 1;
        }
    }
    assert!(looked > 10, "{looked} texts");
}

#[test]
fn each_code_that_a_command_may_end_with_is_in_both_tables() {
    let [english, chinese] = ["docs/operations.md", "docs/operations.zh.md"].map(codes);
    assert_eq!(english, chinese);
    // Those come from the admin API alone: no command of the table asks for what they refuse.
    let there =
        [RefusalCode::SessionNotFound, RefusalCode::PacketNotOpen, RefusalCode::ScopeNotHeld, RefusalCode::ImCloud];
    for code in RefusalCode::ALL.iter().filter(|code| !there.contains(code)) {
        assert!(english.contains(code.as_str()), "{} is not in {english:?}", code.as_str());
    }
}
