"""schemathesis against a live server, which must find nothing, and against wrong ones, at which each check must find something."""

import os
import subprocess
import sys
from pathlib import Path

from check import check
from server import Server
from wrong import Wrong

HERE = Path(__file__).parent
# Of schemathesis's own, those that go by the HTTP status: at `im/*` ours take their place.
BY_HTTP_STATUS = "ignored_auth,negative_data_rejection,positive_data_acceptance"
OURS = ["status_is_documented", "wrong_is_not_done", "right_is_read", "no_login_is_status_2"]


def run(url, token, work, examples, more):
    """Runs schemathesis. Gives its exit status and all that it said."""
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "TOKEN": token}
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run", f"{url}/openapi.json", "--seed=7", "--workers=1", "--no-color",
        "--warnings=off", "--generation-database=none", f"--max-examples={examples}", *more,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=240)
    return done.returncode, done.stdout + done.stderr


def finds_nothing(name, url, token, work, more):
    status, said = run(url, token, work, 8, ["--phases=examples,coverage,fuzzing", *more])
    (work / f"{name}.said").write_text(said)
    check(f"schemathesis finds nothing at {name}", status, 0)
    if status != 0:
        print(said[-6000:], file=sys.stderr)


def finds(name, what, url, token, work, more):
    status, said = run(url, token, work, 8, ["--phases=examples,fuzzing", *more])
    (work / f"wrong-{name}.said").write_text(said)
    check(f"schemathesis finds that {name}", (status, what in said), (1, True))


def other_status(path, verb, status, told):
    """Answers a number that the method has not."""
    return status, told | {"status": 6} if told.get("status") == 0 else told


def always_done(path, verb, status, told):
    """Answers 0 to what is wrong."""
    return (200, {"status": 0, "data": {}}) if told.get("status") in (1, 100) else (status, told)


def never_read(path, verb, status, told):
    """Answers 100 to what is right."""
    data = {"code": "invalid_request", "detail": "No.", "retryable": False}
    return (400, {"status": 100, "data": data}) if told.get("status") == 0 else (status, told)


def no_login(path, verb, status, told):
    """Serves without a session."""
    return status, {"status": 0, "data": "token"} if told.get("status") == 2 else told


def no_token(path, verb, status, told):
    """Serves without a token."""
    return (200, {"coins": []}) if status == 401 else (status, told)


def other_shape(path, verb, status, told):
    """Leaves a member out."""
    return status, {name: value for name, value in told.items() if name != "coins"}


work = Path(sys.argv[1])
work.mkdir()
by_status = [f"--exclude-checks={BY_HTTP_STATUS}"]
only = lambda path: [f"--include-path={path}"]
# What is asked of one changes who may ask the other.
with Server(work / "im") as server:
    finds_nothing("im", server.im, "demo-alice", work, by_status)
with Server(work / "admin") as server:
    finds_nothing("admin", server.admin, "demo-admin", work, [])
with Server(work / "wrong") as server:
    for name, what, spoil, path in [
        ("a status is not documented", "status_is_documented", other_status, "/im/asset_list"),
        ("what is wrong is done", "wrong_is_not_done", always_done, "/im/msg_redpack_detail"),
        ("what is right is not read", "right_is_read", never_read, "/im/friend_add"),
        ("no login is asked for", "no_login_is_status_2", no_login, "/im/get_token"),
    ]:
        with Wrong(server.im, spoil) as wrong:
            finds(name, what, wrong.url, "demo-alice", work, by_status + only(path))
    for name, what, spoil in [
        ("no token is asked for", "API accepts requests without authentication", no_token),
        ("a member is missing", "Response violates schema", other_shape),
    ]:
        with Wrong(server.admin, spoil) as wrong:
            finds(name, what, wrong.url, "demo-admin", work, only("/admin/v1/coins"))
