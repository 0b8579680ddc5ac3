"""CloudWatch Logs: as the AWS CLI sees it."""

import json
import os
import signal
import subprocess

import pytest

from fixtures import CREDENTIALS, cli_commands
from logs_kit import HOUR, events, logs, messages, now, refused, stream


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


def test_an_operation_hydrant_does_not_have_is_named(logs, now):
    code, status, message = refused(
        logs.start_query, logGroupName="g", startTime=0, endTime=1, queryString="fields @message")
    assert (code, status) == ("UnknownOperationException", 400)
    assert message == "Hydrant does not support the CloudWatch Logs operation StartQuery."
