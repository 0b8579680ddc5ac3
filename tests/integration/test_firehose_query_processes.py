"""MetadataExtraction in processes of its own: what a query or a record breaks there stays there."""

import base64
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import time

import boto3
import botocore.config
import botocore.exceptions
import pytest
from daemon import BINARY, Daemon
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, describe, objects, processing, processor, put, refused, update

FAILED = "DynamicPartitioning.MetadataExtractionFailed"
ENDS = '"abc"|.[nan:]'
DELETES = "[1,2,3]|del(.[nan])"
HUGE = '{k: ("x" * 2000000000 | length | tostring)}'
SPARSE = "{k: ([] | .[500000000] = 1 | length | tostring)}"
EXPLODES = "{k: ([range(300000000)] | length | tostring)}"
ENDLESS = "def f: f; f"

# What a record may ask for, besides a key.
BY_RECORD = ('if .do == "end" then ("abc"|.[nan:])'
             ' elif .do == "delete" then ([1]|del(.[nan]))'
             ' elif .do == "loop" then (def f: f; f)'
             ' elif .do == "eat" then ("x" * 2000000000 | {k: .[0:1]})'
             ' else {k: .k} end')


def query(program):
    return processor("MetadataExtraction", MetadataExtractionQuery=program,
                     JsonParsingEngine="JQ-1.6")


def members(name, program):
    return {"Prefix": f"{name}/!{{partitionKeyFromQuery:k}}/",
            "ErrorOutputPrefix": f"errors/{name}/!{{firehose:error-output-type}}/",
            "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
            "DynamicPartitioningConfiguration": {"Enabled": True},
            **processing(query(program))}


def queried(firehose, program, name="s"):
    create(firehose, name, **members(name, program))


def delivered(s3, name="s"):
    """Key of the partition and body."""
    return {key.split("/")[1]: body for key, body in objects(s3).items()
            if key.startswith(name + "/")}


def errors(s3, name="s"):
    """Data, code and message of the records in the error objects."""
    lines = [json.loads(line) for key, body in objects(s3).items()
             if key.startswith(f"errors/{name}/") for line in body.splitlines()]
    return [(base64.b64decode(line["rawData"]), line["errorCode"], line["errorMessage"])
            for line in lines]


def failed_records(s3, name="s"):
    found = errors(s3, name)
    assert {code for _, code, _ in found} <= {FAILED}
    return [data for data, _, _ in found]


def processes_of(daemon):
    """Ids of the processes of queries of this daemon, living or as orphans."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[0].startswith(f"/proc/{daemon.process.pid}/".encode()) and \
                b"run-query" in words and state != "Z":
            found.append(int(entry.name))
    return found


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def busy(daemon):
    """Some process of a query uses its processor: it is in the midst of a record."""
    def ticks(process):
        try:
            words = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return int(words[11]) + int(words[12])
    return any(ticks(process) >= 30 for process in processes_of(daemon))


# ---- what ends a process, or never ends ----------------------------------------------------


@pytest.mark.parametrize("program", [ENDS, DELETES, HUGE, SPARSE, EXPLODES, ENDLESS],
                         ids=["slice", "del", "text", "array", "many", "loop"])
def test_a_query_that_breaks_its_process_fails_its_records_alone(firehose, s3, hydrant, program):
    queried(firehose, program)
    queried(firehose, "{k: .k}", name="other")
    put(firehose, '{"k":"a"}')
    put(firehose, '{"k":"b"}', name="other")
    hydrant.flush("s")
    hydrant.flush("other")
    assert failed_records(s3) == [b'{"k":"a"}']
    assert delivered(s3, "other") == {"b": b'{"k":"b"}'}
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
    assert hydrant.process.poll() is None


def test_the_records_around_those_at_fault_are_delivered(firehose, s3, hydrant):
    queried(firehose, BY_RECORD)
    bad = ['{"do":"end"}', '{"do":"delete"}', '{"do":"loop"}', '{"do":"eat"}', '{"do":"end"}']
    records = ['{"k":"a","n":0}']
    for number, record in enumerate(bad):
        records += [record, *(f'{{"k":"a","n":{number * 50 + n + 1}}}' for n in range(50))]
    put(firehose, *records)
    hydrant.flush("s")
    good = "".join(record for record in records if '"k"' in record)
    assert delivered(s3) == {"a": good.encode()}
    found = errors(s3)
    assert [(data.decode(), code) for data, code, _ in found] == [(r, FAILED) for r in bad]
    assert found[0][2] == "the query ended its process for the record"
    assert found[2][2] == "the query took too long or too much memory"


def test_records_that_are_too_large_or_no_json_fail_alone(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    large = '{"k":"' + "x" * 1000 * 1000 + '"}'
    put(firehose, '{"k":"a"}', large, "[" * 5000, '{"k":"a"}')
    hydrant.flush("s")
    assert delivered(s3) == {"a": b'{"k":"a"}' * 2}
    assert failed_records(s3) == [large.encode(), b"[" * 5000]


def test_many_large_records_go_through_two_processes_at_most(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    records = [f'{{"k":"{n % 7}","pad":"{"x" * 7000}","n":{n}}}' for n in range(500)]
    put(firehose, *records)
    hydrant.flush("s")
    assert delivered(s3) == {
        str(k): "".join(records[k::7]).encode() for k in range(7)}
    assert len(processes_of(hydrant)) in (1, 2)


def test_streams_with_and_without_queries_go_on_beside_one_that_hangs(firehose, s3, hydrant):
    queried(firehose, ENDLESS, name="hung")
    queried(firehose, "{k: .k}", name="good")
    create(firehose, "plain", Prefix="plain/p/")
    put(firehose, *["{}"] * 20, name="hung")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        hung = pool.submit(hydrant.flush, "hung")
        wait_until(lambda: busy(hydrant))
        put(firehose, '{"k":"g"}', name="good")
        put(firehose, "p", name="plain")
        hydrant.flush("good")
        hydrant.flush("plain")
        assert delivered(s3, "good") == {"g": b'{"k":"g"}'}
        assert delivered(s3, "plain") == {"p": b"p"}
        assert not hung.done()
        hung.result()
    assert failed_records(s3, "hung") == [b"{}"] * 20


def test_a_process_that_is_killed_while_it_is_idle_harms_no_record(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    put(firehose, '{"k":"a"}')
    hydrant.flush("s")
    [process] = processes_of(hydrant)
    os.kill(process, signal.SIGKILL)
    put(firehose, '{"k":"b"}')
    hydrant.flush("s")
    assert delivered(s3) == {"a": b'{"k":"a"}', "b": b'{"k":"b"}'}
    assert errors(s3) == []


# ---- what a query sees ---------------------------------------------------------------------


@pytest.mark.parametrize("program", ['{k: ($ENV | length | tostring)}',
                                     '{k: (env | length | tostring)}'])
def test_the_environment_of_a_query_is_empty(firehose, s3, hydrant, program):
    queried(firehose, program)
    put(firehose, "{}")
    hydrant.flush("s")
    assert delivered(s3) == {"0": b"{}"}


def test_a_process_has_no_privileges_no_files_and_a_session_of_its_own(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    put(firehose, '{"k":"a"}')
    hydrant.flush("s")
    [process] = processes_of(hydrant)
    folder = pathlib.Path(f"/proc/{process}")
    files = {file.name: os.readlink(file) for file in (folder / "fd").iterdir()}
    assert {files[name] for name in "012"} == {"/dev/null"}
    assert files.keys() == {"0", "1", "2", "3"} and files["3"].startswith("socket:")
    assert "NoNewPrivs:\t1\n" in (folder / "status").read_text()
    assert os.getsid(process) == process
    assert (folder / "environ").read_bytes() == b""
    assert (folder / "oom_score_adj").read_text() == "1000\n"


# ---- how long a process lives --------------------------------------------------------------


def test_a_process_serves_the_batches_of_its_stream_and_ends_with_it(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    put(firehose, '{"k":"a"}')
    hydrant.flush("s")
    [first] = processes_of(hydrant)
    put(firehose, '{"k":"b"}')
    hydrant.flush("s")
    assert processes_of(hydrant) == [first]
    firehose.delete_delivery_stream(DeliveryStreamName="s")
    wait_until(lambda: processes_of(hydrant) == [])


def test_no_more_than_four_processes_stand_idle(firehose, s3, hydrant):
    for number in range(6):
        queried(firehose, "{k: .k}", name=f"s{number}")
        put(firehose, '{"k":"a"}', name=f"s{number}")
        hydrant.flush(f"s{number}")
    assert len(processes_of(hydrant)) == 4


def test_a_new_query_has_a_process_of_its_own(firehose, s3, hydrant):
    queried(firehose, "{k: .k}")
    put(firehose, '{"k":"a"}')
    hydrant.flush("s")
    update(firehose, **processing(query('{k: ("new-" + .k)}')))
    put(firehose, '{"k":"a"}')
    hydrant.flush("s")
    assert delivered(s3) == {"a": b'{"k":"a"}', "new-a": b'{"k":"a"}'}


def test_a_killed_daemon_leaves_no_process_behind(folder):
    daemon = Daemon(folder).start()
    try:
        firehose, s3 = clients(daemon)
        queried(firehose, "{k: .k}", name="idle")
        put(firehose, '{"k":"a"}', name="idle")
        daemon.flush("idle")
        queried(firehose, ENDLESS)
        put(firehose, "{}")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(quietly, daemon.flush, "s")
            wait_until(lambda: busy(daemon) and len(processes_of(daemon)) == 2)
            daemon.kill()
    finally:
        if daemon.process.poll() is None:
            daemon.kill()
    wait_until(lambda: processes_of(daemon) == [])


def test_a_stop_in_the_midst_of_a_query_is_quick_and_loses_nothing(folder):
    daemon = Daemon(folder).start()
    firehose, s3 = clients(daemon)
    queried(firehose, ENDLESS)
    put(firehose, '{"k":"a"}')
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(quietly, daemon.flush, "s")
        wait_until(lambda: busy(daemon))
        daemon.stop()
    assert "something in flight did not end in time" not in daemon.log
    assert processes_of(daemon) == []
    daemon = Daemon(folder).start()
    firehose, s3 = clients(daemon)
    update(firehose, **processing(query("{k: .k}")))
    daemon.flush("s")
    assert b'{"k":"a"}' in [*delivered(s3).values(), *failed_records(s3)]
    daemon.stop()


def clients(daemon):
    made = [boto3.client(service, endpoint_url=daemon.url, region_name="us-east-1",
                         aws_access_key_id="test", aws_secret_access_key="test",
                         config=botocore.config.Config(retries={"total_max_attempts": 1}))
            for service in ("firehose", "s3")]
    if not made[1].list_buckets()["Buckets"]:
        made[1].create_bucket(Bucket="bucket")
    return made


def quietly(function, *arguments):
    try:
        function(*arguments)
    except (OSError, AssertionError):
        pass


# ---- new queries ---------------------------------------------------------------------------


def test_a_query_is_compiled_before_a_stream_has_it(firehose, s3):
    message = "MetadataExtractionQuery is not a valid JQ-1.6 expression: "
    assert refused(queried, firehose, "{k: nosuch}").startswith(
        message + "jq: error: nosuch/0 is not defined at <top-level>, line 1:\n{k: nosuch}")
    queried(firehose, "{k: .k}")
    assert refused(update, firehose, **processing(query("{k: "))).startswith(message)
    update(firehose, **processing(query("{k: .other}")))


def test_a_query_that_cannot_be_compiled_in_time_or_ends_jq_is_refused(firehose, s3, hydrant):
    deep = "(" * 2400 + "1" + ")" * 2400
    try:
        queried(firehose, f"{{k: {deep}}}")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidArgumentException"
    queried(firehose, "{k: .k}", name="other")
    assert hydrant.process.poll() is None


def test_the_process_is_no_command_for_people():
    run = subprocess.run([BINARY, "run-query"], stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "[hydrant] this is started by the daemon only\n")
    assert "run-query" not in subprocess.run([BINARY, "--help"], capture_output=True, text=True,
                                             check=True).stdout
