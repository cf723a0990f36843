"""Follows the links of pages, and compares what both languages show."""

import os
import re
import subprocess
import sys

program, *pages = sys.argv[1:]
texts = {page: open(page, encoding="utf-8").read() for page in pages}


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}")


def anchors(path):
    """The headings of a page, as they are linked to."""
    headings = re.findall(r"^#+ (.+)$", open(path, encoding="utf-8").read(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


wrong, count = [], 0
for page, text in texts.items():
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        count += 1
        if not os.path.exists(path) or (anchor and anchor not in anchors(path)):
            wrong.append((page, link))
check("links lead somewhere", wrong or ([] if count > 40 else [count]))

shown = [re.findall(r"^```\w*\n.*?^```$", text, re.MULTILINE | re.DOTALL) for text in texts.values()]
check("both languages show the same", [] if shown[0] == shown[1] and shown[0] else ["blocks"])
figures = [re.findall(r"\d[\d,.]*(?= [kGM]i?B)|\d,\d{3}", text) for text in texts.values()]
check("and say the same figures", [] if sorted(figures[0]) == sorted(figures[1]) else figures)

commands = {tuple(words.split()) for text in texts.values() for words in re.findall(r"`hongbao ([a-z]+(?: [a-z]+)?)`", text)}
wrong = [words for words in commands if subprocess.run([program, *words, "--help"], capture_output=True, check=False).returncode]
check("the program knows each command", wrong or ([] if commands else ["none"]))
