"""CloudWatch Logs: putting events, and what of them is refused."""

import re

from logs_kit import DAY, HOUR, NO_GROUP, NO_STREAM, events, logs, messages, now, refused, stream


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
