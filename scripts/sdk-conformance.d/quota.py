"""Three processes of our adapter share one app's quota while the sandbox enforces it: 200 tokens in any second."""

import json
import os
import subprocess
import time

from sandbox import PATIENCE_SECONDS, check, control

QUOTA = 200
REPLICAS = 3


def race(label, per_second, replicas, count):
    """Lets three processes fetch so many tokens each. Gives what became of them, the tries, and the seconds it took."""
    control("DELETE", "/sandbox/counters")
    command = [os.environ["ASK"], "tokens", str(per_second), str(replicas), str(count)]
    begin = time.monotonic()
    processes = [
        subprocess.Popen([*command, f"quota-{label}-{number}"], stdout=subprocess.PIPE) for number in range(REPLICAS)
    ]
    answers = []
    try:
        for process in processes:
            text, _ = process.communicate(timeout=PATIENCE_SECONDS)
            answers.append(json.loads(text))
    finally:
        for process in processes:
            process.kill()
    took = time.monotonic() - begin
    sums = {key: sum(answer[key] for answer in answers) for key in answers[0]}
    # Each token is one request that was executed; every other request was refused for the quota, and maybe tried again.
    tries = control("GET", "/sandbox/counters")["paths"]["/user/getToken.json"]
    print(f"note quota: {label}: {sums}, {tries - sums['done']} of {tries} requests were answered 1008, {took:.2f} s")
    return sums, tries, took


def alone(count):
    return {"done": count, "throttled": 0, "otherwise": 0}


control("POST", "/sandbox/quotas")

# Three shares of a quota that is well below the cloud's: what a process sends late for want of a processor has room
# there. 40 a second each means at least 59 / 40 s for 60.
sums, tries, took = race("shared", 120, REPLICAS, 60)
check("quota: three replicas with a share each are all served", sums, alone(180))
check("quota: and the cloud never says 1008", tries, 180)
check("quota: and they are as slow as their shares demand", took >= 59 / 40, True)
check("quota: and not much slower", took <= 4 * 60 / 40, True)

# The very quota of the cloud, 66 each. Requests that arrive a little closer than they left may exceed it: the note says
# by how many. What holds on every machine: nobody is refused before the quota is used up, and whoever is, is told so.
time.sleep(1)
sums, tries, took = race("whole", QUOTA, REPLICAS, 132)
check("quota: of the whole quota each call is served or told that it was too fast", sums["done"] + sums["throttled"], 396)
check("quota: and it is used up before anybody is refused", tries == 396 == sums["done"] or sums["done"] >= QUOTA, True)

# Three processes that know nothing of each other: the sandbox does enforce what it says.
time.sleep(1)
sums, tries, took = race("unshared", 2000, 1, 200)
check("quota: without shares the cloud says 1008", tries > sums["done"] >= QUOTA, True)

control("DELETE", "/sandbox/quotas")
