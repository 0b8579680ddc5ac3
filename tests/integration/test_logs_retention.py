"""CloudWatch Logs: what is older than its group's retention is neither shown nor kept."""

from logs_kit import DAY, HOUR, events, logs, messages, now, refused, stream


def described(logs):
    [group] = logs.describe_log_groups()["logGroups"]
    [found] = logs.describe_log_streams(logGroupName="/g")["logStreams"]
    return group["storedBytes"], found.get("firstEventTimestamp")


def shown(logs, stream):
    head = messages(logs.get_log_events(**stream, startFromHead=True))
    assert head == messages(logs.get_log_events(**stream))
    assert head == messages(logs.filter_log_events(logGroupName="/g"))
    return head


def test_events_expire_at_their_time_on_the_sandbox_clock(hydrant, logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now - 2 * HOUR, "old"), (now, "new")))
    logs.put_retention_policy(logGroupName="/g", retentionInDays=1)
    assert shown(logs, stream) == ["old", "new"]
    hydrant.advance(DAY / 1000 - 2 * 3600 - 60)
    assert shown(logs, stream) == ["old", "new"]
    hydrant.advance(61)
    assert shown(logs, stream) == ["new"]
    assert described(logs) == (3 + 26, now)
    hydrant.advance(3 * 3600)
    assert shown(logs, stream) == []
    assert described(logs) == (0, None)


def test_a_retention_put_later_hides_at_once_and_removes_what_is_older(hydrant, logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now - 3 * DAY - HOUR, "old"), (now - 3 * DAY + HOUR, "new")))
    logs.put_retention_policy(logGroupName="/g", retentionInDays=3)
    assert shown(logs, stream) == ["new"]
    hydrant.advance(1)
    assert described(logs) == (3 + 26, now - 3 * DAY + HOUR)


def test_a_longer_retention_keeps_and_none_keeps_for_ever(hydrant, logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now, "kept")))
    logs.put_retention_policy(logGroupName="/g", retentionInDays=1)
    logs.put_retention_policy(logGroupName="/g", retentionInDays=3)
    hydrant.advance(2 * DAY / 1000)
    assert shown(logs, stream) == ["kept"]
    logs.delete_retention_policy(logGroupName="/g")
    hydrant.advance(5 * DAY / 1000)
    assert shown(logs, stream) == ["kept"]
    assert described(logs) == (4 + 26, now)


def test_many_events_of_many_streams_expire_in_portions(hydrant, logs, stream, now):
    for n in range(30):
        logs.create_log_stream(logGroupName="/g", logStreamName=str(n))
        logs.put_log_events(logGroupName="/g", logStreamName=str(n),
                            logEvents=events(*((now + i // 30, "x") for i in range(100))))
    logs.put_log_events(**stream, logEvents=events((now + 2 * HOUR, "kept")))
    logs.delete_log_stream(logGroupName="/g", logStreamName="7")
    logs.put_retention_policy(logGroupName="/g", retentionInDays=1)
    hydrant.advance(DAY / 1000 + 5000)
    [group] = logs.describe_log_groups()["logGroups"]
    assert group["storedBytes"] == 4 + 26
    assert shown(logs, stream) == ["kept"]


def test_tokens_and_tails_go_on_over_what_expired(hydrant, logs, stream, now):
    logs.put_retention_policy(logGroupName="/g", retentionInDays=1)
    logs.put_log_events(**stream, logEvents=events((now, "a"), (now + HOUR, "b"), (now + HOUR, "c")))
    first = logs.get_log_events(**stream, startFromHead=True, limit=1)
    page = logs.filter_log_events(logGroupName="/g", limit=1)
    assert messages(first) == messages(page) == ["a"]
    hydrant.advance(DAY / 1000 + 60)
    rest = logs.get_log_events(**stream, nextToken=first["nextForwardToken"])
    assert messages(rest) == ["b", "c"]
    assert messages(logs.filter_log_events(logGroupName="/g", nextToken=page["nextToken"])) == ["b", "c"]
    back = logs.get_log_events(**stream, nextToken=rest["nextBackwardToken"])
    assert messages(back) == []
