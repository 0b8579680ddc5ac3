"""kill -9 while functions are invoked later and read streams: what was acknowledged runs."""

import collections
import io
import json
import os
import random
import sys
import threading
import time
import zipfile

import botocore.exceptions

from daemon import Daemon
from test_records import Clockwork, client

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "4"))
SEED = int(os.environ.get("CRASH_SEED", "20261126"))
ROLE = "arn:aws:iam::000000000000:role/r"
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/in"

PROGRAM = """
import base64

def handler(event, context):
    for record in event.get("Records", []):
        print("SEEN " + base64.b64decode(record["kinesis"]["data"]).decode())
    if "id" in event:
        print("RAN " + event["id"])
"""


class Caller(threading.Thread):
    """Calls until the daemon goes away; knows which calls were acknowledged."""

    def __init__(self, call, label, acknowledged):
        super().__init__()
        self.call = call
        self.label = label
        self.acknowledged = acknowledged

    def run(self):
        count = 0
        while True:
            name = f"{self.label}-{count:06}"
            try:
                self.call(name)
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                return
            self.acknowledged.append(name)
            count += 1


def make_function(daemon, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("app.py", PROGRAM)
    client(daemon, "lambda").create_function(
        FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=ROLE, Timeout=60,
        Code={"ZipFile": out.getvalue()})


def words(daemon, name, mark):
    """What a function printed behind a mark, in order."""
    pages = client(daemon, "logs").get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{name}", filterPattern=mark)
    return [e["message"].split()[1] for page in pages for e in page["events"]]


def run_and_kill(daemon, threads, pause_s):
    for thread in threads:
        thread.start()
    time.sleep(pause_s)
    daemon.kill()
    for thread in threads:
        thread.join()


def test_every_accepted_event_is_run_at_least_once(folder):
    chance = random.Random(SEED)
    daemon = Daemon(folder, "--python", sys.executable).start()
    make_function(daemon, "f")
    acknowledged = []
    for round_number in range(ROUNDS):
        functions = client(daemon, "lambda")

        def invoke(name, functions=functions):
            functions.invoke(FunctionName="f", InvocationType="Event",
                             Payload=json.dumps({"id": name}))

        threads = [Caller(invoke, f"{round_number}-{n}", acknowledged) for n in range(2)]
        run_and_kill(daemon, [*threads, Clockwork(daemon)], chance.uniform(0.2, 0.8))
        daemon.start()
    daemon.advance(3600)
    ran = collections.Counter(words(daemon, "f", "RAN"))
    assert len(acknowledged) >= ROUNDS
    assert set(acknowledged) - set(ran) == set()
    daemon.stop()


def test_every_record_of_a_stream_is_handed_over_at_least_once_and_in_order(folder):
    chance = random.Random(SEED)
    daemon = Daemon(folder, "--python", sys.executable).start()
    client(daemon, "kinesis").create_stream(StreamName="in", ShardCount=1)
    make_function(daemon, "f")
    client(daemon, "lambda").create_event_source_mapping(
        FunctionName="f", EventSourceArn=STREAM, StartingPosition="TRIM_HORIZON", BatchSize=7)
    acknowledged = []
    for round_number in range(ROUNDS):
        kinesis = client(daemon, "kinesis")

        def put(name, kinesis=kinesis):
            kinesis.put_record(StreamName="in", Data=name.encode(), PartitionKey="k")

        threads = [Caller(put, f"{round_number:04}", acknowledged), Clockwork(daemon)]
        run_and_kill(daemon, threads, chance.uniform(0.2, 0.8))
        daemon.start()
    daemon.advance(3600)
    seen = words(daemon, "f", "SEEN")
    first = list(dict.fromkeys(seen))
    assert len(acknowledged) >= ROUNDS
    assert set(acknowledged) - set(first) == set()
    assert first == sorted(first)
    daemon.stop()
