"""How many batches of one stream are transformed at a time."""

import os
import pathlib
import sys
import tempfile

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import LAMBDA, create, objects, processing, processor, put
from runtime_kit import create as create_function

# Each invocation ends when five are there, or none came for a while: the sixth finds itself alone.
FUNCTION = """
import os, pathlib, time
place = pathlib.Path(os.environ["PLACE"])
def handler(event, context):
    mine = place / event["invocationId"]
    mine.with_suffix(".in").touch()
    until = time.monotonic() + 20
    while len(list(place.glob("*.in"))) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    inside = len(list(place.glob("*.in"))) - len(list(place.glob("*.out")))
    (place / (mine.name + ".seen")).write_text(str(inside))
    mine.with_suffix(".out").touch()
    return {"records": [dict(recordId=r["recordId"], result="Ok", data=r["data"])
                        for r in event["records"]]}
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def place():
    """A folder all of a function's processes see and may write to: each has a /tmp of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as path:
        os.chmod(path, 0o777)
        yield pathlib.Path(path)


def test_five_invocations_of_a_stream_are_outstanding_at_most(client, firehose, s3, hydrant, place):
    create_function(client("lambda"), "slow", "python3.12", "app.handler", {"app.py": FUNCTION},
                    Environment={"Variables": {"PLACE": str(place)}})
    create(firehose, **processing(processor(
        "Lambda", LambdaArn=LAMBDA[:-1] + "slow", BufferSizeInMBs="0.2",
        BufferIntervalInSeconds="60")))
    sent = [b"%d" % n * 210000 for n in range(9)]
    for data in sent:
        put(firehose, data)
    hydrant.flush("s")
    seen = [int(path.read_text()) for path in place.glob("*.seen")]
    assert len(seen) == 9
    assert max(seen) == 5
    assert sorted(b"".join(objects(s3).values())) == sorted(b"".join(sent))
