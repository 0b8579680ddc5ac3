"""MetadataExtraction: what a query does with records it was not written for."""

import base64
import json

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, describe, objects, processing, processor, put

PATHS = '{"c":{"a":1,"b":[1,2]}}'


def queried(firehose, program):
    create(firehose, Prefix="!{partitionKeyFromQuery:k}/",
           ErrorOutputPrefix="errors/!{firehose:error-output-type}/",
           BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
           DynamicPartitioningConfiguration={"Enabled": True},
           **processing(processor("MetadataExtraction", MetadataExtractionQuery=program,
                                  JsonParsingEngine="JQ-1.6")))


def by_folder(s3):
    return {key.split("/s-")[0]: body for key, body in objects(s3).items()}


@pytest.mark.parametrize("program, good, place, bad", [
    ('{k: (.c|strftime("%Y"))}', '{"c":1565382027}', "2019", '{"c":1565382027000000000}'),
    ('{k: (.c|todate)}', '{"c":0}', "1970-01-01T00:00:00Z", '{"c":-1e300}'),
    ('{k: (.c|strflocaltime("%Y"))}', '{"c":0}', "1970", '{"c":1e300}'),
    ('{k: (.c as $c|0|strftime($c))}', '{"c":"%Y"}', "1970", '{"c":1}'),
    ('{k: (.c as $c|"abc"|index($c))}', '{"c":"b"}', "1", '{"c":""}'),
    ('{k: (.c as $c|"abc"|rindex($c))}', '{"c":"c"}', "2", '{"c":""}'),
    ('{k: (.c as $c|"abc"|indices($c)|length)}', '{"c":"a"}', "1", '{"c":""}'),
    ('if .c then {k: .c} else {k: input} end', '{"c":"x"}', "x", '{}'),
    ('if .c then {k: .c} else {k: [inputs]} end', '{"c":"x"}', "x", '{}'),
    ('if .c then {k: .c} else halt end', '{"c":"x"}', "x", '{}'),
], ids=["strftime", "todate", "strflocaltime", "format", "index", "rindex", "indices", "input",
        "inputs", "halt"])
def test_a_record_the_query_cannot_take_fails_alone(
        firehose, s3, hydrant, program, good, place, bad):
    queried(firehose, program)
    put(firehose, good, bad, good)
    hydrant.flush("s")
    found = by_folder(s3)
    assert found.pop(place) == (2 * good).encode()
    [line] = [json.loads(line) for body in found.values() for line in body.splitlines()]
    assert line["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
    assert base64.b64decode(line["rawData"]) == bad.encode()
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"


@pytest.mark.parametrize("program, place", [
    ("{k: (.c | paths | tostring)}", '["a"]'),
    ("{k: (.c | first(leaf_paths) | tostring)}", '["a"]'),
    ('{k: (.c | paths(type == "array") | tostring)}', '["b"]'),
    ("{k: (.c | tostream | tostring)}", '[["a"],1]'),
    ("{k: (path(.c.b, .c.a) | tostring)}", '["c","b"]'),
    ('{k: (.c | debug | "x")}', "x"),
    ('{k: (.c | stderr | "y")}', "y"),
])
def test_the_first_of_many_results_is_taken(firehose, s3, hydrant, program, place):
    queried(firehose, program)
    put(firehose, PATHS, PATHS)
    hydrant.flush("s")
    assert by_folder(s3) == {place: (2 * PATHS).encode()}


def test_a_query_does_not_see_the_daemons_environment(firehose, s3, hydrant):
    queried(firehose, '{k: (env.PATH // "none")}')
    put(firehose, "{}")
    hydrant.flush("s")
    assert by_folder(s3) == {"none": b"{}"}
