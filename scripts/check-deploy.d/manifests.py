"""What no schema knows of the manifests: the Pod Security Standard `restricted`, what must agree, what the program takes."""

import os
import re
import subprocess
import sys

import yaml

program, folder, *paths = sys.argv[1:]
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
[deployment], [service] = of_kind("Deployment"), of_kind("Service")
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
if not contains(labels, service["spec"]["selector"]):
    wrong.append("service")
if any(contains(job["spec"]["template"]["metadata"]["labels"], service["spec"]["selector"]) for job in of_kind("Job")):
    wrong.append("the service sends requests to the job")
check("selectors find their pods and no others", wrong)

environment = {each["name"]: each for each in server["env"]}
value = {name: each.get("value") for name, each in environment.items()}
port = next(each["containerPort"] for each in server["ports"] if each["name"] == "http")
probes = [server[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
wrong = [probe for probe in probes if probe["port"] != "http"]
if [probe["path"] for probe in probes] != ["/livez", "/readyz", "/livez"]:
    wrong.append(probes)
if value["HONGBAO__HTTP__LISTEN"] != f"0.0.0.0:{port}" or service["spec"]["ports"][0]["targetPort"] != "http":
    wrong.append(port)
check("probes and the service ask where the server listens", wrong)

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
for container in containers:
    variables = {"PATH": os.environ["PATH"]}
    for each in container["env"]:
        reference = each.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            used.add(reference["key"])
            assert reference["name"] == "hongbao"
        variables[each["name"]] = secrets[reference["key"]] if reference else each["value"]
    config = subprocess.run([program, "config"], env=variables, cwd=folder, capture_output=True, text=True, check=False)
    if config.returncode or config.stderr:
        wrong.append(config.stderr)
    told = subprocess.run([program, *container["args"], "--help"], env=variables, capture_output=True, check=False)
    if told.returncode:
        wrong.append(container["args"])
check("the program knows every setting and command", wrong)
check("every key of the secret is used", set(secrets) ^ used)
