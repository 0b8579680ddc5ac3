"""What functions in processes cost: a warm round trip, a cold start, a thousand that are registered.

    python3 tests/bench/functions.py --hydrant build/release/hydrant

A warm Python function is invoked over one connection that stays open; the same bootstrap with the
same handler is then driven by a bare loop of this program's that knows nothing of the Runtime API
but its few lines of HTTP. The difference is Hydrant's own. Ends with exit code 1 when that is more
than --limit-ms (p50), or a thousand registered functions take more than --limit-mb.
"""

import argparse
import base64
import http.client
import io
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

from bench import CREDENTIAL, Server

BOOTSTRAP = pathlib.Path(__file__).parents[2] / "emulator/lambda/bootstrap/bootstrap.py"
HANDLER = "def handler(event, context):\n    return event\n"
NODE = "export const handler = async (event) => event;\n"
SHELL = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
    id=$(curl -s -o /dev/null -D - "$api/next" | grep -i aws-request-id | tr -d ' \\r' | cut -d: -f2)
    curl -s "$api/$id/response" -d 1 > /dev/null
done
"""
FUNCTIONS = 1000


def event(records):
    return json.dumps({"records": [
        {"recordId": str(n), "data": base64.b64encode(b"x" * 150).decode()} for n in range(records)
    ]}).encode()


def package(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o100755 << 16
        archive.writestr(info, text)
    return base64.b64encode(out.getvalue()).decode()


class Lambda:
    """The API over one connection that stays open."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(url.split("//")[1])
        self.http.connect()
        self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, path, body):
        self.http.request("POST", "/2015-03-31/functions" + path, body, {
            "Authorization": CREDENTIAL.format("lambda"), "X-Amz-Date": "20260101T000000Z"})
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status > 299 or answer.headers.get("X-Amz-Function-Error"):
            raise OSError(f"{path}: {answer.status} {text[:300]}")
        return text

    def create(self, name, runtime, file, text):
        self.call("", json.dumps({
            "FunctionName": name, "Runtime": runtime, "Handler": "app.handler", "Timeout": 30,
            "Role": "arn:aws:iam::000000000000:role/bench",
            "Code": {"ZipFile": package(file, text)}}))

    def invoke(self, name, body):
        started = time.perf_counter()
        self.call(f"/{name}/invocations", body)
        return (time.perf_counter() - started) * 1000


class BareLoop:
    """Events for one process on our bootstrap, by hand."""

    def __init__(self, folder):
        (folder / "app.py").write_text(HANDLER)
        listener = socket.create_server(("127.0.0.1", 0))
        self.process = subprocess.Popen([sys.executable, BOOTSTRAP], cwd=folder, env={
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}",
            "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": "app.handler",
            "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "g",
            "AWS_LAMBDA_LOG_STREAM_NAME": "s", "PYTHONDONTWRITEBYTECODE": "1"})
        self.socket, _ = listener.accept()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read()

    def read(self):
        """One request, its body at its end."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(1 << 20)
        head, rest = data.split(b"\r\n\r\n", 1)
        lines = [line.split(b":") for line in head.lower().splitlines()[1:]]
        length = next((int(line[1]) for line in lines if line[0] == b"content-length"), 0)
        while len(rest) < length:
            rest += self.socket.recv(1 << 20)
        return rest

    def invoke(self, body):
        """From the event's first byte to the response's last; then /next is read."""
        head = (f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"Lambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: "
                f"{int(time.time() * 1000) + 30000}\r\n"
                f"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:0:function:f\r\n\r\n")
        started = time.perf_counter()
        self.socket.sendall(head.encode() + body)
        self.read()
        took = (time.perf_counter() - started) * 1000
        self.socket.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n"
                            b'{"status":"OK"}')
        self.read()
        return took

    def stop(self):
        self.process.kill()
        self.process.wait()


def percentile(figures, part):
    return sorted(figures)[int((len(figures) - 1) * part)]


def warm(lambdas, folder, rounds):
    """Alternately, so that what else the machine does falls on both."""
    lambdas.create("warm", "python3.12", "app.py", HANDLER)
    bare = BareLoop(folder)
    worst = 0.0
    for name, body in ("{}", b"{}"), ("500 records of 150 B", event(500)):
        ours, its = [], []
        for _ in range(10):
            ours += [lambdas.invoke("warm", body) for _ in range(rounds // 10)][2:]
            its += [bare.invoke(body) for _ in range(rounds // 10)][2:]
        own = percentile(ours, 0.5) - percentile(its, 0.5)
        worst = max(worst, own) if name == "{}" else worst
        print(f"warm Python, {name}: p50 {percentile(ours, .5):.3f} ms, p99 {percentile(ours, .99):.3f} "
              f"ms; bare loop p50 {percentile(its, .5):.3f} ms; Hydrant's own {own:.3f} ms")
    bare.stop()
    return worst


def cold(lambdas, name, runtime, file, text):
    figures = []
    for n in range(10):
        lambdas.create(f"{name}{n}", runtime, file, text)
        figures.append(lambdas.invoke(f"{name}{n}", b"{}"))
    print(f"cold start, {runtime}: p50 {percentile(figures, .5):.0f} ms, worst {max(figures):.0f} ms")


def registered(lambdas, server):
    before = server.rss_mb()
    for n in range(FUNCTIONS):
        lambdas.create(f"registered{n}", "python3.12", "app.py", HANDLER)
    grown = server.rss_mb() - before
    print(f"{FUNCTIONS} functions registered: {grown:.1f} MB more resident")
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--limit-ms", type=float, default=0.5)
    parser.add_argument("--limit-mb", type=float, default=20)
    given = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    server = Server([given.hydrant, "serve", "--port", "0", "--data", str(folder / "data"),
                     "--python", sys.executable], "Ready.")
    lambdas = Lambda(server.url)
    grown = registered(lambdas, server)
    own = warm(lambdas, folder, given.rounds)
    cold(lambdas, "python", "python3.12", "app.py", HANDLER)
    cold(lambdas, "shell", "provided.al2023", "bootstrap", SHELL)
    if shutil.which("node"):
        cold(lambdas, "node", "nodejs20.x", "app.mjs", NODE)
    server.stop()
    shutil.rmtree(folder)
    return 1 if own > given.limit_ms or grown > given.limit_mb else 0


if __name__ == "__main__":
    sys.exit(main())
