"""Asynchronous invocations: kept before they are acknowledged, tried again on the virtual clock."""


import pytest

from lambda_kit import ARN, create, event, package, refused


@pytest.fixture
def functions(client):
    return client("lambda")


def later(functions, name="words", text="x", **members):
    answer = functions.invoke(FunctionName=name, InvocationType="Event", Payload=event(text),
                              **members)
    assert answer["StatusCode"] == 202
    return answer["ResponseMetadata"]["RequestId"]


def starts(client, name="words"):
    """The request ids of all invocations of a function, in order."""
    logs = client("logs")
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}",
                                       filterPattern="START")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [e["message"].split()[2] for e in found]


def test_an_event_is_run_once_when_it_succeeds_under_the_id_of_the_answer(functions, client,
                                                                          hydrant):
    create(functions)
    request_id = later(functions)
    hydrant.advance(3600)
    assert starts(client) == [request_id]


def test_a_failing_event_is_tried_after_one_minute_and_after_two_more(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    request_id = later(functions)
    hydrant.advance(1)
    assert starts(client) == [request_id]
    hydrant.advance(30)
    assert len(starts(client)) == 1
    hydrant.advance(60)
    assert len(starts(client)) == 2
    hydrant.advance(60)
    assert len(starts(client)) == 2
    hydrant.advance(90)
    assert starts(client) == [request_id] * 3
    hydrant.advance(24 * 3600)
    assert len(starts(client)) == 3


def test_a_function_that_was_mended_meanwhile_succeeds_at_the_next_try(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    request_id = later(functions)
    hydrant.advance(1)
    functions.update_function_code(FunctionName="words", ZipFile=package("plugin_by_word"))
    hydrant.advance(3600)
    assert starts(client) == [request_id] * 2


@pytest.mark.parametrize("retries", [0, 1])
def test_the_configuration_says_how_often_it_is_tried(functions, client, hydrant, retries):
    create(functions, plugin="plugin_error")
    functions.put_function_event_invoke_config(FunctionName="words", MaximumRetryAttempts=retries)
    later(functions)
    hydrant.advance(3600)
    assert len(starts(client)) == 1 + retries


def test_an_event_that_is_too_old_is_given_up(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    functions.put_function_event_invoke_config(FunctionName="words", MaximumEventAgeInSeconds=100)
    later(functions)
    hydrant.advance(3600)
    assert len(starts(client)) == 2
    assert "it is too old" in hydrant.log


def test_a_throttled_event_waits_until_the_function_may_run(functions, client, hydrant):
    create(functions, plugin="plugin_slow")
    functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=1)
    ids = [later(functions) for _ in range(3)]
    hydrant.advance(600)
    assert sorted(starts(client)) == sorted(ids)


def test_an_event_of_a_function_that_is_switched_off_is_given_up(functions, client, hydrant):
    create(functions)
    functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=0)
    request_id = later(functions)
    hydrant.advance(1)
    functions.delete_function_concurrency(FunctionName="words")
    hydrant.advance(3600)
    assert starts(client) == []
    assert f"{request_id} is given up: its reserved concurrency is zero" in hydrant.log


def test_many_events_run_each_once(functions, client, hydrant):
    create(functions)
    ids = [later(functions) for _ in range(150)]
    hydrant.advance(60)
    assert sorted(starts(client)) == sorted(ids)


def test_an_accepted_event_survives_a_crash(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    request_id = later(functions)
    hydrant.kill()
    hydrant.start()
    hydrant.advance(600)
    assert request_id in starts(client)


def test_a_retry_that_waits_survives_a_restart(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    request_id = later(functions)
    hydrant.advance(1)
    hydrant.stop()
    hydrant.start()
    assert starts(client) == [request_id]
    hydrant.advance(600)
    assert starts(client) == [request_id] * 3


def test_events_go_with_their_function(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    later(functions)
    hydrant.advance(1)
    functions.delete_function(FunctionName="words")
    create(functions)
    hydrant.advance(3600)
    assert len(starts(client)) == 1


def test_a_reset_forgets_what_waits(functions, client, hydrant):
    create(functions, plugin="plugin_error")
    later(functions)
    hydrant.advance(1)
    assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
    create(functions)
    hydrant.advance(3600)
    assert starts(client) == []


def test_events_run_the_version_or_alias_they_name(functions, client, hydrant):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    later(functions, "words:prod")
    hydrant.advance(1)
    found = client("logs").filter_log_events(logGroupName="/aws/lambda/words",
                                             filterPattern="START")["events"]
    assert ["Version: 1" in e["message"] for e in found] == [True]


def test_an_event_has_a_json_payload_of_limited_size(functions):
    create(functions)
    assert refused(functions.invoke, FunctionName="words", InvocationType="Event",
                   Payload=b"{x")[:2] == (400, "InvalidRequestContentException")
    assert refused(functions.invoke, FunctionName="words", InvocationType="Event",
                   Payload=b'"' + b"x" * (1 << 20) + b'"')[:2] == (
        413, "RequestEntityTooLargeException")
    assert refused(functions.invoke, FunctionName="nobody", InvocationType="Event") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}nobody:$LATEST")


def test_the_older_operation_keeps_events_too(functions, client, hydrant):
    create(functions)
    answer = functions.invoke_async(FunctionName="words", InvokeArgs=event("x"))
    assert answer["Status"] == 202
    hydrant.advance(1)
    assert len(starts(client)) == 1


# ---- configurations


def bare(answer):
    return {k: v for k, v in answer.items() if k not in ("ResponseMetadata", "LastModified")}


NO_DESTINATIONS = {"OnSuccess": {}, "OnFailure": {}}


def test_a_configuration_is_put_read_updated_and_deleted(functions):
    create(functions)
    put = functions.put_function_event_invoke_config(FunctionName="words", MaximumRetryAttempts=1)
    assert bare(put) == {"FunctionArn": ARN + "words:$LATEST", "MaximumRetryAttempts": 1,
                         "DestinationConfig": NO_DESTINATIONS}
    assert bare(functions.get_function_event_invoke_config(FunctionName="words")) == bare(put)
    updated = functions.update_function_event_invoke_config(
        FunctionName="words", MaximumEventAgeInSeconds=60)
    assert bare(updated) == {**bare(put), "MaximumEventAgeInSeconds": 60}
    put = functions.put_function_event_invoke_config(
        FunctionName="words", MaximumEventAgeInSeconds=70)
    assert bare(put) == {"FunctionArn": ARN + "words:$LATEST", "MaximumEventAgeInSeconds": 70,
                         "DestinationConfig": NO_DESTINATIONS}
    gone = functions.delete_function_event_invoke_config(FunctionName="words")
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(functions.get_function_event_invoke_config, FunctionName="words") == (
        404, "ResourceNotFoundException",
        f"The function {ARN}words:$LATEST doesn't have an EventInvokeConfig")


def test_configurations_of_versions_and_aliases_are_listed(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    for members in ({}, {"Qualifier": "1"}, {"Qualifier": "prod"}):
        functions.put_function_event_invoke_config(FunctionName="words", MaximumRetryAttempts=1,
                                                   **members)
    listed = functions.list_function_event_invoke_configs(FunctionName="words")
    assert sorted(c["FunctionArn"] for c in listed["FunctionEventInvokeConfigs"]) == [
        ARN + "words:$LATEST", ARN + "words:1", ARN + "words:prod"]


def test_destinations_and_dead_letter_queues_are_refused_by_name(functions):
    create(functions)
    where = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}
    assert "DestinationConfig" in refused(
        functions.put_function_event_invoke_config, FunctionName="words",
        DestinationConfig=where)[2]
    assert "DeadLetterConfig" in refused(
        functions.update_function_configuration, FunctionName="words",
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"})[2]
    assert refused(functions.put_function_event_invoke_config, FunctionName="words")[:2] == (
        400, "InvalidParameterValueException")
