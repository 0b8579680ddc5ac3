"""Requests per second of Hydrant as a share of a bare server's, measured alternately.

Each row sends the same bytes to both: the bare server reads them and answers "{}". wrk is the load
generator and shares the machine with the server under test, so only the ratios mean much.
"""

import argparse
import atexit
import base64
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

CREDENTIAL = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)
LUA = """
local n, step = 0, 1
function setup(thread) thread:set("seed", math.random(1000000)) end
function init() n = seed * 1000000 end
wrk.method = {method}
wrk.headers["Authorization"] = {authorization}
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
{headers}
local body, path = {body}, {path}
function request()
    n = n + 1
    return wrk.format(nil, (path:gsub("@KEY@", n % {keys})), nil, (body:gsub("@KEY@", n % {keys})))
end
local bad = 0
function response(status) if status ~= 200 then bad = bad + 1; wrk.thread:set("bad", bad) end end
"""
LUA_STATIC = """
wrk.method = {method}
wrk.headers["Authorization"] = {authorization}
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
{headers}
wrk.body = {body}
"""


class Case:
    def __init__(self, name, service, body="", target=None, method="POST", path="/", keys=0, **kw):
        self.name = name
        self.service = service
        self.body = body
        self.target = target
        self.method = method
        self.path = path
        self.keys = keys
        self.records = kw.get("records", 1)
        self.aim = kw.get("aim")
        self.headers = kw.get("headers", {})

    def script(self):
        headers = dict(self.headers)
        if self.target:
            headers["X-Amz-Target"] = self.target
            headers["Content-Type"] = "application/x-amz-json-1.1"
        lines = "\n".join(f"wrk.headers[{quote(k)}] = {quote(v)}" for k, v in headers.items())
        template = LUA if self.keys else LUA_STATIC
        return template.format(
            method=quote(self.method),
            authorization=quote(CREDENTIAL.format(self.service)),
            headers=lines,
            body=quote(self.body),
            path=quote(self.path),
            keys=self.keys,
        )


def quote(text):
    return json.dumps(text)


def record(size):
    line = json.dumps({"element_class": "1001", "pad": ""}) + "\n"
    padded = json.dumps({"element_class": "1001", "pad": "x" * (size - len(line))}) + "\n"
    return base64.b64encode(padded.encode()).decode()


def item(key):
    return {"pk": {"S": key}, "n": {"N": "42"}, "text": {"S": "x" * 360}}


def cases():
    firehose = "Firehose_20150804."
    dynamodb = "DynamoDB_20120810."
    sha = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    put = {"DeliveryStreamName": "bench", "Record": {"Data": record(200)}}
    batch = {"DeliveryStreamName": "bench", "Records": [{"Data": record(200)}] * 500}
    return [
        Case("PutRecord 200 B", "firehose", json.dumps(put), firehose + "PutRecord", aim=0.4),
        Case("PutRecordBatch 500 x 200 B", "firehose", json.dumps(batch),
             firehose + "PutRecordBatch", records=500),
        Case("PutItem 400 B", "dynamodb", json.dumps({"TableName": "bench", "Item": item("@KEY@")}),
             dynamodb + "PutItem", keys=100000, aim=0.4),
        Case("GetItem 400 B", "dynamodb",
             json.dumps({"TableName": "bench", "Key": {"pk": {"S": "@KEY@"}}}),
             dynamodb + "GetItem", keys=1000, aim=0.5),
        Case("PutObject 1 KiB", "s3", "x" * 1024, method="PUT", path="/bench/@KEY@", keys=100000,
             headers=sha),
        Case("GetObject 1 KiB", "s3", "", method="GET", path="/bench/@KEY@", keys=1000,
             headers=sha),
    ]


class Server:
    """A process that says "Listening on <url>", and how long that took."""

    def __init__(self, command, last_line):
        started = time.perf_counter()
        self.url = None
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # should the benchmark fail
        for line in self.process.stdout:
            if line.startswith("Listening on "):
                self.url = line.split()[-1]
            if line.startswith(last_line):
                break
        if self.url is None:
            sys.exit(f"{command[0]} did not start")
        self.ready_ms = (time.perf_counter() - started) * 1000

    def rss_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def call(url, case_service, target, body, method="POST", path="/"):
    request = urllib.request.Request(url + path, data=body, method=method)
    request.add_header("Authorization", CREDENTIAL.format(case_service))
    request.add_header("X-Amz-Date", "20260101T000000Z")
    request.add_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    if target:
        request.add_header("X-Amz-Target", target)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def prepare(url):
    """The stream, table, bucket and the rows and objects that the reading cases find."""
    stream = {
        "DeliveryStreamName": "bench",
        "ExtendedS3DestinationConfiguration": {
            "RoleARN": "arn:aws:iam::000000000000:role/bench",
            "BucketARN": "arn:aws:s3:::bench",
            "BufferingHints": {"SizeInMBs": 128, "IntervalInSeconds": 900},
        },
    }
    table = {
        "TableName": "bench",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    call(url, "s3", None, b"", "PUT", "/bench")
    call(url, "firehose", "Firehose_20150804.CreateDeliveryStream", json.dumps(stream).encode())
    call(url, "dynamodb", "DynamoDB_20120810.CreateTable", json.dumps(table).encode())
    for n in range(1000):
        put = {"TableName": "bench", "Item": item(str(n))}
        call(url, "dynamodb", "DynamoDB_20120810.PutItem", json.dumps(put).encode())
        call(url, "s3", None, b"x" * 1024, "PUT", f"/bench/{n}")


def load(server, script, connections, seconds):
    """(requests per second, CPU microseconds each); any answer but 2xx ends the benchmark."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, server.url]
    before = server.cpu_s()
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    errors = re.search(r"Socket errors: .*", out)
    if bad or errors:
        sys.exit(f"{' '.join(command)}:\n{out}")
    requests = int(re.search(r"(\d+) requests in", out)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    return rate, (server.cpu_s() - before) * 1e6 / max(requests, 1)


def compare(case, hydrant, bare, connections, options):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(case.script())
        script.flush()
        ours, theirs = [], []
        for _ in range(options.rounds):
            theirs.append(load(bare, script.name, connections, options.seconds))
            ours.append(load(hydrant, script.name, connections, options.seconds))
    return middle(ours), middle(theirs)


def middle(pairs):
    return tuple(statistics.median(column) for column in zip(*pairs))


def start_time(options, rounds=11):
    times = []
    for _ in range(rounds):
        server = start_hydrant(options)
        times.append(server.ready_ms)
        server.stop()
    return statistics.median(times)


def start_hydrant(options, *where):
    where = where or ("--ephemeral",)
    command = [options.hydrant, "serve", "--port", "0", *where, "--log-level", "error"]
    return Server(command, "Ready.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--plugins", help="folder of transforms; the way to S3 is measured as well")
    parser.add_argument("--seconds", type=int, default=3, help="per measurement")
    parser.add_argument("--rounds", type=int, default=3, help="alternating; the median counts")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args()

    print(f"Start-up to Ready.: {start_time(options):.1f} ms (median of 11)")
    folder = tempfile.TemporaryDirectory(prefix="hydrant-bench-")
    hydrant = start_hydrant(options, "--data", folder.name)
    bare = Server([options.bare], "Listening")
    time.sleep(0.2)
    print(f"Idle RSS: {hydrant.rss_mb():.1f} MB (bare server: {bare.rss_mb():.1f} MB)\n")
    prepare(hydrant.url)
    print("| request | connections | Hydrant/s | bare/s | ratio | CPU us | bare CPU us | records/s |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for case in cases():
        if options.only not in case.name:
            continue
        for connections in (1, 16):
            (ours, cpu), (theirs, bare_cpu) = compare(case, hydrant, bare, connections, options)
            records = f"{ours * case.records:,.0f}" if case.records > 1 else ""
            print(
                f"| {case.name} | {connections} | {ours:,.0f} | {theirs:,.0f} "
                f"| {ours / theirs:.2f} | {cpu:.1f} | {bare_cpu:.1f} | {records} |",
                flush=True,
            )
    print(f"\nRSS at the end: {hydrant.rss_mb():.1f} MB")
    hydrant.stop()
    bare.stop()
    if options.plugins:
        import end_to_end  # which needs this module

        end_to_end.rows(options)


if __name__ == "__main__":
    main()
