"""What schemathesis asks and checks beside what it does by itself.

The contract answers what the business has to say with HTTP 200. So three of schemathesis's checks would look for the wrong thing at
`im/*`: that what is wrong, what is right and what has no login is told by the HTTP status. Here they look at `status`.
"""

import itertools
import json
import os

import jsonschema_rs
import requests
import schemathesis
from schemathesis.core import NotSet

NUMBERS = itertools.count()
LOGGED_OUT = set()


@schemathesis.hook
def before_call(context, case, kwargs):
    """The session is that of the run, and a key is used for one request only."""
    if case.path.startswith("/im/"):
        for part in (case.body, case.query):
            if isinstance(part, dict):
                part.pop("session_key", None)
        if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
            # Where a name stands in a header, not every character can.
            known = request_schema(case)["properties"]
            case.body = {name: value for name, value in case.body.items() if name in known}
    if case.headers and "Idempotency-Key" in case.headers:
        key = case.headers["Idempotency-Key"]
        if 1 <= len(key) <= 50 and all("!" <= char <= "~" for char in key):
            case.headers["Idempotency-Key"] = f"{key}-{os.getpid()}-{next(NUMBERS)}"


def is_im(case):
    return case.path.startswith("/im/") and case.method.upper() in ("GET", "POST")


def envelope(response):
    return json.loads(response.content)


def raw(case):
    return case.operation.schema.raw_schema


def request_schema(case):
    """Gives the description of what is asked for: that of a form describes the query, too."""
    encoding = {"application/json": "Request", "multipart/form-data": "Multipart"}.get(case.media_type, "Form")
    name = "".join(word.capitalize() for word in case.path.removeprefix("/im/").split("_"))
    return raw(case)["components"]["schemas"][name + encoding]


def sent(case):
    """Gives the parameters as the contract reads them, or None if it is no object: an empty text and null are missing."""
    body = case.query if case.method.upper() == "GET" else case.body
    if isinstance(body, NotSet):
        body = {}
    if not isinstance(body, dict):
        return None
    is_json = case.method.upper() == "POST" and case.media_type == "application/json"
    known = request_schema(case)["properties"]
    text = lambda value: value if is_json or isinstance(value, str) else json.dumps(value)
    return {name: text(value) for name, value in body.items() if name in known and value not in (None, "")}


def is_as_documented(case):
    parameters = sent(case)
    return parameters is not None and jsonschema_rs.Draft202012Validator(request_schema(case)).is_valid(parameters)


@schemathesis.check
def status_is_documented(context, response, case):
    """Each status is one of the method's own, with its HTTP status."""
    if not is_im(case) or response.status_code == 405:
        return
    told = envelope(response)
    rows = case.operation.definition.raw["x-statuses"]
    data = told["data"] if isinstance(told["data"], dict) else {}
    found = (told["status"], response.status_code, data.get("code") if told["status"] else None)
    listed = {(row["status"], row["http_status"], row.get("code")) for row in rows}
    assert found in listed, f"status_is_documented: {found} is not among {sorted(listed, key=str)}"


@schemathesis.check
def wrong_is_not_done(context, response, case):
    """What the document does not allow is not status 0."""
    if is_im(case) and not is_as_documented(case):
        assert envelope(response)["status"] != 0, "wrong_is_not_done: this request is not one of the document"


@schemathesis.check
def right_is_read(context, response, case):
    """What the document allows is not refused for its form."""
    if not is_im(case) or not is_as_documented(case) or case.meta is None or case.meta.generation.mode.is_negative:
        return
    told = envelope(response)
    if told["status"] == 100:
        # Which kinds of messages are reserved is a setting.
        assert told["data"].get("parameter") == "objectName", f"right_is_read: {told}"


@schemathesis.check
def no_login_is_status_2(context, response, case):
    """Without a session, and with one that is none, the answer is status 2. Each operation is asked once."""
    if not is_im(case) or case.operation.label in LOGGED_OUT or response.status_code != 200:
        return
    LOGGED_OUT.add(case.operation.label)
    for headers in ({}, {"Authorization": "Bearer no-such-session"}):
        answer = requests.request(case.method, response.request.url, headers=headers, timeout=10)
        told = answer.json()["status"]
        assert told == 2, f"no_login_is_status_2: {told} for {headers}"
