"""The names of objects: folders, times, versions, ids."""

import datetime
import json
import os
import pathlib
import re

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    LAMBDA, ROLE, create, describe, objects, processing, processor, put, update,
)

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
NAME = (r"s-(?P<version>\d+)-(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)-"
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TRANSFORM = processing(processor("Lambda", LambdaArn=LAMBDA))


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def now(hydrant):
    _, answer = hydrant.admin("GET", "/_hydrant/clock")
    return datetime.datetime.fromisoformat(answer["now"].replace("Z", "+00:00"))


def only(s3):
    [key] = objects(s3)
    return key


def matched(pattern, key):
    match = re.fullmatch(pattern + NAME, key)
    assert match, key
    return match


def deliver(firehose, s3, hydrant, data=b"x"):
    put(firehose, data)
    hydrant.flush("s")
    return only(s3)


def test_without_a_prefix_the_folder_is_the_hour_in_utc(firehose, s3, hydrant):
    create(firehose)
    before = now(hydrant)
    key = deliver(firehose, s3, hydrant)
    match = matched(r"(?P<hour>\d{4}/\d\d/\d\d/\d\d)/", key)
    stamp = datetime.datetime.strptime(match["time"] + "+0000", "%Y-%m-%d-%H-%M-%S%z")
    assert abs(stamp - before) < datetime.timedelta(seconds=5)
    assert match["hour"] == stamp.strftime("%Y/%m/%d/%H")


@pytest.mark.parametrize("prefix", ["legacy", "legacy/", "a/b-", "/root/", "ü/"])
def test_a_prefix_without_expression_gets_the_hour_and_no_slash(firehose, s3, hydrant, prefix):
    create(firehose, Prefix=prefix)
    key = deliver(firehose, s3, hydrant)
    matched(re.escape(prefix) + r"\d{4}/\d\d/\d\d/\d\d/", key)


def test_with_any_expression_nothing_is_appended(firehose, s3, hydrant):
    create(firehose, Prefix="x!{firehose:random-string}y", ErrorOutputPrefix="e")
    matched("x[0-9A-Za-z]{11}y", deliver(firehose, s3, hydrant))


def test_every_random_string_is_a_new_one(firehose, s3, hydrant):
    create(firehose, Prefix="!{firehose:random-string}/!{firehose:random-string}/",
           ErrorOutputPrefix="e")
    for data in (b"1", b"2"):
        put(firehose, data)
        hydrant.flush("s")
    strings = [part for key in objects(s3) for part in key.split("/")[:2]]
    assert len(set(strings)) == 4


def test_all_timestamps_of_a_key_are_the_same_instant(firehose, s3, hydrant):
    create(firehose, ErrorOutputPrefix="e", Prefix="!{timestamp:yyyy-MM-dd}/!{timestamp:HH}/"
           "!{timestamp:'at 'mm'm'ss's'}/!{timestamp:yyyyMMddHHmmss}/")
    match = matched(r"(?P<day>.*)/(?P<hour>\d\d)/at (?P<m>\d\d)m(?P<s>\d\d)s/(?P<all>\d{14})/",
                    deliver(firehose, s3, hydrant))
    parts = f"{match['day']}-{match['hour']}-{match['m']}-{match['s']}"
    assert parts == match["time"]
    assert match["all"] == parts.replace("-", "")


def test_the_time_is_the_arrival_of_the_oldest_record_not_of_the_delivery(firehose, s3, hydrant):
    create(firehose, BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": 900},
           Prefix="!{timestamp:yyyy-MM-dd-HH-mm}/", ErrorOutputPrefix="e")
    began = now(hydrant)
    put(firehose, b"old ")
    hydrant.advance(800)
    put(firehose, b"new")
    hydrant.advance(101)
    match = matched("(?P<minute>.*)/", only(s3))
    stamp = datetime.datetime.strptime(match["time"] + "+0000", "%Y-%m-%d-%H-%M-%S%z")
    assert abs(stamp - began) < datetime.timedelta(seconds=5)
    assert match["minute"] == stamp.strftime("%Y-%m-%d-%H-%M")


def test_the_version_is_the_one_in_force_at_the_delivery(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"x")
    update(firehose, Prefix="two/")
    update(firehose, Prefix="three/")
    hydrant.advance(300)
    assert matched(r"three/\d{4}/\d\d/\d\d/\d\d/", only(s3))["version"] == "3"
    assert describe(firehose)["VersionId"] == "3"


def test_objects_have_no_metadata_and_are_octet_streams(firehose, s3, hydrant):
    create(firehose)
    head = s3.head_object(Bucket="bucket", Key=deliver(firehose, s3, hydrant))
    assert (head["ContentType"], head["Metadata"]) == ("application/octet-stream", {})
    assert "ContentEncoding" not in head


@pytest.mark.parametrize("members, where", [
    ({}, r"processing-failed/\d{4}/\d\d/\d\d/\d\d/"),
    ({"Prefix": "retries/"}, r"retries/processing-failed/\d{4}/\d\d/\d\d/\d\d/"),
    ({"ErrorOutputPrefix": "e/!{firehose:error-output-type}/x"}, "e/processing-failed/x"),
    ({"ErrorOutputPrefix": "!{firehose:error-output-type}!{timestamp:yyyy}"},
     r"processing-failed\d{4}"),
])
def test_error_objects_have_a_folder_of_their_own_in_the_destinations_bucket(
        client, firehose, s3, hydrant, members, where):
    s3.create_bucket(Bucket="backup")
    create(firehose, **members, **TRANSFORM, S3BackupMode="Enabled", S3BackupConfiguration={
        "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::backup"})
    put(firehose, b"fail")
    hydrant.flush("s")
    [(key, body)] = objects(s3).items()
    matched(where, key)
    assert json.loads(body)["errorCode"] == "Lambda.ProcessingFailedStatus"
    assert list(objects(s3, "backup").values()) == [b"fail"]
