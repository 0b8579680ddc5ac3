"""kill -9 while failed records are put in again: each is there once, in its object or in the stream."""

import collections
import concurrent.futures
import random
import time

import pytest

from daemon import Daemon
from test_firehose_redrive import KEY, line, record
from test_records import BUCKET, ROUNDS, SEED, client, destination

OBJECTS, RECORDS = 3, 5000


def redrive(daemon):
    try:
        return daemon.admin("POST", "/_hydrant/firehose/crash/redrive")
    except OSError:
        return None


def lines_of(daemon):
    """How often each line is in an object of the bucket."""
    s3 = client(daemon, "s3")
    found = collections.Counter()
    for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        body = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        found.update(body.splitlines(keepends=True))
    return found


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_while_failed_records_are_put_in_again_loses_and_repeats_none(tmp_path, number):
    moments = random.Random(f"{SEED}-{number}")
    records = [record(n) for n in range(OBJECTS * RECORDS)]
    daemon = Daemon(tmp_path).start()
    client(daemon, "s3").create_bucket(Bucket=BUCKET)
    client(daemon, "firehose").create_delivery_stream(
        DeliveryStreamName="crash", ExtendedS3DestinationConfiguration=destination([]))
    for n in range(OBJECTS):
        body = b"".join(map(line, records[n * RECORDS : (n + 1) * RECORDS]))
        client(daemon, "s3").put_object(
            Bucket=BUCKET, Key=(KEY % n).replace("s-1-", "crash-1-"), Body=body)
    for _ in range(3):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            pool.submit(redrive, daemon)
            time.sleep(moments.uniform(0.05, 0.6))
            daemon.kill()
        daemon.start()
    while redrive(daemon)[1]["has_more"]:
        pass
    daemon.advance(60)
    assert lines_of(daemon) == collections.Counter(records)
    daemon.stop()
