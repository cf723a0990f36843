//! How much one call may name, path by path.

use crate::test_sandbox::{
    BAN_ADD, BAN_QUERY, BAN_ROLLBACK, BLOCK, EXPIRE_TOKENS, GAG_ADD, GAG_LIST, GAG_ROLLBACK, TestSandbox, UNBLOCK,
    WHITELIST_ADD, WHITELIST_ROLLBACK,
};

#[tokio::test]
async fn twenty_users_or_groups_are_the_most_and_one_more_is_1002() {
    let sandbox = TestSandbox::start();
    let ids: Vec<String> = (0..21).map(|n| format!("u{n}")).collect();

    for (path, parameter, more) in [
        (BAN_ADD, "groupId", vec![]),
        (BAN_ROLLBACK, "groupId", vec![]),
        (BAN_QUERY, "groupId", vec![]),
        (GAG_ADD, "userId", vec![("minute", "1")]),
        (GAG_ROLLBACK, "userId", vec![]),
        (WHITELIST_ADD, "userId", vec![("groupId", "g")]),
        (WHITELIST_ROLLBACK, "userId", vec![("groupId", "g")]),
        (BLOCK, "userId", vec![("minute", "1")]),
        (UNBLOCK, "userId", vec![]),
        (EXPIRE_TOKENS, "userId", vec![("time", "1")]),
    ] {
        let form: Vec<_> = more.into_iter().chain(ids.iter().map(|id| (parameter, id.as_str()))).collect();
        let refused = sandbox.post(path, &form).await;
        refused.assert_refused(400, 1002);
        assert_eq!(refused.json()["errorMessage"], format!("the number of {parameter} should less than 20."), "{path}");
        assert_eq!(sandbox.post(path, &form[..form.len() - 1]).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_mute_or_block_has_at_most_30_days_and_only_a_mute_may_be_for_ever() {
    let sandbox = TestSandbox::start();

    for (path, minute, status) in [
        (GAG_ADD, "0", 200),
        (GAG_ADD, "43200", 200),
        (GAG_ADD, "43201", 400),
        (GAG_ADD, "-1", 400),
        (GAG_ADD, "soon", 400),
        (BLOCK, "0", 400),
        (BLOCK, "1", 200),
        (BLOCK, "43200", 200),
        (BLOCK, "43201", 400),
        (BLOCK, "soon", 400),
    ] {
        let answer = sandbox.post(path, &[("userId", "alice"), ("minute", minute)]).await;
        assert_eq!((answer.status, answer.json()["code"] == 1002), (status, status == 400), "{path} {minute}");
    }
}

#[tokio::test]
async fn an_optional_group_id_is_checked_where_it_is_given() {
    let sandbox = TestSandbox::start();

    for path in [GAG_ADD, GAG_ROLLBACK, GAG_LIST, BAN_QUERY] {
        for (group_id, code) in [("a b", 1002), (&*"g".repeat(65), 1005)] {
            let form = [("userId", "alice"), ("minute", "1"), ("groupId", group_id)];
            sandbox.post(path, &form).await.assert_refused(400, code);
        }
    }
}
