"""C transforms in processes of their own (isolation=worker): what they break stays theirs."""

import base64
import concurrent.futures
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import zipfile

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create as create_stream
from firehose_kit import objects, processing, processor, put
from lambda_kit import ARN, PLUGINS, ROLE, create, invoke, package, refused, results

WORKER = {"Environment": {"Variables": {"HYDRANT_ISOLATION": "worker"}}}


@pytest.fixture
def functions(client):
    return client("lambda")


@pytest.fixture
def logs(client):
    return client("logs")


@pytest.fixture
def words(client):
    table = client("dynamodb")
    table.create_table(TableName="words", BillingMode="PAY_PER_REQUEST",
                       KeySchema=[{"AttributeName": "word", "KeyType": "HASH"}],
                       AttributeDefinitions=[{"AttributeName": "word", "AttributeType": "S"}])
    return table


def helpers(hydrant):
    """Process ids of the daemon's helpers, without those that have ended but for being waited for."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if not entry.name.isdigit():
                continue
            parent, state = None, None
            for line in (entry / "status").read_text().splitlines():
                if line.startswith("PPid:"):
                    parent = int(line.split()[1])
                if line.startswith("State:"):
                    state = line.split()[1]
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == hydrant.process.pid and state != "Z" and b"run-transform" in command:
            found.append(int(entry.name))
    return found


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def events(logs, name):
    """The lines of a function's log streams, one list for each stream, in the order of time."""
    group = f"/aws/lambda/{name}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    return [[event["message"] for event in logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)["events"]]
        for stream in streams]


def stream(firehose, name, function, **parameters):
    parameters = {"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60", **parameters}
    create_stream(firehose, name, Prefix=f"{name}/",
                  BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": 60},
                  **processing(processor("Lambda", LambdaArn=ARN + function, **parameters)))


# ---- what a transform may break ------------------------------------------------------------


ENDS = [
    ("crash", "Runtime exited with error: signal: segmentation fault"),
    ("abort", "Runtime exited with error: signal: aborted"),
    ("exit 3", "Runtime exited with error: exit status 3"),
    ("exit 0", "Runtime exited without providing a reason"),
    ("eat", "Runtime exited with error: signal: killed"),
    # What it shares with the daemon is unreadable for both: who sees it first?
    ("scribble", r"Runtime exited with error: (signal: killed|exit status 1)"),
    ("babble", r"Runtime exited with error: (signal: killed|exit status 1)"),
]


@pytest.mark.parametrize("word, message", ENDS)
def test_a_process_that_ends_is_an_exit_error_and_the_next_batch_has_a_new_one(
        functions, hydrant, word, message):
    create(functions, "f", "plugin_trouble", **WORKER)
    assert results(invoke(functions, "before", name="f")[1]) == [("Ok", "before")]
    [first] = helpers(hydrant)
    answer, error = invoke(functions, word, name="f", LogType="Tail")
    request = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error["errorType"] == "Runtime.ExitError"
    assert re.fullmatch(f"RequestId: {request} Error: {message}", error["errorMessage"])
    log = base64.b64decode(answer["LogResult"]).decode()
    assert f"START RequestId: {request} Version: $LATEST\n" in log
    assert f"END RequestId: {request}\n" in log
    assert log.endswith("\tStatus: error\tError Type: Runtime.ExitError\n")
    assert results(invoke(functions, "after", name="f")[1]) == [("Ok", "after")]
    [second] = helpers(hydrant)
    assert first != second
    assert hydrant.process.poll() is None


def test_a_process_that_never_returns_times_out_and_is_killed(functions, hydrant):
    create(functions, "f", "plugin_trouble", Timeout=1, **WORKER)
    answer, error = invoke(functions, "loop", name="f", LogType="Tail")
    request = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert answer["FunctionError"] == "Unhandled"
    assert error == {"errorType": "Sandbox.Timedout",
                     "errorMessage": f"RequestId: {request} Error: Task timed out after 1.00 seconds"}
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "\nloop\n" in log and log.endswith("\tStatus: timeout\n")
    assert results(invoke(functions, "after", name="f")[1]) == [("Ok", "after")]
    wait_until(lambda: len(helpers(hydrant)) == 1)


def test_what_was_logged_before_a_crash_is_in_the_log(functions, logs):
    create(functions, "f", "plugin_trouble", **WORKER)
    invoke(functions, "said", "crash", name="f")
    [[*lines]] = events(logs, "f")
    start = next(i for i, line in enumerate(lines) if line.startswith("START "))
    assert [line.strip() for line in lines[:start]] == ["init"]
    assert [line.strip() for line in lines[start + 1:start + 3]] == ["said", "crash"]
    assert lines[start + 3].startswith(
        "hydrant: error: the function f crashed in transform() with signal 11")
    assert lines[-2].startswith("END ") and lines[-1].startswith("REPORT ")


@pytest.mark.parametrize("word, code, report", [
    ("crash", "Lambda.FunctionError", "Status: error\tError Type: Runtime.ExitError"),
    ("abort", "Lambda.FunctionError", "Status: error\tError Type: Runtime.ExitError"),
    ("eat", "Lambda.FunctionError", "Status: error\tError Type: Runtime.ExitError"),
    ("loop", "Lambda.FunctionTimedOut", "Status: timeout"),
])
def test_its_records_fail_after_awss_retries_while_another_stream_is_delivered(
        functions, firehose, s3, hydrant, logs, word, code, report):
    create(functions, "bad", "plugin_trouble", Timeout=1, **WORKER)
    create(functions, "good", "plugin_by_word", **WORKER)
    create(functions, "here", "pass_on")
    stream(firehose, "bad", "bad", NumberOfRetries="2")
    stream(firehose, "good", "good")
    stream(firehose, "here", "here")
    daemon = hydrant.process.pid
    put(firehose, b"fine ", word.encode(), name="bad")
    put(firehose, b"keep", b"upper", name="good")
    put(firehose, b"as it was", name="here")
    hydrant.advance(600)
    assert hydrant.process.pid == daemon and hydrant.process.poll() is None
    found = objects(s3)
    assert [body for key, body in found.items() if key.startswith("good/")] == [b"keepUPPER"]
    assert [body for key, body in found.items() if key.startswith("here/")] == [b"as it was"]
    [lines] = [body for key, body in found.items() if key.startswith("bad/")]
    failed = [json.loads(line) for line in lines.splitlines()]
    assert [base64.b64decode(line["rawData"]) for line in failed] == [b"fine ", word.encode()]
    assert [(line["attemptsMade"], line["errorCode"]) for line in failed] == [(3, code)] * 2
    reports = [line for lines in events(logs, "bad") for line in lines
               if line.startswith("REPORT ")]
    assert len(reports) == 3
    assert all(line.rstrip().endswith(report) for line in reports)


def test_a_stream_whose_process_works_again_loses_and_repeats_nothing(
        functions, firehose, s3, hydrant):
    create(functions, "f", "plugin_state", **WORKER)
    stream(firehose, "s", "f")
    put(firehose, b"a", b"b", name="s")
    hydrant.advance(120)
    [helper] = helpers(hydrant)
    os.kill(helper, signal.SIGKILL)
    wait_until(lambda: not helpers(hydrant))
    put(firehose, b"c", name="s")
    hydrant.advance(120)
    assert list(objects(s3).values()) == [b"v1 seen 1v1 seen 2", b"v1 seen 1"]


def test_what_it_would_have_done_after_its_timeout_it_does_not_do(functions, words, hydrant):
    create(functions, "f", "plugin_slow", Timeout=1, **WORKER)
    _, error = invoke(functions, "x", name="f")
    assert error["errorType"] == "Sandbox.Timedout"
    wait_until(lambda: not helpers(hydrant))
    assert words.scan(TableName="words")["Items"] == []


def test_what_runs_during_a_reset_leaves_nothing_in_the_new_world(functions, client, hydrant):
    create(functions, "f", "plugin_slow", **WORKER)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        call = threads.submit(refused, invoke, functions, "x", name="f")
        wait_until(lambda: helpers(hydrant))
        assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
        assert call.result()[0] == 500
    wait_until(lambda: not helpers(hydrant))
    assert client("logs").describe_log_groups()["logGroups"] == []
    assert client("dynamodb").list_tables()["TableNames"] == []


# ---- the same as in process ------------------------------------------------------------------


def run_words(functions, words, logs, name, **members):
    """All a transform may do, as (results, rows, lines of the log)."""
    create(functions, name, "plugin_by_word", **members)
    _, payload = invoke(functions, "keep", "drop", "fail", "leave out", "upper", "put", "put many",
                        "env", "part x", name=name)
    rows = sorted(item["word"]["S"] for item in words.scan(TableName="words")["Items"])
    for row in rows:
        words.delete_item(TableName="words", Key={"word": {"S": row}})
    [lines] = events(logs, name)
    kept = [line for line in lines if not line.startswith(("START ", "END ", "REPORT "))]
    return payload, rows, kept


def test_rows_logs_and_results_are_those_of_a_transform_in_process(functions, words, logs):
    variables = {"WORD": "blue"}
    here = run_words(functions, words, logs, "here", Environment={"Variables": variables})
    isolated = run_words(functions, words, logs, "isolated", Environment={
        "Variables": {**variables, "HYDRANT_ISOLATION": "worker"}})
    assert isolated == here
    assert len(here[1]) == 150 and "put" in here[1] and here[2]


def test_an_error_a_transform_names_is_the_same(functions):
    create(functions, "here", "plugin_error")
    create(functions, "isolated", "plugin_error", **WORKER)
    here = invoke(functions, "x", name="here")
    isolated = invoke(functions, "x", name="isolated")
    assert isolated[1] == here[1]
    assert isolated[0]["FunctionError"] == here[0]["FunctionError"] == "Unhandled"


def test_what_it_prints_is_in_its_log(functions, logs):
    create(functions, "f", "plugin_trouble", **WORKER)
    invoke(functions, "print", name="f")
    [lines] = events(logs, "f")
    assert [line.strip() for line in lines][-5:-2] == ["print", "printed", "complained"]


def test_one_process_keeps_its_state_from_batch_to_batch(functions, hydrant):
    create(functions, "f", "plugin_state", **WORKER)
    seen = [results(invoke(functions, "x", name="f")[1])[0][1] for _ in range(3)]
    assert seen == ["v1 seen 1", "v1 seen 2", "v1 seen 3"]
    assert len(helpers(hydrant)) == 1


# ---- who is isolated -------------------------------------------------------------------------


def test_a_variable_a_tag_or_nothing_says_where_a_transform_runs(functions, hydrant):
    tags = {"Tags": {"hydrant:isolation": "worker"}}
    off = {"Environment": {"Variables": {"HYDRANT_ISOLATION": "none"}}}
    for name, members, count in [("plain", {}, 0), ("variable", WORKER, 1), ("tag", tags, 2),
                                 ("both", {**tags, **off}, 2)]:
        create(functions, name, "pass_on", **members)
        assert results(invoke(functions, "x", name=name)[1]) == [("Ok", "x")]
        assert len(helpers(hydrant)) == count


def test_a_tag_counts_from_the_next_batch_on(functions, hydrant):
    create(functions, "f", "plugin_state")
    assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v1 seen 1")]
    assert helpers(hydrant) == []
    functions.tag_resource(Resource=ARN + "f", Tags={"hydrant:isolation": "worker"})
    assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v1 seen 1")]
    assert len(helpers(hydrant)) == 1
    functions.untag_resource(Resource=ARN + "f", TagKeys=["hydrant:isolation"])
    assert invoke(functions, "x", name="f")[0]["StatusCode"] == 200
    wait_until(lambda: not helpers(hydrant))


def test_a_tag_counts_for_every_version(functions, hydrant):
    create(functions, "f", "pass_on", Publish=True, Tags={"hydrant:isolation": "worker"})
    answer = functions.invoke(FunctionName="f", Qualifier="1", Payload=json.dumps({"records": []}))
    assert "FunctionError" not in answer
    assert len(helpers(hydrant)) == 1


def test_another_word_is_refused(functions):
    message = "says where Hydrant runs a C transform: none or worker, not 'process'."
    status, code, said = refused(create, functions, "f", "pass_on", Environment={
        "Variables": {"HYDRANT_ISOLATION": "process"}})
    assert (status, code, said) == (400, "InvalidParameterValueException",
                                    f"HYDRANT_ISOLATION {message}")
    tags = {"hydrant:isolation": "process"}
    assert refused(create, functions, "f", "pass_on", Tags=tags)[2] == (
        f"hydrant:isolation {message}")
    create(functions, "f", "pass_on")
    assert refused(functions.tag_resource, Resource=ARN + "f", Tags=tags)[2] == (
        f"hydrant:isolation {message}")
    assert refused(functions.update_function_configuration, FunctionName="f", Environment={
        "Variables": {"HYDRANT_ISOLATION": "process"}})[2] == f"HYDRANT_ISOLATION {message}"


# ---- all of them, from files -----------------------------------------------------------------


class TestTheSetting:
    @pytest.fixture
    def plugin(self, folder):
        plugin = folder / "f.so"
        shutil.copy(PLUGINS / "plugin_state.so", plugin)
        return plugin

    @pytest.fixture
    def arguments(self, plugin):
        return ("--isolation", "worker", "--function", f"f={plugin}")

    def test_isolates_functions_from_files_and_stored_ones_but_those_that_say_none(
            self, functions, hydrant):
        assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v1 seen 1")]
        assert len(helpers(hydrant)) == 1
        create(functions, "stored", "pass_on")
        invoke(functions, "x", name="stored")
        assert len(helpers(hydrant)) == 2
        create(functions, "own", "pass_on", Environment={
            "Variables": {"HYDRANT_ISOLATION": "none"}})
        invoke(functions, "x", name="own")
        assert len(helpers(hydrant)) == 2

    def test_a_changed_file_is_run_by_a_new_process(self, functions, hydrant, plugin, folder):
        invoke(functions, "x", name="f")
        [first] = helpers(hydrant)
        os.replace(shutil.copy(PLUGINS / "plugin_state_2.so", folder / "new.so"), plugin)
        wait_until(lambda: "function f: reloaded from" in hydrant.log)
        assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v2 seen 1")]
        [second] = helpers(hydrant)
        assert first != second

    def test_a_file_that_cannot_be_loaded_changes_nothing(self, functions, hydrant, plugin, folder):
        invoke(functions, "x", name="f")
        os.replace(shutil.copy(PLUGINS / "plugin_no_symbol.so", folder / "new.so"), plugin)
        wait_until(lambda: "not reloaded, the old code stays: f.so: the symbol "
                           "hydrant_plugin_entry is missing" in hydrant.log)
        assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v1 seen 2")]

    def test_a_process_that_crashed_is_replaced_by_one_of_the_same_file(
            self, functions, hydrant):
        invoke(functions, "x", name="f")
        [process] = helpers(hydrant)
        os.kill(process, signal.SIGKILL)
        wait_until(lambda: not pathlib.Path(f"/proc/{process}").exists())  # the daemon knows
        assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "v1 seen 1")]


# ---- the process -----------------------------------------------------------------------------


def test_new_code_ends_the_old_process_by_its_fini(functions, hydrant, folder):
    obituary = folder / "obituary"
    create(functions, "f", "plugin_trouble", Environment={
        "Variables": {"HYDRANT_ISOLATION": "worker", "OBITUARY": str(obituary)}})
    invoke(functions, "x", name="f")
    [first] = helpers(hydrant)
    functions.update_function_code(FunctionName="f", ZipFile=package("plugin_trouble"))
    assert results(invoke(functions, "x", name="f")[1]) == [("Ok", "x")]
    [second] = helpers(hydrant)
    assert first != second
    assert obituary.exists()


def test_deleting_the_function_ends_its_process(functions, hydrant):
    create(functions, "f", "pass_on", **WORKER)
    invoke(functions, "x", name="f")
    assert len(helpers(hydrant)) == 1
    functions.delete_function(FunctionName="f")
    wait_until(lambda: not helpers(hydrant))


def test_a_process_may_gain_nothing_and_has_nothing_of_the_daemons(functions, hydrant):
    create(functions, "f", "pass_on", **WORKER)
    invoke(functions, "x", name="f")
    [helper] = helpers(hydrant)
    folder = pathlib.Path(f"/proc/{helper}")
    status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines()
                  if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    assert os.getsid(helper) == helper
    files = {int(entry.name): os.readlink(entry) for entry in (folder / "fd").iterdir()}
    assert sorted(files) == [0, 1, 2, 3, 4]
    assert files[0] == "/dev/null" and files[1] == files[2] and files[1].startswith("pipe:")
    assert files[3] == "anon_inode:[eventfd]" and files[4].startswith("/memfd:hydrant")
    limits = (folder / "limits").read_text()
    assert [line.split()[4:6] for line in limits.splitlines()
            if line.startswith("Max core file size")] == [["0", "0"]]


def test_a_process_ends_with_the_daemon(functions, hydrant, folder):
    create(functions, "f", "pass_on", **WORKER)
    invoke(functions, "x", name="f")
    [helper] = helpers(hydrant)
    hydrant.kill()
    wait_until(lambda: not pathlib.Path(f"/proc/{helper}").exists()
               or ") Z " in pathlib.Path(f"/proc/{helper}/stat").read_text())
    hydrant.start()


def test_a_constructor_that_crashes_fails_the_deployment_only(functions, hydrant, folder):
    source = folder / "c.c"
    source.write_text("#include <hydrant.h>\n#include <stdlib.h>\n"
                      "__attribute__((constructor)) static void start(void) { abort(); }\n"
                      "HYDRANT_EXPORT const struct hydrant_plugin *hydrant_plugin_entry(void)"
                      " { return NULL; }\n")
    header = pathlib.Path(__file__).parents[2] / "emulator/plugin"
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{header}", source, "-o", folder / "c.so"],
                   check=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(folder / "c.so", "c.so")
    status, code, message = refused(
        functions.create_function, FunctionName="f", Runtime="provided.al2023", Handler="c.so",
        Role=ROLE, Code={"ZipFile": out.getvalue()})
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "c.so: loading it took too long or ended the process, by signal 6" in message
    assert hydrant.process.poll() is None
