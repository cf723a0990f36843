"""Drives the sandbox with requests that are signed by hand: every limit, every missing parameter, every code."""

import socket

from sandbox import (
    APP_KEY,
    APP_SECRET,
    check,
    control,
    encode,
    exchange,
    group,
    inbox,
    post,
    refusal,
    signature,
    signed,
    user,
)

LETTER = {"fromUserId": "raw-alice", "toUserId": "raw-bob", "objectName": "HB:Test", "content": "{}"}
TO_GROUP = {"fromUserId": "raw-alice", "toGroupId": "rawFriends", "objectName": "HB:Test", "content": "{}"}

# Each path with every parameter that it needs and no other, in an order in which all succeed.
COMPLETE = {
    "/user/getToken.json": {"userId": "raw-alice"},
    "/user/refresh.json": {"userId": "raw-alice"},
    "/user/info.json": {"userId": "raw-alice"},
    "/user/blacklist/add.json": {"userId": "raw-alice", "blackUserId": "raw-bob"},
    "/user/blacklist/remove.json": {"userId": "raw-alice", "blackUserId": "raw-bob"},
    "/user/blacklist/query.json": {"userId": "raw-alice"},
    "/message/private/publish.json": LETTER,
    "/message/group/publish.json": TO_GROUP,
    "/message/system/publish.json": LETTER,
    "/message/publish.json": LETTER,
    "/message/recall.json": {"fromUserId": "raw-alice", "conversationType": "1", "targetId": "raw-bob", "messageUID": "A-B-C-D"},
    "/group/create.json": {"userId": "raw-alice", "groupId": "rawFriends"},
    "/group/join.json": {"userId": "raw-bob", "groupId": "rawFriends"},
    "/group/quit.json": {"userId": "raw-bob", "groupId": "rawFriends"},
    "/group/refresh.json": {"groupId": "rawFriends", "groupName": "Friends"},
    "/group/user/query.json": {"groupId": "rawFriends"},
    "/group/sync.json": {"userId": "raw-alice"},
    "/user/group/query.json": {"userId": "raw-alice"},
    "/group/ban/add.json": {"groupId": "rawFriends"},
    "/group/ban/rollback.json": {"groupId": "rawFriends"},
    "/group/ban/query.json": {},
    "/group/user/gag/add.json": {"userId": "raw-bob", "minute": "1"},
    "/group/user/gag/rollback.json": {"userId": "raw-bob"},
    "/group/user/gag/list.json": {},
    "/group/user/ban/whitelist/add.json": {"userId": "raw-bob", "groupId": "rawFriends"},
    "/group/user/ban/whitelist/rollback.json": {"userId": "raw-bob", "groupId": "rawFriends"},
    "/group/user/ban/whitelist/query.json": {"groupId": "rawFriends"},
    "/user/block.json": {"userId": "raw-bob", "minute": "1"},
    "/user/unblock.json": {"userId": "raw-bob"},
    "/user/block/query.json": {},
    "/user/checkOnline.json": {"userId": "raw-bob"},
    "/user/token/expire.json": {"userId": "raw-bob", "time": "1615362955344"},
    "/group/dismiss.json": {"userId": "raw-alice", "groupId": "rawFriends"},
}

# Code and HTTP status of everything that can be asked for.
CODES = {
    404: 404, 405: 405, 1000: 500, 1001: 401, 1002: 400, 1003: 400, 1004: 401, 1005: 400, 1006: 401, 1007: 401,
    1008: 429, 1009: 430, 1015: 200, 1016: 403, 1050: 504, 2007: 403,
}  # fmt: skip


def users(parameter, count, start=0):
    return [(parameter, f"rawu{n}") for n in range(start, start + count)]


def doors():
    for path, form in COMPLETE.items():
        check(f"raw: {path} with a wrong secret", refusal(post(path, form, signed(secret="another"))), (401, 1004))
        check(f"raw: {path} with a wrong key", refusal(post(path, form, signed(app_key="another"))), (400, 1002))
    check("raw: nothing of that was done", (user("raw-alice")["registered"], inbox("raw-bob")), (False, []))


def needs():
    for path, form in COMPLETE.items():
        for missing in form:
            rest = {key: value for key, value in form.items() if key != missing}
            status, body = post(path, rest)
            wanted = (400, {"url": path, "code": 1002, "errorMessage": f"{missing} is required."})
            check(f"raw: {path} without {missing}", (status, body), wanted)
    for path, form in COMPLETE.items():
        check(f"raw: {path} with all that it needs", refusal(post(path, form)), (200, 200))


def limits():
    def limit(name, path, form, refused, accepted):
        check(f"raw: {name} is refused", refusal(post(path, refused(form))), (400, 1005))
        check(f"raw: {name} but one is accepted", refusal(post(path, accepted(form))), (200, 200))

    def longer(parameter, text, length):
        """A value that is one too long, and the longest that is not."""
        return (
            lambda form: {**form, parameter: text * (length + 1)},
            lambda form: {**form, parameter: text * length},
        )

    limit("a user id of 65 bytes", "/user/getToken.json", {}, *longer("userId", "u", 64))
    limit("a name of 65 characters", "/user/getToken.json", {"userId": "raw-alice"}, *longer("name", "红", 64))
    limit("a portrait of 1025 bytes", "/user/refresh.json", {"userId": "raw-alice"}, *longer("portraitUri", "p", 1024))
    limit("a group id of 65 characters", "/group/create.json", {"userId": "raw-alice"}, *longer("groupId", "g", 64))
    limit("a group name of 65 characters", "/group/refresh.json", {"groupId": "rawFriends"}, *longer("groupName", "红", 64))
    limit("a type of 33 characters", "/message/private/publish.json", LETTER, *longer("objectName", "x", 32))
    limit("content of 128 KiB and a byte", "/message/system/publish.json", LETTER, *longer("content", "%", 128 * 1024))

    def count(name, path, fixed, parameter, most):
        fixed = list(fixed.items())
        check(f"raw: {name}, one too many", refusal(post(path, fixed + users(parameter, most + 1))), (400, 1002))
        check(f"raw: {name}, as many as there may be", refusal(post(path, fixed + users(parameter, most))), (200, 200))

    letter = {key: value for key, value in LETTER.items() if key != "toUserId"}
    count("receivers of a private message", "/message/private/publish.json", letter, "toUserId", 1000)
    count("receivers of a system message", "/message/system/publish.json", letter, "toUserId", 100)
    count("groups of a message", "/message/group/publish.json", letter, "toGroupId", 3)
    count("users of a blacklist", "/user/blacklist/add.json", {"userId": "raw-alice"}, "blackUserId", 20)
    count("users who make a group", "/group/create.json", {"groupId": "rawMany"}, "userId", 1000)
    count("users who join a group", "/group/join.json", {"groupId": "rawMany"}, "userId", 1000)
    count("users who quit a group", "/group/quit.json", {"groupId": "rawMany"}, "userId", 1000)

    count("groups to mute", "/group/ban/add.json", {}, "groupId", 20)
    count("members to mute", "/group/user/gag/add.json", {"minute": "1"}, "userId", 20)
    count("exceptions", "/group/user/ban/whitelist/add.json", {"groupId": "rawMany"}, "userId", 20)
    count("users to block", "/user/block.json", {"minute": "1"}, "userId", 20)
    count("users whose tokens expire", "/user/token/expire.json", {"time": "1"}, "userId", 20)
    for path, minute in (("/group/user/gag/add.json", "43201"), ("/user/block.json", "43201"), ("/user/block.json", "0")):
        form = {"userId": "raw-bob", "minute": minute}
        check(f"raw: {path} for {minute} minutes is refused", refusal(post(path, form)), (400, 1002))

    for start in (0, 1000, 2000):
        post("/group/join.json", [("groupId", "rawFull")] + users("userId", 1000, start))
    one_more = post("/group/join.json", {"groupId": "rawFull", "userId": "raw-alice"})
    check("raw: a group of 3000 is full", (refusal(one_more), len(group("rawFull")["members"])), ((405, 405), 3000))
    for id in ("a b", "a@b", "红"):
        check(f"raw: the user id {id} is refused", refusal(post("/user/getToken.json", {"userId": id})), (400, 1002))
    reserved = post("/message/private/publish.json", {**LETTER, "objectName": "RC:Mine"})
    check("raw: a type of the cloud's own is refused", refusal(reserved), (400, 1002))


def codes():
    for code, status in CODES.items():
        control("POST", "/sandbox/faults", {"path": "/user/info.json", "fault": "code", "code": code})
        check(f"raw: code {code}", refusal(post("/user/info.json", {"userId": "raw-alice"})), (status, code))
    check("raw: code 400", refusal(post("/user/info.json", {"userId": "raw-nobody"})), (400, 400))
    for path in ("/chatroom/create.json", "/friend/add.json", "/message/expansion/set.json", "/push/user.json"):
        check(f"raw: {path} is not enabled", refusal(post(path, {"any": "thing"})), (430, 1009))
    check("raw: an unknown path", exchange("POST", "/user/unheard.json", signed()), (404, "Not a valid API"))
    status, _ = exchange("GET", "/user/info.json", signed())
    check("raw: another method", status, 405)


def quotas():
    path = "/message/private/publish.json"
    letter = [(key, value) for key, value in LETTER.items() if key != "toUserId"]
    control("POST", "/sandbox/quotas")
    statuses = [refusal(post(path, letter + users("toUserId", 1000)))[0] for _ in range(6)]
    check("raw: 6000 messages a minute are accepted", statuses, [200] * 6)
    check("raw: one more is refused", refusal(post(path, LETTER)), (429, 1008))
    control("DELETE", "/sandbox/quotas")
    check("raw: without quotas it is accepted", refusal(post(path, LETTER)), (200, 200))


def lateness():
    path, form = "/group/join.json", {"userId": "raw-late", "groupId": "rawLate"}
    control("POST", "/sandbox/faults", {"path": path, "fault": "timeout", "when": "later"})
    try:
        answer = post(path, form, timeout=1)
    except socket.timeout:
        answer = None
    waiting = control("GET", "/sandbox/late")
    check("raw: a late request has no answer", (answer, waiting), (None, {"waiting": 1}))
    post(path, {**form, "userId": "raw-early"})
    released = control("POST", "/sandbox/late/release")
    check("raw: a late request is executed on release", (released, group("rawLate")["members"]), ({"released": 1}, ["raw-early", "raw-late"]))


def tolerance():
    path, form = "/user/getToken.json", {"userId": "raw-tolerant"}
    for nonce, timestamp in (("5577006791947779410", "1795392377"), ("990356.7331736763", "0"), ("1.2E-4", "99999999999999")):
        check(f"raw: nonce {nonce}", refusal(post(path, form, signed(nonce=nonce, timestamp=timestamp))), (200, 200))
    check("raw: headers with a prefix", refusal(post(path, form, signed(prefix="rc-"))), (200, 200))
    check("raw: a body without a type", exchange("POST", path, {**signed(), "Content-Type": ""}, encode(form))[0], 200)
    raw = "userId=raw-utf8&name=张三 & Co=1+2&portraitUri=http://abc.com/my portrait.jpg?a=1&b=2".encode()
    check("raw: a body that is not encoded", exchange("POST", path, signed(), raw)[0], 200)
    check("raw: its name", user("raw-utf8")["name"], "张三 ")
    known = signature("Y1W2MeFwwwRxa0", "14314", "1408710653000")
    check("raw: the published example of a signature", known, "30be0bbca9c9b2e27578701e9fda2358a814c88f")
    control("DELETE", "/sandbox/counters")
    post(path, form)
    post(path, form)
    counted = control("GET", "/sandbox/counters")
    check("raw: requests are counted", (counted["paths"], counted["connections"]), ({path: 2}, [1, 1]))
    requests = control("GET", "/sandbox/requests")
    check("raw: at most 1000 requests are kept", 0 < len(requests) <= 1000, True)
    shown = [APP_SECRET in str(request) or signed()["Signature"] in str(request) for request in requests]
    check("raw: no signature is shown", (any(shown), requests[-1]["headers"]["app-key"]), (False, APP_KEY))


doors()
needs()
limits()
codes()
quotas()
lateness()
tolerance()
