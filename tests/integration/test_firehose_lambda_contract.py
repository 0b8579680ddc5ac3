"""What a transform is sent, what it may answer, and what becomes of answers that are wrong.

The function is Python source in a process, so that it can answer anything.
"""

import base64
import json
import re
import sys

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, ROLE, objects, processing, processor, put
from runtime_kit import create as create_function

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
STREAM_ARN = "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CHECK = ("Check your function and make sure the output is in required format. In addition to that, "
         "make sure the processed records contain valid result status of Dropped, Ok, or "
         "ProcessingFailed")
MISSING = ("One or more record Ids were not returned. Ensure that the Lambda function returns all "
           "received record Ids.")
DUPLICATED = ("Multiple records were returned with the same record Id. Ensure that the Lambda "
              "function returns a unique record Id for each record.")
NO_DATA = ("The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource "
           "and processing result is Ok. The value field cannot be null when the SourceType is "
           "MSKAsSource and processing result is Ok.")
PRELUDE = """
import base64, json, os, pathlib, tempfile
seen = pathlib.Path(tempfile.gettempdir()) / "seen"
def ok(record, data=None, **members):
    data = record["data"] if data is None else base64.b64encode(data).decode()
    return {"recordId": record["recordId"], "result": "Ok", "data": data, **members}
def handler(event, context):
    if not isinstance(event, dict) or "records" not in event:
        return seen.read_text().splitlines()
    with seen.open("a") as file:
        file.write(json.dumps(event) + "\\n")
    records = event["records"]
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


def function(functions, body, **members):
    """A handler that keeps its events and whose body sees `records`."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    create_function(functions, "f", "python3.12", "app.handler", {"app.py": PRELUDE + lines},
                    **members)


def stream(firehose, arn=ARN, source=None, **parameters):
    parameters = {"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60", **parameters}
    members = {}
    if source:
        members = {"DeliveryStreamType": "KinesisStreamAsSource",
                   "KinesisStreamSourceConfiguration": {"KinesisStreamARN": source, "RoleARN": ROLE}}
    firehose.create_delivery_stream(
        DeliveryStreamName="s", **members,
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": BUCKET_ARN, "Prefix": "ok/",
            "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60},
            **processing(processor("Lambda", LambdaArn=arn, **parameters))},
    )


def events(functions):
    answer = functions.invoke(FunctionName="f", Payload="{}")
    return [json.loads(line) for line in json.loads(answer["Payload"].read())]


def good(s3):
    return b"".join(body for key, body in objects(s3).items()
                    if not key.startswith("ok/processing-failed/"))


def failed(s3):
    """The lines of the error objects, in the order of the data."""
    lines = [json.loads(line) for key, body in objects(s3).items()
             if key.startswith("ok/processing-failed/") for line in body.splitlines()]
    return sorted(lines, key=lambda line: base64.b64decode(line["rawData"]))


# ---- the event ------------------------------------------------------------------------------


def test_an_event_of_direct_put_has_these_members_in_this_order(functions, firehose, s3, hydrant):
    function(functions, "return {'records': [ok(r) for r in records]}")
    stream(firehose)
    put_ids = [entry["RecordId"] for entry in put(firehose, b"one", b"\xff\x00")["RequestResponses"]]
    hydrant.advance(60)
    [event] = events(functions)
    assert list(event) == ["invocationId", "deliveryStreamArn", "region", "records"]
    assert re.fullmatch(UUID, event["invocationId"])
    assert (event["deliveryStreamArn"], event["region"]) == (STREAM_ARN, "us-east-1")
    one, two = event["records"]
    assert list(one) == ["recordId", "approximateArrivalTimestamp", "data"]
    assert (one["data"], two["data"]) == ("b25l", "/wA=")
    assert isinstance(one["approximateArrivalTimestamp"], int)
    assert len(str(one["approximateArrivalTimestamp"])) == 13
    assert one["recordId"] != two["recordId"]
    assert not {one["recordId"], two["recordId"]} & set(put_ids)


def test_an_event_of_a_kinesis_stream_says_where_its_records_come_from(
        functions, client, firehose, s3, hydrant):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="k", ShardCount=1)
    hydrant.advance(1)
    source = "arn:aws:kinesis:us-east-1:000000000000:stream/k"
    function(functions, "return {'records': [ok(r) for r in records]}")
    stream(firehose, source=source)
    put_answer = kinesis.put_record(StreamName="k", Data=b"one", PartitionKey="key")
    hydrant.advance(62)
    [event] = events(functions)
    assert list(event) == ["invocationId", "sourceKinesisStreamArn", "deliveryStreamArn", "region",
                           "records"]
    assert event["sourceKinesisStreamArn"] == source
    [record] = event["records"]
    assert list(record) == ["recordId", "approximateArrivalTimestamp", "data",
                            "kinesisRecordMetadata"]
    metadata = record["kinesisRecordMetadata"]
    assert list(metadata) == ["sequenceNumber", "subsequenceNumber", "partitionKey", "shardId",
                              "approximateArrivalTimestamp"]
    assert metadata == {
        "sequenceNumber": put_answer["SequenceNumber"], "subsequenceNumber": 0,
        "partitionKey": "key", "shardId": put_answer["ShardId"],
        "approximateArrivalTimestamp": record["approximateArrivalTimestamp"],
    }


def test_every_attempt_has_a_new_invocation_id_and_the_same_record_ids(
        functions, firehose, s3, hydrant):
    function(functions, "raise ValueError('never')")
    stream(firehose)
    put(firehose, b"one", b"two")
    hydrant.advance(300)
    attempts = events(functions)
    assert len(attempts) == 4
    assert len({event["invocationId"] for event in attempts}) == 4
    ids = [[record["recordId"] for record in event["records"]] for event in attempts]
    assert ids == [ids[0]] * 4


def test_the_function_is_invoked_by_the_arn_as_configured(functions, firehose, s3, hydrant):
    function(functions, "return {'records': [dict(ok(r), result='ProcessingFailed') for r in records]}")
    stream(firehose, arn=ARN + ":$LATEST")
    put(firehose, b"one")
    hydrant.advance(120)
    [line] = failed(s3)
    assert line["lambdaARN"] == ARN + ":$LATEST"


# ---- results --------------------------------------------------------------------------------


def test_ok_delivers_the_decoded_data_whatever_its_length_and_the_order(
        functions, firehose, s3, hydrant):
    function(functions, """
out = [ok(r, base64.b64decode(r["data"]) * 3 + b"\\n") for r in records]
return {"records": out[::-1], "more": 1}""")
    stream(firehose)
    put(firehose, b"a", b"b", b"c")
    hydrant.advance(120)
    assert sorted(good(s3).split(b"\n")) == [b"", b"aaa", b"bbb", b"ccc"]
    assert failed(s3) == []


def test_dropped_records_are_nowhere_and_count_as_success(functions, client, firehose, s3, hydrant):
    function(functions, "return {'records': [dict(ok(r), result='Dropped') for r in records]}")
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(120)
    assert objects(s3) == {}


def test_a_failed_record_goes_to_the_errors_as_it_was_and_the_rest_is_delivered(
        functions, firehose, s3, hydrant):
    function(functions, """
return {"records": [dict(ok(r, b"changed"), result="ProcessingFailed" if n == 1 else "Ok")
                    for n, r in enumerate(records)]}""")
    stream(firehose)
    put(firehose, b"a", b"b", b"c")
    hydrant.advance(120)
    assert good(s3) == b"changedchanged"
    [line] = failed(s3)
    assert (base64.b64decode(line["rawData"]), line["errorCode"], line["errorMessage"],
            line["attemptsMade"]) == (
        b"b", "Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record", 1)


def test_ids_that_were_not_sent_are_ignored(functions, firehose, s3, hydrant):
    function(functions, """
out = [ok(r) for r in records]
return {"records": out + [{"recordId": "x", "result": "Ok", "data": "eA=="}]}""")
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(120)
    assert (good(s3), failed(s3)) == (b"ab", [])


@pytest.mark.parametrize("body, code, message", [
    ("return {'records': [ok(records[0])]}", "Lambda.MissingRecordId", MISSING),
    ("return {'records': [ok(records[0]), ok(records[1]), ok(records[1])]}",
     "Lambda.DuplicatedRecordId", DUPLICATED),
    ("second = ok(records[1])\ndel second['data']\nreturn {'records': [ok(records[0]), second]}",
     "Lambda.InvalidReturnFormat", NO_DATA),
])
def test_a_record_that_was_answered_wrongly_fails_alone_and_is_not_retried(
        functions, firehose, s3, hydrant, body, code, message):
    function(functions, body)
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    assert good(s3) == b"a"
    [line] = failed(s3)
    assert (base64.b64decode(line["rawData"]), line["errorCode"], line["errorMessage"],
            line["attemptsMade"]) == (b"b", code, message, 1)
    assert len(events(functions)) == 1


@pytest.mark.parametrize("body", [
    "return {'records': [dict(ok(r), result='ok') for r in records]}",
    "return {'records': [dict(ok(r), data='no base64!') for r in records]}",
])
def test_an_unknown_result_or_data_that_is_no_base64_is_a_function_error(
        functions, firehose, s3, hydrant, body):
    function(functions, body)
    stream(firehose)
    put(firehose, b"a")
    hydrant.advance(300)
    assert good(s3) == b""
    [line] = failed(s3)
    assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
        "Lambda.FunctionError", CHECK, 1)


@pytest.mark.parametrize("body", ["return {}", "return []", "return 'text'", "return None"])
def test_an_answer_without_records_fails_the_whole_batch_without_a_retry(
        functions, firehose, s3, hydrant, body):
    function(functions, body)
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    assert good(s3) == b""
    lines = failed(s3)
    assert [base64.b64decode(line["rawData"]) for line in lines] == [b"a", b"b"]
    assert all(line["errorCode"].startswith("Lambda.") for line in lines)
    assert len(events(functions)) == 1


def test_a_nul_in_an_answer_does_no_harm_to_the_batch(functions, firehose, s3, hydrant):
    function(functions, """
return {"note": "\\\\u0000", "records": [dict(ok(r), note="a\\x00b") for r in records]}""")
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.flush("s")
    assert list(objects(s3).values()) == [b"ab"]


def test_an_answer_beyond_six_megabytes_is_a_function_error_that_is_retried(
        functions, firehose, s3, hydrant):
    function(functions, "return {'records': [ok(r, b'x' * 4800000) for r in records]}")
    stream(firehose, NumberOfRetries="1")
    put(firehose, b"a")
    hydrant.advance(300)
    [line] = failed(s3)
    assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
        "Lambda.FunctionError",
        "The Lambda function was successfully invoked but it returned an error result.", 2)


# ---- invocations that fail ------------------------------------------------------------------


def test_a_function_error_is_retried_and_the_batch_fails_as_a_whole(
        functions, firehose, s3, hydrant):
    function(functions, "raise ValueError('no')")
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    lines = failed(s3)
    assert [base64.b64decode(line["rawData"]) for line in lines] == [b"a", b"b"]
    for line in lines:
        assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
            "Lambda.FunctionError",
            "The Lambda function was successfully invoked but it returned an error result.", 4)


def test_three_retries_take_between_15_and_35_seconds(functions, firehose, s3, hydrant):
    function(functions, "raise ValueError('no')")
    stream(firehose)
    put(firehose, b"a")
    hydrant.advance(300)
    [line] = failed(s3)
    assert 75000 <= line["attemptEndingTimestamp"] - line["arrivalTimestamp"] <= 95300


def test_no_retries_are_made_when_none_are_wanted(functions, firehose, s3, hydrant):
    function(functions, "raise ValueError('no')")
    stream(firehose, NumberOfRetries="0")
    put(firehose, b"a")
    hydrant.advance(120)
    assert [line["attemptsMade"] for line in failed(s3)] == [1]


def test_a_time_out_has_its_own_code(functions, firehose, s3, hydrant):
    function(functions, "import time\ntime.sleep(30)", Timeout=1)
    stream(firehose, NumberOfRetries="1")
    put(firehose, b"a")
    hydrant.advance(300)
    [line] = failed(s3)
    assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
        "Lambda.FunctionTimedOut",
        "The Lambda function invocation timed out. Increase the Timeout setting in the Lambda"
        " function.", 2)


def test_a_function_that_does_not_exist_has_its_own_code(firehose, s3, hydrant):
    stream(firehose)
    put(firehose, b"a")
    hydrant.advance(300)
    [line] = failed(s3)
    assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
        "Lambda.ResourceNotFound",
        "The specified Lambda function does not exist. Use a different function that does exist.",
        4)


def test_a_throttled_function_has_its_own_code(functions, firehose, s3, hydrant):
    function(functions, "return {}")
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    stream(firehose)
    put(firehose, b"a")
    hydrant.advance(300)
    [line] = failed(s3)
    assert (line["errorCode"], line["errorMessage"], line["attemptsMade"]) == (
        "Lambda.InvokeLimitExceeded",
        "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution"
        " limit.", 4)


def test_a_function_that_recovers_delivers_the_batch(functions, firehose, s3, hydrant):
    function(functions, """
if len(seen.read_text().splitlines()) < 3: raise ValueError("not yet")
return {"records": [ok(r) for r in records]}""")
    stream(firehose)
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    assert (good(s3), failed(s3)) == (b"ab", [])


# ---- error objects --------------------------------------------------------------------------


def test_an_error_line_has_these_members_in_this_order_byte_for_byte(
        functions, firehose, s3, hydrant):
    function(functions, "return {'records': [dict(ok(r), result='ProcessingFailed') for r in records]}")
    stream(firehose)
    put(firehose, b"FAIL this one\n", b"")
    hydrant.advance(120)
    [event] = events(functions)
    arrival = event["records"][0]["approximateArrivalTimestamp"]
    [(key, body)] = objects(s3).items()
    ended = json.loads(body.splitlines()[0])["attemptEndingTimestamp"]
    assert 60000 <= ended - arrival < 61000
    assert body == b"".join(
        b'{"rawData":"%s","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":'
        b'"ProcessingFailed status set for record","attemptsMade":1,"arrivalTimestamp":%d,'
        b'"attemptEndingTimestamp":%d,"lambdaARN":"%s"}\n'
        % (data, arrival, ended, ARN.encode()) for data in (b"RkFJTCB0aGlzIG9uZQo=", b""))
    assert re.fullmatch(
        r"ok/processing-failed/\d{4}/\d\d/\d\d/\d\d/s-1-\d{4}(-\d\d){5}-" + UUID, key)
    head = s3.head_object(Bucket="bucket", Key=key)
    assert head["ContentType"] == "application/octet-stream"
    assert head["Metadata"] == {}


def test_replaying_a_failed_record_is_putting_its_raw_data_again(functions, firehose, s3, hydrant):
    function(functions, """
again = len(seen.read_text().splitlines()) > 1
return {"records": [dict(ok(r), result="Ok" if again else "ProcessingFailed") for r in records]}""")
    stream(firehose)
    put(firehose, b"\x00once\xff")
    hydrant.advance(120)
    [line] = failed(s3)
    put(firehose, base64.b64decode(line["rawData"]))
    hydrant.advance(120)
    assert good(s3) == b"\x00once\xff"


# ---- the log --------------------------------------------------------------------------------


def test_failed_invocations_are_logged_and_failed_records_are_not(
        functions, client, firehose, s3, hydrant):
    function(functions, """
if len(seen.read_text().splitlines()) == 1:
    return {"records": [dict(ok(r), result="ProcessingFailed") for r in records]}
raise ValueError("no")""")
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="S3Delivery")
    stream(firehose, NumberOfRetries="0")
    firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"CloudWatchLoggingOptions": {
            "Enabled": True, "LogGroupName": "g", "LogStreamName": "S3Delivery"}})
    put(firehose, b"a")
    hydrant.advance(120)
    assert logs.get_log_events(logGroupName="g", logStreamName="S3Delivery")["events"] == []
    put(firehose, b"b")
    hydrant.advance(120)
    [event] = logs.get_log_events(logGroupName="g", logStreamName="S3Delivery")["events"]
    logged = json.loads(event["message"])
    assert logged["deliveryStreamARN"] == STREAM_ARN
    assert logged["deliveryStreamVersionId"] == 2
    assert logged["errorCode"] == "Lambda.FunctionError"
    assert logged["message"] == ("The Lambda function was successfully invoked but it returned an"
                                 " error result.")
