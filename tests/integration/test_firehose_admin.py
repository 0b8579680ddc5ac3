"""Hydrant's own view of delivery streams: what they hold, draining, taking failed records back."""

import json
import os
import pathlib

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import LAMBDA, create, objects, processing, processor, put

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
FUNCTION = processor("Lambda", LambdaArn=LAMBDA)
ERRORS = "errors/!{firehose:error-output-type}/"


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def look(hydrant, name="s", query=""):
    status, answer = hydrant.admin("GET", f"/_hydrant/firehose/{name}{query}")
    assert status == 200, answer
    return answer


def buffers(hydrant, name="s"):
    return {buffer["stage"]: buffer for buffer in look(hydrant, name)["buffers"]}


def redrive(hydrant, name="s"):
    status, answer = hydrant.admin("POST", f"/_hydrant/firehose/{name}/redrive")
    assert status == 200, answer
    return answer


def test_an_idle_stream_has_empty_buffers(firehose, hydrant):
    arn = create(firehose)["DeliveryStreamARN"]
    seen = look(hydrant)
    assert (seen["stream"], seen["arn"], seen["state"], seen["version"]) == ("s", arn, "ACTIVE", 1)
    assert [buffer["stage"] for buffer in seen["buffers"]] == [
        "process", "deliver", "error", "backup",
    ]
    assert all(buffer["records"] == 0 and "due" not in buffer for buffer in seen["buffers"])
    assert not {"last_invocation", "last_object", "last_error", "next_retry"} & seen.keys()


def test_what_waits_is_shown_with_its_due_time(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"hello", b"world!")
    buffer = buffers(hydrant)["deliver"]
    assert (buffer["records"], buffer["bytes"]) == (2, 11)
    assert buffer["due_bytes"] == 5 * 1024 * 1024
    assert buffer["due"] > buffer["waiting_since"]
    hydrant.advance(300)
    seen = look(hydrant)
    assert seen["last_object"]["key"] in objects(s3)
    assert buffers(hydrant)["deliver"]["records"] == 0


def test_the_last_invocation_and_its_outcome_are_shown(firehose, s3, hydrant):
    create(firehose, **processing(FUNCTION))
    put(firehose, b"upper", b"fail")
    assert buffers(hydrant)["process"]["records"] == 2
    hydrant.advance(60)
    seen = look(hydrant)
    last = seen["last_invocation"]
    assert (last["succeeded"], last["records"], last["attempt"]) == (True, 2, 1)
    assert seen["last_error"]["code"] == "Lambda.ProcessingFailedStatus"
    assert buffers(hydrant)["deliver"]["records"] == 1
    assert buffers(hydrant)["error"]["records"] == 1


def test_a_failed_invocation_is_shown_with_its_next_retry(firehose, s3, hydrant):
    nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    create(firehose, **processing(processor("Lambda", LambdaArn=nobody)))
    put(firehose, b"x")
    hydrant.advance(60)
    seen = look(hydrant)
    assert seen["last_invocation"]["error"] == "Lambda.ResourceNotFound"
    assert seen["last_error"]["code"] == "Lambda.ResourceNotFound"
    assert seen["next_retry"] > seen["now"]
    assert buffers(hydrant)["process"]["in_flight_records"] == 1


def test_a_failed_delivery_is_shown_with_its_next_attempt(firehose, hydrant):
    create(firehose)
    put(firehose, b"x")
    hydrant.advance(300)
    buffer = buffers(hydrant)["deliver"]
    assert (buffer["records"], buffer["failed_attempts"]) == (1, 1)
    seen = look(hydrant)
    assert buffer["next_attempt"] > seen["now"]
    assert seen["last_error"]["code"] == "S3.NoSuchBucket"


def test_active_partitions_have_buffers_of_their_own(firehose, hydrant):
    create(
        firehose, Prefix="!{partitionKeyFromQuery:c}/", ErrorOutputPrefix=ERRORS,
        BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
        DynamicPartitioningConfiguration={"Enabled": True},
        **processing(processor("MetadataExtraction", MetadataExtractionQuery="{c:.c}",
                               JsonParsingEngine="JQ-1.6")),
    )
    put(firehose, b'{"c":"a"}', b'{"c":"b"}', b'{"c":"a"}')
    hydrant.advance(1)
    found = [buffer for buffer in look(hydrant)["buffers"] if "partition" in buffer]
    assert {buffer["partition"]["keys"][0]: buffer["records"] for buffer in found} == {
        "a": 2, "b": 1,
    }


def test_another_region_is_asked_for_by_name(client, hydrant):
    create(client("firehose", region="eu-west-1"))
    assert hydrant.admin("GET", "/_hydrant/firehose/s")[0] == 404
    assert ":eu-west-1:" in look(hydrant, query="?region=eu-west-1")["arn"]
    assert hydrant.admin("GET", "/_hydrant/firehose/s?color=red")[0] == 400
    assert hydrant.admin("DELETE", "/_hydrant/firehose/s")[0] == 405


def test_a_drain_flushes_every_stream_of_every_account_and_region(client, s3, hydrant):
    firehoses = [client("firehose"), client("firehose", region="eu-west-1"),
                 client("firehose", key="111122223333")]
    for firehose in firehoses:
        create(firehose)
        put(firehose, b"x", b"y")
    status, answer = hydrant.admin("POST", "/_hydrant/drain")
    assert status == 200
    assert answer == {
        "streams": 3, "objects": 3, "delivered_records": 6, "failed_records": 0,
        "backup_records": 0, "waiting_records": 0,
    }
    assert len(objects(s3)) == 3


def test_a_drain_without_streams_is_done(hydrant):
    status, answer = hydrant.admin("POST", "/_hydrant/drain")
    assert (status, answer["streams"], answer["objects"]) == (200, 0, 0)


def test_a_drain_that_cannot_write_says_so(firehose, hydrant):
    create(firehose)
    put(firehose, b"x")
    assert hydrant.admin("POST", "/_hydrant/drain")[0] == 409


@pytest.mark.parametrize("members", [
    {}, {"Prefix": "p/"}, {"ErrorOutputPrefix": "static"}, {"ErrorOutputPrefix": ERRORS},
])
def test_failed_records_are_put_in_again(firehose, s3, hydrant, client, members):
    create(firehose, **processing(FUNCTION), **members)
    put(firehose, b"fail", b"upper", b"fail")
    hydrant.flush("s")
    assert len(objects(s3)) == 2
    firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"ProcessingConfiguration": {"Enabled": False}},
    )
    assert redrive(hydrant) == {"stream": "s", "objects": 1, "records": 2, "skipped": 0,
                                 "has_more": False}
    assert not [key for key in objects(s3) if "failed" in key]
    hydrant.flush("s")
    assert sorted(objects(s3).values()) == [b"UPPER", b"failfail"]
    assert redrive(hydrant)["objects"] == 0


def test_only_the_streams_own_error_objects_are_taken(firehose, s3, hydrant):
    create(firehose, **processing(FUNCTION))
    create(firehose, name="other", **processing(FUNCTION))
    put(firehose, b"fail", name="other")
    hydrant.flush("other")
    [theirs] = objects(s3)
    s3.put_object(Bucket="bucket", Key=theirs.replace("other-1-", "s-1-"), Body=b"not ours\n")
    s3.put_object(Bucket="bucket", Key="processing-failed/s.txt", Body=b'{"rawData":"eA=="}')
    assert redrive(hydrant) == {"stream": "s", "objects": 0, "records": 0, "skipped": 1,
                                "has_more": False}
    assert len(objects(s3)) == 3


def test_error_objects_that_somebody_has_rewritten_are_taken(firehose, s3, hydrant):
    create(firehose, **processing(FUNCTION))
    put(firehose, b"fail", b"fail")
    hydrant.flush("s")
    [key] = [key for key in objects(s3) if "failed" in key]
    lines = [json.loads(line) for line in objects(s3)[key].splitlines()]
    body = "\n\n".join(json.dumps(line, indent=None) for line in lines) + "\n\n"
    s3.put_object(Bucket="bucket", Key=key, Body=body.encode())
    assert redrive(hydrant) == {"stream": "s", "objects": 1, "records": 2, "skipped": 0,
                                "has_more": False}


@pytest.mark.parametrize("members", [
    {}, {"Prefix": "data-"}, {"ErrorOutputPrefix": "e"},
    {"ErrorOutputPrefix": "e/!{firehose:error-output-type}/"},
    {"ErrorOutputPrefix": "!{timestamp:yyyy}/!{firehose:error-output-type}"},
    {"ErrorOutputPrefix": "!{firehose:error-output-type}/!{timestamp:yyyy}"},
    {"ErrorOutputPrefix": "!{firehose:error-output-type}/!{firehose:random-string}-"},
])
def test_streams_whose_names_end_alike_keep_their_error_objects(firehose, s3, hydrant, members):
    for name in ("s", "other-s", "s-1", "s-1-s", "xs"):
        create(firehose, name=name, **members, **processing(FUNCTION))
        put(firehose, b"fail", name=name)
        hydrant.flush(name)
    before = objects(s3)
    assert redrive(hydrant) == {"stream": "s", "objects": 1, "records": 1, "skipped": 0,
                                 "has_more": False}
    left = objects(s3)
    [taken] = before.keys() - left.keys()
    assert not [name for name in ("other-s-1-", "s-1-1-", "s-1-s-1-", "xs-1-") if name in taken]
    hydrant.flush("s")
    assert len(objects(s3)) == 5


def test_many_failed_records_come_back_whole(firehose, s3, hydrant):
    nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    create(firehose, **processing(processor("Lambda", LambdaArn=nobody, NumberOfRetries="0")))
    records = [b"bad %d " % n + b"x" * 20000 for n in range(400)]
    for n in range(0, 400, 100):
        put(firehose, *records[n : n + 100])
    hydrant.flush("s")
    firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"ProcessingConfiguration": {"Enabled": False}},
    )
    taken = 0
    while True:
        answer = redrive(hydrant)
        taken += answer["records"]
        if not answer["has_more"]:
            break
    assert taken == 400
    hydrant.flush("s")
    assert b"".join(objects(s3).values()).count(b"bad ") == 400
