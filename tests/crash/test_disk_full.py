"""A full disk: the service's 5xx error, no crash, and service again when there is space."""

import os
import subprocess

import botocore.exceptions
import pytest

from daemon import Daemon
from test_records import client, destination

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")

DISK_MB = 24
PAGE = "x" * 3000


@pytest.fixture
def small_disk(folder):
    path = folder / "disk"
    path.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(path)], check=True
    )
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.fixture
def daemon(folder, small_disk):
    started = Daemon(folder, data=small_disk / "data").start()
    yield started
    started.stop()


def fill(small_disk, left_kb):
    free = os.statvfs(small_disk)
    size = free.f_bavail * free.f_frsize - left_kb * 1024
    with open(small_disk / "filler", "wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, max(size, 1))


def put_until_full(put, code, limit=4000):
    """Numbers that were acknowledged before the first error, which must come and be this one."""
    for number in range(limit):
        try:
            put(number)
        except botocore.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            assert (status, error.response["Error"]["Code"]) == code
            return list(range(number))
    raise AssertionError("the disk never got full")


def test_put_item_answers_5xx_and_works_again_with_space(daemon, small_disk):
    dynamodb = client(daemon, "dynamodb")
    dynamodb.create_table(
        TableName="full",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    fill(small_disk, 600)

    def put(number):
        dynamodb.put_item(
            TableName="full", Item={"pk": {"S": str(number)}, "page": {"S": PAGE}}
        )

    numbers = put_until_full(put, (500, "InternalServerError"))
    assert numbers
    (small_disk / "filler").unlink()
    put("after")

    daemon.kill()
    daemon.start()
    items = client(daemon, "dynamodb").get_paginator("scan").paginate(TableName="full")
    found = {item["pk"]["S"]: item["page"]["S"] for page in items for item in page["Items"]}
    expected = [str(number) for number in numbers] + ["after"]
    assert found == {number: PAGE for number in expected}


def test_put_record_answers_5xx_and_what_was_acknowledged_is_delivered(daemon, small_disk):
    client(daemon, "s3").create_bucket(Bucket="crash-bucket")
    firehose = client(daemon, "firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName="full", ExtendedS3DestinationConfiguration=destination([])
    )
    fill(small_disk, 600)

    def put(number):
        firehose.put_record(
            DeliveryStreamName="full", Record={"Data": f"{number} {PAGE}\n"}
        )

    numbers = put_until_full(put, (503, "ServiceUnavailableException"))
    assert numbers
    (small_disk / "filler").unlink()
    put("after")
    daemon.advance(120)

    s3 = client(daemon, "s3")
    listed = s3.list_objects_v2(Bucket="crash-bucket")["Contents"]
    bodies = [
        s3.get_object(Bucket="crash-bucket", Key=entry["Key"])["Body"].read() for entry in listed
    ]
    delivered = b"".join(bodies).decode().splitlines()
    expected = [str(number) for number in numbers] + ["after"]
    # Objects of one second are listed by the random part of their keys.
    assert sorted(delivered) == sorted(f"{number} {PAGE}" for number in expected)


def test_a_large_upload_answers_5xx_and_leaves_no_file(daemon, small_disk):
    s3 = client(daemon, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"before")
    used = os.statvfs(small_disk).f_bavail

    with pytest.raises(botocore.exceptions.ClientError) as raised:
        s3.put_object(Bucket="bucket", Key="key", Body=b"y" * (DISK_MB << 20))
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] in (500, 503)

    assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"before"
    assert abs(os.statvfs(small_disk).f_bavail - used) * 4096 < 1 << 20
    s3.put_object(Bucket="bucket", Key="key", Body=b"z" * (1 << 20))
    assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"z" * (1 << 20)
