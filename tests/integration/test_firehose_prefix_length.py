"""How long the folder of an object may get: 512 characters."""

import base64
import json

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, destination, fails, objects, processing, processor, put, update

TYPO = "Ths supplied prefix(es) do not satisfy the following constraint: "
TOO_LONG = "Length of evaluated %s cannot be greater than 512"
QUERY = processor("MetadataExtraction", MetadataExtractionQuery="{k:.k}",
                  JsonParsingEngine="JQ-1.6")
PARTITIONED = {
    "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
    "DynamicPartitioningConfiguration": {"Enabled": True},
    "ErrorOutputPrefix": "err/!{firehose:error-output-type}/",
    **processing(QUERY),
}


def test_a_literal_of_512_bytes_is_accepted_and_delivered(firehose, s3, hydrant):
    prefix = "p" * 511 + "/"
    create(firehose, Prefix=prefix)
    put(firehose, b"x")
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert key.startswith(prefix + "20") and body == b"x"


@pytest.mark.parametrize("members, message", [
    ({"Prefix": "p" * 513}, TOO_LONG % "prefix"),
    ({"Prefix": "é" * 380}, "Prefix is longer than 754 bytes when evaluated"),
    ({"ErrorOutputPrefix": "e" * 513}, TOO_LONG % "ErrorOutputPrefix"),
    ({"Prefix": "!{timestamp:yyyy}" + "p" * 509, "ErrorOutputPrefix": "e"}, TOO_LONG % "prefix"),
    ({"ErrorOutputPrefix": "!{firehose:error-output-type}" + "e" * 496},
     TOO_LONG % "ErrorOutputPrefix"),
])
def test_a_prefix_that_always_gets_longer_is_refused(firehose, members, message):
    expected = ("InvalidArgumentException", TYPO + message)
    assert fails(create, firehose, **members) == expected
    create(firehose)
    assert fails(update, firehose, **members) == expected
    assert "Prefix" not in destination(firehose)


def test_expressions_count_as_what_they_come_to(firehose, s3, hydrant):
    create(firehose, Prefix="!{timestamp:yyyy}/!{firehose:random-string}" + "p" * 495 + "/",
           ErrorOutputPrefix="e")
    put(firehose, b"x")
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert key.index("p/s-1-") == 4 + 1 + 11 + 495 - 1


def test_a_record_whose_prefix_gets_longer_goes_to_the_error_prefix(firehose, s3, hydrant):
    create(firehose, Prefix="!{partitionKeyFromQuery:k}/", **PARTITIONED)
    fits, longer = "a" * 511, "b" * 512
    put(firehose, json.dumps({"k": fits}).encode(), json.dumps({"k": longer}).encode(),
        json.dumps({"k": "é" * 500}).encode())
    hydrant.advance(120)
    found = objects(s3)
    good = {key: body for key, body in found.items() if not key.startswith("err/")}
    [key] = good
    assert key.startswith(fits + "/s-1-")
    lines = [json.loads(line) for key, body in found.items() if key.startswith("err/")
             for line in body.splitlines()]
    keys = [json.loads(base64.b64decode(line["rawData"]))["k"] for line in lines]
    assert sorted(keys) == [longer, "é" * 500]
    for line in lines:
        assert line["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
        assert "512 characters" in line["errorMessage"]


@pytest.mark.parametrize("members, message", [
    ({"Prefix": "!{firehose:error-output-type}/", "ErrorOutputPrefix": "e/"},
     TYPO + "Prefix must not contain any occurrence of !{firehose:error-output-type}"),
    ({"ErrorOutputPrefix": "!{timestamp:yyyy}/"},
     TYPO + "ErrorOutputPrefix must contain at least one occurrence of"
     " !{firehose:error-output-type}"),
    ({"ErrorOutputPrefix": "!{firehose:error-output-type}/!{partitionKeyFromQuery:k}/"},
     "Dynamic Partitioning Namespaces can't be part of an error prefix expression"),
])
def test_expressions_that_have_no_place_in_a_prefix_are_refused(firehose, members, message):
    assert fails(create, firehose, **members) == ("InvalidArgumentException", message)
