"""What Firehose measures beside puts and deliveries: limits, sources, partitions, decompression."""

import gzip
import json

import botocore.exceptions
import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, ROLE, create, processing, processor, put
from metric_kit import Measured

QUERY = processor("MetadataExtraction", MetadataExtractionQuery="{k:.k}",
                  JsonParsingEngine="JQ-1.6")


@pytest.fixture
def measured(hydrant, client):
    return Measured(hydrant, client("cloudwatch"), "AWS/Firehose", DeliveryStreamName="s")


@pytest.mark.parametrize("region, requests, records, size", [
    ("us-east-1", 2000, 500000, 5 * 1024 * 1024),
    ("eu-north-1", 1000, 100000, 1024 * 1024),
])
def test_the_limits_of_direct_put_are_measured_with_every_put(
        client, hydrant, region, requests, records, size):
    firehose = client("firehose", region=region)
    measured = Measured(
        hydrant, client("cloudwatch", region=region), "AWS/Firehose", DeliveryStreamName="s")
    create(firehose)
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x"})
    put(firehose, b"x", b"y")
    assert measured("PutRequestsPerSecondLimit", "Maximum", "SampleCount") == (requests, 2)
    assert measured("RecordsPerSecondLimit", "Maximum", "SampleCount") == (records, 2)
    assert measured("BytesPerSecondLimit", "Maximum", "SampleCount") == (size, 2)
    assert measured("ThrottledRecords", "Sum") == (0,)
    assert measured.unit("BytesPerSecondLimit") == "Bytes/Second"


class TestWithQuotas:
    @pytest.fixture
    def arguments(self):
        return ("--quotas", "aws")

    def test_throttled_records_are_counted(self, client, hydrant):
        firehose = client("firehose", region="eu-north-1")
        measured = Measured(
            hydrant, client("cloudwatch", region="eu-north-1"), "AWS/Firehose",
            DeliveryStreamName="s")
        create(firehose)
        throttled = 0
        big = {"Data": b"x" * (700 * 1024)}
        for _ in range(4):
            answer = firehose.put_record_batch(DeliveryStreamName="s", Records=[big, big])
            throttled += answer["FailedPutCount"]
            try:
                firehose.put_record(DeliveryStreamName="s", Record=big)
            except botocore.exceptions.ClientError:
                throttled += 1
        assert throttled > 0
        assert measured("ThrottledRecords", "Sum") == (throttled,)
        assert measured("IncomingRecords", "Sum") == (12 - throttled,)


def test_reading_a_kinesis_stream_is_measured(client, hydrant, s3, measured):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="k", ShardCount=1)
    hydrant.advance(1)
    client("firehose").create_delivery_stream(
        DeliveryStreamName="s", DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={
            "KinesisStreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/k", "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET_ARN},
    )
    kinesis.put_record(StreamName="k", Data=b"12345", PartitionKey="a")
    kinesis.put_record(StreamName="k", Data=b"678", PartitionKey="b")
    hydrant.advance(2)
    assert measured("DataReadFromKinesisStream.Records", "Sum") == (2,)
    assert measured("DataReadFromKinesisStream.Bytes", "Sum") == (8,)
    assert measured("KinesisMillisBehindLatest", "Maximum") == (0,)
    assert measured.unit("KinesisMillisBehindLatest") == "Milliseconds"
    assert measured("IncomingRecords", "Sum") is None


def test_partitions_and_queries_are_measured(client, hydrant, firehose, s3, measured):
    create(firehose, Prefix="!{partitionKeyFromQuery:k}/", ErrorOutputPrefix="e/",
           BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
           DynamicPartitioningConfiguration={"Enabled": True}, **processing(QUERY))
    put(firehose, *[json.dumps({"k": f"{n % 3}"}).encode() for n in range(9)])
    hydrant.advance(1)
    hydrant.flush("s")
    assert measured("PartitionCount", "Maximum") == (3,)
    assert measured("PartitionCountExceeded", "Sum") == (0,)
    duration, count = measured("JQProcessing.Duration", "Average", "SampleCount")
    assert count == 1 and 0 < duration < 10000
    assert measured.unit("JQProcessing.Duration") == "Milliseconds"
    most, count = measured("PerPartitionThroughput", "Maximum", "SampleCount")
    assert count == 3 and 0 < most <= 3 * len(b'{"k": "0"}')
    assert measured.unit("PerPartitionThroughput") == "Bytes/Second"


def test_the_501st_partition_is_measured(client, hydrant, firehose, s3, measured):
    create(firehose, Prefix="!{partitionKeyFromQuery:k}/", ErrorOutputPrefix="e/",
           BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
           DynamicPartitioningConfiguration={"Enabled": True}, **processing(QUERY))
    put(firehose, *[json.dumps({"k": f"{n}"}).encode() for n in range(500)])
    put(firehose, b'{"k":"one too many"}')
    hydrant.advance(60)
    assert measured("PartitionCount", "Maximum") == (500,)
    assert measured("PartitionCountExceeded", "Sum") == (1,)


def test_decompression_is_measured_by_what_it_gave_and_what_failed(
        hydrant, firehose, s3, measured):
    create(firehose, **processing(processor("Decompression", CompressionFormat="GZIP")))
    damaged = gzip.compress(b"x" * 100)[:-4]
    put(firehose, gzip.compress(b"12345"), gzip.compress(b"678"), damaged)
    hydrant.advance(300)
    assert measured("OutputDecompressedRecords.Success", "Sum") == (2,)
    assert measured("OutputDecompressedRecords.Failed", "Sum") == (1,)
    assert measured("OutputDecompressedBytes.Success", "Sum") == (8,)
    assert measured("OutputDecompressedBytes.Failed", "Sum") == (len(damaged),)


def test_streams_without_these_features_have_none_of_these_metrics(
        client, hydrant, firehose, s3):
    create(firehose)
    put(firehose, b"x")
    hydrant.advance(300)
    names = {m["MetricName"] for m in client("cloudwatch").list_metrics(
        Namespace="AWS/Firehose",
        Dimensions=[{"Name": "DeliveryStreamName", "Value": "s"}])["Metrics"]}
    assert names == {
        "IncomingBytes", "IncomingRecords", "IncomingPutRequests", "ThrottledRecords",
        "BytesPerSecondLimit", "RecordsPerSecondLimit", "PutRequestsPerSecondLimit",
        "PutRecordBatch.Bytes", "PutRecordBatch.Records", "PutRecordBatch.Requests",
        "PutRecordBatch.Latency", "DeliveryToS3.Success", "DeliveryToS3.Records",
        "DeliveryToS3.Bytes", "DeliveryToS3.DataFreshness", "DeliveryToS3.ObjectCount",
    }
