"""kill -9 while records pour in: what was acknowledged is delivered exactly once."""

import collections
import json
import os
import random
import threading
import time

import boto3
import botocore.config
import botocore.exceptions
import pytest

from daemon import Daemon

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "6"))
SEED = int(os.environ.get("CRASH_SEED", "20261125"))
BUCKET = "crash-bucket"
PLUGINS = os.environ.get("PLUGINS", "")


def client(daemon, service):
    return boto3.client(
        service,
        endpoint_url=daemon.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(
            retries={"total_max_attempts": 1}, read_timeout=20, connect_timeout=2
        ),
    )


def destination(processors):
    configuration = {
        "RoleARN": "arn:aws:iam::000000000000:role/firehose",
        "BucketARN": f"arn:aws:s3:::{BUCKET}",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
    }
    if processors:
        configuration["ProcessingConfiguration"] = {"Enabled": True, "Processors": processors}
    return configuration


def lambda_processor(function):
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    return {
        "Type": "Lambda",
        "Parameters": [
            {"ParameterName": "LambdaArn", "ParameterValue": arn},
            {"ParameterName": "BufferSizeInMBs", "ParameterValue": "0.2"},
            {"ParameterName": "BufferIntervalInSeconds", "ParameterValue": "60"},
        ],
    }


class Producer(threading.Thread):
    """Puts numbered records until the daemon goes away; knows which were acknowledged."""

    def __init__(self, daemon, stream, name, acknowledged):
        super().__init__()
        self.client = client(daemon, "firehose")
        self.stream = stream
        self.label = name
        self.acknowledged = acknowledged

    def run(self):
        count = 0
        while True:
            ids = [f"{self.label}-{count + i}" for i in range(20)]
            count += len(ids)
            records = [
                {"Data": json.dumps({"element_class": i, "pad": "x" * 150}) + "\n"} for i in ids
            ]
            try:
                answer = self.client.put_record_batch(
                    DeliveryStreamName=self.stream, Records=records
                )
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                return
            assert answer["FailedPutCount"] == 0
            self.acknowledged.extend(ids)


class Clockwork(threading.Thread):
    """Moves time on, so that every stage of delivery is under way when the kill comes."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon_process = daemon

    def run(self):
        while True:
            try:
                self.daemon_process.advance(30)
            except (OSError, AssertionError, ValueError):
                return


def delivered_ids(daemon):
    """How often each record stands in the bucket."""
    s3 = client(daemon, "s3")
    found = collections.Counter()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", ()):
            body = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
            assert "processing-failed" not in entry["Key"], body[:500]
            found.update(json.loads(line)["element_class"] for line in body.splitlines())
    return found


@pytest.mark.parametrize("function", [None, "likes"])
def test_every_acknowledged_record_is_delivered_exactly_once(folder, function):
    chance = random.Random(SEED)
    arguments = ["--function", f"likes={PLUGINS}/likes.so"] if function else []
    daemon = Daemon(folder, *arguments).start()
    client(daemon, "s3").create_bucket(Bucket=BUCKET)
    if function:
        client(daemon, "dynamodb").create_table(
            TableName="Likes_Tab",
            KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    client(daemon, "firehose").create_delivery_stream(
        DeliveryStreamName="crash",
        ExtendedS3DestinationConfiguration=destination(
            [lambda_processor(function)] if function else []
        ),
    )

    acknowledged = []
    for round_number in range(ROUNDS):
        threads = [
            Producer(daemon, "crash", f"{round_number}-{n}", acknowledged) for n in range(2)
        ] + [Clockwork(daemon)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.2, 1.0))  # when the kill comes is the point of the test
        daemon.kill()
        for thread in threads:
            thread.join()
        daemon.check_sanitizers()
        daemon.start()

    daemon.advance(600)
    found = delivered_ids(daemon)
    assert len(acknowledged) > 100
    missing = [i for i in acknowledged if found[i] == 0]
    assert not missing, f"{len(missing)} of {len(acknowledged)} lost, such as {missing[:5]}"
    twice = [i for i, times in found.items() if times > 1]
    assert not twice, f"{len(twice)} delivered more than once, such as {twice[:5]}"
    daemon.stop()
