"""Has a demo server tell endpoints what happens, and lets the official packages verify what arrives."""

import http.server
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

work = pathlib.Path(sys.argv[1])
PRIVATE = ["--set", "webhook.allow_private_targets=true"]
LIMIT = 40  # seconds


def check(what, holds):
    print(("ok " if holds else "not ok ") + what, flush=True)


class Endpoint:
    """Takes everything, and keeps it."""

    def __init__(self):
        self.calls = queue.Queue()
        calls = self.calls

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                calls.put((dict(self.headers.items()), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def wait_for(self, kind):
        """Gives the first call about this kind of event from now on."""
        until = time.monotonic() + LIMIT
        while True:
            headers, body = self.calls.get(timeout=max(0.1, until - time.monotonic()))
            if json.loads(body)["type"] == kind:
                return headers, body


class NodeVerifier:
    def __init__(self):
        script = pathlib.Path(__file__).with_name("receiver.js")
        self.process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def verify(self, secret, headers, body):
        self.process.stdin.write(json.dumps({"secret": secret, "headers": headers, "body": body}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def python_verify(secret, headers, body):
    try:
        return {"event": Webhook(secret).verify(body, headers)}
    except WebhookVerificationError as error:
        return {"refused": type(error).__name__}


def admin(*args):
    command = [os.environ["HONGBAO"], "admin", "--demo", "--json", *PRIVATE, *args]
    return json.loads(subprocess.run(command, cwd=work, check=True, capture_output=True, text=True).stdout)


def post(http_address, method, **form):
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{http_address}/im/{method}", data, timeout=15) as answer:
        return json.load(answer)


def claimed(http_address):
    published = post(http_address, "msg_redpack_publish", session_key="demo-alice", toUserId="bob", coin_id="CNY", amount="0.01")
    return post(http_address, "msg_redpack_accept", session_key="demo-bob", transfer_id=published["data"]["transfer_id"])


def told(http_address, endpoint):
    """Has packets claimed until the endpoint is told of one: it is known to the server within seconds."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        claimed(http_address)
        try:
            return endpoint.calls.get(timeout=1)
        except queue.Empty:
            pass
    raise TimeoutError("the endpoint is not told")


def main():
    settings = [*PRIVATE, "--set", "http.listen=127.0.0.1:0", "--set", "admin.listen=off", "--set", "sandbox.listen=127.0.0.1:0"]
    log = open(work / "log", "w")
    server = subprocess.Popen(
        [os.environ["HONGBAO"], "serve", "--demo", *settings], cwd=work, stdout=subprocess.PIPE, stderr=log, text=True
    )
    node = NodeVerifier()
    verifiers = {"PyPI": python_verify, "npm": node.verify}
    try:
        address = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        threading.Thread(target=server.stdout.read, daemon=True).start()
        endpoint = Endpoint()
        added = admin("webhook", "add", endpoint.url, "--events", "red_packet.claimed,friend.added,friend.removed")
        secret, identity = added["secret"], added["webhook_id"]
        headers, body = told(address, endpoint)
        for name, verify in verifiers.items():
            event = verify(secret, headers, body).get("event", {})
            check(f"{name}: a claim is verified", event.get("type") == "red_packet.claimed")
            check(f"{name}: its amount is a decimal text", event.get("data", {}).get("amount") == "0.01")
            check(f"{name}: a changed body is refused", "refused" in verify(secret, headers, body.replace("0.01", "1.00")))
            other = "whsec_" + "A" * 43 + "="
            check(f"{name}: another secret is refused", "refused" in verify(other, headers, body))
            late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}
            check(f"{name}: another time is refused", "refused" in verify(secret, late, body))

        post(address, "friend_add", session_key="demo-alice", user_id="bob")
        friend = endpoint.wait_for("friend.added")
        post(address, "friend_delete", session_key="demo-alice", user_id="bob")
        gone = endpoint.wait_for("friend.removed")
        for name, verify in verifiers.items():
            for what, (headers, body) in {"friend.added": friend, "friend.removed": gone}.items():
                event = verify(secret, headers, body).get("event", {})
                check(f"{name}: {what} is verified", event.get("data") == {"user_id": "alice", "friend_id": "bob"})

        rotated = admin("webhook", "rotate", identity)["secret"]
        until = time.monotonic() + LIMIT
        while " " not in headers["webhook-signature"] and time.monotonic() < until:
            headers, body = told(address, endpoint)
        for name, verify in verifiers.items():
            check(f"{name}: the secret before still signs", "event" in verify(secret, headers, body))
            check(f"{name}: the new secret signs as well", "event" in verify(rotated, headers, body))

        event_id = headers["webhook-id"]
        while not endpoint.calls.empty():
            endpoint.calls.get()
        replayed = admin("webhook", "replay", identity, "--event", event_id)
        again, same = endpoint.calls.get(timeout=LIMIT)
        check("a replay has the same id and body", (again["webhook-id"], same, replayed) == (event_id, body, {"replayed": 1}))
        check("a replay is signed anew", "event" in python_verify(rotated, again, same))
        check("the log knows the event", any(line["event_id"] == event_id for line in admin("webhook", "log", identity)))
        check("no secret is listed", "secret" not in admin("webhook", "list")[0])
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
        node.process.stdin.close()
        node.process.wait(timeout=10)


main()
