//! What keeps the service going, by HTTP alone: webhooks, outbox, audit, looking for packets, many movements.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test that wants it")]

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    client::{AdminClient, TOKEN, until},
    desk::is_moment,
    harness::{Demo, Folder, post, request},
};

const PRIVATE: &str = "webhook.allow_private_targets=true";

/// An endpoint at which nothing listens.
const AWAY: &str = "http://127.0.0.1:9/hooks";

fn count(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[tokio::test]
async fn an_endpoint_is_added_rotated_disabled_and_removed() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[PRIVATE]);
    let admin = AdminClient::of(&demo, TOKEN);
    let wanted = json!({ "url": AWAY, "events": ["user.disabled"] });
    let added = admin.under("add").post("webhooks", wanted.clone()).await.done();
    let secret = added["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && is_moment(&added["created_at"]), "{added}");
    assert_eq!((&added["is_enabled"], &added["events"]), (&json!(true), &json!(["user.disabled"])));
    assert_eq!(admin.under("add").post("webhooks", wanted).await.done(), added, "the repeat is told the secret, too");
    let listed = admin.get("webhooks").await.done();
    assert_eq!((count(&listed["webhooks"]), listed["webhooks"][0].get("secret")), (1, None));

    let id = added["webhook_id"].as_str().unwrap();
    let path = |rest: &str| format!("webhooks/{id}{rest}");
    let rotated = admin.under("rotate").post(&path("/rotate"), json!({ "keep_former_for_s": 60 })).await.done();
    assert!(rotated["secret"] != added["secret"] && is_moment(&rotated["former_secret_until"]), "{rotated}");
    let again = admin.under("rotate").post(&path("/rotate"), json!({ "keep_former_for_s": 60 })).await.done();
    assert_eq!(again, rotated);
    admin.ask(Method::DELETE, &path(""), None).await.is_problem(409, "webhook_enabled");
    assert_eq!(admin.post(&path("/disable"), json!({})).await.done()["is_enabled"], false);
    assert_eq!(admin.post(&path("/enable"), json!({})).await.done()["is_enabled"], true);
    admin.post("webhooks/0352O0j8700mTvRyII4uoi/enable", json!({})).await.is_problem(404, "webhook_not_found");
    admin.post("webhooks", json!({ "url": "ftp://app.example" })).await.is_problem(400, "invalid_request");
    admin.post("webhooks", json!({ "url": AWAY, "events": ["nothing"] })).await.is_problem(400, "invalid_request");

    let log = admin.get("log").await.done();
    for secret in [secret, rotated["secret"].as_str().unwrap()] {
        assert!(!log.to_string().contains(secret), "{log}");
    }
    let (_, stderr) = demo.stop();
    assert!(!stderr.contains(secret), "{stderr}");
}

#[tokio::test]
async fn a_private_address_is_refused() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    for url in ["https://127.0.0.1/", "https://169.254.169.254/latest", "http://app.example/"] {
        admin.post("webhooks", json!({ "url": url })).await.is_problem(422, "webhook_target_refused");
    }
    assert_eq!(admin.get("webhooks").await.done(), json!({ "webhooks": [] }));
}

#[tokio::test]
async fn what_is_not_delivered_is_listed_sent_again_and_forgotten() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[PRIVATE]);
    let admin = AdminClient::of(&demo, TOKEN);
    let added = admin.post("webhooks", json!({ "url": AWAY, "events": ["user.disabled"] })).await.done();
    let id = added["webhook_id"].as_str().unwrap();
    let failed = until("a failure", async || {
        admin.post("users/dave/enable", json!({})).await.done();
        admin.post("users/dave/disable", json!({})).await.done();
        let listed = admin.get("outbox").await.done();
        let failed = listed["deliveries"].as_array().unwrap().iter().find(|told| told["error"].is_string());
        failed.cloned()
    });
    let failed = failed.await;
    assert_eq!((&failed["event"], &failed["target"]), (&json!("user.disabled"), &json!(id)), "{failed}");
    let event = failed["event_id"].as_str().unwrap();
    let told = admin.get(&format!("webhooks/{id}/log?limit=1000")).await.done();
    let told = count(&told["deliveries"]);
    assert!(told >= 1);
    let first = admin.get(&format!("webhooks/{id}/log?limit=1")).await.done();
    assert_eq!((count(&first["deliveries"]), first["next"].is_null()), (1, told == 1));

    admin.post(&format!("outbox/{event}/retry"), json!({})).await.done();
    let replayed = admin.post(&format!("webhooks/{id}/events/{event}/replay"), json!({})).await.done();
    assert_eq!(replayed, json!({ "replayed": 1 }));
    let other = admin.post("webhooks", json!({ "url": AWAY, "events": ["friend.added"] })).await.done();
    let other = other["webhook_id"].as_str().unwrap();
    let elsewhere = admin.post(&format!("webhooks/{other}/events/{event}/replay"), json!({})).await;
    elsewhere.is_problem(404, "event_not_found");
    let all = admin.post(&format!("webhooks/{id}/replay"), json!({ "since": "2026-01-01T00:00:00Z" })).await.done();
    assert_eq!(all, json!({ "replayed": told }));
    assert_eq!(admin.get("outbox?state=parked").await.done(), json!({ "deliveries": [], "next": null }));
    assert_eq!(admin.post("outbox/parked/retry", json!({})).await.done(), json!({ "count": 0 }));
    assert_eq!(admin.post("outbox/parked/drop", json!({})).await.done(), json!({ "count": 0 }));
    admin.get("outbox?state=lost").await.is_problem(400, "invalid_request");
    let last = "999999999999999999-0353EXa1tD8a9TWUoCrFT2";
    admin.get(&format!("outbox?cursor={last}")).await.is_problem(400, "invalid_request");
    for after_the_last in [format!("cursor=p{last}"), format!("state=parked&cursor=w{last}")] {
        let page = admin.get(&format!("outbox?{after_the_last}")).await.done();
        assert_eq!(page, json!({ "deliveries": [], "next": null }), "{after_the_last}");
    }
    // What waits comes after all that is being sent.
    assert!(count(&admin.get(&format!("outbox?state=parked&cursor=s{last}")).await.done()["deliveries"]) >= 1);

    let (mut listed, mut cursor) = (0, String::new());
    loop {
        let page = admin.get(&format!("outbox?limit=1{cursor}")).await.done();
        listed += count(&page["deliveries"]);
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(listed >= 1, "there is at least the one that failed");
    admin.get("outbox?cursor=x1-0352O0j8700mTvRyII4uoi").await.is_problem(400, "invalid_request");
    let drop = format!("outbox/{event}");
    admin.ask(Method::DELETE, &drop, None).await.done();
    admin.ask(Method::DELETE, &drop, None).await.is_problem(404, "event_not_found");
    demo.stop();
}

#[tokio::test]
async fn packets_are_found_and_one_is_told_step_by_step() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let (open, claimed) = (demo.publish(), demo.publish());
    assert_eq!(demo.accept(&claimed).verdict(), (0, ""));
    let found = async |query: &str| {
        let found = admin.get(&format!("packets?{query}")).await.done();
        let ids = found["packets"].as_array().unwrap().iter().map(|packet| packet["transfer_id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [json!(claimed), json!(open)]);
    for (query, expected) in [
        ("stage=open", vec![json!(open)]),
        ("stage=claimed&user_id=bob", vec![json!(claimed)]),
        ("stage=refunded", vec![]),
        ("coin_id=ETH", vec![]),
        ("coin_id=CNY&user_id=alice&limit=1", vec![json!(claimed)]),
        ("user_id=carol", vec![]),
        ("until=2026-01-01T00:00:00Z", vec![]),
        ("from=2999-01-01T00:00:00Z", vec![]),
        ("from=2026-01-01T00:00:00Z&until=2999-01-01T00:00:00Z", vec![json!(claimed), json!(open)]),
    ] {
        assert_eq!(found(query).await, expected, "{query}");
    }
    let first = admin.get("packets?limit=1").await.done();
    let next = first["next"].as_str().unwrap();
    assert_eq!(found(&format!("limit=1&cursor={next}")).await, [json!(open)]);
    admin.get("packets?user_id=nobody-here").await.is_problem(404, "user_not_found");
    admin.get("packets?stage=lost").await.is_problem(400, "invalid_request");

    let timeline = admin.get(&format!("packets/{claimed}/timeline")).await.done();
    assert_eq!(timeline["packet"]["transfer_id"], json!(claimed));
    let kinds: Vec<_> = timeline["steps"].as_array().unwrap().iter().map(|step| step["kind"].clone()).collect();
    assert_eq!(kinds.first(), Some(&json!("money")));
    for (kind, times) in [("money", 2), ("claim", 1), ("expiry", 1), ("end", 1), ("lease", 0)] {
        assert_eq!(kinds.iter().filter(|known| *known == kind).count(), times, "{kind}: {timeline}");
    }
    let by_command = folder.run(&["admin", "--demo", "--json", "packet", "show", &claimed, "--timeline"]).json();
    assert_eq!(by_command, timeline, "the command line says the same");
    let claim = timeline["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "claim").unwrap();
    assert_eq!(claim["user_id"], "bob");
    admin.get("packets/0355sWBkoh7TdKo1V5qcHe/timeline").await.is_problem(404, "packet_not_found");
    demo.stop();
}

#[tokio::test]
async fn what_is_told_of_a_packet_and_who_asked_under_a_key_is_in_its_timeline() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[PRIVATE]);
    let admin = AdminClient::of(&demo, TOKEN);
    let wanted = json!({ "url": AWAY, "events": ["red_packet.published", "red_packet.claimed"] });
    let endpoint = admin.post("webhooks", wanted).await.done()["webhook_id"].as_str().unwrap().to_owned();
    let keyed = |path: &str, form: &str| {
        let headers = ["Content-Type: application/x-www-form-urlencoded", "Idempotency-Key: order-77"];
        request(demo.http, "POST", path, &headers, form).unwrap()
    };
    let publish = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=1&content=hi";
    let known = until("an event of which the endpoint is told", async || {
        let cent = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=0.01&content=hi";
        let published = post(demo.http, "/im/msg_redpack_publish", cent).unwrap();
        let fresh = published.data("transfer_id").to_owned();
        let timeline = admin.get(&format!("packets/{fresh}/timeline")).await.done();
        kinds(&timeline).contains(&"message".to_owned()).then_some(())
    });
    known.await;
    let published = keyed("/im/msg_redpack_publish", publish);
    let packet = published.data("transfer_id").to_owned();
    assert_eq!(
        keyed("/im/msg_redpack_accept", &format!("session_key=demo-bob&transfer_id={packet}")).verdict(),
        (0, "")
    );

    let timeline = admin.get(&format!("packets/{packet}/timeline")).await.done();

    let of = |kind: &str| {
        let steps = timeline["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == kind);
        steps.cloned().collect::<Vec<_>>()
    };
    let messages = of("message");
    let what: Vec<_> = messages.iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert!(what[0].starts_with(&format!("red_packet.published to {endpoint}: ")), "{timeline}");
    assert!(what[1].starts_with(&format!("red_packet.claimed to {endpoint}: ")), "{timeline}");
    let log = admin.get(&format!("webhooks/{endpoint}/log?limit=1000")).await.done();
    for message in &messages {
        let ids = log["deliveries"].as_array().unwrap().iter().map(|told| told["event_id"].clone());
        assert!(ids.collect::<Vec<_>>().contains(&message["event_id"]), "{message} is not in {log}");
    }
    let keys = of("key");
    // `printf %s order-77 | sha256sum` begins so.
    let digest = "018c8cc6";
    for (step, user, method) in [(&keys[0], "alice", "msg_redpack_publish"), (&keys[1], "bob", "msg_redpack_accept")] {
        let what = step["what"].as_str().unwrap();
        assert!(what.contains(method) && what.contains(digest) && what.ends_with("answered 0"), "{step}");
        assert_eq!(step["user_id"], user);
    }
    assert!(!timeline.to_string().contains("order-77"), "{timeline}");
    demo.stop();
}

fn kinds(timeline: &Value) -> Vec<String> {
    timeline["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn many_movements_are_done_or_refused_each_by_itself() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let one = |reference: &str, user: &str, amount: &str| json!({ "reference": reference, "user_id": user, "coin_id": "CNY", "amount": amount });
    let movements =
        json!([one("a", "alice", "1"), one("b", "nobody", "1"), one("c", "bob", "0"), one("d", "bob", "2.50")]);
    let done = admin.post("deposits/batch", json!({ "movements": movements })).await.done();
    let codes: Vec<_> = done["results"].as_array().unwrap().iter().map(|result| result["code"].clone()).collect();
    assert_eq!(codes, [Value::Null, json!("user_not_found"), json!("amount_not_positive"), Value::Null]);
    assert_eq!((&done["refused"], &done["results"][3]["movement"]["amount"]), (&json!(2), &json!("2.5")));
    let again = admin.post("deposits/batch", json!({ "movements": movements })).await.done();
    assert_eq!(again["results"][0]["movement"]["repeated"], true);
    let out = json!([one("e", "bob", "1000000"), one("f", "bob", "2.50")]);
    let out = admin.post("withdrawals/batch", json!({ "movements": out })).await.done();
    assert_eq!((&out["results"][0]["code"], &out["results"][1]["code"]), (&json!("balance_too_low"), &Value::Null));

    let thousand: Vec<_> = (0..1000).map(|number| one(&format!("m{number}"), "carol", "0.01")).collect();
    let all = admin.post("deposits/batch", json!({ "movements": thousand })).await.done();
    assert_eq!((&all["refused"], count(&all["results"])), (&json!(0), 1000));
    let carol = admin.get("users/carol/balances").await.done();
    assert_eq!(carol["balances"][0], json!({ "coin_id": "CNY", "balance": "10", "held": "0" }));
    for wrong in [json!([]), Value::from([thousand, vec![one("x", "carol", "1")]].concat())] {
        admin.post("deposits/batch", json!({ "movements": wrong })).await.is_problem(400, "invalid_request");
    }
    demo.stop();
}

#[tokio::test]
async fn a_statement_is_a_table_however_long_it_is() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let one =
        |number| json!({ "reference": format!("m{number}"), "user_id": "carol", "coin_id": "CNY", "amount": "0.01" });
    for hundreds in 0..3 {
        let movements: Vec<_> = (0..700).map(|number| one(hundreds * 700 + number)).collect();
        admin.post("deposits/batch", json!({ "movements": movements })).await.done();
    }
    let url = format!("http://{}/admin/v1/users/carol/statement.csv", demo.admin);
    let get =
        |query: &'static str, token| reqwest::Client::new().get(format!("{url}?{query}")).bearer_auth(token).send();
    let told = get("coin_id=CNY", TOKEN).await.unwrap();
    assert_eq!(told.headers()["content-type"], "text/csv; charset=utf-8");
    let text = told.text().await.unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2101, "number,cause,amount,balance,at"));
    assert!(lines[1].starts_with("2100,deposit,0.01,21,") && lines[2100].starts_with("1,deposit,0.01,0.01,"), "{text}");
    for (place, line) in lines[1..].iter().enumerate() {
        assert!(line.starts_with(&format!("{},", 2100 - place)), "{line}");
    }
    let none = get("coin_id=CNY&until=2026-01-01T00:00:00Z", TOKEN).await.unwrap().text().await.unwrap();
    assert_eq!(none, "number,cause,amount,balance,at\r\n");
    for (query, token, status) in [
        ("coin_id=CNY", "hba_none", 401),
        ("coin_id=GOLD", TOKEN, 404),
        ("", TOKEN, 400),
        ("coin_id=CNY&limit=1", TOKEN, 400),
        ("coin_id=CNY&cursor=5", TOKEN, 400),
    ] {
        let told = get(query, token).await.unwrap();
        assert_eq!(
            (told.status().as_u16(), told.headers()["content-type"].to_str().unwrap()),
            (status, "application/problem+json")
        );
    }
    let metrics = reqwest::get(format!("http://{}/metrics", demo.admin)).await.unwrap().text().await.unwrap();
    for (status, count) in [(200, 2), (400, 3), (401, 1), (404, 1)] {
        let line =
            format!("hongbao_admin_requests_total{{method=\"user_statement_csv\",status=\"{status}\"}} {count}\n");
        assert!(metrics.contains(&line), "no {line} in {metrics}");
    }
    demo.stop();
}

#[tokio::test]
async fn friends_and_groups_of_a_user_are_listed() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let group = post(demo.http, "/im/group_create", "session_key=demo-dave&group_name=Tea").unwrap();
    assert_eq!(group.verdict(), (0, ""));
    let added = post(demo.http, "/im/friend_add", "session_key=demo-dave&user_id=alice").unwrap();
    assert_eq!(added.verdict(), (0, ""));
    let added = post(demo.http, "/im/friend_add", "session_key=demo-dave&user_id=bob").unwrap();
    assert_eq!(added.verdict(), (0, ""));
    let friends = admin.get("users/dave/friends?limit=1").await.done();
    assert_eq!(friends["friends"][0]["user_id"], "bob", "{friends}");
    let next = friends["next"].as_str().unwrap();
    let friends = admin.get(&format!("users/dave/friends?limit=1&cursor={next}")).await.done();
    assert_eq!((&friends["friends"][0]["user_id"], &friends["next"]), (&json!("alice"), &Value::Null), "{friends}");
    admin.get("users/dave/friends?cursor=yesterday").await.is_problem(400, "invalid_request");
    let groups = admin.get("users/dave/groups").await.done();
    assert_eq!((&groups["groups"][0]["name"], &groups["groups"][0]["owner_id"]), (&json!("Tea"), &json!("dave")));
    assert!(is_moment(&groups["groups"][0]["created_at"]) && groups["next"].is_null(), "{groups}");
    for list in ["friends", "groups"] {
        admin.get(&format!("users/nobody-here/{list}")).await.is_problem(404, "user_not_found");
    }
    demo.stop();
}
