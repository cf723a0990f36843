"""A demo of its own in a folder of its own, on ports that are free."""

import os
import re
import signal
import subprocess
import time


class Server:
    """Starts a demo; `im` and `admin` say where its listeners are."""

    def __init__(self, folder):
        os.makedirs(folder)
        self.log = open(os.path.join(folder, "log"), "wb")
        settings = {
            "http.listen": "127.0.0.1:0",
            "admin.listen": "127.0.0.1:0",
            "sandbox.listen": "127.0.0.1:0",
            # What is looked for is not how often one may ask.
            "rate_limit.session": "off",
            "rate_limit.address": "off",
        }
        command = [os.environ["HONGBAO"], "serve", "--demo"]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=self.log, text=True)
        banner = ""
        limit = time.monotonic() + 30
        while "Ctrl-C stops it" not in banner:
            line = self.process.stdout.readline()
            if not line or time.monotonic() > limit:
                raise SystemExit(f"the server does not start: {banner}")
            banner += line
        self.im, self.admin = (re.search(rf"{name} +(http://\S+)", banner)[1] for name in ("API", "Admin"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()
