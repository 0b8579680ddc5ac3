"""A C transform that takes the process with it is named, and loses nothing."""

import os
import pathlib
import shutil

import boto3
import pytest

from daemon import Daemon
from firehose_kit import LAMBDA, create, objects, processing, processor, put

PLUGINS = pathlib.Path(os.environ["PLUGINS"])


def client_of(daemon, service):
    return boto3.client(service, endpoint_url=daemon.url, region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


@pytest.mark.parametrize("word, number", [("crash", 11), ("overflow", 11), ("abort", 6)])
def test_a_crash_names_its_function_and_batch_and_the_records_are_delivered_after_a_restart(
        folder, word, number):
    plugin = folder / "f.so"
    shutil.copy(PLUGINS / "plugin_by_word.so", plugin)
    daemon = Daemon(folder, "--function", f"f={plugin}").start()
    client_of(daemon, "s3").create_bucket(Bucket="bucket")
    firehose = client_of(daemon, "firehose")
    create(firehose, **processing(processor("Lambda", LambdaArn=LAMBDA)))
    put(firehose, b"before ", word.encode(), b" after")
    with pytest.raises(Exception):
        daemon.advance(60)
    assert daemon.process.wait(30) != 0
    daemon.process.stdout.close()
    stream = "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"
    [line] = [line for line in daemon.log.splitlines() if "crashed in" in line]
    assert line.startswith("hydrant: error: the function f crashed in transform() with signal "
                           f"{number}, request ")
    assert f", a batch of 3 records of {stream}; " in line

    os.replace(shutil.copy(PLUGINS / "pass_on.so", folder / "new.so"), plugin)
    (folder / "log").unlink()
    daemon.start()
    daemon.advance(600)
    found = objects(client_of(daemon, "s3"))
    assert list(found.values()) == [b"before " + word.encode() + b" after"]
    daemon.stop()
