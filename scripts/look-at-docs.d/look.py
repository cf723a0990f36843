"""Holds what Chromium makes of /docs against the document beside it."""

import html.parser
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import urllib.request

work, pictures = map(pathlib.Path, sys.argv[1:])
VERBS = ("get", "put", "post", "delete")


def check(what, wrong):
    if wrong:
        sys.exit(f"not ok {what}: {wrong}")
    print(f"ok {what}", flush=True)


class Page(html.parser.HTMLParser):
    """The language, the text of each section by its id, and the headings of each."""

    def __init__(self):
        super().__init__()
        self.language, self.sections, self.inside, self.headings, self.place = None, {}, None, {}, []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.language = attributes.get("lang")
        if tag == "section":
            self.inside = attributes["id"]
            self.sections[self.inside], self.headings[self.inside] = "", []
        self.place.append(tag)

    def handle_endtag(self, tag):
        while self.place and self.place.pop() != tag:
            pass
        if tag == "section":
            self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.sections[self.inside] += data
            if "h3" in self.place:
                self.headings[self.inside].append(data)


def chromium(url, *flags):
    command = ["chromium", "--headless", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={work}/profile",
               # Nothing but the server may be asked.
               "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server", "--virtual-time-budget=10000", *flags, url]
    if os.geteuid() == 0:
        command.insert(1, "--no-sandbox")
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def operations(document):
    """The operations that have a place of their own, in the order in which they are shown."""
    every = [each for path in document["paths"].values() for verb, each in path.items() if verb in VERBS]
    return sorted((each for each in every if not each["operationId"].endswith("_by_get")), key=lambda each: each["x-place"])


def look(name, address, language):
    what = f"{name} in {language}"
    with urllib.request.urlopen(f"http://{address}/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    page = Page()
    page.feed(chromium(f"http://{address}/docs?lang={language}", "--dump-dom"))
    shown, known = list(page.sections), operations(document)
    check(f"{what}: the page is in its language", [] if page.language == language else [page.language])
    check(f"{what}: all {len(known)} operations are there in their order",
          [] if len(known) > 10 and shown[: len(known)] == [each["operationId"] for each in known] else shown)

    key = "summary" if language == "en" else "x-summary-zh"
    meaning = "meaning" if language == "en" else "x-meaning-zh"
    wrong = []
    for each in known:
        text, identity = page.sections[each["operationId"]].replace("`", ""), each["operationId"]
        sentences = [each[key]] + [row[meaning] for row in each["x-statuses"]]
        wrong += [(identity, sentence) for sentence in sentences if sentence.replace("`", "") not in text]
        if "curl -s" not in text:
            wrong.append((identity, "no example"))
    check(f"{what}: with each sentence, each status and an example", wrong)
    words = {"en": ["Answers", "Examples"], "zh": ["响应", "示例"]}[language]
    wrong = [identity for identity in shown[: len(known)] if not set(words) <= set(page.headings[identity])]
    check(f"{what}: under headings of its language", wrong)
    has_chinese = {identity: bool(re.search("[\u4e00-\u9fff]", "".join(page.headings[identity]))) for identity in shown}
    check(f"{what}: and of no other", [identity for identity, has in has_chinese.items() if has != (language == "zh") and page.headings[identity]])
    picture = pictures / f"{name}-{language}.png"
    chromium(f"http://{address}/docs?lang={language}", f"--screenshot={picture}", "--window-size=1280,2400", "--hide-scrollbars")
    check(f"{what}: a picture is in {picture.relative_to(pathlib.Path.cwd())}", [] if picture.stat().st_size > 50_000 else ["empty"])


def main():
    settings = [f"{each}.listen=127.0.0.1:0" for each in ("http", "admin", "sandbox")]
    flags = [part for setting in settings for part in ("--set", setting)]
    with open(work / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([os.environ["HONGBAO"], "serve", "--demo", *flags], cwd=work, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        addresses = {}
        for line in server.stdout:
            told = re.match(r" +(API|Admin) +http://(\S+)", line)
            if told:
                addresses[told[1]] = told[2]
            if len(addresses) == 2:
                break
        threading.Thread(target=server.stdout.read, daemon=True).start()
        for name, listener in (("im", "API"), ("admin", "Admin")):
            for language in ("en", "zh"):
                look(name, addresses[listener], language)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


main()
