"""What becomes of records: put, transformed, delivered."""

import base64
import gzip
import json
import os
import pathlib
import re
import urllib.error
import urllib.request

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, LAMBDA, MIB, create, describe, fails, objects, put, with_lambda

PLUGINS = pathlib.Path(os.environ["PLUGINS"])


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def raw_call(hydrant, operation, body):
    """(status, parsed JSON) of a request as no SDK would send it."""
    request = urllib.request.Request(hydrant.url, data=body, method="POST", headers={
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Firehose_20150804.{operation}",
        "X-Amz-Date": "20261125T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/firehose/"
                         "aws4_request, SignedHeaders=host, Signature=00",
    })
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


# ---- records -----------------------------------------------------------------------------


def test_record_ids_are_long_and_all_different(firehose):
    create(firehose)
    one = firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x"})
    assert one["Encrypted"] is False
    batch = put(firehose, *[b"x"] * 500)
    assert batch["Encrypted"] is False
    ids = {entry["RecordId"] for entry in batch["RequestResponses"]} | {one["RecordId"]}
    assert len(ids) == 501
    for record_id in ids:
        assert len(record_id) == 224
        assert len(base64.b64decode(record_id, validate=True)) == 168
    for entry in batch["RequestResponses"]:
        assert list(entry) == ["RecordId"]


def test_data_is_concatenated_as_it_is(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"abc", b"", bytes(range(256)), b"\n")
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"end"})
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert body == b"abc" + bytes(range(256)) + b"\n" + b"end"
    head = s3.head_object(Bucket="bucket", Key=key)
    assert head["ContentType"] == "application/octet-stream"
    assert head["Metadata"] == {}
    assert "ContentEncoding" not in head


def test_a_full_buffer_needs_no_time(firehose, s3, hydrant):
    create(firehose, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    data = [os.urandom(200_000) for _ in range(11)]
    put(firehose, *data)
    hydrant.advance(0)
    early = sum(len(body) for body in objects(s3).values())
    assert early >= MIB
    hydrant.advance(900)
    found = objects(s3)
    assert sum(len(body) for body in found.values()) == 11 * 200_000
    for item in data:
        assert sum(item in body for body in found.values()) == 1


def test_limits_of_requests(firehose, hydrant, s3):
    create(firehose)
    put(firehose, b"a" * 1_024_000)
    put(firehose, *[b"b" * 1_000_000] * 4, b"c" * (4 * MIB - 4_000_000))
    code, message = fails(put, firehose, b"d" * 1_024_001)
    assert code == "ValidationException"
    assert "1024000" in message
    assert fails(put, firehose, *[b"e" * 1_000_000] * 4, b"f" * (4 * MIB - 4_000_000 + 1)) == (
        "InvalidArgumentException",
        "Records size exceeds 4 MB limit",
    )
    code, message = fails(put, firehose, *[b"g"] * 501)
    assert (code, message) == (
        "ValidationException",
        "1 validation error detected: Value at 'records' failed to satisfy constraint: Member"
        " must have length less than or equal to 500",
    )
    hydrant.advance(300)
    bodies = b"".join(objects(s3).values())
    assert len(bodies) == 1_024_000 + 4 * MIB
    assert set(bodies) == set(b"abc")


@pytest.mark.parametrize("operation, body, code", [
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":"a*b="}}',
     "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":"abc"}}',
     "SerializationException"),
    ("PutRecordBatch", b'{"DeliveryStreamName":"s","Records":[{"Data":"YQ=="},{"Data":"Y"}]}',
     "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":7}}', "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":', "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s"}', "ValidationException"),
    ("PutRecord", b'{"DeliveryStreamName":"a b","Record":{"Data":""}}', "ValidationException"),
    ("PutRecordBatch", b'{"DeliveryStreamName":"s","Records":[]}', "ValidationException"),
])
def test_bad_requests_store_nothing(firehose, s3, hydrant, operation, body, code):
    create(firehose)
    status, answer = raw_call(hydrant, operation, body)
    assert status == 400
    assert answer["__type"] == code
    hydrant.advance(300)
    assert objects(s3) == {}


# ---- prefixes ----------------------------------------------------------------------------


def test_prefix_expressions_are_evaluated_and_nothing_is_appended(firehose, s3, hydrant):
    create(
        firehose, **with_lambda(),
        Prefix="d/!{timestamp:'y='yyyy/'m='MM}/!{firehose:random-string}/",
        ErrorOutputPrefix="e/!{firehose:error-output-type}/!{timestamp:yyyy}/",
    )
    put(firehose, b"good", b"fail")
    hydrant.flush("s")
    failed, good = sorted(objects(s3), reverse=True)
    assert re.match(r"d/y=\d{4}/m=\d\d/[A-Za-z0-9]{11}/s-1-\d{4}-", good), good
    assert re.match(r"e/processing-failed/\d{4}/s-1-\d{4}-", failed), failed


def test_gzip_objects_say_so(firehose, s3, hydrant):
    create(firehose, CompressionFormat="GZIP", **with_lambda())
    put(firehose, b"abc", b"def", b"fail")
    hydrant.flush("s")
    failed, good = sorted(objects(s3).items(), key=lambda item: "failed" not in item[0])
    assert good[0].endswith(".gz")
    assert gzip.decompress(good[1]) == b"abcdef"
    head = s3.head_object(Bucket="bucket", Key=good[0])
    assert head["ContentEncoding"] == "gzip"
    assert head["ContentType"] == "application/octet-stream"
    assert not failed[0].endswith(".gz")
    assert json.loads(failed[1])["errorCode"] == "Lambda.ProcessingFailedStatus"


# ---- transform ---------------------------------------------------------------------------


def lines(s3):
    """The error lines and, apart from them, what was delivered."""
    found = objects(s3)
    errors = b"".join(body for key, body in found.items() if "processing-failed" in key)
    good = b"".join(body for key, body in found.items() if "processing-failed" not in key)
    return [json.loads(line) for line in errors.splitlines()], good


def test_each_result_goes_where_it_belongs(firehose, s3, hydrant):
    create(firehose, Prefix="in/", **with_lambda())
    put(firehose, b"upper", b"drop", b"fail", b"leave out", b"plain")
    hydrant.advance(59)
    assert objects(s3) == {}
    hydrant.advance(2)
    hydrant.advance(300)
    errors, good = lines(s3)
    assert good == b"UPPERplain"
    assert [(base64.b64decode(line["rawData"]), line["errorCode"]) for line in errors] == [
        (b"fail", "Lambda.ProcessingFailedStatus"),
        (b"leave out", "Lambda.MissingRecordId"),
    ]
    assert all(line["lambdaARN"] == LAMBDA for line in errors)


def test_a_missing_function_is_tried_as_often_as_configured(firehose, s3, hydrant):
    missing = LAMBDA.replace(":f", ":f") + "gone"
    create(firehose, **with_lambda(LambdaArn=missing, NumberOfRetries="1"))
    put(firehose, b"x")
    hydrant.advance(600)
    [line], good = lines(s3)
    assert good == b""
    assert line["errorCode"] == "Lambda.ResourceNotFound"
    assert line["attemptsMade"] == 2
    assert line["lambdaARN"] == missing


def test_failures_are_logged_where_the_group_exists(firehose, client, hydrant):
    logs = client("logs")
    logs.create_log_group(logGroupName="/aws/kinesisfirehose/s")
    logs.create_log_stream(logGroupName="/aws/kinesisfirehose/s", logStreamName="S3Delivery")
    logging = {"CloudWatchLoggingOptions": {
        "Enabled": True, "LogGroupName": "/aws/kinesisfirehose/s", "LogStreamName": "S3Delivery"}}
    create(firehose, **logging)
    create(firehose, name="silent", CloudWatchLoggingOptions={
        "Enabled": True, "LogGroupName": "none", "LogStreamName": "none"})
    put(firehose, b"x")
    put(firehose, b"x", name="silent")
    hydrant.advance(301)
    [event, *_] = logs.filter_log_events(logGroupName="/aws/kinesisfirehose/s")["events"]
    assert json.loads(event["message"]) == {
        "deliveryStreamARN": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s",
        "destination": BUCKET_ARN,
        "deliveryStreamVersionId": 1,
        "message": "The specified bucket does not exist. Create the bucket or use a different"
                   " bucket that does exist.",
        "errorCode": "S3.NoSuchBucket",
    }
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert groups == ["/aws/kinesisfirehose/s"]


def test_records_wait_for_a_bucket_that_comes_later(firehose, client, hydrant):
    create(firehose)
    put(firehose, b"early")
    hydrant.advance(3600)
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    hydrant.advance(600)
    assert list(objects(s3).values()) == [b"early"]


def test_buffered_records_survive_kill(firehose, client, hydrant, s3):
    create(firehose, **with_lambda())
    put(firehose, b"upper", b"two")
    hydrant.kill()
    hydrant.start()
    client("firehose").put_record(DeliveryStreamName="s", Record={"Data": b"three"})
    hydrant.advance(400)
    assert b"".join(objects(client("s3")).values()) == b"UPPERtwothree"
