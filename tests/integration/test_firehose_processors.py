"""The processors beside Lambda."""

import base64
import gzip
import json
import os
import pathlib

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    LAMBDA, create, describe, destination, fails, objects, processing, processor, put, refused,
    update,
)

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
DECOMPRESSION = processor("Decompression", CompressionFormat="GZIP")
MESSAGES = processor("CloudWatchLogProcessing", DataMessageExtraction="true")
JSON_RECORDS = processor("RecordDeAggregation", SubRecordType="JSON")
NEWLINES = processor("AppendDelimiterToRecord")
ONE_PARTITION = processor("MetadataExtraction", MetadataExtractionQuery='{p:"all"}',
                          JsonParsingEngine="JQ-1.6")


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def failures(s3, kind):
    """The lines of the error objects of a kind."""
    return [
        json.loads(line)
        for key, body in objects(s3).items() if key.startswith(kind + "/")
        for line in body.splitlines()
    ]


def delivered(s3):
    return [body for key, body in objects(s3).items() if "failed/" not in key]


def logs(*messages, kind="DATA_MESSAGE"):
    document = {
        "messageType": kind, "owner": "000000000000", "logGroup": "g", "logStream": "s",
        "subscriptionFilters": ["f"],
        "logEvents": [
            {"id": str(n), "timestamp": n, "message": m} for n, m in enumerate(messages)
        ],
    }
    return gzip.compress(json.dumps(document).encode())


def partitioned(firehose, *processors, prefix="!{partitionKeyFromQuery:p}/", **members):
    """Records are taken apart only where they are partitioned."""
    return create(
        firehose, Prefix=prefix, ErrorOutputPrefix="!{firehose:error-output-type}/",
        BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
        DynamicPartitioningConfiguration={"Enabled": True}, **processing(*processors), **members)


def test_json_objects_of_a_record_become_records(firehose, s3, hydrant):
    partitioned(firehose, JSON_RECORDS, ONE_PARTITION, NEWLINES)
    put(firehose, b'{"a":1}{"a":2}', b'{"a":3}\n{"a":"}{"}\n')
    hydrant.advance(300)
    assert delivered(s3) == [b'{"a":1}\n{"a":2}\n{"a":3}\n{"a":"}{"}']


def test_delimited_records_are_split_at_the_decoded_delimiter(firehose, s3, hydrant):
    split = processor("RecordDeAggregation", SubRecordType="DELIMITED",
                      Delimiter=base64.b64encode(b"####").decode())
    partitioned(firehose, split, ONE_PARTITION, NEWLINES)
    put(firehose, b"[1]####[2]####", b"[3]")
    hydrant.advance(300)
    assert delivered(s3) == [b"[1]\n[2]\n[3]"]


def test_a_record_that_cannot_be_split_goes_whole_to_the_errors(firehose, s3, hydrant):
    partitioned(firehose, JSON_RECORDS, ONE_PARTITION)
    put(firehose, b'{"a":1}', b'{"a":2}[3]', b'{"a":4}')
    hydrant.advance(300)
    assert delivered(s3) == [b'{"a":1}{"a":4}']
    [line] = failures(s3, "processing-failed")
    assert base64.b64decode(line["rawData"]) == b'{"a":2}[3]'
    assert line["attemptsMade"] == 1
    assert "lambdaARN" not in line


@pytest.mark.parametrize("splitter, empty", [
    (JSON_RECORDS, b""), (JSON_RECORDS, b" \n"),
    (processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="IyM="), b""),
    (processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="IyM="), b"####"),
])
def test_a_record_without_sub_records_goes_to_the_errors(firehose, s3, hydrant, splitter, empty):
    partitioned(firehose, splitter, ONE_PARTITION)
    put(firehose, b'{"a":1}', empty, b'{"a":2}')
    hydrant.flush("s")
    assert delivered(s3) == [b'{"a":1}{"a":2}']
    [line] = failures(s3, "processing-failed")
    assert line["errorCode"] == "RecordDeAggregation.Failed"
    assert base64.b64decode(line["rawData"]) == empty


def test_a_nul_in_one_log_message_leaves_the_others_whole(firehose, s3, hydrant):
    create(firehose, **processing(DECOMPRESSION, MESSAGES))
    put(firehose, logs("one", "t\0wo", "three"))
    hydrant.flush("s")
    assert delivered(s3) == ["one\nt\ufffdwo\nthree\n".encode()]


def test_sub_records_go_through_the_function_one_by_one(firehose, s3, hydrant):
    split = processor("RecordDeAggregation", SubRecordType="DELIMITED",
                      Delimiter=base64.b64encode(b",").decode())
    partitioned(firehose, split, processor("Lambda", LambdaArn=LAMBDA), NEWLINES,
                prefix="!{partitionKeyFromLambda:word}/")
    put(firehose, b"part one,drop,fail,part two", b"part one")
    hydrant.advance(60)
    hydrant.advance(300)
    assert delivered(s3) == [b"part one\npart one", b"part two"]
    [line] = failures(s3, "processing-failed")
    assert base64.b64decode(line["rawData"]) == b"fail"
    assert line["lambdaARN"] == LAMBDA


def test_what_grows_beyond_one_event_takes_several_invocations(firehose, s3, hydrant):
    split = processor("RecordDeAggregation", SubRecordType="DELIMITED",
                      Delimiter=base64.b64encode(b",").decode())
    partitioned(firehose, split, processor("Lambda", LambdaArn=LAMBDA), NEWLINES,
                prefix="!{partitionKeyFromLambda:word}/")
    record = b",".join([b"part a"] * 499 + [b"part b"])
    for _ in range(4):
        put(firehose, *[record] * 25)
    hydrant.advance(60)
    hydrant.advance(300)
    assert delivered(s3) == [
        b"\n".join([b"part a"] * 49900), b"\n".join([b"part b"] * 100)]


def test_compressed_records_are_unpacked(firehose, s3, hydrant):
    create(firehose, **processing(DECOMPRESSION))
    put(firehose, gzip.compress(b"one"), gzip.compress(b"two") + gzip.compress(b"three"))
    hydrant.advance(300)
    assert delivered(s3) == [b"onetwothree"]


def test_what_cannot_be_unpacked_goes_as_it_is_to_decompression_failed(firehose, s3, hydrant):
    create(firehose, **processing(DECOMPRESSION))
    damaged = gzip.compress(b"one")[:-6] + b"broken"
    put(firehose, damaged, gzip.compress(b"one"))
    hydrant.advance(300)
    assert [key.split("/")[0] for key in objects(s3) if "failed" in key] == ["decompression-failed"]
    [line] = failures(s3, "decompression-failed")
    assert base64.b64decode(line["rawData"]) == damaged
    assert delivered(s3) == [b"one"]


def test_with_decompression_only_cloudwatch_logs_may_put(firehose, s3, hydrant):
    create(firehose, **processing(DECOMPRESSION))
    expected = (
        "InvalidSourceException",
        "Only requests from CloudWatch Logs are supported when CloudWatch Logs decompression is"
        " enabled.",
    )
    good = {"Data": gzip.compress(b"one")}
    assert fails(
        firehose.put_record, DeliveryStreamName="s", Record={"Data": b"plain"}) == expected
    assert fails(
        firehose.put_record_batch, DeliveryStreamName="s", Records=[good, {"Data": b""}]
    ) == expected
    hydrant.advance(300)
    assert objects(s3) == {}


RETRIES = "Number of retries for lambda must be between 0 and 300."
SIZE = "BufferSizeInMBs for lambda processor must be between 0.2 and 3."
INTERVAL = "BufferIntervalInSeconds for lambda processor must be between 0 and 900."


@pytest.mark.parametrize("parameters, message", [
    ({"NumberOfRetries": "301"}, RETRIES),
    ({"NumberOfRetries": "three"}, RETRIES),
    ({"NumberOfRetries": "-1"}, RETRIES),
    ({"NumberOfRetries": "1.5"}, RETRIES),
    ({"BufferSizeInMBs": "0.1", "BufferIntervalInSeconds": "60"}, SIZE),
    ({"BufferSizeInMBs": "3.1", "BufferIntervalInSeconds": "60"}, SIZE),
    ({"BufferSizeInMBs": "1MB", "BufferIntervalInSeconds": "60"}, SIZE),
    ({"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "901"}, INTERVAL),
    ({"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "1.5"}, INTERVAL),
    ({"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "soon"}, INTERVAL),
])
def test_parameters_of_a_lambda_processor_have_to_be_numbers(firehose, parameters, message):
    assert refused(
        create, firehose, **processing(processor("Lambda", LambdaArn=LAMBDA, **parameters))
    ) == message


@pytest.mark.parametrize("parameters", [
    {"NumberOfRetries": "0"},
    {"NumberOfRetries": "9"},
    {"NumberOfRetries": "300"},
    {"BufferSizeInMBs": "0.2", "BufferIntervalInSeconds": "0"},
    {"BufferSizeInMBs": "3", "BufferIntervalInSeconds": "900"},
])
def test_the_ends_of_the_ranges_of_a_lambda_processor_are_taken(firehose, parameters):
    create(firehose, **processing(processor("Lambda", LambdaArn=LAMBDA, **parameters)))
    [shown] = destination(firehose)["ProcessingConfiguration"]["Processors"]
    values = {p["ParameterName"]: p["ParameterValue"] for p in shown["Parameters"]}
    assert parameters.items() <= values.items()


DP_ONLY = ("class com.amazonaws.services.firehose.internal.model.%sProcessor can only be present"
           " when Dynamic Partitioning is enabled.")
ENGINE = "MetaDataExtraction JSON Parsing Engine has to be one of JQ-1.6"
EXTRACTION = ("Invalid parameter value for DataMessageExtraction. Allowed values are True and"
              " False.")
COUNT = ("A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is"
         " enabled.")


@pytest.mark.parametrize("processors, message", [
    ([], COUNT),
    ([NEWLINES] * 6, COUNT),
    ([processor("RecordDeAggregation")], "SubRecordType has to be one of JSON, DELIMITED"),
    ([processor("RecordDeAggregation", SubRecordType="json")],
     "SubRecordType has to be one of JSON, DELIMITED"),
    ([processor("RecordDeAggregation", SubRecordType="DELIMITED")],
     "Delimiter should be present for DELIMITED"),
    ([JSON_RECORDS], DP_ONLY % "RecordDeAggregation"),
    ([ONE_PARTITION], DP_ONLY % "MetadataExtraction"),
    ([processor("MetadataExtraction", MetadataExtractionQuery="{a:.a}")], ENGINE),
    ([processor("MetadataExtraction", MetadataExtractionQuery="{a:.a}",
                JsonParsingEngine="JQ-1.5")], ENGINE),
    ([processor("MetadataExtraction", JsonParsingEngine="JQ-1.6")],
     "MetadataExtractionQuery is required when MetadataExtraction processor is used."),
    ([processor("Decompression", CompressionFormat="ZIP")], "CompressionFormat has to be GZIP"),
    ([DECOMPRESSION, processor("CloudWatchLogProcessing")], EXTRACTION),
    ([DECOMPRESSION, processor("CloudWatchLogProcessing", DataMessageExtraction="yes")], EXTRACTION),
    ([MESSAGES], "CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor"),
    ([processor("Lambda", LambdaArn=LAMBDA, Delimiter=",")],
     "Hydrant does not support the parameter Delimiter of a Lambda processor."),
    ([DECOMPRESSION, DECOMPRESSION],
     "Hydrant does not support more than 1 Decompression processor."),
])
def test_processors_that_cannot_work_are_refused(firehose, processors, message):
    members = processing(*processors)
    assert refused(create, firehose, **members) == message
    create(firehose)
    assert refused(update, firehose, **members) == message


def test_decompression_has_its_only_format_for_a_default(firehose):
    create(firehose, **processing(processor("Decompression")))
    assert destination(firehose)["ProcessingConfiguration"]["Processors"] == [DECOMPRESSION]


def test_decompression_comes_with_an_update_only_where_a_function_was(firehose):
    create(firehose)
    assert refused(update, firehose, **processing(DECOMPRESSION)) == (
        "Enabling source decompression is not supported for existing stream with no Lambda"
        " function attached.")
    update(firehose, **processing(processor("Lambda", LambdaArn=LAMBDA)))
    update(firehose, **processing(DECOMPRESSION))
    update(firehose, **processing(DECOMPRESSION, MESSAGES))
    update(firehose, ProcessingConfiguration={"Enabled": False})
    assert describe(firehose)["VersionId"] == "5"


def test_only_the_messages_of_log_events_are_delivered(firehose, s3, hydrant):
    create(firehose, **processing(DECOMPRESSION, MESSAGES))
    put(firehose, logs("first", '{"a":1}'), logs("hello", kind="CONTROL_MESSAGE"), logs("last"))
    hydrant.advance(300)
    assert delivered(s3) == [b'first\n{"a":1}\nlast\n']


def test_errors_behind_the_decompression_have_the_compressed_record(firehose, s3, hydrant):
    partitioned(firehose, DECOMPRESSION, MESSAGES, JSON_RECORDS, ONE_PARTITION)
    record = logs('{"a":1}', "no json")
    put(firehose, record, logs('{"a":2}'))
    hydrant.advance(300)
    [line] = failures(s3, "processing-failed")
    assert base64.b64decode(line["rawData"]) == record
    assert delivered(s3) == [b'{"a":2}']


def test_the_backup_has_the_records_as_they_came(firehose, s3, hydrant):
    s3.create_bucket(Bucket="backup")
    partitioned(firehose, JSON_RECORDS, ONE_PARTITION, NEWLINES, S3BackupMode="Enabled",
                S3BackupConfiguration={"RoleARN": "arn:aws:iam::000000000000:role/delivery",
                                       "BucketARN": "arn:aws:s3:::backup"})
    put(firehose, b'{"a":1}{"a":2}')
    hydrant.advance(300)
    assert list(objects(s3, "backup").values()) == [b'{"a":1}{"a":2}']


def test_processors_that_are_switched_off_do_nothing(firehose, s3, hydrant):
    members = processing(DECOMPRESSION, MESSAGES, NEWLINES)
    members["ProcessingConfiguration"]["Enabled"] = False
    create(firehose, **members)
    put(firehose, b"plain", b"text")
    hydrant.advance(300)
    assert delivered(s3) == [b"plaintext"]


def test_a_newline_stands_between_records_but_not_behind_the_last(firehose, s3, hydrant):
    create(firehose, **processing(processor("AppendDelimiterToRecord")))
    put(firehose, b"one", b"", b"two")
    put(firehose, b"three", b"")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"one\ntwo\nthree"]


@pytest.mark.parametrize("given, written", [
    ("\\n", b"\n"), ("||", b"||"), ("\\t", b"\t"), ("\\\\", b"\\"), ("IyMj", b"IyMj"),
])
def test_another_delimiter_may_be_chosen(firehose, s3, hydrant, given, written):
    create(firehose, CompressionFormat="GZIP",
           **processing(processor("AppendDelimiterToRecord", Delimiter=given)))
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    [body] = objects(s3).values()
    assert gzip.decompress(body) == b"a" + written + b"b"


def test_a_delimiter_has_no_parameters_but_those_given(firehose):
    create(firehose, **processing(processor("AppendDelimiterToRecord")))
    assert destination(firehose)["ProcessingConfiguration"]["Processors"] == [
        {"Type": "AppendDelimiterToRecord", "Parameters": []}
    ]


def test_delimiters_do_not_count_for_the_size_hint(firehose, s3, hydrant):
    create(firehose, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900},
           **processing(processor("AppendDelimiterToRecord", Delimiter="|" * 1000)))
    put(firehose, *[b"x" * 1000] * 400)
    hydrant.advance(800)
    assert objects(s3) == {}
