"""When a buffer is delivered, and what happens while it cannot be."""

import json
import os
import pathlib
import random
import re
import sys

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    BUCKET_ARN, LAMBDA, MIB, create, describe, objects, processing, processor, put,
)
from runtime_kit import create as create_function

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
HOUR = 3600


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so", "--python", sys.executable)


def hints(size, interval):
    return {"BufferingHints": {"SizeInMBs": size, "IntervalInSeconds": interval}}


def test_the_interval_runs_from_the_first_record_in_an_empty_buffer(firehose, s3, hydrant):
    create(firehose, **hints(5, 300))
    put(firehose, b"one ")
    hydrant.advance(200)
    put(firehose, b"two ")
    hydrant.advance(98)
    assert objects(s3) == {}
    hydrant.advance(2)
    assert list(objects(s3).values()) == [b"one two "]
    hydrant.advance(150)
    put(firehose, b"three")
    hydrant.advance(298)
    assert len(objects(s3)) == 1
    hydrant.advance(2)
    assert sorted(objects(s3).values()) == [b"one two ", b"three"]


def test_nothing_is_written_when_nothing_came(firehose, s3, hydrant):
    create(firehose, **hints(1, 60))
    hydrant.advance(24 * HOUR)
    assert objects(s3) == {}


def test_without_an_interval_a_record_is_delivered_within_five_seconds(firehose, s3, hydrant):
    create(firehose, **hints(5, 0))
    put(firehose, b"x")
    hydrant.advance(5)
    assert list(objects(s3).values()) == [b"x"]


def test_the_defaults_are_5_mebibytes_and_300_seconds(firehose, s3, hydrant):
    create(firehose)
    put(firehose, *[b"x" * 999000] * 4)
    put(firehose, b"y" * 999000)
    hydrant.advance(298)
    assert objects(s3) == {}
    put(firehose, b"z" * (5 * MIB - 5 * 999000))
    hydrant.advance(0.001)
    assert sum(len(body) for body in objects(s3).values()) == 5 * MIB


def test_the_s3_buffer_begins_when_the_function_has_returned(firehose, s3, hydrant):
    create(firehose, **hints(5, 120), **processing(
        processor("Lambda", LambdaArn=LAMBDA, BufferSizeInMBs="1", BufferIntervalInSeconds="60")))
    put(firehose, b"upper")
    hydrant.advance(60 + 118)
    assert objects(s3) == {}
    hydrant.advance(3)
    assert list(objects(s3).values()) == [b"UPPER"]


def test_a_function_is_invoked_after_60_seconds_or_a_mebibyte_by_default(firehose, s3, hydrant):
    create(firehose, **hints(5, 0), **processing(processor("Lambda", LambdaArn=LAMBDA)))
    put(firehose, b"upper")
    hydrant.advance(58)
    assert objects(s3) == {}
    hydrant.advance(8)
    assert list(objects(s3).values()) == [b"UPPER"]
    put(firehose, b"a" * 1000000, b"b" * (MIB - 1000000))
    hydrant.advance(6)
    assert sum(len(body) for body in objects(s3).values()) == 5 + MIB


def test_the_size_counts_what_the_function_returned(client, firehose, s3, hydrant):
    create_function(client("lambda"), "twice", "python3.12", "app.handler", {"app.py": """
import base64
def handler(event, context):
    return {"records": [{"recordId": r["recordId"], "result": "Ok", "data": base64.b64encode(
        2 * base64.b64decode(r["data"])).decode()} for r in event["records"]]}
"""})
    create(firehose, **hints(2, 900), **processing(processor(
        "Lambda", LambdaArn=LAMBDA[:-1] + "twice", BufferSizeInMBs="1",
        BufferIntervalInSeconds="0")))
    put(firehose, b"x" * 500000)
    hydrant.advance(6)
    assert objects(s3) == {}
    put(firehose, b"y" * 600000)
    hydrant.advance(6)
    assert sum(len(body) for body in objects(s3).values()) == 2200000


def test_a_record_is_never_split(firehose, s3, hydrant):
    chance = random.Random(7)
    create(firehose, **hints(1, 60))
    sent = []
    for number in range(12):
        batch = [b"<%d:%s>" % (number * 10 + n, bytes(chance.choices(b"ab", k=chance.randrange(200000))))
                 for n in range(10)]
        sent += batch
        put(firehose, *batch)
    hydrant.advance(60)
    bodies = list(objects(s3).values())
    assert len(bodies) > 1
    found = [part for body in bodies for part in re.findall(rb"<\d+:[ab]*>", body)]
    assert b"".join(bodies) == b"".join(found)
    assert sorted(found) == sorted(sent)


def test_what_could_not_be_written_is_delivered_when_the_bucket_is_back(client, firehose, hydrant):
    create(firehose)
    put(firehose, b"early ")
    began = hydrant.admin("GET", "/_hydrant/clock")[1]["now"][:13]
    hydrant.advance(20 * HOUR)
    put(firehose, b"late")
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    hydrant.advance(HOUR)
    found = objects(s3)
    assert sorted(b"".join(found.values()).split()) == [b"early", b"late"]
    [early] = [key for key, body in found.items() if b"early" in body]
    assert early.startswith(began.replace("-", "/").replace("T", "/") + "/s-1-")


def test_what_could_not_be_written_for_24_hours_is_lost_and_the_stream_stays_active(
        client, firehose, hydrant):
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="l")
    create(firehose, CloudWatchLoggingOptions={
        "Enabled": True, "LogGroupName": "g", "LogStreamName": "l"})
    put(firehose, b"lost")
    hydrant.advance(25 * HOUR)
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    hydrant.advance(2 * HOUR)
    assert objects(s3) == {}
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
    put(firehose, b"new")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"new"]
    messages = [json.loads(event["message"]) for event in logs.filter_log_events(
        logGroupName="g")["events"]]
    assert {message["errorCode"] for message in messages} == {"S3.NoSuchBucket"}
    for message in messages:
        assert message["destination"] == BUCKET_ARN
        assert message["message"] == (
            "The specified bucket does not exist. Create the bucket or use a different bucket that"
            " does exist.")


def test_a_log_group_that_does_not_exist_is_not_made(client, firehose, hydrant):
    create(firehose, CloudWatchLoggingOptions={
        "Enabled": True, "LogGroupName": "/aws/kinesisfirehose/s", "LogStreamName": "S3Delivery"})
    put(firehose, b"x")
    hydrant.advance(600)
    assert client("logs").describe_log_groups()["logGroups"] == []
