"""Functions in processes, whatever they are written in: the Runtime API, life and death, Firehose."""

import concurrent.futures
import os
import pathlib
import sys
import time

import pytest

from daemon import Daemon
from firehose_kit import create as create_stream, objects, processing, processor, put, s3  # noqa: F401
from runtime_kit import create, invoke

BASH = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
    event=$(curl -s -D "$TMPDIR/head" "$api/invocation/next")
    id=$(grep -i lambda-runtime-aws-request-id "$TMPDIR/head" | tr -d ' \\r' | cut -d: -f2)
    echo "got $event"
    curl -s "$api/invocation/$id/response" -d "[\\"$_HANDLER\\",$event]" > /dev/null
done
"""

# Answers with what the Runtime API answered to the requests of the event.
PROBE = """#!/usr/bin/env python3
import http.client, json, os
def call(method, path, body=None):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, "/2018-06-01/runtime/" + path, body)
    answer = api.getresponse()
    return answer, answer.read().decode()
while True:
    head, event = call("GET", "invocation/next")
    id = head.headers["Lambda-Runtime-Aws-Request-Id"]
    seen = []
    for method, path, body in json.loads(event):
        answer, text = call(method, path.replace("ID", id), body)
        seen.append([answer.status, text])
    call("POST", "invocation/" + id + "/response", json.dumps(seen))
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


def provided(functions, code, name="f", mode=0o755, **members):
    return create(functions, name, "provided.al2023", "my.handler", {"bootstrap": code}, mode,
                  **members)


def test_any_executable_called_bootstrap_is_a_function(functions):
    provided(functions, BASH)
    for n in range(3):
        answer = invoke(functions, "f", {"n": n})
        assert (answer.error, answer.payload) == (None, ["my.handler", {"n": n}])
        assert f'\ngot {{"n": {n}}}\n' in answer.log


def test_the_runtime_api_refuses_what_is_out_of_order(functions):
    provided(functions, PROBE)
    answer = invoke(functions, "f", [
        ["POST", "invocation/another/response", "1"],
        ["POST", "invocation/another/error", "{}"],
        ["GET", "invocation/next", None],
        ["POST", "init/error", "{}"],
        ["GET", "restore/next", None],
    ])
    bad_id = '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}'
    assert answer.payload[:2] == [[400, bad_id], [400, bad_id]]
    for status, text in answer.payload[2:4]:
        assert status == 403
        assert text.startswith('{"errorMessage":"State transition from Running to ')
        assert text.endswith('"errorType":"InvalidStateTransition"}')
    assert answer.payload[4][0] == 404


def test_a_second_response_is_refused_and_the_first_one_counts(functions):
    provided(functions, PROBE)
    answer = invoke(functions, "f", [["POST", "invocation/ID/response", '"first"']])
    assert answer.payload == "first"


def test_an_error_passes_through_unchanged(functions):
    provided(functions, PROBE)
    answer = invoke(functions, "f", [["POST", "invocation/ID/error", '{"any": ["thing"]}']])
    assert (answer.error, answer.payload) == ("Unhandled", {"any": ["thing"]})


@pytest.mark.parametrize("files, mode, why", [
    ({"bootstrap": "#!/bin/sh\n"}, 0o644, "bootstrap in the package is not executable"),
    ({"bootstrap": "#!/no/such/program\n"}, 0o755, None),
])
def test_a_bootstrap_that_cannot_be_started_says_why(functions, files, mode, why):
    create(functions, "f", "provided.al2023", "x", files, mode)
    answer = invoke(functions, "f")
    assert answer.error == "Unhandled"
    if why:
        assert answer.payload["errorType"] == "Runtime.InvalidEntrypoint"
        assert answer.payload["errorMessage"].endswith(f"Error: {why}")
        assert why in answer.log
    else:
        assert "bootstrap cannot be run: " in answer.log


def test_a_bootstrap_for_another_machine_says_so(functions):
    program = bytearray(pathlib.Path("/bin/true").read_bytes())
    own, other = {"x86_64": ("x86_64", (0xb7, "arm64")), "aarch64": ("arm64", (0x3e, "x86_64"))}[
        os.uname().machine]
    program[18] = other[0]
    provided(functions, bytes(program))
    answer = invoke(functions, "f")
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert f"cannot be run: exec format error: {other[1]} bootstrap on {own} host\n" in answer.log


def test_invocations_at_the_same_time_run_in_processes_of_their_own(functions, s3):  # noqa: F811
    create(functions, "f", "python3.12", "app.handler", {"app.py": """
import boto3, os
s3 = boto3.client("s3")
def handler(event, context):
    s3.put_object(Bucket="bucket", Key=str(event))
    while s3.list_objects_v2(Bucket="bucket")["KeyCount"] < 3:
        pass
    return os.getpid()
"""}, Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        pids = list(pool.map(lambda n: invoke(functions, "f", n).payload, range(3)))
    assert len(set(pids)) == 3


def test_more_invocations_than_processes_wait_and_are_all_answered(functions):
    create(functions, "f", "python3.12", "app.handler",
           {"app.py": "def handler(event, context): return event\n"}, Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda n: invoke(functions, "f", n).payload, range(60)))
    assert answers == list(range(60))


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pids):
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "processes are left over"
        os.sched_yield()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_no_process_outlives_the_daemon(folder, end):
    import boto3
    daemon = Daemon(folder, "--python", sys.executable).start()
    functions = boto3.client("lambda", endpoint_url=daemon.url, region_name="us-east-1",
                             aws_access_key_id="x", aws_secret_access_key="x")
    create(functions, "f", "python3.12", "app.handler",
           {"app.py": "import os\ndef handler(event, context): return os.getpid()\n"})
    provided(functions, BASH, "g")
    pids = [invoke(functions, "f").payload]
    invoke(functions, "g")
    assert is_alive(pids[0])
    getattr(daemon, end)()
    wait_until_gone(pids)


def test_a_deleted_functions_process_ends(functions):
    create(functions, "f", "python3.12", "app.handler",
           {"app.py": "import os\ndef handler(event, context): return os.getpid()\n"})
    pid = invoke(functions, "f").payload
    functions.delete_function(FunctionName="f")
    wait_until_gone([pid])


def test_a_reset_ends_the_processes_and_what_they_work_on(functions, hydrant, s3):  # noqa: F811
    create(functions, "f", "python3.12", "app.handler", {"app.py": """
import boto3, os, time
def handler(event, context):
    boto3.client("s3").put_object(Bucket="bucket", Key=str(os.getpid()))
    time.sleep(60)
"""}, Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(functions.invoke, FunctionName="f")
        while not (found := objects(s3)):
            os.sched_yield()
        assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
        with pytest.raises(functions.exceptions.ServiceException):
            waiting.result()
    wait_until_gone([int(key) for key in found])
    assert functions.list_functions()["Functions"] == []


def test_a_python_transform_delivers_drops_and_fails_records(functions, client, hydrant, s3):  # noqa: F811
    create(functions, "f", "python3.12", "app.handler", {"app.py": """
import base64
def handler(event, context):
    out = []
    for record in event["records"]:
        text = base64.b64decode(record["data"]).decode()
        result = {"drop": "Dropped", "fail": "ProcessingFailed"}.get(text, "Ok")
        data = base64.b64encode(text.upper().encode()).decode()
        if text != "missing":
            out.append({"recordId": record["recordId"], "result": result, "data": data})
    return {"records": out}
"""})
    firehose = client("firehose")
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    create_stream(firehose, Prefix="out/", ErrorOutputPrefix="err/!{firehose:error-output-type}/",
                  **processing(processor("Lambda", LambdaArn=arn)))
    put(firehose, b"one\n", b"drop", b"fail", b"missing", b"two\n")
    hydrant.flush("s")
    found = objects(s3)
    [good] = [body for key, body in found.items() if key.startswith("out/")]
    [bad] = [body for key, body in found.items() if key.startswith("err/processing-failed/")]
    assert good == b"ONE\nTWO\n"
    assert bad.count(b"\n") == 2
    assert b'"errorCode":"Lambda.ProcessingFailedStatus"' in bad
    assert b'"errorCode":"Lambda.MissingRecordId"' in bad


def test_a_transform_that_crashes_is_retried_and_other_streams_go_on(functions, client, hydrant,
                                                                     s3):  # noqa: F811
    code = "import os\ndef handler(event, context): os.kill(os.getpid(), 11)\n"
    create(functions, "f", "python3.12", "app.handler", {"app.py": code})
    firehose = client("firehose")
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    create_stream(firehose, **processing(processor("Lambda", LambdaArn=arn)))
    create_stream(firehose, "plain", Prefix="plain/")
    put(firehose, b"lost?")
    put(firehose, b"safe", name="plain")
    hydrant.advance(900)
    found = objects(s3)
    [failed] = [body for key, body in found.items() if key.startswith("processing-failed/")]
    [plain] = [body for key, body in found.items() if key.startswith("plain/")]
    assert b'"errorCode":"Lambda.FunctionError"' in failed and b'"attemptsMade":4' in failed
    assert plain == b"safe"


def test_a_python_that_is_not_there_is_said_so(folder):
    import boto3
    daemon = Daemon(folder, "--python", "/no/such/python").start()
    try:
        functions = boto3.client("lambda", endpoint_url=daemon.url, region_name="us-east-1",
                                 aws_access_key_id="x", aws_secret_access_key="x")
        create(functions, "f", "python3.12", "app.handler", {"app.py": ""})
        answer = invoke(functions, "f")
        assert answer.error == "Unhandled"
        assert "[hydrant] /no/such/python cannot be run: not found" in answer.log
    finally:
        daemon.stop()


def test_a_wrapper_of_the_functions_own_starts_its_interpreter(functions):
    create(functions, "f", "python3.12", "app.handler", {
        "wrap": "#!/bin/sh\nexport COLOUR=blue\nexec \"$@\"\n",
        "app.py": "import os\ndef handler(event, context): return os.environ['COLOUR']\n",
    }, 0o755, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap"}})
    assert invoke(functions, "f").payload == "blue"
    functions.update_function_configuration(
        FunctionName="f", Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/none"}})
    answer = invoke(functions, "f")
    assert answer.payload["errorType"] == "Runtime.InvalidEntrypoint"
    assert "AWS_LAMBDA_EXEC_WRAPPER /opt/none is no program" in answer.log


def test_a_response_may_come_in_chunks(functions):
    provided(functions, """#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    head = api.getresponse()
    head.read()
    id = head.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", f"/2018-06-01/runtime/invocation/{id}/response",
                iter([b'["a', b'", ', b'"b"]']), encode_chunked=True,
                headers={"Transfer-Encoding": "chunked",
                         "Lambda-Runtime-Function-Response-Mode": "streaming"})
    api.getresponse().read()
""")
    for _ in range(2):
        assert invoke(functions, "f").payload == ["a", "b"]


def test_the_tail_of_a_log_is_its_last_four_kilobytes(functions, client):
    create(functions, "f", "python3.12", "app.handler", {
        "app.py": "def handler(event, context): print('a' * 3000); print('b' * 3000)\n"})
    answer = invoke(functions, "f")
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    whole = "".join(event["message"] + "\n" for event in events)
    assert len(answer.log) == 4096
    assert whole.endswith(answer.log)
