"""Sends half of a request by way of nginx, has it take a new certificate, and sends the rest."""

import http.client
import socket
import ssl
import subprocess
import sys
import time

port, certificate, renew, reload = int(sys.argv[1]), *sys.argv[2:]
BODY = b"session_key=demo-alice"


def check(what, holds):
    if not holds:
        sys.exit(f"not ok {what}")
    print(f"ok {what}")


def connect():
    # Which certificate is shown is what is looked at.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20), server_hostname="api.example.com")


def shown():
    with connect() as connection:
        return connection.getpeercert(binary_form=True)


def head(length):
    return (f"POST /im/asset_list HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: {length}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n").encode()


def answer(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.read()


idle, busy = connect(), connect()
idle.sendall(head(len(BODY)) + BODY)
check("a connection stays open", b'"status":0' in answer(idle))
busy.sendall(head(len(BODY)) + BODY[:5])
# The old workers have read the head when a later request is answered by one of them.
idle.sendall(head(len(BODY)) + BODY)
answer(idle)

before = shown()
subprocess.run(["bash", "-c", renew], check=True)
check("a new certificate is not taken by itself", shown() == before)
subprocess.run(["bash", "-c", reload], check=True)
until = time.monotonic() + 20
while shown() == before:
    assert time.monotonic() < until, "the new certificate is not shown"
    time.sleep(0.02)
check("after a reload the new certificate is shown", ssl.DER_cert_to_PEM_cert(shown()).strip() == open(certificate, encoding="ascii").read().strip())
check("a connection without a request is closed", idle.recv(1) == b"")
busy.sendall(BODY[5:])
check("a request that was under way is answered", b'"status":0' in answer(busy))
