"""The first minute with the Python client: a backend adds a user, logs her in and gives her money; she sends a packet to another,
who takes it."""

import sys

from check import check
from hongbao_admin import AuthenticatedClient as Admin
from hongbao_admin.api.deposits import deposit
from hongbao_admin.api.users import session_issue, user_balances, user_put
from hongbao_admin.models import (
    BalancesData,
    DepositProblem404,
    DepositRequest,
    IssuedData,
    MovementData,
    SessionIssueRequest,
    UserData,
    UserPutRequest,
)
from hongbao_im import AuthenticatedClient as Im
from hongbao_im.api.im import asset_list_by_get, msg_redpack_accept, msg_redpack_publish
from hongbao_im.models import (
    AssetList0,
    MsgRedpackAccept0,
    MsgRedpackAccept4,
    MsgRedpackAcceptRequest,
    MsgRedpackPublish0,
    MsgRedpackPublishRequest,
)

im_url, admin_url = sys.argv[1:]
admin = Admin(base_url=admin_url, token="demo-admin")


def log_in(user_id: str, name: str) -> Im:
    """Adds a user, and gives a client of hers."""
    added = user_put.sync(user_id, client=admin, body=UserPutRequest(name=name))
    assert isinstance(added, UserData), added
    check(f"Python: {user_id} is added", added.name, name)
    issued = session_issue.sync(user_id, client=admin, body=SessionIssueRequest())
    assert isinstance(issued, IssuedData) and isinstance(issued.session_key, str), issued
    return Im(base_url=im_url, token=issued.session_key)


pia, paul = log_in("pia", "Pia"), log_in("paul", "Paul")
request = DepositRequest(reference="pia-1", user_id="pia", coin_id="CNY", amount="100.00")
moved = deposit.sync(client=admin, body=request, idempotency_key="pia-1")
assert isinstance(moved, MovementData), moved
check("Python: money comes in", (moved.amount, moved.repeated), ("100", False))
request = DepositRequest(reference="pia-2", user_id="nobody", coin_id="CNY", amount="1")
problem = deposit.sync(client=admin, body=request)
assert isinstance(problem, DepositProblem404), problem
check("Python: a problem has its code", (problem.status, problem.code.value), (404, "user_not_found"))

packet = MsgRedpackPublishRequest(to_user_id="paul", coin_id="CNY", amount="8.88")
published = msg_redpack_publish.sync(client=pia, body=packet)
assert isinstance(published, MsgRedpackPublish0), published
check("Python: a packet is sent", (published.data.to_user_id, published.data.amount), ("paul", "8.88"))

claim = MsgRedpackAcceptRequest(transfer_id=published.data.transfer_id)
taken = msg_redpack_accept.sync(client=paul, body=claim)
assert isinstance(taken, MsgRedpackAccept0), taken
check("Python: it is taken", (taken.data.from_user_id, taken.data.amount), ("pia", "8.88"))
again = msg_redpack_accept.sync(client=paul, body=claim)
assert isinstance(again, MsgRedpackAccept4), again
check("Python: and taken once", (again.data.code.value, again.data.amount), ("claimed_by_you", "8.88"))

for name, client, balance in [("pia", pia, "91.12"), ("paul", paul, "8.88")]:
    assets = asset_list_by_get.sync(client=client)
    assert isinstance(assets, AssetList0), assets
    check(f"Python: what {name} has", [(line.coin_id, line.balance) for line in assets.data], [("CNY", balance)])
balances = user_balances.sync("pia", client=admin)
assert isinstance(balances, BalancesData), balances
check("Python: and what the backend sees", [line.balance for line in balances.balances], ["91.12"])
