"""Has a Prometheus evaluate every query of the dashboard and of the alerts, on what it has scraped of a server."""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

prometheus, dashboard, *pages = sys.argv[1:]

# It bounds how long, not what: a rate needs two scrapes, and what it is of comes with the first requests.
DEADLINE = time.monotonic() + 60


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}")


def ask(path, **parameters):
    """The data of an answer; a text where there is none."""
    url = f"{prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        return error.read().decode()


def fails(query):
    """What is wrong with a query that must find something."""
    while True:
        data = ask("query", query=query)
        if isinstance(data, str):
            return f"{query}: {data}"
        if data["result"]:
            return None
        if time.monotonic() > DEADLINE:
            return f"{query}: nothing is found"
        time.sleep(0.2)


def all_wrong(queries):
    return [wrong for wrong in map(fails, queries) if wrong]


def selectors(query):
    """The series that a query is made of."""
    return re.findall(r"\b(?:hongbao_\w+|up)\b(?:\{[^}]*\})?", query)


panels = json.load(open(dashboard, encoding="utf-8"))["panels"]
queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
shown = [query.replace("$__rate_interval", "30s").replace("$instance", ".*") for query in queries]
check("the dashboard has queries, and no variable that is not known", [] if len(shown) > 30 and "$" not in "".join(shown) else shown)
check("each query of the dashboard finds something", all_wrong(shown))

rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
check("each alert is loaded", [] if len(rules) > 15 else rules)
# A rule is healthy when it was evaluated without an error.
while any(rule["health"] == "unknown" for rule in rules) and time.monotonic() < DEADLINE:
    time.sleep(0.2)
    rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
check("each alert is evaluated", [(rule["name"], rule["health"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"])
wrong = [rule["name"] for rule in rules if isinstance(ask("query", query=rule["query"]), str)]
check("and its query by itself", wrong)
check("each series of the alerts is there", all_wrong(sorted({name for rule in rules for name in selectors(rule["query"])})))
check("no alert fires or is about to on a server that is well", [(rule["name"], rule["alerts"]) for rule in rules if rule["alerts"]])

wrong = [
    rule["name"]
    for rule in rules
    if rule["duration"] <= 0
    or rule["labels"].get("severity") not in ("critical", "warning")
    or any(not rule["annotations"].get(key, "").endswith(".") for key in ("summary", "description"))
]
check("each alert waits, has a severity, a summary and a description", wrong)
anchors = {page: re.findall(r"^### (Hongbao\w+)$", open(page, encoding="utf-8").read(), re.MULTILINE) for page in pages}
names = [rule["name"] for rule in rules]
check("each page says what to do about each alert, and about no other", [page for page, found in anchors.items() if sorted(found) != sorted(names)])
link = "docs/operations/metrics.md#"
check("each runbook is its place on the page", [rule["name"] for rule in rules if rule["annotations"].get("runbook") != link + rule["name"].lower()])

exposed = {name for name in ask("label/__name__/values") if name.startswith("hongbao_")}
families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed}
used = {re.sub(r"_(bucket|sum|count)$", "", name.split("{")[0]) for query in shown for name in selectors(query)}
check("each metric is on the dashboard", sorted(families - used))
