"""Drives the sandbox with the official SDK for Python."""

import json

from rongcloud.rongcloud import RongCloud

from sandbox import APP_KEY, APP_SECRET, URL, check, connect, group, inbox, last_request, user, write_to

cloud = RongCloud(APP_KEY, APP_SECRET, URL)
users = cloud.get_user()
blacklist = users.get_blacklist()
messages = cloud.get_message()
groups = cloud.get_group()

DONE = {"code": 200}


def refused(answer):
    """The SDK hands out the bytes of a refusal."""
    body = json.loads(answer)
    return body["code"], body["url"]


def contents(user_id):
    return [message["content"] for message in inbox(user_id)]


def recalled(user_id):
    return [message.get("recalled", False) for message in inbox(user_id)]


# Users. The SDK encodes nothing but `content`: what arrives of a name is what a form says.
answer = users.register("py-alice", "Alice", "http://a/1.png")
check("python: register answers", (answer["code"], answer["userId"], 0 < len(answer["token"]) <= 256), (200, "py-alice", True))
again = users.register("py-alice", "爱丽丝", "http://a/2.png")
check("python: register again gives another token", (again["code"], again["token"] != answer["token"]), (200, True))
alice = {"registered": True, "name": "爱丽丝", "portraitUri": "http://a/2.png", "tokens": 2, "blacklist": []}
check("python: register registers", user("py-alice"), alice)
check("python: register of a name with raw characters answers", users.register("py-odd", "张三 & Co=1+2", "")["code"], 200)
check("python: the name ends where a form ends it", user("py-odd")["name"], "张三 ")
check("python: update answers", users.update("py-alice", "Ali"), DONE)
check("python: update leaves what it sends empty", (user("py-alice")["name"], user("py-alice")["portraitUri"]), ("Ali", "http://a/2.png"))
check("python: update of a stranger is refused", refused(users.update("py-nobody", "N")), (1002, "/user/refresh.json"))
info = users.query("py-alice")
shape = "".join("9" if char.isdigit() else char for char in info.pop("createTime"))
check("python: query answers", info, {"code": 200, "userName": "Ali", "userPortrait": "http://a/2.png"})
check("python: query tells when", shape, "9999-99-99 99:99:99")
check("python: query of a stranger is refused", refused(users.query("py-nobody")), (400, "/user/info.json"))

# Blacklists.
check("python: blacklist add answers", blacklist.add("py-alice", ["py-bob", "py-carol"]), DONE)
check("python: blacklist add adds", user("py-alice")["blacklist"], ["py-carol", "py-bob"])
check("python: blacklist query answers", blacklist.query("py-alice"), {"code": 200, "users": ["py-carol", "py-bob"]})
check("python: blacklist remove answers", blacklist.remove("py-alice", "py-bob"), DONE)
check("python: blacklist remove removes", user("py-alice")["blacklist"], ["py-carol"])

# Private messages.
text = {"content": "恭喜发财 🧧 1+1=2 & more", "extra": ""}
answer = messages.get_private().send("py-alice", ["py-bob", "py-carol"], "RC:TxtMsg", text, push_content="new", push_data="d")
check("python: private send answers", answer["code"], 200)
bob, carol = inbox("py-bob"), inbox("py-carol")
check("python: private send arrives once each", (len(bob), len(carol)), (1, 1))
check("python: private send keeps the content", json.loads(bob[0]["content"]), text)
check(
    "python: private send keeps the rest",
    (bob[0]["fromUserId"], bob[0]["toUserId"], bob[0]["objectName"]),
    ("py-alice", "py-bob", "RC:TxtMsg"),
)
ids = [{"userId": "py-bob", "messageUID": bob[0]["messageUID"]}, {"userId": "py-carol", "messageUID": carol[0]["messageUID"]}]
check("python: private send tells the ids", answer["messageUIDs"], ids)
answer = messages.get_private().send("py-carol", ["py-alice", "py-bob"], "HB:RedPacket", text, verify_blacklist=1)
check("python: private send that heeds blacklists answers", answer["code"], 200)
check("python: private send that heeds blacklists heeds them", (len(inbox("py-alice")), len(inbox("py-bob"))), (0, 2))
answer = messages.get_private().send("py-dora", "py-erik", "HB:RedPacket", text, is_include_sender=1, disable_push=True)
check("python: private send with a copy answers", (answer["code"], len(answer["messageUIDs"])), (200, 1))
check("python: private send with a copy copies", inbox("py-dora"), inbox("py-erik"))
answer = messages.get_private().send("py-alice", "py-bob", "RC:Mine", text)
check("python: private send of a reserved type is refused", refused(answer), (1002, "/message/private/publish.json"))
answer = messages.get_private().recall("py-alice", "py-bob", bob[0]["messageUID"], 1408710653000)
check("python: private recall answers", answer, DONE)
check("python: private recall marks one", (recalled("py-bob"), recalled("py-carol")), ([True, False], [False]))
check("python: private recall of nothing answers", messages.get_private().recall("py-alice", "py-bob", "A-B-C-D", 1), DONE)

# System messages.
answer = messages.get_system().send("py-system", ["py-fred", "py-gina"], "RC:InfoNtf", {"message": "hello"})
check("python: system send answers", (answer["code"], len(answer["messageUIDs"])), (200, 2))
check("python: system send arrives", [json.loads(content) for content in contents("py-fred")], [{"message": "hello"}])

# Groups.
check("python: group create answers", groups.create(["py-alice", "py-bob"], "pyFriends", "Friends"), DONE)
friends = {"name": "Friends", "members": ["py-alice", "py-bob"], "dismissed": False}
check("python: group create creates", group("pyFriends"), friends)
check("python: group create again answers", groups.create("py-bob", "pyFriends", "Friends"), DONE)
check("python: group create again changes nothing", group("pyFriends"), friends)
check("python: group join answers", groups.join(["py-hugo", "py-ines"], "pyFriends", "Friends"), DONE)
check("python: group join adds", group("pyFriends")["members"], ["py-alice", "py-bob", "py-hugo", "py-ines"])
members = [{"id": id} for id in ["py-alice", "py-bob", "py-hugo", "py-ines"]]
check("python: group query answers", groups.get_user().query("pyFriends"), {"code": 200, "users": members})
check("python: group update answers", groups.update("pyFriends", "朋友"), DONE)
check("python: group update renames", group("pyFriends")["name"], "朋友")
check("python: group quit answers", groups.quit("py-ines", "pyFriends"), DONE)
check("python: group quit removes", group("pyFriends")["members"], ["py-alice", "py-bob", "py-hugo"])

answer = messages.get_group().send("py-alice", "pyFriends", "RC:TxtMsg", text, is_mentioned=1)
hugo = inbox("py-hugo")
check("python: group send answers", (answer["code"], answer["messageUIDs"]), (200, [{"groupId": "pyFriends", "messageUID": hugo[0]["messageUID"]}]))
check(
    "python: group send arrives",
    (len(hugo), hugo[0]["toGroupId"], json.loads(hugo[0]["content"]), len(inbox("py-bob")), inbox("py-alice")),
    (1, "pyFriends", text, 3, []),
)
answer = messages.get_group().send_direction("py-alice", "pyFriends", ["py-hugo"], "RC:TxtMsg", text)
check("python: group send to some answers", answer["code"], 200)
check("python: group send to some arrives there alone", (len(inbox("py-hugo")), len(inbox("py-bob"))), (2, 3))
check("python: group recall answers", messages.get_group().recall("py-alice", "pyFriends", hugo[0]["messageUID"], 1), DONE)
check("python: group recall marks every copy", (recalled("py-hugo"), recalled("py-bob")[2:]), ([True, False], [True]))
# Mutes, exceptions from them, blocks. The SDK names a group with `_` in its own tests.
gag, ban = groups.get_user().get_gag(), groups.get_user().get_ban()
exceptions = ban.get_whitelist()
check("python: group create with an underscore answers", groups.create(["py-bob", "py-hugo"], "group_test", "TestGroup"), DONE)
tokens = {id: users.register(id, id, "")["token"] for id in ("py-bob", "py-hugo")}
check("python: clients connect", [connect(token) for token in tokens.values()], ["py-bob", "py-hugo"])


def codes():
    return [write_to("group_test", id) for id in tokens]


check("python: ban add answers", ban.add("group_test"), DONE)
check("python: ban add silences all", codes(), [22408, 22408])
stats = {"code": 200, "groupinfo": [{"groupId": "group_test", "stat": 1}, {"groupId": "17", "stat": 0}]}
check("python: ban query answers", ban.query(["group_test", "17"]), stats)
check("python: whitelist add answers", exceptions.add("py-bob", "group_test"), DONE)
check("python: whitelist add lets one speak", codes(), [None, 22408])
check("python: whitelist query answers", exceptions.query("group_test"), {"code": 200, "userIds": ["py-bob"]})
check("python: whitelist remove ends it", (exceptions.remove("py-bob", "group_test"), codes()), (DONE, [22408, 22408]))
check("python: ban remove ends it", (ban.remove(["group_test", "17"]), codes()), (DONE, [None, None]))
check("python: gag add answers", gag.add("py-bob", "group_test", 10), DONE)
check("python: gag add silences one", codes(), [22408, None])
muted = gag.query("group_test")["users"]
check("python: gag query answers", [(mute["userId"], len(mute["time"])) for mute in muted], [("py-bob", 19)])
check("python: gag remove ends it", (gag.remove("py-bob", "group_test"), codes()), (DONE, [None, None]))

block = users.get_block()
check("python: check online answers", users.check_online("py-bob"), {"code": 200, "status": "1"})
check("python: block add answers", block.add(["py-bob", "py-nobody"], 5), DONE)
check("python: block add disconnects", users.check_online("py-bob"), {"code": 200, "status": "0"})
check("python: block add shuts out", connect(tokens["py-bob"]), 31009)
check("python: block query answers", [blocked["userId"] for blocked in block.query()["users"] if blocked["userId"].startswith("py-")], ["py-bob", "py-nobody"])
check("python: block remove lets in", (block.remove(["py-bob", "py-nobody"]), connect(tokens["py-bob"])), (DONE, "py-bob"))
check("python: group sync answers", groups.sync("py-kim", [("10001", "TestGroup1"), ("group_test", "TestGroup2")]), DONE)
check("python: group sync joins and renames", (group("10001")["members"], group("group_test")["name"]), (["py-kim"], "TestGroup2"))
answer = refused(users.get_whitelist().add("py-bob", "py-hugo"))
check("python: a service that is not enabled says so", answer, (1009, "/user/whitelist/add.json"))

check("python: group dismiss answers", groups.dismiss("py-alice", "pyFriends"), DONE)
check("python: group dismiss ends it", group("pyFriends"), {"name": "朋友", "members": [], "dismissed": True})

# The door.
stranger = RongCloud(APP_KEY, "another secret", URL)
check("python: a wrong secret is refused", refused(stranger.get_user().register("py-mallory", "M", "")), (1004, "/user/getToken.json"))
check("python: a wrong secret registers nobody", user("py-mallory")["registered"], False)
stranger = RongCloud("another key", APP_SECRET, URL)
check("python: a wrong key is refused", refused(stranger.get_group().dismiss("py-m", "pyFriends")), (1002, "/group/dismiss.json"))
request = last_request("/group/join.json")
check("python: a request is shown as it was sent", request["body"], "userId=py-hugo&userId=py-ines&groupId=pyFriends&groupName=Friends")
