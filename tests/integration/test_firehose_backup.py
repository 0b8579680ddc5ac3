"""S3BackupMode: the records as they came, in a bucket of their own."""

import gzip
import os
import pathlib
import re

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    LAMBDA, ROLE, create, destination, describe, objects, processing, processor, put,
    refused, update,
)

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
BACKUP = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::backup"}
SHOWN = {
    **BACKUP,
    "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
    "CompressionFormat": "UNCOMPRESSED",
    "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
    "CloudWatchLoggingOptions": {"Enabled": False},
}


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


@pytest.fixture
def backup_bucket(s3):
    s3.create_bucket(Bucket="backup")


def with_backup(**members):
    return {"S3BackupMode": "Enabled", "S3BackupConfiguration": {**BACKUP, **members}}


def test_the_backup_is_described_with_every_default(firehose):
    create(firehose, **with_backup())
    shown = destination(firehose)
    assert shown["S3BackupMode"] == "Enabled"
    assert shown["S3BackupDescription"] == SHOWN
    assert "S3BackupConfiguration" not in shown


def test_every_untransformed_record_is_backed_up(firehose, s3, hydrant, backup_bucket):
    transform = processor("Lambda", LambdaArn=LAMBDA)
    create(firehose, **with_backup(), **processing(transform))
    put(firehose, b"upper", b"drop", b"fail")
    hydrant.advance(300)
    assert list(objects(s3, "backup").values()) == [b"upperdropfail"]
    hydrant.advance(300)
    bodies = objects(s3)
    assert [body for key, body in bodies.items() if "failed" not in key] == [b"UPPER"]
    assert len(bodies) == 2


def test_the_backup_has_hints_prefix_and_compression_of_its_own(firehose, s3, hydrant,
                                                               backup_bucket):
    create(firehose, Prefix="data/", BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": 600},
           **with_backup(Prefix="raw/", CompressionFormat="GZIP",
                         BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60}))
    put(firehose, b"hello")
    hydrant.advance(60)
    [(key, body)] = objects(s3, "backup").items()
    assert re.match(r"raw/\d{4}/\d\d/\d\d/\d\d/s-1-.*\.gz$", key)
    assert gzip.decompress(body) == b"hello"
    assert objects(s3) == {}
    hydrant.advance(540)
    assert [k[:5] for k in objects(s3)] == ["data/"]


def test_a_missing_backup_bucket_does_not_stop_the_destination(firehose, s3, hydrant):
    create(firehose, **with_backup())
    put(firehose, b"hello")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"hello"]
    s3.create_bucket(Bucket="backup")
    hydrant.advance(300)
    assert list(objects(s3, "backup").values()) == [b"hello"]


def test_a_missing_destination_does_not_stop_the_backup(firehose, client, hydrant):
    s3 = client("s3")
    s3.create_bucket(Bucket="backup")
    create(firehose, **with_backup())
    put(firehose, b"hello")
    hydrant.advance(300)
    assert list(objects(s3, "backup").values()) == [b"hello"]
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"


def test_a_flush_reaches_the_backup(firehose, s3, hydrant, backup_bucket):
    create(firehose, **with_backup())
    put(firehose, b"one", b"two")
    answer = hydrant.flush("s")
    assert (answer["delivered_records"], answer["backup_records"]) == (2, 2)
    assert answer["objects"] == 2


def test_a_backup_can_be_switched_on_but_not_off(firehose, s3, hydrant, backup_bucket):
    create(firehose)
    put(firehose, b"before")
    update(firehose, S3BackupMode="Enabled", S3BackupUpdate=BACKUP)
    put(firehose, b"after")
    hydrant.advance(300)
    assert list(objects(s3, "backup").values()) == [b"after"]
    assert refused(update, firehose, S3BackupMode="Disabled") == (
        "Disabling S3 backup is not currently supported.")
    assert destination(firehose)["S3BackupMode"] == "Enabled"


def test_an_update_of_the_backup_is_merged(firehose):
    create(firehose, **with_backup(Prefix="raw/"))
    update(firehose, S3BackupUpdate={"CompressionFormat": "GZIP"})
    assert destination(firehose)["S3BackupDescription"] == {
        **SHOWN, "Prefix": "raw/", "CompressionFormat": "GZIP",
    }


@pytest.mark.parametrize("members, named", [
    ({"S3BackupMode": "Enabled"},
     "S3 backup destination configuration is required when enabling S3 backup."),
    (with_backup(CloudWatchLoggingOptions={"Enabled": True}),
     "CloudWatch Log Group Name is required if CloudWatch Logging is enabled"),
    (with_backup(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0}), "IntervalInSeconds"),
    (with_backup(Prefix="!{timestamp:yyyy}/"), "ErrorOutputPrefix"),
    (with_backup(EncryptionConfiguration={"KMSEncryptionConfig": {
        "AWSKMSKeyARN": "arn:aws:kms:us-east-1:000000000000:key/k"}}), "KMSEncryptionConfig"),
])
def test_what_a_backup_cannot_be_is_refused(firehose, members, named):
    assert named in refused(create, firehose, **members)


def test_deleting_the_stream_discards_the_backup_too(firehose, s3, hydrant, backup_bucket):
    create(firehose, **with_backup())
    put(firehose, b"gone")
    firehose.delete_delivery_stream(DeliveryStreamName="s")
    hydrant.advance(600)
    assert objects(s3, "backup") == {}


@pytest.mark.parametrize("members", [{}, {"Prefix": "p"}, {"RoleARN": ROLE},
                                     {"BucketARN": BACKUP["BucketARN"]}])
@pytest.mark.parametrize("mode", [{}, {"S3BackupMode": "Enabled"}])
def test_a_backup_that_comes_with_an_update_needs_a_bucket_and_a_role(firehose, members, mode):
    create(firehose)
    assert refused(update, firehose, S3BackupUpdate=members, **mode) == (
        "An S3 backup needs a BucketARN and a RoleARN.")
    assert describe(firehose)["VersionId"] == "1"
    assert "S3BackupDescription" not in destination(firehose)
    update(firehose, S3BackupUpdate=BACKUP, S3BackupMode="Enabled")
    assert destination(firehose)["S3BackupDescription"] == SHOWN
