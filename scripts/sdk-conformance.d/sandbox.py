"""What the drivers in Python share: the control API, requests signed by hand, and one line for each check."""

import hashlib
import http.client
import json
import os
import urllib.parse

APP_KEY = os.environ["APP_KEY"]
APP_SECRET = os.environ["APP_SECRET"]
URL = os.environ["SANDBOX_URL"]
HOST = urllib.parse.urlsplit(URL).netloc

PATIENCE_SECONDS = 20


def check(name, actual, wanted):
    """Prints whether what is there is what was wanted."""
    if actual == wanted:
        print(f"ok {name}", flush=True)
    else:
        print(f"FAIL {name}: {actual!r} instead of {wanted!r}"[:2000].replace("\n", " "), flush=True)


def exchange(method, path, headers=None, body=b"", timeout=PATIENCE_SECONDS):
    """Gives status and body of the answer."""
    connection = http.client.HTTPConnection(HOST, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def control(method, path, body=None):
    """Asks the control API and gives the JSON of its answer, if there is any."""
    status, text = exchange(method, path, body=json.dumps(body).encode() if body is not None else b"")
    assert status in (200, 204), f"{method} {path}: {status} {text}"
    return json.loads(text) if text else None


def inbox(user_id):
    return control("GET", "/sandbox/messages?" + urllib.parse.urlencode({"userId": user_id}))


def user(user_id):
    return control("GET", "/sandbox/users/" + urllib.parse.quote(user_id, safe=""))


def group(group_id):
    return control("GET", "/sandbox/groups/" + urllib.parse.quote(group_id, safe=""))


def play(path, body):
    """Plays a client, and gives what it is told: the code of a refusal, or the answer without the id of a message."""
    status, text = exchange("POST", "/sandbox/clients" + path, body=json.dumps(body).encode())
    answer = json.loads(text)
    assert status in (200, 403), f"{path}: {status} {text}"
    return answer["code"] if status == 403 else answer.get("userId")


def connect(token):
    return play("", {"token": token})


def write_to(group_id, user_id):
    return play(f"/{user_id}/messages", {"toGroupId": group_id, "objectName": "RC:TxtMsg", "content": "{}"})


def last_request(path):
    return control("GET", "/sandbox/requests?" + urllib.parse.urlencode({"path": path}))[-1]


def signature(secret, nonce, timestamp):
    return hashlib.sha1(f"{secret}{nonce}{timestamp}".encode()).hexdigest()


def signed(secret=APP_SECRET, nonce="14314", timestamp="1408710653000", app_key=APP_KEY, prefix=""):
    """Gives the headers of a caller."""
    return {
        prefix + "App-Key": app_key,
        prefix + "Nonce": nonce,
        prefix + "Timestamp": timestamp,
        prefix + "Signature": signature(secret, nonce, timestamp),
        "Content-Type": "application/x-www-form-urlencoded",
    }


def encode(form):
    return urllib.parse.urlencode(form).encode()


def post(path, form, headers=None, timeout=PATIENCE_SECONDS):
    """Sends a form, well signed unless told otherwise; gives the HTTP status and the JSON of the answer."""
    status, text = exchange("POST", path, headers or signed(), encode(form), timeout)
    return status, json.loads(text)


def refusal(answer):
    """HTTP status and code of an answer, without the words."""
    status, body = answer
    return status, body["code"]
