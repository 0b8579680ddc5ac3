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


def test_a_batch_has_ten_thousand_events_at_most(client, logs, stream, now):
    many = events(*((now, "x") for _ in range(10_001)))
    unchecked = client("logs", parameter_validation=False)
    code, status, message = refused(unchecked.put_log_events, **stream, logEvents=many)
    assert (code, status) == ("InvalidParameterException", 400)
    assert "'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000" in message
    logs.put_log_events(**stream, logEvents=many[1:])
    assert messages(logs.get_log_events(**stream)) == ["x"] * 10_000


def test_bytes_are_counted_in_utf_8(logs, stream, now):
    fits = (1_048_576 - 26) // 2
    refused_one = refused(logs.put_log_events, **stream, logEvents=events((now, "ä" * (fits + 1))))
    assert refused_one == (
        "InvalidParameterException", 400, "Upload too large: 1048578 bytes exceeds limit of 1048576")
    logs.put_log_events(**stream, logEvents=events((now, "ä" * fits)))
    assert messages(logs.get_log_events(**stream)) == ["ä" * fits]


def test_events_up_to_fourteen_days_old_and_two_hours_ahead_are_taken(logs, stream, now):
    old = logs.put_log_events(**stream, logEvents=events(
        (now - 14 * DAY - 1, "too old"), (now - 14 * DAY + 60_000, "oldest")))
    new = logs.put_log_events(**stream, logEvents=events(
        (now + 2 * HOUR, "newest"), (now + 2 * HOUR + 60_000, "too new")))
    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert messages(logs.get_log_events(**stream)) == ["oldest", "newest"]


def test_a_batch_that_is_too_old_as_a_whole_is_acknowledged_and_dropped(logs, stream, now):
    answer = logs.put_log_events(**stream, logEvents=events((now - 15 * DAY, "a"), (now - 15 * DAY, "b")))
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 2}
    assert messages(logs.get_log_events(**stream)) == []
