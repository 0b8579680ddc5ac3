"""kill -9 at random moments of a delivery's stages: transform with backup, partitions, Kinesis."""

import collections
import json
import random
import time

import botocore.exceptions
import pytest

from daemon import Daemon
from test_records import (
    BUCKET,
    PLUGINS,
    ROUNDS,
    SEED,
    Clockwork,
    Producer,
    client,
    destination,
    lambda_processor,
)

BACKUP = "crash-backup"
STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/crash-source"
ROLE = "arn:aws:iam::000000000000:role/firehose"
KINDS = 5


class KinesisProducer(Producer):
    """The same into the Kinesis stream that the delivery stream reads."""

    def __init__(self, daemon, stream, name, acknowledged):
        super().__init__(daemon, stream, name, acknowledged)
        self.client = client(daemon, "kinesis")

    def run(self):
        count = 0
        while True:
            ids = [f"{self.label}-{count + i}" for i in range(20)]
            count += len(ids)
            records = [
                {"Data": json.dumps({"element_class": i}) + "\n", "PartitionKey": i} for i in ids
            ]
            try:
                answer = self.client.put_records(StreamName="crash-source", Records=records)
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                return
            assert answer["FailedRecordCount"] == 0
            self.acknowledged.extend(ids)


def with_backup(daemon):
    """Transform into DynamoDB and S3, and the records as they came into a second bucket."""
    client(daemon, "s3").create_bucket(Bucket=BACKUP)
    client(daemon, "dynamodb").create_table(
        TableName="Likes_Tab",
        KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    configuration = destination([lambda_processor("likes")])
    configuration["S3BackupMode"] = "Enabled"
    configuration["S3BackupConfiguration"] = {
        "RoleARN": ROLE,
        "BucketARN": f"arn:aws:s3:::{BACKUP}",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
    }
    client(daemon, "firehose").create_delivery_stream(
        DeliveryStreamName="crash", ExtendedS3DestinationConfiguration=configuration
    )
    return Producer


def with_partitions(daemon):
    """A query finds the last digit of each record's number, modulo KINDS."""
    query = f'{{kind: (.element_class | split("-") | last | tonumber % {KINDS})}}'
    parameters = {"MetadataExtractionQuery": query, "JsonParsingEngine": "JQ-1.6"}
    configuration = destination(
        [
            {
                "Type": "MetadataExtraction",
                "Parameters": [
                    {"ParameterName": name, "ParameterValue": value}
                    for name, value in parameters.items()
                ],
            }
        ]
    )
    configuration["BufferingHints"] = {"SizeInMBs": 64, "IntervalInSeconds": 60}
    configuration["Prefix"] = "kind=!{partitionKeyFromQuery:kind}/"
    configuration["ErrorOutputPrefix"] = "errors/!{firehose:error-output-type}/"
    configuration["DynamicPartitioningConfiguration"] = {"Enabled": True}
    client(daemon, "firehose").create_delivery_stream(
        DeliveryStreamName="crash", ExtendedS3DestinationConfiguration=configuration
    )
    return Producer


def with_kinesis(daemon):
    client(daemon, "kinesis").create_stream(StreamName="crash-source", ShardCount=2)
    daemon.advance(60)
    client(daemon, "firehose").create_delivery_stream(
        DeliveryStreamName="crash",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": STREAM_ARN, "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration=destination([]),
    )
    daemon.advance(60)
    return KinesisProducer


SCENARIOS = [with_backup, with_partitions, with_kinesis]


def records_of(daemon, bucket):
    """(key, number) of each record that stands in the bucket."""
    s3 = client(daemon, "s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            for line in body.splitlines():
                yield entry["Key"], json.loads(line)["element_class"]


def check_once(daemon, bucket, acknowledged):
    found = collections.Counter(number for _, number in records_of(daemon, bucket))
    missing = [i for i in acknowledged if found[i] == 0]
    assert not missing, f"{bucket}: {len(missing)} of {len(acknowledged)} lost: {missing[:5]}"
    twice = [i for i, times in found.items() if times > 1]
    assert not twice, f"{bucket}: {len(twice)} delivered more than once: {twice[:5]}"


def check_rows(daemon, acknowledged):
    """A row may come twice, which is the same row; none is missing."""
    pages = client(daemon, "dynamodb").get_paginator("scan").paginate(TableName="Likes_Tab")
    rows = {item["element_class"]["S"] for page in pages for item in page["Items"]}
    missing = [i for i in acknowledged if i not in rows]
    assert not missing, f"{len(missing)} of {len(acknowledged)} without a row: {missing[:5]}"


def check_partitions(daemon):
    for key, number in records_of(daemon, BUCKET):
        kind = int(number.rsplit("-", 1)[1]) % KINDS
        assert key.startswith(f"kind={kind}/"), (key, number)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_in_any_stage_loses_and_repeats_nothing(folder, scenario):
    chance = random.Random(f"{SEED} {scenario.__name__}")
    daemon = Daemon(folder, "--function", f"likes={PLUGINS}/likes.so").start()
    client(daemon, "s3").create_bucket(Bucket=BUCKET)
    producer = scenario(daemon)

    acknowledged = []
    for round_number in range(-(-ROUNDS // len(SCENARIOS))):
        threads = [
            producer(daemon, "crash", f"{round_number}-{n}", acknowledged) for n in range(2)
        ] + [Clockwork(daemon)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.1, 1.0))  # when the kill comes is the point of the test
        daemon.kill()
        for thread in threads:
            thread.join()
        daemon.check_sanitizers()
        daemon.start()

    for _ in range(10):  # what is read in one step is delivered in a later one
        daemon.advance(120)
    assert len(acknowledged) > 100
    check_once(daemon, BUCKET, acknowledged)
    if scenario is with_backup:
        check_once(daemon, BACKUP, acknowledged)
        check_rows(daemon, acknowledged)
    if scenario is with_partitions:
        check_partitions(daemon)
    daemon.stop()
