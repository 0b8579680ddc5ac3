"""Event source mappings: the API, and streams read for functions on the virtual clock."""

import base64
import io
import json
import sys
import zipfile

import pytest

from lambda_kit import ARN, create, refused

STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/in"
MAPPING = "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:"

PROGRAM = '''
import base64, json, os

def handler(event, context):
    print("EVENT " + json.dumps(event))
    datas = [base64.b64decode(r["kinesis"]["data"]).decode() for r in event["Records"]
             if "kinesis" in r]
    if "poison" in datas and os.environ.get("REPORT"):
        bad = event["Records"][datas.index("poison")]["kinesis"]["sequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": bad}]}
    if "poison" in datas:
        raise Exception("poison")
    return {}
'''


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


@pytest.fixture
def kinesis(client):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="in", ShardCount=1)
    return kinesis


def program(functions, name="f", **members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("app.py", PROGRAM)
    return create(functions, name, Runtime="python3.12", Handler="app.handler",
                  Code={"ZipFile": out.getvalue()}, **members)


def map_stream(functions, name="f", source=STREAM, **members):
    members = {"StartingPosition": "TRIM_HORIZON", **members}
    return functions.create_event_source_mapping(FunctionName=name, EventSourceArn=source,
                                                 **members)


def put(kinesis, *texts, key="k", stream="in"):
    kinesis.put_records(StreamName=stream, Records=[
        {"Data": text.encode(), "PartitionKey": key} for text in texts])


def events(client, name="f"):
    """The events the function was called with, in order."""
    logs = client("logs")
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}",
                                       filterPattern="EVENT")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [json.loads(e["message"].split("EVENT ", 1)[1]) for e in found]


def batches(client, name="f"):
    return [[base64.b64decode(r["kinesis"]["data"]).decode() for r in e["Records"]]
            for e in events(client, name)]


def result(functions, mapping):
    return functions.get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"]


# ---- the API


def test_a_mapping_is_made_with_its_defaults_and_then_enabled(functions, kinesis):
    program(functions)
    made = map_stream(functions)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert made["LastModified"].year >= 2024
    for member in ("ResponseMetadata", "LastModified"):
        made.pop(member)
    uuid = made["UUID"]
    assert made == {
        "UUID": uuid, "EventSourceMappingArn": MAPPING + uuid, "EventSourceArn": STREAM,
        "FunctionArn": ARN + "f", "BatchSize": 100, "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}}, "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed", "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1, "MaximumRetryAttempts": -1, "ParallelizationFactor": 1,
        "StartingPosition": "TRIM_HORIZON", "State": "Creating",
        "StateTransitionReason": "User action", "TumblingWindowInSeconds": 0}
    got = functions.get_event_source_mapping(UUID=uuid)
    for member in ("ResponseMetadata", "LastModified"):
        got.pop(member)
    assert got == {**made, "State": "Enabled"}


def test_a_mapping_is_updated_and_deleted(functions, kinesis):
    program(functions)
    uuid = map_stream(functions)["UUID"]
    updated = functions.update_event_source_mapping(UUID=uuid, BatchSize=7, Enabled=False)
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert updated["State"] == "Disabling"
    got = functions.get_event_source_mapping(UUID=uuid)
    assert (got["State"], got["BatchSize"]) == ("Disabled", 7)
    gone = functions.delete_event_source_mapping(UUID=uuid)
    assert (gone["ResponseMetadata"]["HTTPStatusCode"], gone["State"]) == (202, "Deleting")
    missing = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(functions.get_event_source_mapping, UUID=uuid) == missing
    assert refused(functions.update_event_source_mapping, UUID=uuid, BatchSize=1) == missing
    assert refused(functions.delete_event_source_mapping, UUID=uuid) == missing


def test_mappings_are_listed_by_function_and_source_and_in_pages(functions, kinesis):
    kinesis.create_stream(StreamName="other", ShardCount=1)
    other = STREAM.replace("stream/in", "stream/other")
    for name in ("f", "g"):
        program(functions, name)
        map_stream(functions, name)
    map_stream(functions, "f", other)

    def listed(**members):
        pages = functions.get_paginator("list_event_source_mappings").paginate(
            PaginationConfig={"PageSize": 1}, **members)
        return [(m["FunctionArn"], m["EventSourceArn"])
                for page in pages for m in page["EventSourceMappings"]]

    assert listed() == [(ARN + "f", STREAM), (ARN + "g", STREAM), (ARN + "f", other)]
    assert listed(FunctionName="f") == [(ARN + "f", STREAM), (ARN + "f", other)]
    assert listed(FunctionName=ARN + "g") == [(ARN + "g", STREAM)]
    assert listed(EventSourceArn=other) == [(ARN + "f", other)]


def test_mappings_that_cannot_be_are_refused_in_awss_words(functions, kinesis):
    program(functions)
    parameter = (400, "InvalidParameterValueException")
    assert refused(functions.create_event_source_mapping, FunctionName="f",
                   EventSourceArn=STREAM) == (
        *parameter, "1 validation error detected: Value null at 'startingPosition' failed to "
        "satisfy constraint: Member must not be null.")
    assert refused(functions.create_event_source_mapping, FunctionName="f") == (
        *parameter, "Unrecognized event source.")
    assert refused(map_stream, functions, "nobody") == (*parameter, "Function does not exist")
    table = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-23T08:20:07.084"
    assert refused(map_stream, functions, source=table, StartingPosition="AT_TIMESTAMP",
                   StartingPositionTimestamp=1) == (
        *parameter, f"Unsupported starting position for arn type: {table}")
    assert refused(map_stream, functions, source=STREAM + "none")[:2] == parameter
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []


@pytest.mark.parametrize("members,named", [
    ({"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}}, "FilterCriteria"),
    ({"ParallelizationFactor": 2}, "ParallelizationFactor"),
    ({"TumblingWindowInSeconds": 2}, "TumblingWindowInSeconds"),
    ({"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}},
     "DestinationConfig"),
    ({"EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:q"}, "arn:aws:sqs"),
])
def test_what_is_not_supported_is_refused_by_name(functions, kinesis, members, named):
    program(functions)
    members = {"FunctionName": "f", "EventSourceArn": STREAM, "StartingPosition": "LATEST",
               **members}
    status, code, message = refused(functions.create_event_source_mapping, **members)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert named in message


def test_a_stream_is_mapped_to_a_function_once(functions, kinesis):
    program(functions)
    uuid = map_stream(functions)["UUID"]
    status, code, message = refused(map_stream, functions)
    assert (status, code) == (409, "ResourceConflictException")
    assert uuid in message


def test_a_mapping_outlives_its_function_and_has_tags(functions, kinesis):
    program(functions)
    made = map_stream(functions, Tags={"team": "x"})
    arn = made["EventSourceMappingArn"]
    functions.tag_resource(Resource=arn, Tags={"a": "b"})
    assert functions.list_tags(Resource=arn)["Tags"] == {"team": "x", "a": "b"}
    functions.untag_resource(Resource=arn, TagKeys=["team"])
    functions.delete_function(FunctionName="f")
    assert functions.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled"
    assert functions.list_tags(Resource=arn)["Tags"] == {"a": "b"}
    functions.delete_event_source_mapping(UUID=made["UUID"])
    assert refused(functions.list_tags, Resource=arn)[:2] == (404, "ResourceNotFoundException")


# ---- reading Kinesis


def test_records_are_handed_over_as_aws_hands_them(functions, kinesis, client, hydrant):
    program(functions)
    mapping = map_stream(functions)
    answer = kinesis.put_record(StreamName="in", Data=b"hello", PartitionKey="p")
    hydrant.advance(2)
    (event,) = events(client)
    (record,) = event["Records"]
    assert isinstance(record["kinesis"].pop("approximateArrivalTimestamp"), float)
    assert record.pop("invokeIdentityArn").startswith("arn:aws:iam::000000000000:")
    assert record == {
        "kinesis": {"kinesisSchemaVersion": "1.0", "partitionKey": "p", "data": "aGVsbG8=",
                    "sequenceNumber": answer["SequenceNumber"]},
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record",
        "eventID": answer["ShardId"] + ":" + answer["SequenceNumber"],
        "awsRegion": "us-east-1", "eventSourceARN": STREAM}
    assert result(functions, mapping) == "OK"


def test_records_come_in_order_in_batches_and_each_once(functions, kinesis, client, hydrant):
    program(functions)
    put(kinesis, *"abcde")
    map_stream(functions, BatchSize=2)
    hydrant.advance(10)
    assert batches(client) == [["a", "b"], ["c", "d"], ["e"]]
    put(kinesis, "f")
    hydrant.advance(10)
    assert batches(client)[3:] == [["f"]]
    hydrant.advance(24 * 3600)
    assert len(batches(client)) == 4


def test_a_mapping_begins_where_it_is_told_to(functions, kinesis, client, hydrant):
    put(kinesis, "old")
    hydrant.advance(100)
    middle = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"] / 1000
    hydrant.advance(100)
    put(kinesis, "new")
    for name, members in (("all", {}), ("latest", {"StartingPosition": "LATEST"}),
                          ("at", {"StartingPosition": "AT_TIMESTAMP",
                                  "StartingPositionTimestamp": middle})):
        program(functions, name)
        map_stream(functions, name, **members)
    hydrant.advance(2)
    put(kinesis, "newest")
    hydrant.advance(2)
    assert [sum(batches(client, name), []) for name in ("all", "latest", "at")] == [
        ["old", "new", "newest"], ["newest"], ["new", "newest"]]


def test_every_shard_is_read(functions, client, hydrant):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="in", ShardCount=4)
    program(functions)
    map_stream(functions)
    for n in range(20):
        put(kinesis, str(n), key=str(n))
    hydrant.advance(10)
    assert sorted(sum(batches(client), []), key=int) == [str(n) for n in range(20)]


def test_a_window_collects_until_the_batch_is_full_or_the_time_is_up(functions, kinesis, client,
                                                                     hydrant):
    program(functions)
    map_stream(functions, BatchSize=3, MaximumBatchingWindowInSeconds=60)
    put(kinesis, "a", "b")
    hydrant.advance(30)
    assert batches(client) == []
    hydrant.advance(31)
    assert batches(client) == [["a", "b"]]
    put(kinesis, "c", "d", "e")
    hydrant.advance(5)
    assert batches(client)[1:] == [["c", "d", "e"]]


def test_a_batch_that_fails_holds_its_shard_until_it_is_given_up(functions, kinesis, client,
                                                                hydrant):
    program(functions)
    mapping = map_stream(functions, MaximumRetryAttempts=2, BatchSize=1)
    put(kinesis, "poison", "good")
    hydrant.advance(1)
    assert result(functions, mapping) == "PROBLEM: Function call failed"
    hydrant.advance(60)
    assert batches(client) == [["poison"]] * 3 + [["good"]]
    assert result(functions, mapping) == "OK"


def test_a_failing_batch_is_tried_until_its_records_are_too_old(functions, kinesis, client,
                                                               hydrant):
    program(functions)
    map_stream(functions, MaximumRecordAgeInSeconds=120)
    put(kinesis, "poison")
    hydrant.advance(600)
    tried = len(batches(client))
    assert 5 <= tried <= 10
    put(kinesis, "good")
    hydrant.advance(60)
    assert batches(client)[tried:] == [["good"]]


def test_a_failing_batch_is_halved_down_to_the_record_that_fails(functions, kinesis, client,
                                                                hydrant):
    program(functions)
    map_stream(functions, MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)
    put(kinesis, "a", "b", "poison", "c")
    hydrant.advance(120)
    seen = batches(client)
    assert seen[0] == ["a", "b", "poison", "c"]
    assert seen[1] == ["a", "b"]
    assert ["poison"] in seen and ["c"] in seen
    put(kinesis, "next")
    hydrant.advance(60)
    assert batches(client)[-1] == ["next"]


def test_only_what_the_function_reports_as_failed_is_tried_again(functions, kinesis, client,
                                                                hydrant):
    program(functions, Environment={"Variables": {"REPORT": "1"}})
    map_stream(functions, MaximumRetryAttempts=1,
               FunctionResponseTypes=["ReportBatchItemFailures"])
    put(kinesis, "a", "b", "poison", "c")
    hydrant.advance(120)
    assert batches(client) == [["a", "b", "poison", "c"], ["poison", "c"]]


def test_a_disabled_mapping_reads_nothing_until_it_is_enabled(functions, kinesis, client, hydrant):
    program(functions)
    mapping = map_stream(functions, Enabled=False)
    put(kinesis, "a")
    hydrant.advance(60)
    assert batches(client) == []
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    hydrant.advance(5)
    assert batches(client) == [["a"]]


def test_positions_survive_a_crash(functions, kinesis, client, hydrant):
    program(functions)
    map_stream(functions)
    put(kinesis, "a")
    hydrant.advance(2)
    assert batches(client) == [["a"]]
    put(kinesis, "b")
    hydrant.kill()
    hydrant.start()
    hydrant.advance(10)
    assert batches(client) == [["a"], ["b"]]


def test_a_throttled_function_gets_its_records_later(functions, kinesis, client, hydrant):
    program(functions)
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    map_stream(functions)
    put(kinesis, "a")
    hydrant.advance(60)
    assert batches(client) == []
    functions.delete_function_concurrency(FunctionName="f")
    hydrant.advance(60)
    assert batches(client) == [["a"]]


# ---- reading DynamoDB streams


def test_changes_of_a_table_are_handed_over(functions, client, hydrant):
    dynamodb = client("dynamodb")
    table = dynamodb.create_table(
        TableName="things", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    arn = table["TableDescription"]["LatestStreamArn"]
    program(functions)
    map_stream(functions, source=arn)
    one = {"id": {"S": "1"}, "n": {"N": "1"}}
    two = {"id": {"S": "1"}, "n": {"N": "2"}}
    dynamodb.put_item(TableName="things", Item=one)
    dynamodb.put_item(TableName="things", Item=two)
    dynamodb.delete_item(TableName="things", Key={"id": {"S": "1"}})
    hydrant.advance(2)
    records = [r for e in events(client) for r in e["Records"]]
    assert [(r["eventName"], r["dynamodb"]["Keys"], r["dynamodb"].get("OldImage"),
             r["dynamodb"].get("NewImage")) for r in records] == [
        ("INSERT", {"id": {"S": "1"}}, None, one),
        ("MODIFY", {"id": {"S": "1"}}, one, two),
        ("REMOVE", {"id": {"S": "1"}}, two, None)]
    numbers = [r["dynamodb"]["SequenceNumber"] for r in records]
    assert numbers == sorted(numbers) and len(set(numbers)) == 3
    first = records[0]
    assert (first["eventSource"], first["eventVersion"], first["awsRegion"],
            first["eventSourceARN"], first["dynamodb"]["StreamViewType"]) == (
        "aws:dynamodb", "1.1", "us-east-1", arn, "NEW_AND_OLD_IMAGES")
    assert len(first["eventID"]) == 32
    assert first["dynamodb"]["SizeBytes"] > 0
