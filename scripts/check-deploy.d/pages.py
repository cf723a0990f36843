"""Follows the links of pages, and compares what both languages show."""

import os
import re
import subprocess
import sys

program, *pages = sys.argv[1:]
texts = {page: open(page, encoding="utf-8").read() for page in pages}
# English, then Chinese.
pairs = list(zip(pages[::2], pages[1::2], strict=True))


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}")


def anchors(path):
    """The headings of a page, as they are linked to."""
    headings = re.findall(r"^#+ (.+)$", open(path, encoding="utf-8").read(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def found(pattern, page):
    return re.findall(pattern, texts[page], re.MULTILINE | re.DOTALL)


wrong, count = [], 0
for page in pages:
    for link in found(r"\]\(([^)]+)\)", page):
        path, _, anchor = link.partition("#")
        if path.startswith("https://"):
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        count += 1
        if not os.path.exists(path) or (anchor and anchor not in anchors(path)):
            wrong.append((page, link))
check("links lead somewhere", wrong or ([] if count > 80 else [count]))

BLOCKS = r"^```\w*\n.*?^```$"
FIGURES = r"\d[\d,.]*(?= [kGM]i?B)|\d,\d{3}"
# Commands, settings, headers and the like. Two languages say different things between them, never of different things.
NAMES = r"`([^`\n]+)`"
for what, pattern in (("blocks", BLOCKS), ("figures", FIGURES), ("names", NAMES)):
    shown = {page: found(pattern, page) for page in pages}
    wrong = []
    for english, chinese in pairs:
        ours, theirs = set(shown[english]), set(shown[chinese])
        if what != "names" and sorted(shown[english]) != sorted(shown[chinese]):
            wrong.append((english, shown[english], shown[chinese]))
        wrong += [(english, name) for name in ours ^ theirs]
    check(f"both languages show the same {what}", wrong or ([] if any(shown.values()) else ["none"]))

commands = {tuple(words.split()) for page in pages for words in found(r"`hongbao ([a-z][a-z0-9 -]*)`", page)}
wrong = [words for words in commands if subprocess.run([program, *words, "--help"], capture_output=True, check=False).returncode]
check("the program knows each command", wrong or ([] if len(commands) > 8 else list(commands)))
