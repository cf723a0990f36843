"""A server that is wrong: it passes requests on to a right one, and spoils the answers."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Wrong:
    """Serves on a port of its own; `spoil` changes the HTTP status and the JSON of an answer."""

    def __init__(self, right, spoil):
        address = urlsplit(right).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                length = int(self.headers.get("Content-Length", 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                connection = http.client.HTTPConnection(address, timeout=20)
                connection.request(self.command, self.path, self.rfile.read(length), headers)
                answer = connection.getresponse()
                status, body = answer.status, answer.read()
                if self.path != "/openapi.json" and body:
                    status, told = spoil(self.path, self.command, status, json.loads(body))
                    body = json.dumps(told).encode()
                self.send_response(status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "connection", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_TRACE = pass_on

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
