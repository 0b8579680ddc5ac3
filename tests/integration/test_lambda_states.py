"""Pending and InProgress, held by --lambda-pending-time on the virtual clock."""

import pytest

from lambda_kit import ARN, create, event, package, refused


@pytest.fixture
def arguments():
    return ("--lambda-pending-time", "60s")


@pytest.fixture
def functions(client):
    return client("lambda")


def configuration(functions, **members):
    return functions.get_function_configuration(FunctionName="words", **members)


def test_a_new_function_is_pending_for_its_time_and_then_active(functions, hydrant):
    created = create(functions)
    got = configuration(functions)
    assert (got["State"], got["StateReason"], got["StateReasonCode"]) == (
        "Pending", "The function is being created.", "Creating")
    assert "LastUpdateStatus" not in got
    assert got["RevisionId"] == created["RevisionId"]
    hydrant.advance(30)
    assert configuration(functions)["State"] == "Pending"
    hydrant.advance(30)
    got = configuration(functions)
    assert (got["State"], got["LastUpdateStatus"]) == ("Active", "Successful")
    assert got["RevisionId"] != created["RevisionId"]


def test_a_pending_function_is_neither_invoked_nor_changed(functions, hydrant):
    create(functions)
    pending = (409, "ResourceConflictException",
               "The operation cannot be performed at this time. The function is currently in the "
               "following state: Pending")
    assert refused(functions.invoke, FunctionName="words", Payload=event("x")) == pending
    assert refused(functions.update_function_configuration, FunctionName="words",
                   Timeout=9) == pending
    assert refused(functions.publish_version, FunctionName="words") == pending
    hydrant.advance(60)
    assert functions.invoke(FunctionName="words", Payload=event("x"))["StatusCode"] == 200


def test_an_update_is_in_progress_for_its_time_and_excludes_others(functions, hydrant):
    create(functions)
    hydrant.advance(60)
    before = configuration(functions)["RevisionId"]
    updated = functions.update_function_configuration(FunctionName="words", Timeout=9)
    got = configuration(functions)
    assert (got["State"], got["LastUpdateStatus"], got["LastUpdateStatusReason"],
            got["LastUpdateStatusReasonCode"]) == (
        "Active", "InProgress", "The function is being created.", "Creating")
    assert got["RevisionId"] == updated["RevisionId"] != before
    busy = (409, "ResourceConflictException",
            "The operation cannot be performed at this time. An update is in progress for "
            f"resource: {ARN}words")
    assert refused(functions.update_function_configuration, FunctionName="words",
                   Timeout=8) == busy
    assert refused(functions.update_function_code, FunctionName="words",
                   ZipFile=package("plugin_by_word")) == busy
    assert functions.invoke(FunctionName="words", Payload=event("x"))["StatusCode"] == 200
    hydrant.advance(60)
    after = configuration(functions)
    assert (after["LastUpdateStatus"], after["Timeout"]) == ("Successful", 9)
    assert len({before, updated["RevisionId"], after["RevisionId"]}) == 3


def test_a_published_version_is_pending_for_its_time(functions, hydrant):
    create(functions)
    hydrant.advance(60)
    functions.publish_version(FunctionName="words")
    assert configuration(functions, Qualifier="1")["State"] == "Pending"
    hydrant.advance(60)
    got = configuration(functions, Qualifier="1")
    assert (got["State"], got["LastUpdateStatus"]) == ("Active", "Successful")


def test_a_new_mapping_reads_when_it_is_enabled_and_not_before(functions, client, hydrant):
    create(functions)
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="in", ShardCount=1)
    hydrant.advance(60)
    uuid = functions.create_event_source_mapping(
        FunctionName="words", StartingPosition="TRIM_HORIZON",
        EventSourceArn="arn:aws:kinesis:us-east-1:000000000000:stream/in")["UUID"]
    kinesis.put_record(StreamName="in", Data=b"x", PartitionKey="k")
    hydrant.advance(30)
    got = functions.get_event_source_mapping(UUID=uuid)
    assert (got["State"], got["LastProcessingResult"]) == ("Creating", "No records processed")
    hydrant.advance(31)
    got = functions.get_event_source_mapping(UUID=uuid)
    assert (got["State"], got["LastProcessingResult"]) == (
        "Enabled", "PROBLEM: Function call failed")  # no event a C transform takes
