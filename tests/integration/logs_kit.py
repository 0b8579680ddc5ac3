"""CloudWatch Logs: a group with a stream, and what tests of them have in common."""

import botocore.exceptions
import pytest

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
