"""What no schema knows of the manifests: the Pod Security Standard `restricted`, what must agree, what the program takes."""

import os
import re
import subprocess
import sys

import yaml

program, folder, scrape, pages, *paths = sys.argv[1:]
objects = [each for path in paths for each in yaml.safe_load_all(open(path, encoding="utf-8"))]


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}")


def of_kind(kind):
    found = [each for each in objects if each["kind"] == kind]
    assert found, f"there is no {kind}"
    return found


def pod(owner):
    return owner["spec"]["template"]["spec"]


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


def contains(labels, wanted):
    return wanted.items() <= labels.items()


owners = of_kind("Deployment") + of_kind("Job")
containers = [container for owner in owners for container in pod(owner)["containers"]]
[deployment] = of_kind("Deployment")
services = {each["metadata"]["name"]: each["spec"] for each in of_kind("Service")}
labels = deployment["spec"]["template"]["metadata"]["labels"]
[server] = pod(deployment)["containers"]

wrong = []
for owner in owners:
    security = pod(owner)["securityContext"]
    if security["runAsNonRoot"] is not True or security["runAsUser"] == 0:
        wrong.append("root")
    if security["seccompProfile"]["type"] != "RuntimeDefault":
        wrong.append("seccomp")
    wrong += [key for key in ("hostNetwork", "hostPID", "hostIPC", "volumes") if key in pod(owner)]
    if pod(owner)["automountServiceAccountToken"] is not False:
        wrong.append("token")
for container in containers:
    security = container["securityContext"]
    if security["allowPrivilegeEscalation"] or security["capabilities"] != {"drop": ["ALL"]}:
        wrong.append("privileges")
    if not security["readOnlyRootFilesystem"]:
        wrong.append("file system")
check("the pods are restricted", wrong)

wrong = [each["metadata"]["name"] for each in of_kind("PodDisruptionBudget")
         if not contains(labels, each["spec"]["selector"]["matchLabels"])]
wrong += [each["metadata"]["name"] for each in of_kind("NetworkPolicy") for owner in owners
          if not contains(owner["spec"]["template"]["metadata"]["labels"], each["spec"]["podSelector"]["matchLabels"])]
for name, service in services.items():
    if not contains(labels, service["selector"]):
        wrong.append(name)
    if any(contains(job["spec"]["template"]["metadata"]["labels"], service["selector"]) for job in of_kind("Job")):
        wrong.append(f"{name} sends requests to the job")
check("selectors find their pods and no others", wrong)

environment = {each["name"]: each for each in server["env"]}
value = {name: each.get("value") for name, each in environment.items()}
ports = {each["name"]: each["containerPort"] for each in server["ports"]}
probes = [server[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
wrong = [probe for probe in probes if probe["port"] != "http"]
if [probe["path"] for probe in probes] != ["/livez", "/readyz", "/livez"]:
    wrong.append(probes)
# Each listener has a service of its own: what reaches one does not reach the other.
headless = services.get("hongbao-metrics", {}).get("clusterIP")
for service, listener in {"hongbao": "http", "hongbao-admin": "admin", "hongbao-metrics": "admin"}.items():
    if value.get(f"HONGBAO__{listener.upper()}__LISTEN") != f"0.0.0.0:{ports.get(listener)}":
        wrong.append(f"{listener} is not listened at")
    told = [(each["name"], each["port"], each["targetPort"]) for each in services.pop(service, {"ports": []})["ports"]]
    if told != [(listener, ports.get(listener), listener)]:
        wrong.append(f"{service} has {told}")
check("probes and the services ask where the server listens", wrong or list(services))

# An empty `from` lets every pod in, and so does a rule without ports.
[policy] = of_kind("NetworkPolicy")
callers = {}
for rule in policy["spec"]["ingress"]:
    for each in rule.get("ports") or [{"port": "every"}]:
        callers.setdefault(each["port"], []).extend(rule.get("from") or ["every pod"])
wrong = [each for each in callers if each not in ports.values()]
wrong += [name for name, number in ports.items() if not callers.get(number) or "every pod" in callers[number]]
named = "app.kubernetes.io/name"
let_in = [
    {"podSelector": {"matchLabels": {named: "app-backend"}}},
    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}, "podSelector": {"matchLabels": {named: "prometheus"}}},
]
if callers.get(ports.get("admin")) != let_in:
    wrong.append(callers)
check("only the app's backend and Prometheus reach the admin listener", wrong)

[job] = yaml.safe_load(open(scrape, encoding="utf-8"))["scrape_configs"]
[found] = job["dns_sd_configs"]
wrong = [] if headless == "None" else ["not a name for each pod"]
if (found["names"][0].split(".")[0], found["type"], found["port"]) != ("hongbao-metrics", "A", ports["admin"]):
    wrong.append(found)
check("Prometheus finds each pod by its name", wrong)

delay, grace = seconds(value["HONGBAO__HTTP__SHUTDOWN_DELAY"]), seconds(value["HONGBAO__HTTP__SHUTDOWN_GRACE"])
readiness, whole = server["readinessProbe"], pod(deployment)["terminationGracePeriodSeconds"]
wrong = []
if whole <= delay + grace:
    wrong.append(f"killed after {whole} s")
if delay <= readiness["periodSeconds"] * readiness["failureThreshold"]:
    wrong.append(f"refuses after {delay} s")
if readiness["timeoutSeconds"] <= 2:
    wrong.append("the store has 2 s")
check("a stop is seen in time and may end", wrong)

update = deployment["spec"]["strategy"]["rollingUpdate"]
most = deployment["spec"]["replicas"] + update["maxSurge"]
check("the cloud's quota is for as many servers as ever run", [most] if value["HONGBAO__IM__QUOTA_SHARE"] != str(most) else [])
check("the image is one", len({container["image"] for container in containers}) - 1)

secrets = {
    "database-url": "postgres://hongbao_server:word@db/hongbao",
    "migration-url": "postgres://hongbao_owner:word@db/hongbao",
    "im-app-key": "key",
    "im-app-secret": "open-sesame",
}
wrong, used = [], set()


def variables_of(container):
    """The environment of a container, with what is in the secret."""
    variables = {"PATH": os.environ["PATH"]}
    for each in container["env"]:
        reference = each.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            used.add(reference["key"])
            assert reference["name"] == "hongbao"
        variables[each["name"]] = secrets[reference["key"]] if reference else each["value"]
    return variables


for container in containers:
    variables = variables_of(container)
    config = subprocess.run([program, "config"], env=variables, cwd=folder, capture_output=True, text=True, check=False)
    if config.returncode or config.stderr:
        wrong.append(config.stderr)
    told = subprocess.run([program, *container["args"], "--help"], env=variables, capture_output=True, check=False)
    if told.returncode:
        wrong.append(container["args"])
check("the program knows every setting and command", wrong)
check("every key of the secret is used", set(secrets) ^ used)

# What the pages run in a pod is run with the pod's environment, on a store that is here.
here = variables_of(server) | {"HONGBAO__DATABASE__URL": f"sqlite://{folder}/pod.db"}
subprocess.run([program, "migrate"], env=here, cwd=folder, capture_output=True, check=True)
wrong, tokens = [], []
for page in pages.split(","):
    found = re.findall(r"^\$ kubectl exec deploy/(\S+) -- /usr/local/bin/hongbao (.+)$", open(page, encoding="utf-8").read(), re.MULTILINE)
    for owner, words in found:
        done = subprocess.run([program, *words.split(), "--json"], env=here, cwd=folder, capture_output=True, text=True, check=False)
        tokens += re.findall(r"hba_\w+", done.stdout)
        if owner != deployment["metadata"]["name"] or done.returncode:
            wrong.append((page, owner, words, done.stderr))
check("the first token is made in a pod as the pages say", wrong or ([] if len(tokens) == 2 else [tokens]))
