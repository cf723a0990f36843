"""Holds what strace saw a server do against what the unit allows: system calls, address families, memory."""

import os
import re
import sys

unit_path, sets_path, *traces = sys.argv[1:]

unit = {}
for line in open(unit_path, encoding="utf-8"):
    key, is_setting, value = line.strip().partition("=")
    if is_setting and not key.startswith("#"):
        unit.setdefault(key, []).append(value)

sets, current = {}, None
for line in open(sets_path, encoding="utf-8"):
    word = line.strip()
    if line.startswith("@"):
        current = sets.setdefault(word, [])
    elif current is not None and word and not word.startswith("#"):
        current.append(word)


def calls(name):
    """Every call of a set, or the call itself."""
    if name not in sets:
        return {name}
    return set().union(*(calls(member) for member in sets[name]))


allowed = set()
for value in unit["SystemCallFilter"]:
    names = set().union(*(calls(name) for name in value.lstrip("~").split()))
    allowed = allowed - names if value.startswith("~") else allowed | names
# What systemd always lets through.
allowed |= calls("@default")
# As root, SQLite gives its log to the owner of its file. The unit's user is not root.
if os.geteuid() == 0:
    allowed.add("fchown")

seen, families, executable = {}, set(), []
for path in traces:
    for line in open(path, encoding="utf-8", errors="replace"):
        call = re.match(r"(\w+)\(", line)
        if not call:
            continue
        seen.setdefault(call[1], line.strip())
        if call[1] == "socket":
            families.add(re.match(r"socket\((\w+)", line)[1])
        if call[1] in ("mmap", "mprotect", "pkey_mprotect") and "PROT_EXEC" in line and "PROT_WRITE" in line:
            executable.append(line.strip())
        if call[1] in ("mprotect", "pkey_mprotect") and "PROT_EXEC" in line:
            executable.append(line.strip())


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}")


# A trace of nothing would prove nothing.
check("a server's work was seen", {"execve", "socket", "accept4", "openat", "fdatasync", "epoll_wait"} - set(seen) - {
    "epoll_wait" if "epoll_pwait" in seen else None, "fdatasync" if "fsync" in seen else None})
check("the filter would stop others", {"mount", "ptrace", "reboot", "setrlimit"} & allowed)
check("no system call is outside the filter", {name: line for name, line in seen.items() if name not in allowed})
check("no address family is outside the unit's", families - set(unit["RestrictAddressFamilies"][0].split()))
check("no memory is written and executed", executable)
print(f"   {len(seen)} kinds of system calls, {', '.join(sorted(families))}")
