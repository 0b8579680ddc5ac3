"""The Lambda API with C transforms: boto3, and both generations of the AWS CLI."""

import base64
import concurrent.futures
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import time
import zipfile

import pytest

from lambda_kit import ARN, PLUGINS, ROLE, create, event, invoke, package, refused, results


@pytest.fixture
def functions(client):
    return client("lambda")


def test_a_created_function_is_pending_in_the_reply_and_active_afterwards(functions):
    code = package("plugin_by_word")
    created = create(functions, Code={"ZipFile": code}, Environment={"Variables": {"WORD": "blue"}},
                     Description="words", Tags={"team": "x"})
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    modified = created["LastModified"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", modified)
    first_revision = created["RevisionId"]
    for member in ("ResponseMetadata", "RevisionId", "LastModified", "RuntimeVersionConfig"):
        created.pop(member)
    common = {
        "FunctionName": "words",
        "FunctionArn": ARN + "words",
        "Runtime": "provided.al2023",
        "Role": ROLE,
        "Handler": "plugin_by_word.so",
        "CodeSize": len(code),
        "Description": "words",
        "Timeout": 30,
        "MemorySize": 128,
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "Version": "$LATEST",
        "Environment": {"Variables": {"WORD": "blue"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/words"},
    }
    assert created == common

    got = functions.get_function(FunctionName="words")
    assert got["Tags"] == {"team": "x"}
    assert pathlib.Path(got["Code"]["Location"].removeprefix("file://")).read_bytes() == code
    configuration = got["Configuration"]
    assert configuration["State"] == "Active"
    assert configuration["LastUpdateStatus"] == "Successful"
    assert "StateReason" not in configuration
    assert configuration["RevisionId"] != first_revision
    assert configuration["LastModified"] == modified
    same = functions.get_function_configuration(FunctionName="words")
    same.pop("ResponseMetadata")
    assert same == configuration


def test_the_cli_creates_waits_for_and_invokes_a_function(cli, folder):
    (folder / "words.zip").write_bytes(package("plugin_by_word"))
    cli("lambda", "create-function", "--function-name", "words", "--runtime", "provided.al2023",
        "--handler", "x", "--role", ROLE, "--zip-file", "fileb://words.zip")
    cli("lambda", "wait", "function-active-v2", "--function-name", "words")
    (folder / "event.json").write_text(event("upper"))
    out = json.loads(cli("lambda", "invoke", "--function-name", "words", "--payload",
                         "fileb://event.json", "--log-type", "Tail", "answer.json"))
    assert out["StatusCode"] == 200
    assert out["ExecutedVersion"] == "$LATEST"
    log = base64.b64decode(out["LogResult"]).decode()
    assert re.fullmatch(
        r"START RequestId: (\S+) Version: \$LATEST\n\[WARNING\] two\nlines\n"
        r"END RequestId: \1\nREPORT RequestId: \1\tDuration: \d+\.\d\d ms\t"
        r"Billed Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t"
        r"Init Duration: \d+\.\d\d ms\t\n", log), log
    assert results(json.loads((folder / "answer.json").read_text())) == [("Ok", "UPPER")]
    listed = json.loads(cli("lambda", "list-functions"))["Functions"]
    assert [f["FunctionName"] for f in listed] == ["words"]
    cli("lambda", "delete-function", "--function-name", "words")
    done = cli.run("lambda", "get-function", "--function-name", "words")
    assert done.returncode != 0
    assert b"(ResourceNotFoundException)" in done.stderr
    assert f"Function not found: {ARN}words".encode() in done.stderr


def test_every_record_gets_the_result_the_transform_emitted(functions):
    create(functions, Environment={"Variables": {"WORD": "blue"}})
    answer, payload = invoke(functions, "keep", "drop", "fail", "leave out", "twice", "env")
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert "LogResult" not in answer
    assert [r["recordId"] for r in payload["records"]] == ["0", "1", "2", "4", "4", "5"]
    assert results(payload) == [("Ok", "keep"), ("Dropped", ""), ("ProcessingFailed", ""),
                                ("Ok", "twice"), ("Ok", "twice"), ("Ok", "blue")]


def test_the_transform_writes_rows_through_dynamodb(functions, client):
    create(functions)
    _, payload = invoke(functions, "put")
    assert results(payload)[0][1].startswith("400 400 ResourceNotFoundException: ")
    tables = client("dynamodb")
    tables.create_table(
        TableName="words", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "word", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "word", "KeyType": "HASH"}])
    _, payload = invoke(functions, "put")
    assert results(payload) == [("Ok", "200 200 ")]
    assert tables.scan(TableName="words")["Items"] == [{"word": {"S": "put"}}]


def test_the_functions_log_group_has_its_lines(functions, client):
    create(functions)
    answer, _ = invoke(functions, "keep")
    request_id = answer["ResponseMetadata"]["RequestId"]
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/words")["events"]
    messages = [e["message"].rstrip("\n") for e in events]
    assert messages[:4] == [f"START RequestId: {request_id} Version: $LATEST", "[WARNING] two",
                            "lines", f"END RequestId: {request_id}"]
    assert messages[4].startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", events[0]["logStreamName"])


def test_a_function_error_is_a_200_with_the_error_object(functions):
    create(functions, plugin="plugin_error")
    answer, payload = invoke(functions, "x", LogType="Tail")
    assert answer["StatusCode"] == 200
    assert answer["FunctionError"] == "Unhandled"
    assert payload == {"errorMessage": 'the transform "refuses" every batch',
                       "errorType": "Test.Refused"}
    log = base64.b64decode(answer["LogResult"]).decode()
    assert '[ERROR] Test.Refused: the transform "refuses" every batch\n' in log


def test_a_response_above_six_megabytes_is_a_function_error(functions):
    create(functions)
    answer, payload = invoke(functions, "big")
    assert answer["FunctionError"] == "Unhandled"
    assert payload == {
        "errorMessage":
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge"}


def test_a_timeout_is_answered_in_time_and_the_function_throttled_until_it_returns(functions):
    create(functions, name="slow", plugin="plugin_slow", Timeout=1)
    answer, payload = invoke(functions, "x", name="slow")
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert answer["FunctionError"] == "Unhandled"
    assert payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"}
    assert refused(invoke, functions, "x", name="slow") == (
        429, "TooManyRequestsException", "Rate Exceeded.")


def test_a_dry_run_runs_nothing_and_an_event_is_answered_at_once(functions, client, hydrant):
    create(functions)
    answer = functions.invoke(FunctionName="words", InvocationType="DryRun", Payload=event("x"))
    assert answer["StatusCode"] == 204
    assert "ExecutedVersion" not in answer
    answer = functions.invoke(FunctionName="words", InvocationType="Event", Payload=event("x"))
    assert answer["StatusCode"] == 202
    assert "ExecutedVersion" not in answer
    assert answer["Payload"].read() == b""
    hydrant.advance(1)  # waits for what is in flight
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/words")["events"]
    assert sum(e["message"].startswith("START ") for e in events) == 1


def test_payloads_are_checked(functions):
    create(functions)
    status, code, message = refused(functions.invoke, FunctionName="words", Payload=b"'x'")
    assert (status, code) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json: Could not parse payload "
                              "into json: Unexpected character (''' (code 39))")
    answer = functions.invoke(FunctionName="words")
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Hydrant.NotAFirehoseEvent"
    assert refused(functions.invoke, FunctionName="words", Payload=b'"' + b"x" * 6291456 + b'"') == (
        413, "RequestEntityTooLargeException",
        "Request must be smaller than 6291456 bytes for the InvokeFunction operation")


@pytest.mark.parametrize("name", ["words", "000000000000:function:words", "function:words",
                                  ARN + "words", ARN + "words:$LATEST", "words:$LATEST"])
def test_every_form_of_the_name_is_accepted(functions, name):
    create(functions)
    got = functions.get_function_configuration(FunctionName=name)
    assert got["FunctionName"] == "words"
    assert results(invoke(functions, "keep", name=name)[1]) == [("Ok", "keep")]


def test_a_name_is_taken_once(functions, client):
    create(functions)
    assert refused(create, functions) == (
        409, "ResourceConflictException", "Function already exist: words")
    create(client("lambda", region="eu-west-1"))
    functions.delete_function(FunctionName="words")
    create(functions)


@pytest.mark.parametrize("plugin,reason", [
    ("plugin_wrong_abi", "plugin_wrong_abi.so: built for version 2.0 of hydrant.h"),
    ("plugin_no_symbol", "plugin_no_symbol.so: the symbol hydrant_plugin_entry is missing"),
    ("plugin_unresolved",
     "plugin_unresolved.so: cannot be loaded: undefined symbol: function_nobody_has"),
])
def test_code_that_cannot_be_loaded_is_refused_with_file_and_reason(functions, hydrant, plugin,
                                                                    reason):
    status, code, message = refused(create, functions, plugin=plugin)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert reason in message
    assert functions.list_functions()["Functions"] == []
    assert [p.name for p in (hydrant.data / "main/functions").iterdir()
            if not p.name.startswith(".")] == []


def slip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.so", "x")
    return out.getvalue()


@pytest.mark.parametrize("code,message", [
    (b"this is no zip", "Could not unzip uploaded file. Please check your file, then try to upload "
                        "again."),
    (slip(), "../../evil.so: this name would lead out of the package's folder"),
    (package(), "Could not unzip uploaded file"),
])
def test_packages_that_cannot_be_used_are_refused(functions, code, message):
    status, error, text = refused(create, functions, Code={"ZipFile": code})
    assert (status, error) == (400, "InvalidParameterValueException")
    assert message in text
    assert functions.list_functions()["Functions"] == []


def test_packages_without_a_transform_say_what_is_missing(functions):
    none = package(README="x")
    assert "neither a file bootstrap nor a shared object" in refused(
        create, functions, Code={"ZipFile": none})[2]
    two = package("plugin_by_word", "plugin_error")
    assert "2 shared objects" in refused(create, functions, Code={"ZipFile": two}, Handler="x")[2]
    create(functions, Code={"ZipFile": two}, Handler="plugin_by_word")
    assert results(invoke(functions, "keep")[1]) == [("Ok", "keep")]


def test_new_code_and_configuration_are_used_by_the_next_invocation(functions):
    create(functions, name="state", plugin="plugin_state")
    assert results(invoke(functions, "x", "y", name="state")[1])[1] == ("Ok", "v1 seen 2")
    before = functions.get_function_configuration(FunctionName="state")

    code = package("plugin_state_2")
    updated = functions.update_function_code(FunctionName="state", ZipFile=code)
    assert updated["State"] == "Active"
    assert updated["LastUpdateStatus"] == "InProgress"
    assert updated["LastUpdateStatusReasonCode"] == "Creating"
    after = functions.get_function_configuration(FunctionName="state")
    assert after["LastUpdateStatus"] == "Successful"
    assert after["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert len({before["RevisionId"], updated["RevisionId"], after["RevisionId"]}) == 3
    assert results(invoke(functions, "x", name="state")[1]) == [("Ok", "v2 seen 1")]

    functions.update_function_configuration(
        FunctionName="state", Timeout=9, MemorySize=256, Description="new", Handler="other",
        Role=ROLE + "2", Environment={"Variables": {"FAIL_INIT": "1"}})
    got = functions.get_function_configuration(FunctionName="state")
    assert (got["Timeout"], got["MemorySize"], got["Description"], got["Handler"], got["Role"]) == (
        9, 256, "new", "other", ROLE + "2")
    assert got["Environment"] == {"Variables": {"FAIL_INIT": "1"}}
    assert got["CodeSha256"] == after["CodeSha256"]
    _, payload = invoke(functions, "x", name="state")
    assert payload == {"errorMessage": "init was told to fail", "errorType": "Test.NoInit"}


def test_updates_that_cannot_be_done_change_nothing(functions):
    create(functions)
    before = functions.get_function_configuration(FunctionName="words")
    before.pop("ResponseMetadata")
    assert refused(functions.update_function_code, FunctionName="words",
                   ZipFile=package("plugin_wrong_abi"))[0] == 400
    assert refused(functions.update_function_configuration, FunctionName="words",
                   RevisionId="other", Timeout=9) == (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the "
        "GetFunction/GetAlias API to retrieve the latest Revision Id")
    functions.update_function_code(FunctionName="words", ZipFile=package("plugin_error"),
                                   DryRun=True)
    assert refused(functions.update_function_configuration, FunctionName="nobody",
                   Timeout=9)[0] == 404
    after = functions.get_function_configuration(FunctionName="words")
    after.pop("ResponseMetadata")
    assert after == before
    assert results(invoke(functions, "keep")[1]) == [("Ok", "keep")]


def test_lists_are_paged_in_name_order(functions):
    for name in ("c", "a", "b"):
        create(functions, name=name)
    first = functions.list_functions(MaxItems=2)
    assert [f["FunctionName"] for f in first["Functions"]] == ["a", "b"]
    assert "State" not in first["Functions"][0]
    rest = functions.list_functions(MaxItems=2, Marker=first["NextMarker"])
    assert [f["FunctionName"] for f in rest["Functions"]] == ["c"]
    assert "NextMarker" not in rest
    versions = functions.list_versions_by_function(FunctionName="a")["Versions"]
    assert [(v["Version"], v["FunctionArn"]) for v in versions] == [("$LATEST", ARN + "a:$LATEST")]
    signing = functions.get_function_code_signing_config(FunctionName="a")
    signing.pop("ResponseMetadata")
    assert signing == {"FunctionName": "a"}


def test_operations_that_do_not_exist_yet_are_named(functions):
    create(functions)
    assert refused(functions.create_function_url_config, FunctionName="words", AuthType="NONE") == (
        404, "UnknownOperationException",
        "Hydrant does not support the Lambda operation CreateFunctionUrlConfig.")


def test_functions_are_there_after_a_restart(hydrant, folder, client):
    create(client("lambda"))
    hydrant.stop()
    hydrant.start()
    functions = client("lambda")
    assert results(invoke(functions, "upper")[1]) == [("Ok", "UPPER")]


def test_what_runs_during_a_reset_leaves_nothing_in_the_new_world(functions, client, hydrant):
    create(functions, plugin="plugin_slow")
    loaded = hydrant.data / "main" / "functions" / ".loaded"
    with concurrent.futures.ThreadPoolExecutor() as threads:
        call = threads.submit(refused, invoke, functions, "x")
        while not call.done() and not any(loaded.iterdir()):
            pass
        assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
        assert call.result()[0] == 500
    assert client("logs").describe_log_groups()["logGroups"] == []


class TestFunctionsFromFiles:
    @pytest.fixture
    def arguments(self, folder):
        shutil.copy(PLUGINS / "plugin_state.so", folder / "live.so")
        return ("--function", f"live={folder / 'live.so'}")

    def test_they_are_invoked_like_any_other(self, functions):
        assert results(invoke(functions, "x", name="live")[1]) == [("Ok", "v1 seen 1")]
        configuration = functions.get_function(FunctionName="live")["Configuration"]
        assert configuration["FunctionArn"] == ARN + "live"
        assert configuration["State"] == "Active"

    def test_they_cannot_be_changed_through_the_api(self, functions):
        status, code, message = refused(functions.delete_function, FunctionName="live")
        assert (status, code) == (400, "InvalidParameterValueException")
        assert "command line" in message
        assert refused(create, functions, name="live")[0] == 409

    def test_they_have_no_versions_aliases_or_policies_and_get_none(self, functions):
        assert functions.list_aliases(FunctionName="live")["Aliases"] == []
        assert refused(functions.get_policy, FunctionName="live")[:2] == (
            404, "ResourceNotFoundException")
        assert refused(functions.get_function, FunctionName="live", Qualifier="1")[:2] == (
            404, "ResourceNotFoundException")
        versions = functions.list_versions_by_function(FunctionName="live")["Versions"]
        assert [v["Version"] for v in versions] == ["$LATEST"]
        for call, members in (
                (functions.publish_version, {}),
                (functions.create_alias, {"Name": "prod", "FunctionVersion": "$LATEST"}),
                (functions.put_function_concurrency, {"ReservedConcurrentExecutions": 1}),
                (functions.put_function_event_invoke_config, {"MaximumRetryAttempts": 1})):
            status, code, message = refused(call, FunctionName="live", **members)
            assert (status, code) == (400, "InvalidParameterValueException")
            assert "--function" in message

    def test_a_changed_file_is_reloaded(self, functions, folder, hydrant):
        assert results(invoke(functions, "x", name="live")[1]) == [("Ok", "v1 seen 1")]
        shutil.copy(PLUGINS / "plugin_state_2.so", folder / "new.so")
        os.rename(folder / "new.so", folder / "live.so")
        deadline = time.monotonic() + 20
        while "live: reloaded from" not in hydrant.log:
            assert time.monotonic() < deadline
        assert results(invoke(functions, "x", name="live")[1]) == [("Ok", "v2 seen 1")]


def test_a_file_that_cannot_be_loaded_keeps_the_daemon_from_starting(folder):
    from daemon import Daemon
    daemon = Daemon(folder, "--function", f"x={PLUGINS / 'plugin_no_symbol.so'}")
    with pytest.raises(AssertionError):
        daemon.start()
    assert "plugin_no_symbol.so: the symbol hydrant_plugin_entry is missing" in daemon.log
    assert daemon.process.wait(timeout=30) != 0
    daemon.process.stdout.close()
