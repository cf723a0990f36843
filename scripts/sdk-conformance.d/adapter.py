"""Compares what our own adapter sends with what the official SDKs send for the same call with the same arguments."""

import json
import os
import pathlib
import re
import subprocess
import urllib.parse

from rongcloud.rongcloud import RongCloud

from sandbox import APP_KEY, APP_SECRET, PATIENCE_SECONDS, URL, check, control

HERE = pathlib.Path(__file__).parent
CALLS = json.loads((HERE / "calls.json").read_text())

cloud = RongCloud(APP_KEY, APP_SECRET, URL)
users, groups, private = cloud.get_user(), cloud.get_group(), cloud.get_message().get_private()

# Each difference that is allowed, with its reason. One that is no longer there must go from the list: a check says so.
REASONS = {
    "header x-request-id": "ours only: it names the request for the cloud's support, as newer documentation has it",
    "timestamp in seconds": "theirs: both SDKs are older than the documentation, which says milliseconds",
    "raw text": "rc-server-sdk encodes nothing but `content`; a form with raw UTF-8 decodes alike",
    "content as other JSON": "rc-server-sdk writes JSON with spaces and \\u escapes; it reads as the same value",
}
# The SDK for Node asks nothing about a user; it cannot update a name alone.
MISSING = {"node": {("info",), ("refresh", "name alone")}, "python": set()}
# What HTTP wants or each client tells about itself.
PLUMBING = {"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"}
ENCODED = re.compile(r"(?:[A-Za-z0-9*\-._~!'()+=&]|%[0-9A-F]{2})*")

seen = set()


def captured():
    return control("GET", "/sandbox/requests")


def one_by_one(makers):
    """Makes each call and gives the request that it was, or None where nothing was sent."""
    sent = []
    for make in makers:
        before = len(captured())
        make()
        new = captured()[before:]
        assert len(new) <= 1, f"one call, one request: {new}"
        sent.append(new[0] if new else None)
    return sent


def kind(call):
    return ("refresh", "name alone") if call[0] == "refresh" and not call[3] else (call[0],)


def through_python(name, *args):
    match name:
        case "token":
            return users.register(*args)
        case "refresh":
            return users.update(args[0], args[1], args[2] or None)
        case "info":
            return users.query(*args)
        case "send":
            push, copy = args[4:]
            return private.send(*args[:3], json.loads(args[3]), push or None, is_include_sender=int(copy or 0))
        case "notify":
            content = dict(zip(("event_id", "transfer_id", "content"), args[2:5]))
            return private.send(*args[:2], "HB:RedPacket", content, args[5])
        case "create":
            return groups.create(args[2], args[0], args[1])
        case "join":
            return groups.join(args[2], args[0], args[1])
        case "members":
            return groups.get_user().query(*args)
        case "quit":
            return groups.quit(args[1], args[0])
        case "dismiss":
            return groups.dismiss(args[1], args[0])


def by_python(call):
    def make():
        answer = through_python(*call)
        assert isinstance(answer, dict) and answer["code"] == 200, f"{call}: {answer}"

    return make


def by_process(*command):
    """A call that its process must report as done."""
    return lambda: subprocess.run(command, check=True, timeout=PATIENCE_SECONDS)


def by_node(number):
    return by_process("node", str(HERE / "calls.js"), str(number))


def of_headers(request):
    return {name: value for name, value in request["headers"].items() if name not in PLUMBING}


def fields(request):
    """The values of each name, in order: a list repeats its name, and the order of names means nothing."""
    values = {}
    for name, value in urllib.parse.parse_qsl(request["body"], keep_blank_values=True, strict_parsing=True):
        values.setdefault(name, []).append(value)
    return values


def compare(sdk, label, ours, theirs):
    def same(what, our_part, their_part):
        check(f"adapter: {label} has {what} as {sdk} has", our_part, their_part)

    same("the method and path", (ours["method"], ours["path"]), (theirs["method"], theirs["path"]))
    our_headers, their_headers = of_headers(ours), of_headers(theirs)
    if our_headers.pop("x-request-id", None):
        seen.add("header x-request-id")
    same("the headers", sorted(our_headers), sorted(their_headers))
    for name in ("content-type", "app-key"):
        same(f"the header {name}", our_headers[name], their_headers[name])
    if len(their_headers["timestamp"]) == 10:
        seen.add("timestamp in seconds")
        their_headers["timestamp"] += "000"
    digits = [re.sub(r"\d", "9", headers["timestamp"]) for headers in (our_headers, their_headers)]
    same("the form of the timestamp", *digits)
    check(f"adapter: {label} has a nonce of at most 18 letters and digits", bool(re.fullmatch("[0-9a-z]{1,18}", our_headers["nonce"])), True)

    check(f"adapter: {label} is an encoded form", bool(ENCODED.fullmatch(ours["body"])), True)
    if not ENCODED.fullmatch(theirs["body"]):
        seen.add("raw text")
        check(f"adapter: only python sends {label} raw", sdk, "python")
    our_fields, their_fields = fields(ours), fields(theirs)
    if sdk == "python" and our_fields.get("content") != their_fields.get("content"):
        seen.add("content as other JSON")
        for part in (our_fields, their_fields):
            part["content"] = [json.loads(content) for content in part["content"]]
    same("the fields", our_fields, their_fields)


def main():
    ours = one_by_one(by_process(os.environ["ASK"], *call) for call in CALLS)
    node = one_by_one(by_node(number) for number, _ in enumerate(CALLS))
    # What a form cannot hold raw, the SDK for Python cannot send.
    plain = [call for call in CALLS if call[0] in ("send", "notify") or not re.search("[&%=?]", "".join(call))]
    python = dict(zip(map(tuple, plain), one_by_one(by_python(call) for call in plain)))
    check("adapter: python makes the calls that it can", len(python), 12)

    for number, call in enumerate(CALLS):
        label = f"{number}. {' '.join(kind(call))}"
        for sdk, theirs in (("node", node[number]), ("python", python.get(tuple(call)))):
            if sdk == "python" and call not in plain:
                continue
            missing = kind(call) in MISSING[sdk]
            check(f"adapter: {sdk} {'does not make' if missing else 'makes'} {label}", theirs is None, missing)
            if ours[number] and theirs:
                compare(sdk, label, ours[number], theirs)
    check("adapter: the listed differences are those that there are", sorted(seen), sorted(REASONS))

    # The adapter sends no list, but writes one as both SDKs do: a unit test of its form says so.
    through_python("join", "0352LqMhSOrLUKTHrc9Qi2", "F", ["same-carol", "same-dora"])
    check("adapter: a list repeats its name", fields(captured()[-1])["userId"], ["same-carol", "same-dora"])


main()
