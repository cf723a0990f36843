//! On what the IM cloud does not come to agree.

use serde_json::json;

use crate::{desk::admin, harness::Folder};

#[test]
fn where_all_is_well_nothing_is_stuck() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["group", "stuck"]).assert_text("nothing is stuck\n");
    assert_eq!(admin(&folder, &["group", "stuck", "--limit", "3", "--json"]).json(), json!([]));
    admin(&folder, &["group", "stuck", "--limit=x"]).assert_misused(&["--limit"]);
}
