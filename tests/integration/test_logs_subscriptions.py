"""CloudWatch Logs: subscription filters, from the put event to the function, the stream, the object."""

import base64
import gzip
import json
import sys

import pytest

from lambda_kit import ROLE as LAMBDA_ROLE, package
from logs_kit import HOUR, NO_GROUP, events, logs, messages, now, refused, stream

ROLE = "arn:aws:iam::000000000000:role/logs"
KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/k"
FIREHOSE = "arn:aws:firehose:us-east-1:000000000000:deliverystream/f"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:reader"
DESTINATION = "arn:aws:logs:us-east-1:000000000000:destination:d"
READER = """
import base64, gzip, json
def handler(event, context):
    print("GOT " + gzip.decompress(base64.b64decode(event["awslogs"]["data"])).decode())
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


def subscribe(logs, arn, pattern="", name="sub", **members):
    if ":lambda:" not in arn and ":logs:" not in arn:
        members.setdefault("roleArn", ROLE)
    logs.put_subscription_filter(
        logGroupName="/g", filterName=name, filterPattern=pattern, destinationArn=arn, **members)


def unpacked(data):
    return json.loads(gzip.decompress(data))


@pytest.fixture
def kinesis(client):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="k", ShardCount=1)
    return kinesis


def records(kinesis):
    """What the stream k has, in order."""
    iterator = kinesis.get_shard_iterator(
        StreamName="k", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    answer = kinesis.get_records(ShardIterator=iterator["ShardIterator"], Limit=1000)
    return [(r["PartitionKey"], unpacked(r["Data"])) for r in answer["Records"]]


def delivered(kinesis):
    """The messages of the stream k, without those that only check it."""
    return [event["message"] for _, document in records(kinesis)
            if document["messageType"] == "DATA_MESSAGE" for event in document["logEvents"]]


@pytest.fixture
def reader(client):
    functions = client("lambda")
    functions.create_function(
        FunctionName="reader", Runtime="python3.12", Handler="index.handler", Role=LAMBDA_ROLE,
        Code={"ZipFile": package(**{"index.py": READER})}, Timeout=30)
    return functions


def received(logs):
    """What the function was called with."""
    answer = logs.filter_log_events(logGroupName="/aws/lambda/reader", filterPattern="GOT")
    return [json.loads(message[4:]) for message in messages(answer)]


# ---- describing -----------------------------------------------------------------------------


def test_a_subscription_filter_is_described_as_it_was_put(logs, stream, kinesis, now):
    subscribe(logs, KINESIS, pattern="{ $.a = 1 }", distribution="Random")
    [found] = logs.describe_subscription_filters(logGroupName="/g")["subscriptionFilters"]
    assert abs(found.pop("creationTime") - now) < 60_000
    found.pop("applyOnTransformedLogs", None)
    assert found == {
        "filterName": "sub", "logGroupName": "/g", "filterPattern": "{ $.a = 1 }",
        "destinationArn": KINESIS, "roleArn": ROLE, "distribution": "Random"}
    subscribe(logs, KINESIS)
    [found] = logs.describe_subscription_filters(logGroupName="/g")["subscriptionFilters"]
    assert (found["filterPattern"], found["distribution"]) == ("", "ByLogStream")
    logs.delete_subscription_filter(logGroupName="/g", filterName="sub")
    assert logs.describe_subscription_filters(logGroupName="/g")["subscriptionFilters"] == []
    assert refused(logs.delete_subscription_filter, logGroupName="/g", filterName="sub") == (
        "ResourceNotFoundException", 400, "The specified subscription filter does not exist.")
    assert refused(logs.describe_subscription_filters, logGroupName="/h") == NO_GROUP


def test_a_group_has_two_subscription_filters_at_most(logs, stream, kinesis):
    subscribe(logs, KINESIS, name="a")
    subscribe(logs, KINESIS, name="b")
    subscribe(logs, KINESIS, name="b", pattern="other")
    with pytest.raises(logs.exceptions.LimitExceededException, match="Resource limit exceeded."):
        subscribe(logs, KINESIS, name="c")
    found = logs.describe_subscription_filters(logGroupName="/g", filterNamePrefix="b")
    assert [f["filterName"] for f in found["subscriptionFilters"]] == ["b"]
    first = logs.describe_subscription_filters(logGroupName="/g", limit=1)
    rest = logs.describe_subscription_filters(logGroupName="/g", nextToken=first["nextToken"])
    assert [f["filterName"] for f in first["subscriptionFilters"] + rest["subscriptionFilters"]] == [
        "a", "b"]
    assert "nextToken" not in rest


@pytest.mark.parametrize("arn, role, message", [
    (LAMBDA, None, "Could not execute the lambda function. Make sure you have given CloudWatch Logs "
                   "permission to execute your function."),
    (KINESIS, ROLE, "Could not deliver test message to specified Kinesis stream. Check if the given "
                    "kinesis stream is in ACTIVE state. "),
    (FIREHOSE, ROLE, "Could not deliver test message to specified Firehose stream. Check if the given "
                     "Firehose stream is in ACTIVE state. "),
    ("arn:aws:sqs:us-east-1:000000000000:q", None,
     "PutSubscriptionFilter operation cannot work with destinationArn for vendor sqs"),
    (LAMBDA, ROLE, "destinationArn for vendor lambda cannot be used with roleArn"),
])
def test_a_destination_that_cannot_be_used_is_refused(logs, stream, arn, role, message):
    members = {"roleArn": role} if role else {}
    assert refused(
        logs.put_subscription_filter, logGroupName="/g", filterName="x", filterPattern="",
        destinationArn=arn, **members) == ("InvalidParameterException", 400, message)
    assert logs.describe_subscription_filters(logGroupName="/g")["subscriptionFilters"] == []


def test_a_bad_pattern_makes_no_filter(logs, stream, kinesis):
    assert refused(
        logs.put_subscription_filter, logGroupName="/g", filterName="x", filterPattern="{",
        destinationArn=KINESIS, roleArn=ROLE)[2] == "Invalid filter pattern"


# ---- delivering -----------------------------------------------------------------------------


def test_a_function_gets_the_events_that_match_in_one_document(hydrant, logs, stream, reader, now):
    subscribe(logs, LAMBDA, pattern="ERROR")
    logs.put_log_events(**stream, logEvents=events((now, "ERROR a"), (now, "INFO"), (now + 1, "ERROR ä")))
    hydrant.advance(1)
    [document] = received(logs)
    ids = {e["message"]: e["eventId"]
           for e in logs.filter_log_events(logGroupName="/g")["events"]}
    assert document == {
        "messageType": "DATA_MESSAGE", "owner": "000000000000", "logGroup": "/g", "logStream": "s",
        "subscriptionFilters": ["sub"],
        "logEvents": [{"id": ids["ERROR a"], "timestamp": now, "message": "ERROR a"},
                      {"id": ids["ERROR ä"], "timestamp": now + 1, "message": "ERROR ä"}]}


def test_nothing_is_sent_when_nothing_matches(hydrant, logs, stream, kinesis, now):
    subscribe(logs, KINESIS, pattern="ERROR")
    logs.put_log_events(**stream, logEvents=events((now, "INFO")))
    hydrant.advance(1)
    assert delivered(kinesis) == []


def test_a_kinesis_stream_is_checked_and_then_gets_events_by_log_stream(hydrant, logs, stream, kinesis, now):
    logs.create_log_stream(logGroupName="/g", logStreamName="t")
    logs.put_log_events(**stream, logEvents=events((now, "before")))
    subscribe(logs, KINESIS)
    for name in ("s", "t", "s"):
        logs.put_log_events(logGroupName="/g", logStreamName=name, logEvents=events((now, name)))
    hydrant.advance(1)
    [check, *data] = records(kinesis)
    assert check[1] == {
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [], "logEvents": [
            {"id": "", "timestamp": check[1]["logEvents"][0]["timestamp"],
             "message": "CWL CONTROL MESSAGE: Checking health of destination Kinesis."}]}
    assert [document["logStream"] for _, document in data] == ["s", "t", "s"]
    keys = [key for key, _ in data]
    assert keys[0] == keys[2] != keys[1]


def test_a_delivery_stream_gets_events_and_unpacks_them(hydrant, client, logs, stream, now):
    s3, firehose = client("s3"), client("firehose")
    s3.create_bucket(Bucket="bucket")
    firehose.create_delivery_stream(DeliveryStreamName="f", ExtendedS3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::bucket", "ProcessingConfiguration": {
            "Enabled": True, "Processors": [
                {"Type": "Decompression", "Parameters": [
                    {"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]},
                {"Type": "CloudWatchLogProcessing", "Parameters": [
                    {"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}]}]}})
    subscribe(logs, FIREHOSE)
    logs.put_log_events(**stream, logEvents=events((now, "one"), (now, "two")))
    hydrant.advance(301)
    [entry] = s3.list_objects_v2(Bucket="bucket")["Contents"]
    assert s3.get_object(Bucket="bucket", Key=entry["Key"])["Body"].read() == b"one\ntwo\n"


def test_large_batches_arrive_whole_and_in_order(hydrant, logs, stream, kinesis, now):
    subscribe(logs, KINESIS, pattern="-skipped")
    lines = [f"{n} " + "x" * 700 for n in range(1000)]
    lines[500] = "skipped"
    logs.put_log_events(**stream, logEvents=events(*((now, line) for line in lines)))
    logs.put_log_events(**stream, logEvents=events((now, "y" * 1_000_000)))
    hydrant.advance(1)
    assert delivered(kinesis) == lines[:500] + lines[501:] + ["y" * 1_000_000]


def test_a_destination_gets_what_its_name_stands_for(hydrant, logs, stream, kinesis, now):
    made = logs.put_destination(destinationName="d", targetArn=KINESIS, roleArn=ROLE)["destination"]
    assert (made["arn"], made["targetArn"]) == (DESTINATION, KINESIS)
    subscribe(logs, DESTINATION)
    logs.put_log_events(**stream, logEvents=events((now, "x")))
    hydrant.advance(1)
    assert delivered(kinesis) == ["x"]


# ---- when it does not go well ---------------------------------------------------------------


def test_a_destination_that_is_gone_disables_its_filter_for_ten_minutes(hydrant, logs, stream, kinesis, now):
    subscribe(logs, KINESIS)
    hydrant.advance(1)
    kinesis.delete_stream(StreamName="k")
    logs.put_log_events(**stream, logEvents=events((now, "refused")))
    hydrant.advance(1)
    kinesis.create_stream(StreamName="k", ShardCount=1)
    logs.put_log_events(**stream, logEvents=events((now, "left out")))
    hydrant.advance(598)
    assert delivered(kinesis) == []
    hydrant.advance(2)
    logs.put_log_events(**stream, logEvents=events((now, "sent")))
    hydrant.advance(1)
    assert delivered(kinesis) == ["sent"]


def test_events_of_a_function_are_forwarded_too(hydrant, client, logs, kinesis, reader, stream):
    logs.create_log_group(logGroupName="/aws/lambda/reader")
    logs.put_subscription_filter(
        logGroupName="/aws/lambda/reader", filterName="x", filterPattern="REPORT",
        destinationArn=KINESIS, roleArn=ROLE)
    data = base64.b64encode(gzip.compress(b"{}")).decode()
    reader.invoke(FunctionName="reader", Payload=json.dumps({"awslogs": {"data": data}}))
    hydrant.advance(1)
    [message] = delivered(kinesis)
    assert message.startswith("REPORT RequestId: ")


def test_what_was_acknowledged_is_forwarded_after_a_crash(hydrant, logs, stream, kinesis, now):
    subscribe(logs, KINESIS)
    port = hydrant.port
    for n in range(20):
        logs.put_log_events(**stream, logEvents=events(*((now, f"{n}.{i}") for i in range(300))))
    hydrant.kill()
    hydrant.arguments = (*hydrant.arguments, "--port", str(port))
    hydrant.start()
    hydrant.advance(1)
    expected = [f"{n}.{i}" for n in range(20) for i in range(300)]
    found = delivered(kinesis)
    assert sorted(set(found)) == sorted(expected)
    seen = dict.fromkeys(found)  # first comings are in order; at most one portion came twice
    assert list(seen) == expected and len(found) - len(expected) <= 250


def test_a_deleted_filter_sends_nothing_more(hydrant, logs, stream, kinesis, now):
    subscribe(logs, KINESIS)
    hydrant.advance(1)
    logs.delete_subscription_filter(logGroupName="/g", filterName="sub")
    logs.put_log_events(**stream, logEvents=events((now, "x")))
    hydrant.advance(1)
    assert delivered(kinesis) == []
    logs.delete_log_group(logGroupName="/g")
    hydrant.advance(1)
    assert delivered(kinesis) == []
