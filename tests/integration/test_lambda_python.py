"""Python functions as AWS would run them: our bootstrap on the real Runtime API, no Docker."""

import json
import re
import sys

import pytest

from runtime_kit import create, invoke, zip_of


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


def python(functions, code, name="f", handler="app.handler", **members):
    return create(functions, name, "python3.12", handler, {"app.py": code}, **members)


def test_a_handler_gets_the_event_and_the_context(functions):
    python(functions, """
def handler(event, context):
    names = ("aws_request_id", "function_name", "function_version", "memory_limit_in_mb",
             "invoked_function_arn", "log_group_name", "log_stream_name", "client_context",
             "tenant_id")
    known = {name: getattr(context, name) for name in names}
    return {"event": event, "context": known, "left": context.get_remaining_time_in_millis()}
""", MemorySize=256, Timeout=20)
    answer = invoke(functions, "f", {"text": "grüße", "list": [1, 2.5, None]})
    assert answer.error is None
    assert answer.payload["event"] == {"text": "grüße", "list": [1, 2.5, None]}
    assert 10000 < answer.payload["left"] <= 20000
    context = answer.payload["context"]
    assert context.pop("aws_request_id") in answer.log
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", context.pop("log_stream_name"))
    assert context == {
        "function_name": "f", "function_version": "$LATEST", "memory_limit_in_mb": "256",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "log_group_name": "/aws/lambda/f", "client_context": None, "tenant_id": None,
    }


def test_the_environment_is_awss_and_nothing_of_the_daemons(functions, hydrant):
    python(functions, """
import os
def handler(event, context):
    return dict(os.environ)
""", Environment={"Variables": {"COLOUR": "blue", "TZ": "Europe/Berlin"}})
    env = invoke(functions, "f").payload
    code = env["LAMBDA_TASK_ROOT"]
    env.pop("PWD", None)
    assert env.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"  # Python's own doing
    assert env.pop("TMPDIR") == env.pop("HOME")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", env.pop("AWS_LAMBDA_RUNTIME_API"))
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0",
                        env.pop("_X_AMZN_TRACE_ID"))
    assert env.pop("AWS_LAMBDA_LOG_STREAM_NAME").startswith("20")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert env.pop(name)
    assert env == {
        "_HANDLER": "app.handler", "LAMBDA_TASK_ROOT": code, "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000", "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_ENDPOINT_URL": hydrant.url, "LANG": "en_US.UTF-8", "TZ": "Europe/Berlin",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LD_LIBRARY_PATH": f"{code}:{code}/lib", "PYTHONDONTWRITEBYTECODE": "1",
        "COLOUR": "blue",
    }


def test_a_process_stays_warm_and_only_the_first_invocation_pays_for_its_start(functions):
    python(functions, """
import os
count = 0
def handler(event, context):
    global count
    count += 1
    return [os.getpid(), count]
""")
    first, second = invoke(functions, "f"), invoke(functions, "f")
    assert first.payload[1] == 1 and second.payload == [first.payload[0], 2]
    assert "\tInit Duration: " in first.log
    assert "Init Duration" not in second.log


def test_what_a_handler_prints_and_logs_is_in_the_invocations_log(functions, client):
    python(functions, """
import logging, sys
print("loading")
def handler(event, context):
    print("out")
    print("err", file=sys.stderr)
    logging.getLogger().warning("two\\nlines")
    sys.stdout.write("no line feed")
""")
    answer = invoke(functions, "f")
    assert answer.payload is None
    request_id = re.search(r"START RequestId: (\S+) Version: \$LATEST\n", answer.log).group(1)
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    messages = [event["message"] for event in events]
    assert messages[:4] == ["loading", f"START RequestId: {request_id} Version: $LATEST", "out",
                            "err"]
    assert re.fullmatch(r"\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t" + request_id +
                        r"\ttwo\nlines", messages[4])
    assert messages[5:7] == ["no line feed", f"END RequestId: {request_id}"]
    assert messages[7].startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert len(messages) == 8


def test_an_exception_is_the_payload_and_does_not_end_the_process(functions):
    python(functions, """
import os
def handler(event, context):
    if event == "pid": return os.getpid()
    raise ValueError("no\\nway")
""")
    pid = invoke(functions, "f", "pid").payload
    answer = invoke(functions, "f")
    assert answer.error == "Unhandled"
    trace = answer.payload.pop("stackTrace")
    assert len(trace) == 1
    assert re.match(r'  File "/.*/app\.py", line 5, in handler\n    raise ValueError', trace[0])
    request_id = re.search(r"START RequestId: (\S+)", answer.log).group(1)
    assert answer.payload == {"errorMessage": "no\nway", "errorType": "ValueError",
                              "requestId": request_id}
    assert "[ERROR] ValueError: no\nway\nTraceback (most recent call last):\n" in answer.log
    assert "Status: error" not in answer.log
    assert invoke(functions, "f", "pid").payload == pid


@pytest.mark.parametrize("how, reason", [
    ("os._exit(0)", "Runtime exited without providing a reason"),
    ("os._exit(7)", "Runtime exited with error: exit status 7"),
    ("os.abort()", "Runtime exited with error: signal: aborted"),
    ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
])
def test_a_process_that_ends_fails_its_invocation_only(functions, how, reason):
    python(functions, f"""
import os
def handler(event, context):
    if event: return event
    print("so long")
    {how}
""")
    answer = invoke(functions, "f")
    request_id = re.search(r"START RequestId: (\S+)", answer.log).group(1)
    assert (answer.error, answer.payload) == ("Unhandled", {
        "errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {reason}"
    })
    assert "\nso long\n" in answer.log
    assert "\tStatus: error\tError Type: Runtime.ExitError\n" in answer.log
    assert invoke(functions, "f", "again").payload == "again"


def test_a_timeout_kills_the_process_and_its_children_and_tmp_survives(functions):
    python(functions, """
import os, pathlib, subprocess, tempfile, time
place = pathlib.Path(tempfile.gettempdir()) / "kept"
def handler(event, context):
    if event == "look":
        pids = place.read_text().split()
        stats = [pathlib.Path(f"/proc/{pid}/stat") for pid in pids]
        alive = [stat.read_text() for stat in stats if stat.exists()]
        return [os.getpid(), pids, [text for text in alive if ") Z " not in text]]
    child = subprocess.Popen(["/bin/sleep", "60"])
    place.write_text(f"{os.getpid()} {child.pid}")
    print("going to sleep")
    time.sleep(60)
""", Timeout=1)
    answer = invoke(functions, "f")
    request_id = re.search(r"START RequestId: (\S+)", answer.log).group(1)
    assert (answer.error, answer.payload) == ("Unhandled", {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds",
    })
    assert "\ngoing to sleep\n" in answer.log
    assert answer.log.endswith("\tStatus: timeout\n")
    pid, pids, alive = invoke(functions, "f", "look").payload
    assert str(pid) not in pids and len(pids) == 2
    assert alive == []


@pytest.mark.parametrize("handler, code, error_type, message", [
    ("nope.handler", "", "Runtime.ImportModuleError",
     "Unable to import module 'nope': No module named 'nope'"),
    ("app.nope", "", "Runtime.HandlerNotFound", "Handler 'nope' missing on module 'app'"),
    ("app", "", "Runtime.MalformedHandlerName",
     "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
    ("app.handler", "import nope_", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'nope_'"),
    ("app.handler", "1/0", "ZeroDivisionError", "division by zero"),
])
def test_code_that_cannot_be_loaded_fails_the_invocation_with_awss_error(
        functions, handler, code, error_type, message):
    python(functions, code, handler=handler)
    answer = invoke(functions, "f")
    assert answer.error == "Unhandled"
    assert (answer.payload["errorType"], answer.payload["errorMessage"]) == (error_type, message)
    assert answer.payload["requestId"] == ""
    assert f"[ERROR] {error_type}: {message}" in answer.log


def test_a_syntax_error_says_where_it_is(functions):
    python(functions, "def handler(event, context)\n    pass\n")
    answer = invoke(functions, "f")
    assert answer.payload["errorType"] == "Runtime.UserCodeSyntaxError"
    assert answer.payload["errorMessage"].startswith("Syntax error in module 'app': ")
    assert "app.py\" Line 1\n" in answer.payload["stackTrace"][0]


def test_a_response_that_is_no_json_or_too_large_is_an_error(functions):
    python(functions, """
import decimal
def handler(event, context):
    return {"set": {1}, "big": "x" * 6291557, "fits": "x" * (6291556 - 2),
            "decimal": decimal.Decimal("1.50")}[event]
""")
    answer = invoke(functions, "f", "set")
    assert answer.payload["errorType"] == "Runtime.MarshalError"
    assert answer.payload["errorMessage"].startswith("Unable to marshal response: ")
    assert invoke(functions, "f", "big").payload == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size "
                        "(6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert len(invoke(functions, "f", "fits").payload) == 6291554
    assert invoke(functions, "f", "decimal").payload == 1.5


def test_more_memory_than_the_function_has_kills_the_process(functions):
    python(functions, """
import time
def handler(event, context):
    if event: return event
    block = bytearray(200 * 1024 * 1024)
    time.sleep(20)
    return len(block)
""", MemorySize=128)
    answer = invoke(functions, "f")
    assert answer.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert invoke(functions, "f", "again").payload == "again"


def test_a_flood_of_output_neither_blocks_the_function_nor_fills_the_log(functions, client):
    python(functions, """
import os
def handler(event, context):
    line = b"x" * 1023 + b"\\n"
    for n in range(40000):
        os.write(1, line)
    os.write(1, b"y" * 5000000)
    return "done"
""")
    answer = invoke(functions, "f")
    assert answer.payload == "done"
    assert "[hydrant] The rest of this invocation's log was cut" in answer.log
    assert answer.log.splitlines()[-1].startswith("REPORT ")
    events = client("logs").get_log_events(
        logGroupName="/aws/lambda/f", startFromHead=True,
        logStreamName=client("logs").describe_log_streams(
            logGroupName="/aws/lambda/f")["logStreams"][0]["logStreamName"])["events"]
    assert sum(len(event["message"]) for event in events) < 1100000


def test_new_code_and_new_configuration_get_a_new_process(functions):
    code = """
import os
def handler(event, context):
    return [%d, os.environ.get("COLOUR"), os.getpid()]
"""
    python(functions, code % 1)
    one = invoke(functions, "f").payload
    functions.update_function_code(FunctionName="f", ZipFile=zip_of({"app.py": code % 2}))
    two = invoke(functions, "f").payload
    functions.update_function_configuration(
        FunctionName="f", Environment={"Variables": {"COLOUR": "red"}})
    three = invoke(functions, "f").payload
    assert (one[0], two[0], three[0]) == (1, 2, 2)
    assert (one[1], two[1], three[1]) == (None, None, "red")
    assert len({one[2], two[2], three[2]}) == 3


def test_a_layered_or_nested_module_is_found_by_its_path(functions):
    create(functions, "f", "python3.12", "src/deep.handler",
           {"src/deep.py": "from other import word\ndef handler(e, c): return word\n",
            "other.py": "word = 'found'\n"})
    assert invoke(functions, "f").payload == "found"


def test_a_client_context_reaches_the_handler(functions):
    import base64
    python(functions, """
def handler(event, context):
    return [context.client_context.client.app_title, context.client_context.custom]
""")
    text = base64.b64encode(json.dumps({"client": {"app_title": "t"}, "custom": {"k": "v"}}).encode())
    answer = invoke(functions, "f", ClientContext=text.decode())
    assert answer.payload == ["t", {"k": "v"}]
