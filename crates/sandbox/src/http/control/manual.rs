//! The front page: what this is and what one can do with it.

use actix_web::{HttpResponse, http::header::ContentType};

use crate::api;

const MANUAL: &str = r#"This is a sandbox: a local stand-in for the Server API of RongCloud. Nothing leaves this machine.

Look into it (JSON, no signature):
  GET    /sandbox/messages?userId=bob   the messages in bob's inbox, oldest first, with the parameters that have an effect;
                                        "push": what bob's phone would show if bob were offline; a recalled one has
                                        "recalled": true, one that waits for the end of bob's block "held": true
  GET    /sandbox/users/bob             whether bob is registered, name, portrait, number of tokens, blacklist; if so,
                                        that bob is online, blocked, muted in all groups, or has expired tokens
  GET    /sandbox/groups/friends        the group's name, its members in order, whether it is dismissed; if so, who may
                                        not speak in it, and who may all the same
  GET    /sandbox/requests              the last requests to the Server API, oldest first; only one path: ?path=/user/info.json
  GET    /sandbox/counters              requests to the Server API, in all, by path and by connection
  DELETE /sandbox/counters              count from zero again

Play the clients of users (a refusal has the code that their SDK would show):
  POST   /sandbox/clients               connect one: {"token": "..."}; 31004, 31009 (blocked), 31020 (expired)
  DELETE /sandbox/clients/bob           disconnect bob
  POST   /sandbox/clients/bob/messages  let bob write: {"toGroupId": "friends", "objectName": "RC:TxtMsg", "content": "{}"},
                                        or "toUserId"; 405 (blacklisted), 22406 (no member), 22408 (muted), 30001 (offline)

Make it fail:
  GET    /sandbox/faults                the faults that are still armed
  POST   /sandbox/faults                arm one: {"path": "/user/getToken.json", "fault": "timeout", "when": "after", "times": 1}
                                        fault: reject, rate_limit, server_error, timeout, reset, garbage, drip, truncate,
                                               code (any documented one: add "code": 1009)
                                        when:  before (not executed), after (executed, then failed), later (failed, and
                                               executed on release); reject, rate_limit and most codes: only before
  DELETE /sandbox/faults                disarm all
  GET    /sandbox/late                  how many requests wait to be executed later
  POST   /sandbox/late/release          execute them now, in order of arrival
  POST   /sandbox/quotas                heed the documented rate limits from now on
  DELETE /sandbox/quotas                heed them no longer

Any other path that the cloud documents answers 1009, as a service that is not enabled.

Served of the Server API (POST, signed):
"#;

pub(super) async fn show() -> HttpResponse {
    let served: String = api::paths().flat_map(|path| ["  ", path, "\n"]).collect();
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(format!("{MANUAL}{served}"))
}
