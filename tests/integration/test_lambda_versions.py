"""Versions and aliases of functions."""

import base64
import hashlib
import json
import pathlib
import sqlite3

import pytest

from lambda_kit import ARN, ROLE, create, invoke, package, refused, results

SCHEMA = pathlib.Path(__file__).parents[2] / "storage" / "schema"


@pytest.fixture
def functions(client):
    return client("lambda")


def bare(answer):
    """Without what differs from call to call."""
    return {k: v for k, v in answer.items() if k not in ("ResponseMetadata", "RevisionId")}


def versions(functions, name="words"):
    found = functions.list_versions_by_function(FunctionName=name)["Versions"]
    return [(v["Version"], v["FunctionArn"]) for v in found]


def test_a_published_version_is_a_copy_of_latest_with_a_number(functions):
    create(functions, Description="first", Tags={"team": "x"})
    latest = functions.get_function_configuration(FunctionName="words")
    published = functions.publish_version(FunctionName="words")
    assert published["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert published["Version"] == "1"
    assert published["FunctionArn"] == ARN + "words:1"
    got = functions.get_function_configuration(FunctionName="words", Qualifier="1")
    assert (got["State"], got["LastUpdateStatus"]) == ("Active", "Successful")
    assert got["RevisionId"] != latest["RevisionId"]
    assert bare(got) == {**bare(latest), "Version": "1", "FunctionArn": ARN + "words:1"}
    whole = functions.get_function(FunctionName="words:1")
    assert whole["Tags"] == {"team": "x"}
    listed = functions.list_versions_by_function(FunctionName="words")["Versions"]
    assert [v["Version"] for v in listed] == ["$LATEST", "1"]
    assert "LastUpdateStatus" not in listed[0]


def test_publishing_without_a_change_returns_the_same_version(functions):
    create(functions)
    first = functions.publish_version(FunctionName="words", Description="one")
    assert first["Description"] == "one"
    again = functions.publish_version(FunctionName="words", Description="two")
    assert (again["Version"], again["Description"]) == ("1", "one")
    functions.update_function_code(FunctionName="words", ZipFile=package("plugin_by_word"))
    assert functions.publish_version(FunctionName="words")["Version"] == "1"
    functions.update_function_configuration(FunctionName="words", Timeout=9)
    assert functions.publish_version(FunctionName="words")["Version"] == "2"
    assert versions(functions) == [("$LATEST", ARN + "words:$LATEST"), ("1", ARN + "words:1"),
                                   ("2", ARN + "words:2")]


def test_create_and_update_publish_when_asked(functions):
    made = create(functions, name="state", plugin="plugin_state", Publish=True)
    assert (made["Version"], made["FunctionArn"], made["State"]) == (
        "1", ARN + "state:1", "Pending")
    updated = functions.update_function_code(
        FunctionName="state", ZipFile=package("plugin_state_2"), Publish=True)
    assert (updated["Version"], updated["FunctionArn"]) == ("2", ARN + "state:2")
    assert [v for v, _ in versions(functions, "state")] == ["$LATEST", "1", "2"]


def test_a_version_keeps_code_and_configuration(functions, client):
    old = package("plugin_state")
    create(functions, name="state", plugin="plugin_state", Code={"ZipFile": old}, Publish=True)
    functions.update_function_code(FunctionName="state", ZipFile=package("plugin_state_2"))
    functions.update_function_configuration(
        FunctionName="state", Environment={"Variables": {"FAIL_INIT": "1"}})
    answer, payload = invoke(functions, "x", name="state:1")
    assert answer["ExecutedVersion"] == "1"
    assert results(payload) == [("Ok", "v1 seen 1")]
    answer, payload = invoke(functions, "x", name="state", Qualifier="1")
    assert results(payload) == [("Ok", "v1 seen 2")]
    answer, payload = invoke(functions, "x", name="state")
    assert answer["ExecutedVersion"] == "$LATEST"
    assert payload["errorType"] == "Test.NoInit"
    got = functions.get_function_configuration(FunctionName="state:1")
    assert got["CodeSha256"] == base64.b64encode(hashlib.sha256(old).digest()).decode()
    assert "Environment" not in got
    events = client("logs").filter_log_events(
        logGroupName="/aws/lambda/state", filterPattern="START")["events"]
    assert [("[1]" in e["logStreamName"], "Version: 1" in e["message"]) for e in events] == [
        (True, True), (True, True), (False, False)]


def test_versions_cannot_be_changed(functions):
    create(functions, Publish=True)
    assert refused(functions.update_function_configuration, FunctionName="words:1",
                   Timeout=9)[:2] == (400, "InvalidParameterValueException")


def test_only_the_code_that_was_seen_is_published(functions):
    create(functions)
    sha = functions.get_function_configuration(FunctionName="words")["CodeSha256"]
    assert refused(functions.publish_version, FunctionName="words", CodeSha256="other") == (
        400, "InvalidParameterValueException",
        f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({sha}). Please try "
        "again with the CodeSHA256 in $LATEST.")
    assert refused(functions.publish_version, FunctionName="words", RevisionId="other")[:2] == (
        412, "PreconditionFailedException")
    assert functions.publish_version(FunctionName="words", CodeSha256=sha)["Version"] == "1"


def test_a_deleted_versions_number_is_not_used_again(functions):
    create(functions, Publish=True)
    deleted = functions.delete_function(FunctionName="words", Qualifier="1")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(functions.get_function, FunctionName="words", Qualifier="1") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}words:1")
    assert results(invoke(functions, "keep")[1]) == [("Ok", "keep")]
    assert functions.publish_version(FunctionName="words")["Version"] == "2"
    assert results(invoke(functions, "keep", name="words:2")[1]) == [("Ok", "keep")]
    functions.delete_function(FunctionName="words", Qualifier="2")
    assert refused(invoke, functions, "keep", name="words:2")[:2] == (
        404, "ResourceNotFoundException")


def test_deleting_a_function_deletes_versions_and_aliases(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    functions.delete_function(FunctionName="words")
    create(functions)
    assert [v for v, _ in versions(functions)] == ["$LATEST"]
    assert functions.list_aliases(FunctionName="words")["Aliases"] == []
    assert functions.publish_version(FunctionName="words")["Version"] == "1"


def test_versions_are_listed_in_pages(functions):
    create(functions, Publish=True)
    for timeout in (4, 5):
        functions.update_function_configuration(FunctionName="words", Timeout=timeout)
        functions.publish_version(FunctionName="words")
    seen = []
    marker = {}
    while True:
        page = functions.list_versions_by_function(FunctionName="words", MaxItems=1, **marker)
        seen += [v["Version"] for v in page["Versions"]]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
    assert seen == ["$LATEST", "1", "2", "3"]


def test_all_versions_of_all_functions_are_listed_on_request(functions):
    create(functions, name="a", Publish=True)
    create(functions, name="b")
    pages = functions.get_paginator("list_functions").paginate(
        FunctionVersion="ALL", PaginationConfig={"PageSize": 1})
    assert [f["FunctionArn"] for page in pages for f in page["Functions"]] == [
        ARN + "a:$LATEST", ARN + "a:1", ARN + "b:$LATEST"]
    assert [f["FunctionArn"] for f in functions.list_functions()["Functions"]] == [
        ARN + "a", ARN + "b"]


def test_versions_are_there_after_a_restart(hydrant, client):
    create(client("lambda"), Publish=True)
    hydrant.stop()
    hydrant.start()
    functions = client("lambda")
    assert results(invoke(functions, "upper", name="words:1")[1]) == [("Ok", "UPPER")]


def test_functions_of_an_older_database_are_there_and_get_versions(hydrant, client):
    create(client("lambda"))
    hydrant.stop()
    path = hydrant.data / "main" / "hydrant.db"
    kept = ("account", "region", "name", "runtime", "role", "handler", "description", "timeout_s",
            "memory_mb", "storage_mb", "environment", "tags", "architecture", "tracing",
            "log_group", "code_sha256", "code_size", "code_revision", "code_file", "revision_id",
            "modified_ms")
    with sqlite3.connect(path) as new:
        row = new.execute(f"SELECT {', '.join(kept)} FROM function").fetchone()
        (application,) = new.execute("PRAGMA application_id").fetchone()
    for file in path.parent.glob("hydrant.db*"):
        file.unlink()
    with sqlite3.connect(path) as old:
        for step in sorted(SCHEMA.glob("00[1-9]_*.sql")):
            old.executescript(step.read_text())
        marks = ", ".join("?" * len(kept))
        old.execute(f"INSERT INTO function({', '.join(kept)}) VALUES({marks})", row)
        old.execute("PRAGMA user_version = 9")
        old.execute(f"PRAGMA application_id = {application}")
    hydrant.start()
    functions = client("lambda")
    got = functions.get_function_configuration(FunctionName="words")
    assert (got["Version"], got["State"], got["LastUpdateStatus"]) == (
        "$LATEST", "Active", "Successful")
    assert functions.publish_version(FunctionName="words")["Version"] == "1"
    assert results(invoke(functions, "upper", name="words:1")[1]) == [("Ok", "UPPER")]


# ---- aliases


def test_an_alias_points_to_a_version(functions):
    create(functions, Publish=True)
    made = functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1",
                                  Description="live", RoutingConfig={})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    revision = made["RevisionId"]
    assert bare(made) == {"AliasArn": ARN + "words:prod", "Name": "prod", "FunctionVersion": "1",
                          "Description": "live"}
    got = functions.get_alias(FunctionName="words", Name="prod")
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert (bare(got), got["RevisionId"]) == (bare(made), revision)
    configuration = functions.get_function_configuration(FunctionName="words", Qualifier="prod")
    assert (configuration["Version"], configuration["FunctionArn"]) == ("1", ARN + "words:prod")
    answer, payload = invoke(functions, "keep", name=ARN + "words:prod")
    assert (answer["ExecutedVersion"], results(payload)) == ("1", [("Ok", "keep")])


def test_an_updated_alias_points_elsewhere_and_has_a_new_revision(functions):
    create(functions, Publish=True)
    made = functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    assert made["Description"] == ""
    updated = functions.update_alias(FunctionName="words", Name="prod", FunctionVersion="$LATEST",
                                     Description="new", RevisionId=made["RevisionId"])
    assert updated["RevisionId"] != made["RevisionId"]
    assert invoke(functions, "keep", name="words:prod")[0]["ExecutedVersion"] == "$LATEST"
    assert refused(functions.update_alias, FunctionName="words", Name="prod",
                   RevisionId=made["RevisionId"])[:2] == (412, "PreconditionFailedException")


def test_an_alias_is_deleted_and_then_is_not_found(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    gone = functions.delete_alias(FunctionName="words", Name="prod")
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    missing = (404, "ResourceNotFoundException", f"Cannot find alias arn: {ARN}words:prod")
    assert refused(functions.get_alias, FunctionName="words", Name="prod") == missing
    assert refused(functions.update_alias, FunctionName="words", Name="prod") == missing
    assert refused(functions.get_function, FunctionName="words", Qualifier="prod") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}words:prod")


def test_an_alias_name_is_taken_once_and_is_no_number(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    assert refused(functions.create_alias, FunctionName="words", Name="prod",
                   FunctionVersion="1") == (
        409, "ResourceConflictException", f"Alias already exists: {ARN}words:prod")
    status, code, message = refused(functions.create_alias, FunctionName="words", Name="12",
                                    FunctionVersion="1")
    assert (status, code) == (400, "ValidationException")
    assert "(?!^[0-9]+$)([a-zA-Z0-9-_]+)" in message


def test_an_alias_needs_a_version_that_is_there(functions):
    create(functions)
    assert refused(functions.create_alias, FunctionName="words", Name="prod",
                   FunctionVersion="7")[:2] == (404, "ResourceNotFoundException")
    assert functions.list_aliases(FunctionName="words")["Aliases"] == []


def test_weights_share_the_invocations_between_two_versions(functions):
    create(functions, Publish=True)
    functions.update_function_configuration(FunctionName="words", Timeout=9)
    functions.publish_version(FunctionName="words")
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    made = functions.create_alias(FunctionName="words", Name="both", FunctionVersion="1",
                                  RoutingConfig=weights)
    assert made["RoutingConfig"] == weights
    seen = {invoke(functions, "keep", name="words:both")[0]["ExecutedVersion"] for _ in range(40)}
    assert seen == {"1", "2"}
    functions.update_alias(FunctionName="words", Name="both", RoutingConfig={
        "AdditionalVersionWeights": {"2": 1.0}})
    seen = {invoke(functions, "keep", name="words:both")[0]["ExecutedVersion"] for _ in range(10)}
    assert seen == {"2"}
    updated = functions.update_alias(FunctionName="words", Name="both", RoutingConfig={})
    assert "RoutingConfig" not in updated


@pytest.mark.parametrize("version,weights", [
    ("$LATEST", {"1": 0.1}), ("1", {"1": 0.1}), ("1", {"2": 0.1, "3": 0.1})])
def test_weights_that_cannot_be_are_refused(functions, version, weights):
    create(functions, Publish=True)
    assert refused(functions.create_alias, FunctionName="words", Name="both",
                   FunctionVersion=version,
                   RoutingConfig={"AdditionalVersionWeights": weights})[:2] == (
        400, "InvalidParameterValueException")


def test_aliases_are_listed_by_version_and_in_pages(functions):
    create(functions, Publish=True)
    for name, version in (("c", "1"), ("a", "$LATEST"), ("b", "1")):
        functions.create_alias(FunctionName="words", Name=name, FunctionVersion=version)
    first = functions.list_aliases(FunctionName="words", MaxItems=2)
    assert [a["Name"] for a in first["Aliases"]] == ["a", "b"]
    rest = functions.list_aliases(FunctionName="words", MaxItems=2, Marker=first["NextMarker"])
    assert [a["Name"] for a in rest["Aliases"]] == ["c"]
    assert "NextMarker" not in rest
    of_one = functions.list_aliases(FunctionName="words", FunctionVersion="1")["Aliases"]
    assert [a["Name"] for a in of_one] == ["b", "c"]


def test_a_version_an_alias_points_to_stays(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    assert refused(functions.delete_function, FunctionName="words", Qualifier="1")[:2] == (
        409, "ResourceConflictException")
    assert invoke(functions, "keep", name="words:prod")[0]["ExecutedVersion"] == "1"


def test_a_delivery_stream_calls_the_alias_it_names(functions, client, hydrant):
    create(functions, name="state", plugin="plugin_state", Publish=True)
    functions.create_alias(FunctionName="state", Name="prod", FunctionVersion="1")
    functions.update_function_code(FunctionName="state", ZipFile=package("plugin_state_2"))
    s3 = client("s3")
    s3.create_bucket(Bucket="out")
    firehose = client("firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName="s", ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::out",
            "ProcessingConfiguration": {"Enabled": True, "Processors": [
                {"Type": "Lambda", "Parameters": [
                    {"ParameterName": "LambdaArn", "ParameterValue": ARN + "state:prod"}]}]}})
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x"})
    hydrant.flush("s")
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket="out")["Contents"]]
    assert [s3.get_object(Bucket="out", Key=k)["Body"].read() for k in keys] == [b"v1 seen 1"]


def test_the_cli_publishes_waits_and_points_aliases(cli, folder):
    (folder / "words.zip").write_bytes(package("plugin_by_word"))
    (folder / "layer.zip").write_bytes(package(python="x"))
    layer = json.loads(cli("lambda", "publish-layer-version", "--layer-name", "tools",
                           "--zip-file", "fileb://layer.zip"))["LayerVersionArn"]
    cli("lambda", "create-function", "--function-name", "words", "--runtime", "provided.al2023",
        "--handler", "x", "--role", ROLE, "--zip-file", "fileb://words.zip", "--publish",
        "--layers", layer)
    cli("lambda", "wait", "published-version-active", "--function-name", "words",
        "--qualifier", "1")
    cli("lambda", "update-function-configuration", "--function-name", "words", "--timeout", "9")
    cli("lambda", "wait", "function-updated-v2", "--function-name", "words")
    assert json.loads(cli("lambda", "publish-version", "--function-name", "words"))[
        "Version"] == "2"
    alias = json.loads(cli("lambda", "create-alias", "--function-name", "words", "--name", "prod",
                           "--function-version", "2", "--routing-config",
                           "AdditionalVersionWeights={1=0.25}"))
    assert alias["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 0.25}}
    cli("lambda", "add-permission", "--function-name", "words", "--statement-id", "s3",
        "--action", "lambda:InvokeFunction", "--principal", "s3.amazonaws.com")
    policy = json.loads(cli("lambda", "get-policy", "--function-name", "words"))["Policy"]
    assert [s["Sid"] for s in json.loads(policy)["Statement"]] == ["s3"]
    cli("lambda", "put-function-concurrency", "--function-name", "words",
        "--reserved-concurrent-executions", "0")
    failed = cli.run("lambda", "invoke", "--function-name", "words:prod", "out.json")
    assert b"TooManyRequestsException" in failed.stderr
