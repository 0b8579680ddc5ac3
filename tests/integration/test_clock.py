"""How a sandbox's time runs: frozen, on its own to what is due next, real again; and to the next thing."""

import subprocess

import pytest

from daemon import BINARY, Daemon
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import ROLE, objects


def clock(daemon, mode=None):
    if mode is None:
        return daemon.admin("GET", "/_hydrant/clock")[1]
    status, answer = daemon.admin("POST", "/_hydrant/clock/mode", {"mode": mode})
    assert status == 200, answer
    return answer


def put(firehose, seconds):
    firehose.create_delivery_stream(DeliveryStreamName="stream", S3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::bucket",
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": seconds}})
    firehose.put_record(DeliveryStreamName="stream", Record={"Data": b"record"})


@pytest.fixture
def bucket(s3):
    s3.create_bucket(Bucket="bucket")


def test_a_frozen_clock_stands_still_until_advanced(hydrant, firehose, s3, bucket):
    stands = clock(hydrant, "frozen")["now_ms"]
    put(firehose, 60)
    assert clock(hydrant)["now_ms"] == stands
    hydrant.advance(59)
    assert objects(s3) == {}
    hydrant.advance(1)
    assert [body for body in objects(s3).values()] == [b"record"]
    assert clock(hydrant)["now_ms"] == stands + 60_000


def test_until_next_moves_to_what_is_due_and_no_further(hydrant, firehose, s3, bucket):
    stands = clock(hydrant, "frozen")["now_ms"]
    put(firehose, 300)
    status, answer = hydrant.admin("POST", "/_hydrant/clock/advance", {"until": "next"})
    assert (status, answer["now_ms"]) == (200, stands + 300_000)
    assert answer["timers_run"] >= 1
    assert list(objects(s3).values()) == [b"record"]


def test_an_automatic_clock_delivers_without_being_asked(hydrant, firehose, s3, bucket):
    before = clock(hydrant, "auto")["now_ms"]
    put(firehose, 900)
    while not (found := objects(s3)):
        pass
    assert list(found.values()) == [b"record"]
    assert clock(hydrant)["now_ms"] >= before + 900_000


def test_a_clock_made_real_again_goes_on_from_where_it_stands(hydrant):
    clock(hydrant, "frozen")
    hydrant.advance(3600)
    stands = clock(hydrant)["now_ms"]
    now = clock(hydrant, "real")
    assert now["mode"] == "real"
    assert stands <= now["now_ms"] < stands + 60_000


def test_the_mode_at_the_start_is_a_setting_and_the_moved_time_outlives_a_crash(folder):
    daemon = Daemon(folder, "--clock", "frozen").start()
    assert clock(daemon)["mode"] == "frozen"
    daemon.advance(86400)
    moved = clock(daemon)["now_ms"]
    daemon.kill()
    daemon = Daemon(folder, "--clock", "frozen").start()
    again = clock(daemon)
    assert again["mode"] == "frozen"
    assert moved <= again["now_ms"] < moved + 60_000
    daemon.stop()


@pytest.mark.parametrize("path, body, said", [
    ("mode", {"mode": "slow"}, '"mode" must be "real", "frozen" or "auto".'),
    ("mode", {}, '"mode" must be "real", "frozen" or "auto".'),
    ("mode", {"mod": "real"}, 'There is no field "mod" in this request.'),
    ("advance", {"until": "idle"}, '"until" must be "next", and be alone.'),
    ("advance", {"until": "next", "by": "2m"}, '"until" must be "next", and be alone.'),
    ("advance", {}, 'One of "by", "to" and "until" must be given.'),
])
def test_what_makes_no_sense_is_refused_and_changes_nothing(hydrant, path, body, said):
    stands = clock(hydrant, "frozen")
    status, answer = hydrant.admin("POST", f"/_hydrant/clock/{path}", body)
    assert (status, answer["error"]["message"]) == (400, said)
    assert clock(hydrant) == stands


def test_the_commands_do_the_same(hydrant, firehose, s3, bucket):
    def run(*words):
        done = subprocess.run([BINARY, *words, "--endpoint", hydrant.url], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run("clock", "frozen")[1].endswith("; the clock is frozen.\n")
    put(firehose, 60)
    assert run("advance", "--until", "next")[0] == 0
    assert list(objects(s3).values()) == [b"record"]
    assert run("clock")[1].endswith("; the clock is frozen.\n")
    assert run("clock", "backwards") == (1, "")
