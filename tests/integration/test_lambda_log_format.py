"""LoggingConfig: LogFormat JSON and its levels, for every kind of function."""

import json
import re
import sys

import pytest

from lambda_kit import event as records, package, refused
from runtime_kit import create, invoke

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"
PYTHON = """
import logging
log = logging.getLogger("mine")
def handler(event, context):
    print("printed")
    log.debug("quiet")
    log.info("two\\nlines", extra={"order": 7})
    log.error("loud")
    if event: raise ValueError("no")
"""
NODE = """exports.handler = async (event) => {
    console.debug("quiet"); console.log("two\\nlines", 7); console.error({ loud: true });
    if (event) throw new TypeError("no");
};"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


@pytest.fixture
def messages(client):
    """The log of function f; JSON lines parsed."""

    def read():
        events = client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        texts = [event["message"] for event in events]
        return [json.loads(text) if text.startswith("{") else text for text in texts]

    return read


def logging(**members):
    return {"LoggingConfig": {"LogFormat": "JSON", **members}}


def python(functions, **members):
    create(functions, "f", "python3.12", "app.handler", {"app.py": PYTHON}, **members)


def test_the_configuration_is_described_with_its_defaults(functions):
    python(functions)
    text = {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}
    assert functions.get_function_configuration(FunctionName="f")["LoggingConfig"] == text
    changed = functions.update_function_configuration(FunctionName="f", **logging())
    assert changed["LoggingConfig"] == {
        "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO",
        "LogGroup": "/aws/lambda/f"}
    levels = {"ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN"}
    changed = functions.update_function_configuration(FunctionName="f", **logging(**levels))
    assert changed["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "/aws/lambda/f", **levels}
    functions.update_function_configuration(FunctionName="f", Description="x")
    assert functions.get_function_configuration(FunctionName="f")["LoggingConfig"] == (
        changed["LoggingConfig"])
    changed = functions.update_function_configuration(
        FunctionName="f", LoggingConfig={"LogFormat": "Text"})
    assert changed["LoggingConfig"] == text


def test_levels_need_the_format_json(functions):
    status, code, _ = refused(
        python, functions, LoggingConfig={"LogFormat": "Text", "SystemLogLevel": "WARN"})
    assert (status, code) == (400, "InvalidParameterValueException")


def test_platform_events_are_objects(functions, messages):
    python(functions, **logging())
    invoke(functions, "f")
    found = messages()
    start, report = found[0], found[-1]
    assert list(start) == ["time", "type", "record"]
    assert re.fullmatch(TIME, start["time"])
    assert start["type"] == "platform.start"
    request_id = start["record"]["requestId"]
    assert start["record"] == {"requestId": request_id, "version": "$LATEST"}
    assert (report["type"], report["record"]["requestId"], report["record"]["status"]) == (
        "platform.report", request_id, "success")
    metrics = report["record"]["metrics"]
    assert list(metrics) == ["durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB",
                             "initDurationMs"]
    assert metrics["memorySizeMB"] == 128
    assert metrics["billedDurationMs"] >= metrics["durationMs"] + metrics["initDurationMs"]
    assert not any(isinstance(m, str) and m.startswith(("START ", "END ", "REPORT ")) for m in found)


@pytest.mark.parametrize("level, types", [
    ("DEBUG", ["platform.start", "platform.runtimeDone", "platform.report"]),
    ("INFO", ["platform.start", "platform.report"]),
    ("WARN", []),
])
def test_the_system_level_says_which_platform_events_are_written(functions, messages, level, types):
    python(functions, **logging(SystemLogLevel=level))
    invoke(functions, "f")
    assert [m["type"] for m in messages() if isinstance(m, dict) and "type" in m] == types


def test_a_time_out_is_told_at_every_system_level(functions, messages):
    create(functions, "f", "python3.12", "app.handler", {
        "app.py": "import time\ndef handler(event, context): time.sleep(30)\n"},
        Timeout=1, **logging(SystemLogLevel="WARN"))
    invoke(functions, "f")
    done, report = messages()
    assert (done["type"], done["record"]["status"]) == ("platform.runtimeDone", "timeout")
    assert (report["type"], report["record"]["status"]) == ("platform.report", "timeout")


def test_pythons_log_records_are_objects_and_what_it_prints_is_text(functions, messages):
    python(functions, **logging(SystemLogLevel="WARN"))
    invoke(functions, "f")
    printed, info, error = messages()
    assert printed == "printed"
    request_id = info["requestId"]
    assert re.fullmatch(TIME, info.pop("timestamp"))
    assert info == {"level": "INFO", "message": "two\nlines", "logger": "mine", "order": 7,
                    "requestId": request_id}
    assert (error["level"], error["message"]) == ("ERROR", "loud")


def test_the_application_level_filters(functions, messages):
    python(functions, **logging(SystemLogLevel="WARN", ApplicationLogLevel="ERROR"))
    invoke(functions, "f")
    assert [m if isinstance(m, str) else m["message"] for m in messages()] == ["printed", "loud"]


def test_an_unhandled_error_of_python_is_an_object(functions, messages):
    python(functions, **logging(SystemLogLevel="WARN"))
    answer = invoke(functions, "f", 1)
    error = messages()[-1]
    assert (error["log_level"], error["errorType"], error["errorMessage"]) == (
        "ERROR", "ValueError", "no")
    assert error["stackTrace"] == answer.payload["stackTrace"]
    assert error["requestId"] == answer.payload["requestId"]


def test_nodes_console_writes_objects(functions, messages):
    create(functions, "f", "nodejs20.x", "index.handler", {"index.js": NODE},
           **logging(SystemLogLevel="WARN"))
    invoke(functions, "f", 1)
    info, loud, error = messages()
    assert re.fullmatch(TIME, info.pop("timestamp"))
    assert info == {"level": "INFO", "requestId": loud["requestId"], "message": "two\nlines 7"}
    assert (loud["level"], loud["message"]) == ("ERROR", {"loud": True})
    assert (error["message"]["errorType"], error["message"]["errorMessage"]) == ("TypeError", "no")


def test_a_c_transform_logs_objects_too(functions, messages):
    functions.create_function(
        FunctionName="f", Runtime="provided.al2023", Handler="plugin_by_word.so", Timeout=30,
        Role="arn:aws:iam::000000000000:role/x", Code={"ZipFile": package("plugin_by_word")},
        **logging())
    functions.invoke(FunctionName="f", Payload=records("keep"))
    start, line, report = messages()
    assert (start["type"], report["type"]) == ("platform.start", "platform.report")
    assert list(line) == ["timestamp", "level", "requestId", "message"]
    assert (line["level"], line["message"]) == ("WARN", "two\nlines\n")
    assert line["requestId"] == start["record"]["requestId"]
