"""CloudWatch Logs: one stream's pages, and the searches of a group."""

import re

import pytest

from logs_kit import BAD_TOKEN, NO_STREAM, events, logs, messages, now, refused, stream


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


@pytest.mark.parametrize(
    "pattern", ["{ $.a }", "[a", "{ ($.a = 1 }", "[..., a, ...]", '"open', "-"]
)
def test_what_is_no_pattern_is_refused_in_aws_words(logs, three, pattern):
    assert refused(logs.filter_log_events, logGroupName="/g", filterPattern=pattern) == (
        "InvalidParameterException",
        400,
        "Invalid filter pattern",
    )


def test_patterns_of_every_kind_choose_events(logs, stream, now):
    lines = ['{"status":404,"user":{"id":"a1"}}', '{"status":200,"user":null}',
             '10.0.0.1 - "GET /a" 404 15', "ERROR took 15ms", "%"]
    logs.put_log_events(**stream, logEvents=events(*((now, line) for line in lines)))

    def found(pattern):
        answer = logs.filter_log_events(logGroupName="/g", filterPattern=pattern)
        return [lines.index(message) for message in messages(answer)]

    assert found("{ $.status = 4* && $.user.id = a* }") == [0]
    assert found("{ $.status >= 2e2 }") == [0, 1]
    assert found("{ $.user IS NULL || $.user.id = %^a\\d$% }") == [0, 1]
    assert found("{ $.user.id NOT EXISTS }") == [1]
    assert found('[ip, ..., request = "GET*", status = 4*, bytes > 10]') == [2]
    assert found("[a, b, c]") == [3]
    assert found("%\\d{2}ms%") == [3]
    assert found("") == [0, 1, 2, 3, 4]


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


def test_a_search_of_some_streams_jumps_over_the_others(logs, stream, now):
    for name in ("t", "busy"):
        logs.create_log_stream(logGroupName="/g", logStreamName=name)
    expected = []
    for n in range(6):
        name = "st"[n % 2]
        expected.append(f"{name}{n}")
        logs.put_log_events(logGroupName="/g", logStreamName=name,
                            logEvents=events((now + 2 * n, expected[-1])))
        logs.put_log_events(logGroupName="/g", logStreamName="busy",
                            logEvents=events(*((now + 2 * n + 1, "x") for _ in range(5000))))
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="/g", logStreamNames=["s", "t"], PaginationConfig={"PageSize": 4})
    found = [messages(page) for page in pages]
    assert [message for page in found for message in page] == expected


def test_the_last_page_of_a_paginator_has_no_token(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events(*((now, str(n)) for n in range(4))))
    first = logs.filter_log_events(logGroupName="/g", limit=4)
    assert messages(first) == ["0", "1", "2", "3"] and "nextToken" not in first
    half = logs.filter_log_events(logGroupName="/g", limit=2)
    rest = logs.filter_log_events(logGroupName="/g", limit=2, nextToken=half["nextToken"])
    assert messages(rest) == ["2", "3"] and "nextToken" not in rest


def test_a_token_is_only_good_for_what_it_was_made_for(logs, stream, now):
    logs.create_log_stream(logGroupName="/g", logStreamName="t")
    logs.create_log_group(logGroupName="/h")
    logs.put_log_events(**stream, logEvents=events((now, "a"), (now, "b")))
    page = logs.get_log_events(**stream, limit=1)
    search = logs.filter_log_events(logGroupName="/g", limit=1)
    assert refused(logs.get_log_events, logGroupName="/g", logStreamName="t",
                   nextToken=page["nextForwardToken"]) == BAD_TOKEN
    assert refused(logs.filter_log_events, logGroupName="/h", nextToken=search["nextToken"]) == BAD_TOKEN
