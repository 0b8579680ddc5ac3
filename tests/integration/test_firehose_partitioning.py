"""Dynamic partitioning: keys from jq and from the function, a buffer for each partition."""

import base64
import json
import os
import pathlib
import re

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    LAMBDA, MIB, create, destination, objects, processing, processor, put, refused, update,
)

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
ERRORS = "errors/!{firehose:error-output-type}/"
HINTS = {"SizeInMBs": 64, "IntervalInSeconds": 60}
FUNCTION = processor("Lambda", LambdaArn=LAMBDA)
NEWLINES = processor("AppendDelimiterToRecord")
ON = {"DynamicPartitioningConfiguration": {"Enabled": True}}


def query(program):
    return processor("MetadataExtraction", MetadataExtractionQuery=program,
                     JsonParsingEngine="JQ-1.6")


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def partitioned(firehose, *processors, prefix="!{partitionKeyFromQuery:c}/", **members):
    chain = processors or (query("{c:.c}"), NEWLINES)
    return create(firehose, **{
        "Prefix": prefix, "ErrorOutputPrefix": ERRORS, "BufferingHints": HINTS, **ON,
        **processing(*chain), **members,
    })


def record(c, **more):
    return json.dumps({"c": c, **more}).encode()


def folders(s3):
    """Bodies by what stands before the name of the stream."""
    found = {}
    for key, body in objects(s3).items():
        found.setdefault(re.sub(r"s-\d+-[0-9-]+-[0-9a-f-]{36}.*$", "", key), []).append(body)
    return found


def failures(s3):
    return [
        json.loads(line)
        for key, body in objects(s3).items() if key.startswith("errors/processing-failed/")
        for line in body.splitlines()
    ]


def test_records_are_grouped_by_their_keys(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, record("a", n=1), record("b", n=2), record("a", n=3))
    put(firehose, record("b", n=4))
    hydrant.advance(60)
    assert folders(s3) == {
        "a/": [record("a", n=1) + b"\n" + record("a", n=3)],
        "b/": [record("b", n=2) + b"\n" + record("b", n=4)],
    }


def test_a_query_may_give_several_keys_and_call_functions(firehose, s3, hydrant):
    partitioned(
        firehose, query('{customer: .customer_id, year: .ts|strftime("%Y")}'),
        prefix="customer=!{partitionKeyFromQuery:customer}/year=!{partitionKeyFromQuery:year}/",
    )
    data = json.dumps({"customer_id": 7, "ts": 1565382027}).encode()
    put(firehose, data)
    hydrant.advance(60)
    assert folders(s3) == {"customer=7/year=2019/": [data]}


def test_keys_may_come_from_the_function(firehose, s3, hydrant):
    partitioned(firehose, FUNCTION, NEWLINES, prefix="w=!{partitionKeyFromLambda:word}/")
    put(firehose, b"part red", b"part blue", b"part red")
    hydrant.advance(60)
    hydrant.advance(60)
    assert folders(s3) == {"w=red/": [b"part red\npart red"], "w=blue/": [b"part blue"]}


def test_the_query_sees_what_the_function_gave(firehose, s3, hydrant):
    partitioned(firehose, FUNCTION, query("{c:.c}"), NEWLINES)
    put(firehose, record("upper"), b"part no json")
    hydrant.advance(60)
    hydrant.advance(60)
    assert folders(s3)["upper/"] == [record("upper")]
    [line] = failures(s3)
    assert base64.b64decode(line["rawData"]) == b"part no json"


def test_a_slow_query_does_not_change_the_order_of_the_records(firehose, s3, hydrant):
    partitioned(firehose, query(
        '{c: (if .slow then (reduce range(300000) as $n (0; . + 1)) else 1 end | "k")}'), NEWLINES)
    put(firehose, record("first", slow=True))
    put(firehose, record("second", slow=False))
    hydrant.advance(60)
    assert folders(s3) == {"k/": [record("first", slow=True) + b"\n" + record("second", slow=False)]}


def test_other_expressions_may_stand_beside_partition_keys(firehose, s3, hydrant):
    partitioned(firehose, prefix="!{timestamp:yyyy}/!{partitionKeyFromQuery:c}/"
                                 "!{firehose:random-string}/")
    put(firehose, record("a"))
    hydrant.advance(60)
    [key] = objects(s3)
    assert re.match(r"\d{4}/a/[0-9A-Za-z]{11}/s-1-", key)


def test_sub_records_are_partitioned_one_by_one(firehose, s3, hydrant):
    split = processor("RecordDeAggregation", SubRecordType="JSON")
    partitioned(firehose, split, query("{c:.c}"), NEWLINES)
    put(firehose, record("a") + record("b") + record("a"))
    hydrant.advance(60)
    assert folders(s3) == {"a/": [record("a") + b"\n" + record("a")], "b/": [record("b")]}


def test_each_partition_has_an_interval_of_its_own(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, record("a"))
    hydrant.advance(30)
    put(firehose, record("b"))
    hydrant.advance(30)
    assert list(folders(s3)) == ["a/"]
    hydrant.advance(30)
    assert list(folders(s3)) == ["a/", "b/"]


def test_each_partition_has_a_size_of_its_own(firehose, s3, hydrant):
    partitioned(firehose, BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 900})
    put(firehose, record("b"))
    big = [record("a", x="x" * (1000 * 1000)) for _ in range(4)]
    for _ in range(64 * MIB // (4 * len(big[0])) + 1):
        put(firehose, *big)
    hydrant.advance(1)
    assert list(folders(s3)) == ["a/"]


@pytest.mark.parametrize("data", [
    b"no json", b"{}", b'{"c":null}', b'{"c":""}', b'{"c":["x"]}', b'{"c":"x"} {"c":"y"}', b"",
    json.dumps({"c": "x" * 600}).encode(),
])
def test_a_record_without_its_keys_goes_to_the_errors(firehose, s3, hydrant, data):
    partitioned(firehose)
    put(firehose, data, record("good"))
    hydrant.advance(60)
    [line] = failures(s3)
    assert line["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
    assert base64.b64decode(line["rawData"]) == data
    assert line["attemptsMade"] == 1
    assert "lambdaARN" not in line
    assert folders(s3)["good/"] == [record("good")]


def test_null_and_empty_values_have_aws_s_message(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, b'{"c":null}', b'{"c":""}')
    hydrant.advance(60)
    assert [line["errorMessage"] for line in failures(s3)] == (
        ["partitionKeys values must not be null or empty"] * 2
    )


def test_a_key_the_function_did_not_give_is_an_error(firehose, s3, hydrant):
    partitioned(firehose, FUNCTION, prefix="!{partitionKeyFromLambda:word}/")
    put(firehose, b"other", b"part ", b"part x")
    hydrant.advance(60)
    hydrant.advance(60)
    assert sorted(base64.b64decode(line["rawData"]) for line in failures(s3)) == [
        b"other", b"part ",
    ]
    assert folders(s3)["x/"] == [b"part x"]


@pytest.mark.parametrize("value", [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80"])
def test_a_key_that_is_not_utf8_is_an_error(firehose, s3, hydrant, value):
    partitioned(firehose, FUNCTION, prefix="!{partitionKeyFromLambda:word}/")
    put(firehose, b"part " + value, b"part ok")
    hydrant.flush("s")
    assert folders(s3)["ok/"] == [b"part ok"]
    [line] = failures(s3)
    assert line["errorMessage"] == "partitionKeys values must be UTF-8"
    assert base64.b64decode(line["rawData"]) == b"part " + value


def test_there_are_500_active_partitions_at_most(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, *[record(f"k{n:03}") for n in range(500)])
    put(firehose, record("k007"), record("one too many"))
    hydrant.advance(60)
    found = folders(s3)
    assert len([folder for folder in found if folder.startswith("k")]) == 500
    [line] = failures(s3)
    assert line["errorCode"] == "DynamicPartitioning.ActivePartitionsLimitExceeded"
    assert base64.b64decode(line["rawData"]) == record("one too many")
    assert b"".join(found["k007/"]) == record("k007") + b"\n" + record("k007")
    put(firehose, record("one too many"))  # the others are delivered and gone
    hydrant.advance(60)
    assert folders(s3)["one too many/"] == [record("one too many")]


def test_a_partition_comes_again_and_again(firehose, s3, hydrant):
    partitioned(firehose)
    for n in range(5):
        put(firehose, record("a", n=n), record(f"b{n}"))
        hydrant.advance(60)
    assert sorted(folders(s3)["a/"]) == [record("a", n=n) for n in range(5)]


def test_a_flush_delivers_every_partition(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, record("a"), record("b"), b"bad")
    answer = hydrant.flush("s")
    assert (answer["objects"], answer["delivered_records"], answer["failed_records"]) == (3, 2, 1)
    assert answer["waiting_records"] == 0


def test_a_restart_keeps_partitions_and_their_records(firehose, client, s3, hydrant):
    partitioned(firehose)
    put(firehose, record("a", n=1), record("b"))
    hydrant.advance(30)
    hydrant.kill()
    hydrant.start()
    put(client("firehose"), record("a", n=2))
    hydrant.advance(60)
    hydrant.advance(60)
    found = folders(client("s3"))
    assert b"\n".join(found["a/"]) == record("a", n=1) + b"\n" + record("a", n=2)
    assert found["b/"] == [record("b")]


def test_a_missing_bucket_makes_partitions_wait(firehose, client, hydrant):
    partitioned(firehose)
    put(firehose, record("a"), record("b"))
    hydrant.advance(60)
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    hydrant.advance(60)
    assert list(folders(s3)) == ["a/", "b/"]


def test_a_query_without_end_is_given_up(firehose, s3, hydrant):
    partitioned(firehose, query("def f: f; if .c == \"loop\" then f else {c:.c} end"))
    put(firehose, record("a"), record("loop"))
    hydrant.advance(60)
    hydrant.advance(60)
    [line] = failures(s3)
    assert line["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
    assert base64.b64decode(line["rawData"]) == record("loop")
    put(firehose, record("a"))
    hydrant.advance(60)
    assert len(folders(s3)["a/"]) == 2


def test_a_query_that_takes_too_much_memory_is_given_up(firehose, s3, hydrant):
    partitioned(firehose, query(
        "if .c == \"much\" then {c: ([range(1e9) | tostring * 1000] | length)} else {c:.c} end"))
    put(firehose, record("a"), record("much"))
    hydrant.advance(60)
    hydrant.advance(60)
    [line] = failures(s3)
    assert line["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
    assert base64.b64decode(line["rawData"]) == record("much")
    with open(f"/proc/{hydrant.process.pid}/status") as status:
        [peak] = [int(row.split()[1]) for row in status if row.startswith("VmHWM")]
    assert peak < 3 * 1024 * 1024
    put(firehose, record("a"))
    hydrant.advance(60)
    assert len(folders(s3)["a/"]) == 2


def test_the_retry_duration_has_its_default(firehose):
    partitioned(firehose)
    assert destination(firehose)["DynamicPartitioningConfiguration"] == {
        "RetryOptions": {"DurationInSeconds": 300}, "Enabled": True,
    }


def test_the_keys_may_change_but_partitioning_stays(firehose, s3, hydrant):
    partitioned(firehose)
    put(firehose, record("a"))
    hydrant.advance(1)
    update(firehose, Prefix="new/!{partitionKeyFromQuery:d}/", **processing(query("{d:.c}")))
    put(firehose, record("b"))
    hydrant.advance(60)
    hydrant.advance(60)
    assert list(folders(s3)) == ["a/", "new/b/"]
    refused(update, firehose, DynamicPartitioningConfiguration={"Enabled": False})


def test_partitioning_cannot_be_switched_on_later(firehose):
    create(firehose, BufferingHints=HINTS, ErrorOutputPrefix=ERRORS)
    refused(update, firehose, Prefix="!{partitionKeyFromQuery:c}/", **ON,
            **processing(query("{c:.c}")))


@pytest.mark.parametrize("members, message", [
    ({"BufferingHints": {"SizeInMBs": 63, "IntervalInSeconds": 60}},
     "BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled."),
    ({"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 59}},
     "BufferingHints.IntervalInSeconds must be at least 60 seconds when Dynamic Partitioning is"
     " enabled."),
    ({"Prefix": "static/"},
     "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is"
     " enabled"),
    ({"ProcessingConfiguration": {"Enabled": False, "Processors": []}},
     "Processing Configuration is not enabled when DataPartitioning is enabled"),
    ({"Prefix": "!{partitionKeyFromLambda:a}/"},
     "Lambda should be present when S3 Prefix contains keys from partitionKeyFromLambda"
     " namespace"),
    (processing(query("{c:.c, d:.d}")),
     "MetaDataExtraction JQ Query can't contain keys that are not present in the S3 Prefix"
     " expression"),
    (processing(FUNCTION),
     "MetadataExtraction processor should be present when S3 Prefix has partitionKeyFromQuery"
     " namespace."),
    ({"DynamicPartitioningConfiguration": {"Enabled": False}},
     "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic"
     " Partitioning is enabled."),
    ({"ErrorOutputPrefix": ""},
     "Ths supplied prefix(es) do not satisfy the following constraint: ErrorOutputPrefix cannot be"
     " null or empty when Prefix contains expressions"),
])
def test_wrong_configurations_have_aws_s_messages(firehose, members, message):
    assert refused(partitioned, firehose, **members) == message
