"""What a page of a large log group costs: milliseconds per GetLogEvents and FilterLogEvents.

    python3 tests/bench/logs.py --hydrant build/release/hydrant --events 10000000

First how long another call takes while filters work on --filtered events. Then it
fills one group with that many events in ten streams (about 60 bytes each, a millisecond apart, in
the last 13 days of the sandbox's clock), then asks for pages at places all over it: with a range of
time, small and large, forward and backward. Ends with exit code 1 when a small page takes longer
than --limit-ms in the middle (p50).
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import time

from bench import CREDENTIAL, Server

BATCH = 10_000
STREAMS = 10
GROUP = "bench"
DAY_MS = 24 * 3600 * 1000
TARGETS = {"logs": "Logs_20140328.", "kinesis": "Kinesis_20131202."}


class Client:
    """One connection that stays open."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(url.split("//")[1])

    def call(self, operation, body, service="logs"):
        self.http.request("POST", "/", body, {
            "Authorization": CREDENTIAL.format(service),
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": TARGETS[service] + operation,
            "Content-Type": "application/x-amz-json-1.1",
        })
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise OSError(f"{operation}: {answer.status} {text[:300]}")
        return json.loads(text) if text else {}


def message(number):
    level = "ERROR" if number % 100_000 == 0 else "INFO"
    return f'{{"level":"{level}","n":{number},"ms":{number % 997}}}'


def batch(first_ms, first, count):
    events = ",".join(
        f'{{"timestamp":{first_ms + n},"message":{json.dumps(message(n))}}}'
        for n in range(first, first + count))
    return '"logEvents":[' + events + "]"


def fill(client, events, first_ms):
    """Streams take turns: a batch is of one stream, time goes on from batch to batch."""
    client.call("CreateLogGroup", json.dumps({"logGroupName": GROUP}))
    for n in range(STREAMS):
        client.call("CreateLogStream", json.dumps({"logGroupName": GROUP, "logStreamName": f"s{n}"}))
    begun = time.monotonic()
    for first in range(0, events, BATCH):
        count = min(BATCH, events - first)
        stream = f"s{first // BATCH % STREAMS}"
        answer = client.call("PutLogEvents", f'{{"logGroupName":"{GROUP}","logStreamName":"{stream}",'
                             + batch(first_ms, first, count) + "}")
        assert "rejectedLogEventsInfo" not in answer, answer
    return time.monotonic() - begun


def measure(client, name, operation, pages, make):
    """The time of pages at places all over the group, in the middle and at the end."""
    times, found = [], 0
    for _ in range(pages):
        body = json.dumps({"logGroupName": GROUP, **make()})
        begun = time.monotonic()
        answer = client.call(operation, body)
        times.append((time.monotonic() - begun) * 1000)
        found += len(answer["events"])
    times.sort()
    p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    print(f"{operation:16} {name:46} {found / pages:8.0f} events  p50 {p50:8.2f} ms  p99 {p99:8.2f} ms")
    return p50


def run(options, folder):
    command = [options.hydrant, "serve", "--port", "0", "--data", folder, "--log-level", "error"]
    server = Server(command, "Ready.")
    client = Client(server.url)
    first_ms = int(time.time() * 1000) - 13 * DAY_MS
    seconds = fill(client, options.events, first_ms)
    print(f"{options.events} events put in {seconds:.0f} s ({options.events / seconds:.0f} per second), "
          f"RSS {server.rss_mb():.0f} MB")
    chance = random.Random(1)

    def at():
        return first_ms + chance.randrange(max(1, options.events - BATCH))

    def stream():
        return {"logStreamName": f"s{chance.randrange(STREAMS)}"}

    def between(milliseconds):
        start = at()
        return {"startTime": start, "endTime": start + milliseconds}

    get, search = "GetLogEvents", "FilterLogEvents"
    small = [
        measure(client, "100 events from a time", get, 200,
                lambda: {**stream(), "startTime": at(), "startFromHead": True, "limit": 100}),
        measure(client, "the newest 100 before a time", get, 200,
                lambda: {**stream(), "endTime": at(), "limit": 100}),
        measure(client, "the 100 ms behind a time", search, 200, lambda: between(100)),
        measure(client, "100 events from a time", search, 200,
                lambda: {"startTime": at(), "limit": 100}),
        measure(client, "100 events of one stream from a time", search, 200,
                lambda: {"startTime": at(), "limit": 100, "logStreamNames": [f"s{chance.randrange(STREAMS)}"]}),
        measure(client, "100 events of two streams from a time", search, 200,
                lambda: {"startTime": at(), "limit": 100, "logStreamNames": ["s1", "s2"]}),
        measure(client, "JSON pattern, the 100 ms behind a time", search, 200,
                lambda: {**between(100), "filterPattern": '{ $.ms < 10 && $.level = "INFO" }'}),
    ]
    measure(client, "10,000 events from a time", get, 20,
            lambda: {**stream(), "startTime": at(), "startFromHead": True})
    measure(client, "10,000 events from a time", search, 20, lambda: {"startTime": at()})
    measure(client, "a rare word, 20,000 events looked at", search, 20,
            lambda: {"startTime": at(), "filterPattern": "ERROR"})
    measure(client, "a rare JSON value, 20,000 events looked at", search, 20,
            lambda: {"startTime": at(), "filterPattern": '{ $.level = "ERROR" }'})
    server.stop()
    return max(small) <= options.limit_ms


def kinesis_stream(client, name):
    client.call("CreateStream", json.dumps({"StreamName": name, "ShardCount": 1}), "kinesis")


def put_filters(client):
    """Ten metric filters and a subscription, which look at every event."""
    for n in range(10):
        client.call("PutMetricFilter", json.dumps({
            "logGroupName": GROUP, "filterName": f"m{n}",
            "filterPattern": f'{{ $.ms < {n * 100} && $.level = "INFO" }}',
            "metricTransformations": [
                {"metricName": "ms", "metricNamespace": "bench", "metricValue": "$.ms"}]}))
    client.call("PutSubscriptionFilter", json.dumps({
        "logGroupName": GROUP, "filterName": "s", "filterPattern": "",
        "destinationArn": "arn:aws:kinesis:us-east-1:000000000000:stream/bench",
        "roleArn": "arn:aws:iam::000000000000:role/bench"}))


def beside_filters(options, folder):
    """How long another call takes in the second after the last put, while filters work."""
    command = [options.hydrant, "serve", "--port", "0", "--data", folder, "--log-level", "error"]
    server = Server(command, "Ready.")
    client = Client(server.url)
    kinesis_stream(client, "bench")
    client.call("CreateLogGroup", json.dumps({"logGroupName": GROUP}))
    client.call("CreateLogStream", json.dumps({"logGroupName": GROUP, "logStreamName": "s0"}))
    put_filters(client)
    first_ms = int(time.time() * 1000) - DAY_MS
    for first in range(0, options.filtered, BATCH):
        client.call("PutLogEvents", f'{{"logGroupName":"{GROUP}","logStreamName":"s0",'
                    + batch(first_ms, first, BATCH) + "}")
    times, end, before = [], time.monotonic() + 1, server.cpu_s()
    while time.monotonic() < end:
        called = time.monotonic()
        client.call("DescribeLogStreams", json.dumps({"logGroupName": GROUP}))
        times.append((time.monotonic() - called) * 1000)
    times.sort()
    print(f"while 11 filters look at {options.filtered} events: DescribeLogStreams "
          f"p50 {times[len(times) // 2]:.2f} ms, p99 {times[len(times) * 99 // 100]:.2f} ms "
          f"({(server.cpu_s() - before) * 100:.0f} % CPU)")
    server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--filtered", type=int, default=200_000)
    parser.add_argument("--limit-ms", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        beside_filters(options, folder)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(options, folder) else 1)


if __name__ == "__main__":
    main()
