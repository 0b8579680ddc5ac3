"""CloudWatch Logs: groups, streams, events, pages and searches, as boto3 and the AWS CLI see them."""

import json
import os
import re
import signal
import subprocess

import botocore.exceptions
import pytest

from fixtures import CREDENTIALS, cli_commands

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def logs(client):
    return client("logs")


@pytest.fixture
def now(hydrant):
    return hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]


@pytest.fixture
def stream(logs):
    """A group /g with one stream s: put(timestamp, message, ...) and the like are on the client."""
    logs.create_log_group(logGroupName="/g")
    logs.create_log_stream(logGroupName="/g", logStreamName="s")
    return {"logGroupName": "/g", "logStreamName": "s"}


def events(*pairs):
    return [{"timestamp": at, "message": message} for at, message in pairs]


def messages(answer):
    return [event["message"] for event in answer["events"]]


def refused(call, **arguments):
    """(code, HTTP status, message) of a call that has to fail."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    error = answer["Error"]
    return error["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


NO_GROUP = ("ResourceNotFoundException", 400, "The specified log group does not exist.")
NO_STREAM = ("ResourceNotFoundException", 400, "The specified log stream does not exist.")
BAD_TOKEN = ("InvalidParameterException", 400, "The specified nextToken is invalid.")


# ---- groups ---------------------------------------------------------------------------------


def test_a_new_group_is_described_with_its_arns_and_defaults(logs, now):
    logs.create_log_group(logGroupName="/aws/lambda/a")
    (group,) = logs.describe_log_groups()["logGroups"]
    assert abs(group.pop("creationTime") - now) < 60_000
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a"
    group.pop("logGroupArn", None), group.pop("deletionProtectionEnabled", None)
    group.pop("logGroupClass", None)  # members that older boto3 does not know
    assert group == {
        "logGroupName": "/aws/lambda/a",
        "metricFilterCount": 0,
        "arn": arn + ":*",
        "storedBytes": 0,
    }


def test_a_group_has_its_class_and_plain_arn_on_the_wire(hydrant, logs):
    logs.create_log_group(logGroupName="g")
    seen = {}
    logs.meta.events.register(
        "response-received.logs.DescribeLogGroups",
        lambda response_dict, **_: seen.update(json.loads(response_dict["body"])),
    )
    logs.describe_log_groups()
    (group,) = seen["logGroups"]
    assert group["logGroupClass"] == "STANDARD"
    assert group["logGroupArn"] == "arn:aws:logs:us-east-1:000000000000:log-group:g"
    assert group["deletionProtectionEnabled"] is False


def test_a_group_name_is_taken_once_and_per_region(logs, client):
    logs.create_log_group(logGroupName="g")
    assert refused(logs.create_log_group, logGroupName="g") == (
        "ResourceAlreadyExistsException",
        400,
        "The specified log group already exists",
    )
    elsewhere = client("logs", region="eu-west-1")
    assert elsewhere.describe_log_groups()["logGroups"] == []
    elsewhere.create_log_group(logGroupName="g")
    other_account = client("logs", key="111111111111")
    assert other_account.describe_log_groups()["logGroups"] == []


def test_a_name_with_other_characters_is_refused(logs):
    code, status, message = refused(logs.create_log_group, logGroupName="a b")
    assert (code, status) == ("InvalidParameterException", 400)
    assert message.startswith(
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


def test_a_name_beyond_512_characters_is_refused_in_aws_words(logs):
    too_long = (
        "InvalidParameterException",
        400,
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )
    assert refused(logs.create_log_group, logGroupName="g" * 513) == too_long
    assert refused(logs.delete_log_group, logGroupName="g" * 513) == too_long
    logs.create_log_group(logGroupName="g" * 512)
    group = {"logGroupName": "g" * 512}
    assert refused(logs.create_log_stream, **group, logStreamName="ä" * 513) == too_long
    logs.create_log_stream(**group, logStreamName="ä" * 512)
    (stream,) = logs.describe_log_streams(**group)["logStreams"]
    assert stream["logStreamName"] == "ä" * 512


def test_groups_are_listed_by_name_page_by_page(logs):
    names = sorted(f"/a/{number}" for number in range(7))
    for name in ["/b", *reversed(names)]:
        logs.create_log_group(logGroupName=name)
    first = logs.describe_log_groups(logGroupNamePrefix="/a/", limit=4)
    assert [group["logGroupName"] for group in first["logGroups"]] == names[:4]
    second = logs.describe_log_groups(
        logGroupNamePrefix="/a/", limit=4, nextToken=first["nextToken"]
    )
    assert [group["logGroupName"] for group in second["logGroups"]] == names[4:]
    assert "nextToken" not in second
    exact = logs.describe_log_groups(limit=8)
    assert len(exact["logGroups"]) == 8 and "nextToken" not in exact


def test_groups_are_found_by_a_part_of_their_name(logs):
    for name in ("/aws/lambda/one", "/aws/firehose/one", "/other"):
        logs.create_log_group(logGroupName=name)
    found = logs.describe_log_groups(logGroupNamePattern="one")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["/aws/firehose/one", "/aws/lambda/one"]
    assert refused(
        logs.describe_log_groups, logGroupNamePattern="one", logGroupNamePrefix="/aws"
    ) == (
        "InvalidParameterException",
        400,
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )
    assert refused(logs.describe_log_groups, nextToken="nonsense") == BAD_TOKEN


def test_a_deleted_group_is_gone_with_its_events(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now, "old")))
    logs.delete_log_group(logGroupName="/g")
    assert refused(logs.delete_log_group, logGroupName="/g") == NO_GROUP
    assert refused(logs.filter_log_events, logGroupName="/g") == NO_GROUP
    logs.create_log_group(logGroupName="/g")
    assert messages(logs.filter_log_events(logGroupName="/g")) == []


def test_retention_is_shown_until_it_is_deleted(logs):
    logs.create_log_group(logGroupName="g")
    logs.put_retention_policy(logGroupName="g", retentionInDays=14)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
    code, status, message = refused(
        logs.put_retention_policy, logGroupName="g", retentionInDays=15
    )
    assert (code, status) == ("InvalidParameterException", 400)
    assert "Value '15' at 'retentionInDays'" in message
    logs.delete_retention_policy(logGroupName="g")
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    assert refused(logs.put_retention_policy, logGroupName="h", retentionInDays=1) == NO_GROUP
    assert refused(logs.delete_retention_policy, logGroupName="h") == NO_GROUP


def test_tags_are_put_listed_and_removed_by_arn(logs):
    logs.create_log_group(logGroupName="g", tags={"a": "1", "b": "2"})
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    logs.tag_resource(resourceArn=arn, tags={"b": "3", "c": ""})
    assert logs.list_tags_for_resource(resourceArn=arn + ":*")["tags"] == {
        "a": "1",
        "b": "3",
        "c": "",
    }
    logs.untag_resource(resourceArn=arn, tagKeys=["a", "nothing"])
    assert logs.list_tags_log_group(logGroupName="g")["tags"] == {"b": "3", "c": ""}
    assert refused(logs.list_tags_for_resource, resourceArn=arn + "x") == (
        "ResourceNotFoundException",
        400,
        "The specified resource does not exist.",
    )


def test_a_group_never_has_more_than_fifty_tags(logs):
    logs.create_log_group(logGroupName="g", tags={str(n): "x" for n in range(49)})
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    code, status, _ = refused(logs.tag_resource, resourceArn=arn, tags={"y": "1", "z": "2"})
    assert (code, status) == ("TooManyTagsException", 400)
    assert len(logs.list_tags_for_resource(resourceArn=arn)["tags"]) == 49
    logs.tag_resource(resourceArn=arn, tags={"y": "1", "0": "again"})
    assert len(logs.list_tags_for_resource(resourceArn=arn)["tags"]) == 50


# ---- streams --------------------------------------------------------------------------------


def test_a_stream_is_described_with_its_times_once_it_has_events(logs, stream, now):
    (before,) = logs.describe_log_streams(logGroupName="/g")["logStreams"]
    assert before["logStreamName"] == "s" and before["storedBytes"] == 0
    assert before["arn"] == (
        "arn:aws:logs:us-east-1:000000000000:log-group:/g:log-stream:s"
    )
    assert not {"firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"} & set(before)
    assert re.fullmatch(r"\d{56}", before["uploadSequenceToken"])

    logs.put_log_events(**stream, logEvents=events((now - 5, "a"), (now - 2, "b")))
    (after,) = logs.describe_log_streams(logGroupName="/g")["logStreams"]
    assert (after["firstEventTimestamp"], after["lastEventTimestamp"]) == (now - 5, now - 2)
    assert after["lastIngestionTime"] >= now


def test_a_stream_name_is_taken_once_in_a_group(logs, stream):
    assert refused(logs.create_log_stream, **stream) == (
        "ResourceAlreadyExistsException",
        400,
        "The specified log stream already exists",
    )
    assert refused(logs.create_log_stream, logGroupName="h", logStreamName="s") == NO_GROUP
    code, status, _ = refused(logs.create_log_stream, logGroupName="/g", logStreamName="a:b")
    assert (code, status) == ("InvalidParameterException", 400)


def test_streams_are_ordered_by_name_or_last_event(logs, stream, now):
    for name, at in (("b", now - 1), ("a", now - 3), ("c", now - 2)):
        logs.create_log_stream(logGroupName="/g", logStreamName=name)
        logs.put_log_events(logGroupName="/g", logStreamName=name, logEvents=events((at, "x")))

    def names(**arguments):
        found, token = [], {}
        while True:
            answer = logs.describe_log_streams(logGroupName="/g", limit=2, **arguments, **token)
            found += [each["logStreamName"] for each in answer["logStreams"]]
            if "nextToken" not in answer:
                return found
            token = {"nextToken": answer["nextToken"]}

    assert names() == ["a", "b", "c", "s"]
    assert names(descending=True) == ["s", "c", "b", "a"]
    assert names(orderBy="LastEventTime", descending=True) == ["b", "c", "a", "s"]
    assert names(orderBy="LastEventTime") == ["s", "a", "c", "b"]
    assert names(logStreamNamePrefix="a") == ["a"]
    assert refused(
        logs.describe_log_streams,
        logGroupName="/g",
        orderBy="LastEventTime",
        logStreamNamePrefix="a",
    ) == (
        "InvalidParameterException",
        400,
        "Cannot order by LastEventTime with a logStreamNamePrefix.",
    )


def test_a_deleted_stream_takes_its_events_along(logs, stream, now):
    logs.create_log_stream(logGroupName="/g", logStreamName="t")
    logs.put_log_events(**stream, logEvents=events((now, "gone")))
    logs.put_log_events(logGroupName="/g", logStreamName="t", logEvents=events((now, "kept")))
    logs.delete_log_stream(**stream)
    assert messages(logs.filter_log_events(logGroupName="/g")) == ["kept"]
    assert refused(logs.delete_log_stream, **stream) == NO_STREAM


# ---- putting events -------------------------------------------------------------------------


def test_events_are_acknowledged_with_a_sequence_token(logs, stream, now):
    answer = logs.put_log_events(**stream, logEvents=events((now, "x")), sequenceToken="any")
    assert re.fullmatch(r"\d{56}", answer["nextSequenceToken"])
    assert "rejectedLogEventsInfo" not in answer


def test_events_need_their_stream(logs, stream, now):
    batch = events((now, "x"))
    assert (
        refused(logs.put_log_events, logGroupName="h", logStreamName="s", logEvents=batch)
        == NO_GROUP
    )
    assert (
        refused(logs.put_log_events, logGroupName="/g", logStreamName="t", logEvents=batch)
        == NO_STREAM
    )


def test_events_out_of_order_are_refused_as_a_whole(logs, stream, now):
    assert refused(
        logs.put_log_events, **stream, logEvents=events((now, "a"), (now - 1, "b"))
    ) == (
        "InvalidParameterException",
        400,
        "Log events in a single PutLogEvents request must be in chronological order.",
    )
    assert messages(logs.get_log_events(**stream)) == []


def test_a_batch_spans_a_day_at_most(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now - DAY, "a"), (now, "b")))
    code, status, message = refused(
        logs.put_log_events, **stream, logEvents=events((now - DAY - 1, "c"), (now, "d"))
    )
    assert (code, status) == ("InvalidParameterException", 400)
    assert "24 hours" in message
    assert messages(logs.get_log_events(**stream)) == ["a", "b"]


def test_a_batch_has_a_megabyte_at_most_counting_26_bytes_per_event(logs, stream, now):
    fits = 1_048_576 - 26
    assert refused(
        logs.put_log_events, **stream, logEvents=events((now, "x" * (fits + 1)))
    ) == (
        "InvalidParameterException",
        400,
        "Upload too large: 1048577 bytes exceeds limit of 1048576",
    )
    logs.put_log_events(**stream, logEvents=events((now, "x" * fits)))
    assert messages(logs.get_log_events(**stream)) == ["x" * fits]


def test_events_too_old_or_too_new_are_left_out_and_named(logs, stream, now):
    old = logs.put_log_events(
        **stream,
        logEvents=events((now - 14 * DAY - 2 * HOUR, "old"), (now - 14 * DAY + HOUR, "in time")),
    )
    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    new = logs.put_log_events(
        **stream,
        logEvents=events((now, "now"), (now + HOUR, "soon"), (now + 3 * HOUR, "too new")),
    )
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 2}
    assert messages(logs.get_log_events(**stream)) == ["in time", "now", "soon"]


def test_events_older_than_the_retention_are_left_out(logs, stream, now):
    logs.put_retention_policy(logGroupName="/g", retentionInDays=1)
    answer = logs.put_log_events(
        **stream, logEvents=events((now - DAY - 2 * HOUR, "expired"), (now - 3 * HOUR, "kept"))
    )
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert messages(logs.get_log_events(**stream)) == ["kept"]


def test_any_text_comes_back_as_it_was(logs, stream, now):
    text = 'quotes " \\ tabs \t lines \n\r \x01 \U0001f600 ä'
    logs.put_log_events(**stream, logEvents=events((now, text)))
    assert messages(logs.get_log_events(**stream)) == [text]
    assert messages(logs.filter_log_events(logGroupName="/g")) == [text]


def test_a_batch_without_events_is_refused(client, stream):
    unchecked = client("logs", parameter_validation=False)
    code, status, message = refused(unchecked.put_log_events, **stream, logEvents=[])
    assert (code, status) == ("InvalidParameterException", 400)
    assert "'logEvents'" in message


# ---- one stream's pages ---------------------------------------------------------------------


def test_pages_go_forward_until_the_token_repeats(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events(*((now + n // 2, str(n)) for n in range(5))))
    seen, token = [], {}
    while True:
        answer = logs.get_log_events(**stream, limit=2, startFromHead=True, **token)
        assert re.fullmatch(r"f/\d{56}/s", answer["nextForwardToken"])
        assert re.fullmatch(r"b/\d{56}/s", answer["nextBackwardToken"])
        if answer["nextForwardToken"] == token.get("nextToken"):
            assert answer["events"] == []
            break
        seen += messages(answer)
        token = {"nextToken": answer["nextForwardToken"]}
    assert seen == ["0", "1", "2", "3", "4"]

    logs.put_log_events(**stream, logEvents=events((now + 9, "late")))
    assert messages(logs.get_log_events(**stream, **token)) == ["late"]


def test_pages_go_backward_from_the_newest(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events(*((now, str(n)) for n in range(5))))
    newest = logs.get_log_events(**stream, limit=2)
    assert messages(newest) == ["3", "4"]
    before = logs.get_log_events(**stream, limit=2, nextToken=newest["nextBackwardToken"])
    assert messages(before) == ["1", "2"]
    first = logs.get_log_events(**stream, limit=2, nextToken=before["nextBackwardToken"])
    assert messages(first) == ["0"]
    end = logs.get_log_events(**stream, limit=2, nextToken=first["nextBackwardToken"])
    assert messages(end) == []
    assert end["nextBackwardToken"] == first["nextBackwardToken"]
    again = logs.get_log_events(**stream, limit=2, nextToken=end["nextForwardToken"])
    assert messages(again) == ["0", "1"]


def test_an_empty_stream_has_tokens_that_find_what_comes_later(logs, stream, now):
    empty = logs.get_log_events(**stream)
    assert empty["events"] == []
    logs.put_log_events(**stream, logEvents=events((now, "later")))
    found = logs.get_log_events(**stream, nextToken=empty["nextForwardToken"])
    assert messages(found) == ["later"]


def test_the_start_counts_and_the_end_does_not(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events(*((now + n, str(n)) for n in range(4))))
    answer = logs.get_log_events(**stream, startTime=now + 1, endTime=now + 3)
    assert messages(answer) == ["1", "2"]


def test_a_page_has_a_megabyte_at_most(logs, stream, now):
    for number in range(3):
        logs.put_log_events(**stream, logEvents=events((now + number, str(number) * 500_000)))
    answer = logs.get_log_events(**stream, startFromHead=True)
    assert [message[0] for message in messages(answer)] == ["0", "1"]
    rest = logs.get_log_events(**stream, nextToken=answer["nextForwardToken"])
    assert [message[0] for message in messages(rest)] == ["2"]


def test_a_group_is_named_by_name_or_arn(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now, "x")))
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/g"
    assert messages(logs.get_log_events(logGroupIdentifier=arn, logStreamName="s")) == ["x"]
    assert messages(logs.filter_log_events(logGroupIdentifier="/g")) == ["x"]
    code, _, message = refused(
        logs.get_log_events, logGroupIdentifier=arn, logGroupName="/g", logStreamName="s"
    )
    assert code == "InvalidParameterException" and "mutually exclusive" in message
    assert refused(logs.get_log_events, logStreamName="s")[0] == "InvalidParameterException"


@pytest.mark.parametrize("token", ["x", "f/1/s", "f/" + "3" * 56 + "/s", "b/" + "9" * 56 + "/s"])
def test_a_token_that_was_never_given_is_refused(logs, stream, token):
    assert refused(logs.get_log_events, **stream, nextToken=token) == BAD_TOKEN


def test_a_limit_above_ten_thousand_is_refused_in_aws_words(logs, stream):
    assert refused(logs.get_log_events, **stream, limit=10001) == (
        "InvalidParameterException",
        400,
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 10000",
    )


# ---- searching a group ----------------------------------------------------------------------


@pytest.fixture
def three(logs, stream, now):
    """Streams s, t1 and t2 with events that alternate in time."""
    for name in ("t1", "t2"):
        logs.create_log_stream(logGroupName="/g", logStreamName=name)
    for at, name, message in (
        (now + 1, "s", "INFO one"),
        (now + 2, "t1", "ERROR two"),
        (now + 2, "s", "WARN two too"),
        (now + 3, "t2", "ERROR three"),
    ):
        logs.put_log_events(
            logGroupName="/g", logStreamName=name, logEvents=events((at, message))
        )
    return now


def test_events_of_all_streams_come_in_the_order_of_time(logs, three):
    answer = logs.filter_log_events(logGroupName="/g")
    assert [(event["logStreamName"], event["message"]) for event in answer["events"]] == [
        ("s", "INFO one"),
        ("t1", "ERROR two"),
        ("s", "WARN two too"),
        ("t2", "ERROR three"),
    ]
    assert answer["searchedLogStreams"] == []
    assert "nextToken" not in answer
    event = answer["events"][0]
    assert event["timestamp"] == three + 1 and event["ingestionTime"] >= three
    ids = [event["eventId"] for event in answer["events"]]
    assert len(set(ids)) == 4 and all(re.fullmatch(r"\d{56}", each) for each in ids)
    again = logs.filter_log_events(logGroupName="/g", startTime=three + 2)["events"]
    assert [event["eventId"] for event in again] == ids[1:]


@pytest.mark.parametrize(
    "pattern, expected",
    [
        ("", ["INFO one", "ERROR two", "WARN two too", "ERROR three"]),
        ("ERROR", ["ERROR two", "ERROR three"]),
        ("error", []),
        ("ERROR two", ["ERROR two"]),
        ('"two too"', ["WARN two too"]),
        ("?INFO ?WARN", ["INFO one", "WARN two too"]),
        ("two -WARN", ["ERROR two"]),
    ],
)
def test_a_text_pattern_chooses_events(logs, three, pattern, expected):
    assert messages(logs.filter_log_events(logGroupName="/g", filterPattern=pattern)) == expected


@pytest.mark.parametrize("pattern", ['{ $.a = "b" }', "[a, b]", "%x%"])
def test_a_pattern_of_another_kind_is_refused_by_name(logs, three, pattern):
    code, status, message = refused(
        logs.filter_log_events, logGroupName="/g", filterPattern=pattern
    )
    assert (code, status) == ("InvalidParameterException", 400)
    assert message.startswith("Hydrant does not support ") and message.endswith(" yet.")


def test_a_term_with_other_characters_must_be_quoted(logs, three):
    assert refused(logs.filter_log_events, logGroupName="/g", filterPattern="a:b") == (
        "InvalidParameterException",
        400,
        "Invalid character(s) in term ':'",
    )


def test_streams_are_chosen_by_names_or_prefix(logs, three):
    def search(**arguments):
        return messages(logs.filter_log_events(logGroupName="/g", **arguments))

    assert search(logStreamNames=["t1"]) == ["ERROR two"]
    assert search(logStreamNames=["t2", "s"]) == ["INFO one", "WARN two too", "ERROR three"]
    assert search(logStreamNamePrefix="t") == ["ERROR two", "ERROR three"]
    assert search(logStreamNamePrefix="t", filterPattern="three") == ["ERROR three"]
    assert (
        refused(logs.filter_log_events, logGroupName="/g", logStreamNames=["s", "none"])
        == NO_STREAM
    )
    code, _, _ = refused(
        logs.filter_log_events, logGroupName="/g", logStreamNames=["s"], logStreamNamePrefix="t"
    )
    assert code == "InvalidParameterException"


def test_both_ends_of_the_time_count(logs, three):
    answer = logs.filter_log_events(logGroupName="/g", startTime=three + 1, endTime=three + 2)
    assert messages(answer) == ["INFO one", "ERROR two", "WARN two too"]


def test_a_search_goes_on_while_there_is_a_token(logs, three):
    first = logs.filter_log_events(logGroupName="/g", limit=2)
    assert messages(first) == ["INFO one", "ERROR two"]
    second = logs.filter_log_events(logGroupName="/g", limit=2, nextToken=first["nextToken"])
    assert messages(second) == ["WARN two too", "ERROR three"]
    assert "nextToken" not in second
    assert refused(logs.filter_log_events, logGroupName="/g", nextToken="x") == BAD_TOKEN


def test_a_rare_pattern_is_found_over_several_pages(logs, stream, now):
    for _ in range(4):
        logs.put_log_events(**stream, logEvents=events(*((now, "common") for _ in range(6000))))
    logs.put_log_events(**stream, logEvents=events((now + 1, "rare")))
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="/g", filterPattern="rare"
    )
    assert [message for page in pages for message in messages(page)] == ["rare"]


def test_events_survive_a_kill(hydrant, logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now, "acknowledged")))
    before = logs.filter_log_events(logGroupName="/g")["events"]
    port = hydrant.port
    hydrant.kill()
    hydrant.arguments = (*hydrant.arguments, "--port", str(port))
    hydrant.start()
    assert logs.filter_log_events(logGroupName="/g")["events"] == before


# ---- the AWS CLI ----------------------------------------------------------------------------


def test_the_cli_puts_and_gets_events(cli, now):
    cli("logs", "create-log-group", "--log-group-name", "/g")
    cli("logs", "create-log-stream", "--log-group-name", "/g", "--log-stream-name", "s")
    where = ("--log-group-name", "/g", "--log-stream-name", "s")
    cli("logs", "put-log-events", *where, "--log-events", f"timestamp={now},message=hello")
    answer = json.loads(cli("logs", "get-log-events", *where, "--output", "json"))
    assert messages(answer) == ["hello"]
    answer = json.loads(
        cli("logs", "filter-log-events", "--log-group-name", "/g", "--output", "json")
    )
    assert messages(answer) == ["hello"]


@pytest.fixture
def tail_command(hydrant):
    command = cli_commands().get("v2")
    if command is None:
        pytest.skip("no AWS CLI v2 on this machine")
    return [*command, "--endpoint-url", hydrant.url, "logs", "tail", "/g"]


def test_aws_logs_tail_shows_the_last_ten_minutes(logs, stream, now, tail_command):
    logs.put_log_events(
        **stream, logEvents=events((now - HOUR, "long ago"), (now - 1000, "a"), (now - 900, "b"))
    )
    done = subprocess.run(
        tail_command, env={**os.environ, **CREDENTIALS}, capture_output=True, timeout=60
    )
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0, done.stderr
    assert [line.split(" ", 1)[1] for line in lines] == ["s a", "s b"]


def test_aws_logs_tail_follow_shows_each_event_once(logs, stream, now, tail_command):
    logs.put_log_events(**stream, logEvents=events((now, "a"), (now, "b")))
    environment = {**os.environ, **CREDENTIALS, "PYTHONUNBUFFERED": "1"}
    tail = subprocess.Popen(
        [*tail_command, "--follow", "--format", "short"], env=environment, stdout=subprocess.PIPE
    )
    try:
        seen = [tail.stdout.readline().decode().split()[-1] for _ in range(2)]
        # Of the same millisecond as what was shown: only the event ids tell them apart.
        logs.put_log_events(**stream, logEvents=events((now, "c"), (now + 1, "d")))
        seen += [tail.stdout.readline().decode().split()[-1] for _ in range(2)]
    finally:
        tail.send_signal(signal.SIGINT)
        rest = tail.communicate(timeout=30)[0].decode().split()
    assert seen == ["a", "b", "c", "d"] and rest == []


def test_an_operation_hydrant_does_not_have_is_named(logs):
    code, status, message = refused(logs.describe_metric_filters, logGroupName="g")
    assert (code, status) == ("UnknownOperationException", 400)
    assert message == "Hydrant does not support the CloudWatch Logs operation DescribeMetricFilters."
