"""Failed records that are put in again: large error objects, damaged ones, and what comes between."""

import base64
import concurrent.futures
import hashlib
import json
import time

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import MIB, create, objects

KEY = "processing-failed/2026/11/26/10/s-1-2026-11-26-10-00-00-%08d-0000-4000-8000-000000000000"


def record(number, size=3000):
    """A record that no other is like."""
    word = hashlib.sha256(b"%d" % number).hexdigest().encode()
    return (b"%d " % number + word * (size // 64 + 1))[:size] + b"\n"


def line(data):
    members = {
        "rawData": base64.b64encode(data).decode(), "errorCode": "Lambda.FunctionError",
        "errorMessage": "m", "attemptsMade": 4, "arrivalTimestamp": 1, "attemptEndingTimestamp": 2,
    }
    return json.dumps(members, separators=(",", ":")).encode() + b"\n"


def redrive(hydrant):
    return hydrant.admin("POST", "/_hydrant/firehose/s/redrive")


def delivered(s3):
    """The lines of all objects, in order."""
    return sorted(b"".join(objects(s3).values()).splitlines(keepends=True))


def drain(hydrant):
    status, answer = hydrant.admin("POST", "/_hydrant/drain")
    assert status == 200, answer


@pytest.fixture
def large(s3):
    """An error object of 64 MiB; the records in it."""
    records = [record(number) for number in range(64 * MIB // len(line(record(0))) + 1)]
    body = b"".join(map(line, records))
    assert len(body) >= 64 * MIB
    s3.put_object(Bucket="bucket", Key=KEY % 1, Body=body)
    return records


def test_other_calls_are_answered_while_a_large_error_object_is_taken(
        firehose, s3, hydrant, large):
    create(firehose)
    slowest, answers = 0, 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        began = time.monotonic()
        running = pool.submit(redrive, hydrant)
        while not running.done():
            asked = time.monotonic()
            assert hydrant.admin("GET", "/_hydrant/health")[0] == 200
            slowest = max(slowest, time.monotonic() - asked)
            answers += 1
        took = time.monotonic() - began
    assert running.result() == (200, {
        "stream": "s", "objects": 1, "records": len(large), "skipped": 0, "has_more": False,
    })
    assert answers >= 10 and slowest < took / 2
    drain(hydrant)
    assert not [key for key in objects(s3) if "failed" in key]
    assert delivered(s3) == sorted(large)


def test_a_second_redrive_beside_the_first_is_refused(firehose, s3, hydrant, large):
    create(firehose)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [pool.submit(redrive, hydrant) for _ in range(2)]
        [refused, taken] = sorted((one.result() for one in both), key=lambda one: -one[0])
    assert refused == (409, {"error": {
        "code": "Conflict",
        "message": "Failed records of the stream are being put in again already.",
    }})
    assert taken[1]["records"] == len(large)
    drain(hydrant)
    assert delivered(s3) == sorted(large)


def test_a_stream_that_is_deleted_meanwhile_ends_its_redrive(firehose, s3, hydrant, large):
    create(firehose)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = pool.submit(redrive, hydrant)
        while not running.done():
            _, seen = hydrant.admin("GET", "/_hydrant/firehose/s")
            if seen["buffers"][1]["records"] + seen["buffers"][1]["in_flight_records"] > 0:
                break
        firehose.delete_delivery_stream(DeliveryStreamName="s")
    status, answer = running.result()
    assert (status, answer["error"]["message"]) == (409, "Stream s was deleted meanwhile.")
    assert KEY % 1 in objects(s3)


def test_lines_are_read_across_the_parts_of_a_body(firehose, s3, hydrant):
    create(firehose)
    records = [record(number, 100_000) for number in range(100)]
    body = b"".join(map(line, records))
    upload = s3.create_multipart_upload(Bucket="bucket", Key=KEY % 1)["UploadId"]
    parts = [body[:5 * MIB + 1], body[5 * MIB + 1 : 10 * MIB + 7], body[10 * MIB + 7 :]]
    done = [
        {"PartNumber": n, "ETag": s3.upload_part(
            Bucket="bucket", Key=KEY % 1, UploadId=upload, PartNumber=n, Body=part)["ETag"]}
        for n, part in enumerate(parts, 1)
    ]
    s3.complete_multipart_upload(
        Bucket="bucket", Key=KEY % 1, UploadId=upload, MultipartUpload={"Parts": done})
    assert redrive(hydrant)[1]["records"] == 100
    drain(hydrant)
    assert delivered(s3) == sorted(records)


@pytest.mark.parametrize("damaged", [
    b'{"rawData":"eA==","errorCode":"Lambda.X"\n',
    b'{"rawData":"e","errorCode":"Lambda.X"}\n',
    b'{"rawData":"eA==","errorCode":""}\n',
])
def test_an_object_with_a_damaged_line_is_told_and_left_alone(firehose, s3, hydrant, damaged):
    create(firehose)
    good = b"".join(line(record(number)) for number in range(2000))
    s3.put_object(Bucket="bucket", Key=KEY % 1, Body=good + damaged)
    before = objects(s3)
    assert redrive(hydrant) == (409, {"error": {
        "code": "Conflict",
        "message": "An error object of the stream holds a line that is no record.",
    }})
    hydrant.advance(300)
    assert objects(s3) == before


def test_the_last_line_needs_no_newline(firehose, s3, hydrant):
    create(firehose)
    s3.put_object(Bucket="bucket", Key=KEY % 1, Body=line(b"a\n") + line(b"b\n")[:-1])
    assert redrive(hydrant)[1]["records"] == 2
    hydrant.flush("s")
    assert list(objects(s3).values()) == [b"a\nb\n"]


def test_an_object_whose_line_is_longer_than_any_of_ours_is_left_alone(firehose, s3, hydrant):
    create(firehose)
    s3.put_object(Bucket="bucket", Key=KEY % 1, Body=b"x" * (17 * MIB))
    s3.put_object(Bucket="bucket", Key=KEY % 2, Body=line(b"a"))
    assert redrive(hydrant)[1]["objects"] == 1
    assert list(objects(s3)) == [KEY % 1]


def test_error_objects_behind_many_others_are_found(firehose, s3, hydrant):
    create(firehose)
    for number in range(1001):
        s3.put_object(Bucket="bucket", Key=f"a{number}", Body=b"")
    s3.put_object(Bucket="bucket", Key=KEY % 1, Body=line(b"a"))
    assert redrive(hydrant)[1] == {"stream": "s", "objects": 1, "records": 1, "skipped": 0,
                                    "has_more": False}


def test_what_is_more_than_16_mib_is_for_another_call(firehose, s3, hydrant):
    create(firehose)
    records = [record(number, 900_000) for number in range(30)]
    for number in range(3):
        part = records[10 * number : 10 * number + 10]
        s3.put_object(Bucket="bucket", Key=KEY % number, Body=b"".join(map(line, part)))
    taken = [redrive(hydrant)[1] for _ in range(4)]
    assert [(one["objects"], one["has_more"]) for one in taken] == [
        (1, True), (1, True), (1, False), (0, False),
    ]
    drain(hydrant)
    assert delivered(s3) == sorted(records)
