"""CloudWatch Logs: streams, as boto3 sees them."""

import re

from logs_kit import NO_GROUP, NO_STREAM, events, logs, messages, now, refused, stream


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
