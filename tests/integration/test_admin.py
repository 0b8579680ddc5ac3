"""The admin API: health, the clock, flush, reset, and what it refuses."""

import http.client
import json

import pytest


def raw(hydrant, method, path, body=None, headers=None):
    """(status, headers, body) without any client's help."""
    connection = http.client.HTTPConnection("127.0.0.1", hydrant.port, timeout=60)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def error(answer):
    status, body = answer
    return status, body["error"]["code"], body["error"]["message"]


@pytest.mark.parametrize("path", ["/_hydrant/health", "/_localstack/health"])
def test_health_lists_the_services_that_are_there(hydrant, path):
    status, answer = hydrant.admin("GET", path)
    assert status == 200
    assert answer["services"] == {
        name: "available"
        for name in ("cloudwatch", "dynamodb", "firehose", "iam", "kinesis", "lambda", "logs", "s3", "sts")
    }
    assert answer["version"].count(".") == 2
    status, headers, body = raw(hydrant, "HEAD", path)
    assert (status, body) == (200, b"")
    assert headers["Content-Type"] == "application/json"
    assert int(headers["Content-Length"]) == len(raw(hydrant, "GET", path)[2])


def test_the_clock_tells_mode_and_time(hydrant):
    status, clock = hydrant.admin("GET", "/_hydrant/clock")
    assert status == 200
    assert clock["mode"] == "real"
    assert clock["now"].endswith("Z") and isinstance(clock["now_ms"], int)


@pytest.mark.parametrize(
    "by, milliseconds",
    [("2m", 120_000), ("PT2M", 120_000), (120, 120_000), ("250ms", 250), (0, 0), (1.5, 1500)],
)
def test_the_clock_moves_by_a_duration(hydrant, by, milliseconds):
    before = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    status, moved = hydrant.admin("POST", "/_hydrant/clock/advance", {"by": by})
    after = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    assert status == 200
    assert moved["timers_run"] == 0
    assert before + milliseconds <= moved["now_ms"] <= after
    assert after - before - milliseconds < 60_000


@pytest.mark.parametrize("form", [str, int])
def test_the_clock_moves_to_a_moment(hydrant, form):
    to = "2095-01-01T00:00:00Z" if form is str else 3_944_678_400_000
    status, moved = hydrant.admin("POST", "/_hydrant/clock/advance", {"to": to})
    assert status == 200
    assert moved["now"].startswith("2095-01-01T00:00:0")
    assert 0 <= moved["now_ms"] - 3_944_678_400_000 < 60_000


def test_services_live_on_the_moved_clock(hydrant, client):
    hydrant.advance(86_400)
    now = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    assert 0 <= logs.describe_log_groups()["logGroups"][0]["creationTime"] - now < 60_000


@pytest.mark.parametrize(
    "body, part",
    [
        ({}, 'One of "by", "to"'),
        ({"by": "2m", "to": 4_000_000_000_000}, 'One of "by", "to"'),
        ({"by": "soon"}, '"by" must be a duration'),
        ({"by": -1}, '"by" must be a duration'),
        ({"by": True}, '"by" must be a duration'),
        ({"by": "200000d"}, '"by" must be a duration'),
        ({"to": "tomorrow"}, '"to" must be a time'),
        ({"to": "2020-01-01T00:00:00Z"}, "forward only"),
        ({"to": 1e300}, "forward only"),
        ({"by": "2m", "speed": 2}, 'no field "speed"'),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_moves_nothing(hydrant, body, part):
    before = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    status, code, message = error(hydrant.admin("POST", "/_hydrant/clock/advance", body))
    assert (status, code) == (400, "InvalidRequest")
    assert part in message
    assert hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"] - before < 60_000


def test_many_moves_at_once_all_answer(hydrant):
    connections = []
    for _ in range(8):
        connection = http.client.HTTPConnection("127.0.0.1", hydrant.port, timeout=60)
        connection.request(
            "POST",
            "/_hydrant/clock/advance",
            body=b'{"by": "1m"}',
            headers={"Content-Type": "application/json"},
        )
        connections.append(connection)
    answers = [json.loads(connection.getresponse().read()) for connection in connections]
    assert all(answer["timers_run"] == 0 for answer in answers)
    for connection in connections:
        connection.close()


def test_a_reset_removes_every_resource(hydrant, client):
    client("logs").create_log_group(logGroupName="g")
    client("s3").create_bucket(Bucket="bucket")
    status, answer = hydrant.admin("POST", "/_hydrant/reset")
    assert (status, answer) == (200, {"reset": True})
    assert client("logs").describe_log_groups()["logGroups"] == []
    assert client("s3").list_buckets()["Buckets"] == []
    client("logs").create_log_group(logGroupName="g")


def test_resets_at_once_are_all_answered(hydrant):
    connections = [http.client.HTTPConnection("127.0.0.1", hydrant.port, timeout=20)
                   for _ in range(8)]
    for _ in range(20):
        for connection in connections:
            connection.request("POST", "/_hydrant/reset", headers={"Content-Length": "0"})
        for connection in connections:
            assert json.loads(connection.getresponse().read()) == {"reset": True}
    for connection in connections:
        connection.close()


def test_flushing_a_stream_that_is_not_there_names_it(hydrant):
    assert error(hydrant.admin("POST", "/_hydrant/firehose/no%20such/flush?region=eu-west-1")) == (
        404,
        "NotFound",
        "There is no delivery stream no such in account 000000000000, region eu-west-1.",
    )


def test_an_unknown_parameter_of_a_flush_is_named(hydrant):
    status, code, message = error(hydrant.admin("POST", "/_hydrant/firehose/s/flush?regoin=x"))
    assert (status, code) == (400, "InvalidRequest")
    assert '"regoin"' in message


@pytest.mark.parametrize(
    "path", ["/_hydrant/", "/_hydrant/nope", "/_hydrant/clock/", "/_localstack/plugins"]
)
def test_an_unknown_path_is_named(hydrant, path):
    assert error(hydrant.admin("GET", path)) == (404, "NotFound", f"There is nothing at {path}.")


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/_hydrant/health", "GET, HEAD"),
        ("GET", "/_hydrant/reset", "POST"),
        ("GET", "/_hydrant/clock/advance", "POST"),
        ("DELETE", "/_hydrant/clock", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_those_there_are(hydrant, method, path, allowed):
    status, headers, body = raw(hydrant, method, path)
    assert (status, headers["Allow"]) == (405, allowed)
    assert json.loads(body)["error"]["code"] == "MethodNotAllowed"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_change_must_be_declared_as_json(hydrant, kind):
    headers = {"Content-Type": kind} if kind else {}
    status, _, body = raw(hydrant, "POST", "/_hydrant/reset", b"{}", headers)
    assert status == 415
    assert json.loads(body)["error"]["code"] == "UnsupportedMediaType"


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(hydrant, body):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    status, _, answer = raw(hydrant, "POST", "/_hydrant/clock/advance", body, headers)
    assert status == 400
    assert json.loads(answer)["error"]["message"] == "The body is not a JSON object."


def test_a_body_beyond_the_maximum_is_refused(hydrant):
    headers = {"Content-Type": "application/json"}
    body = b'{"by": "' + b" " * 70_000 + b'2m"}'
    status, _, answer = raw(hydrant, "POST", "/_hydrant/clock/advance", body, headers)
    assert status == 413
    assert json.loads(answer)["error"]["code"] == "RequestTooLarge"


# ---- with a delivery stream -----------------------------------------------------------------


@pytest.fixture
def likes(client):
    """A stream without a transform, that would deliver after 60 seconds."""
    client("s3").create_bucket(Bucket="likes")
    firehose = client("firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName="likes",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::000000000000:role/firehose",
            "BucketARN": "arn:aws:s3:::likes",
            "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60},
        },
    )
    return firehose


def bodies(s3):
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket="likes").get("Contents", [])]
    return [s3.get_object(Bucket="likes", Key=key)["Body"].read() for key in keys]


def test_a_flush_answers_when_the_object_is_there(hydrant, client, likes):
    likes.put_record(DeliveryStreamName="likes", Record={"Data": b"one\n"})
    assert bodies(client("s3")) == []
    assert hydrant.flush("likes") == {
        "stream": "likes",
        "objects": 1,
        "delivered_records": 1,
        "failed_records": 0,
        "backup_records": 0,
        "waiting_records": 0,
    }
    assert bodies(client("s3")) == [b"one\n"]
    assert hydrant.flush("likes")["objects"] == 0


def test_a_move_of_the_clock_answers_when_all_that_was_due_is_done(hydrant, client, likes):
    likes.put_record(DeliveryStreamName="likes", Record={"Data": b"one\n"})
    due = hydrant.admin("GET", "/_hydrant/clock")[1]["pending_due_ms"]
    hydrant.advance(10)
    assert bodies(client("s3")) == []
    moved = hydrant.advance(60)
    assert moved["timers_run"] >= 1 and moved["now_ms"] >= due
    assert bodies(client("s3")) == [b"one\n"]


def test_a_reset_in_the_middle_of_buffering_forgets_the_records(hydrant, client, likes):
    likes.put_record(DeliveryStreamName="likes", Record={"Data": b"one\n"})
    assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
    assert likes.list_delivery_streams()["DeliveryStreamNames"] == []
    client("s3").create_bucket(Bucket="likes")
    hydrant.advance(120)
    assert bodies(client("s3")) == []


def test_the_old_health_check_answers_those_who_do_not_sign_and_is_a_bucket_to_others(hydrant, client):
    status, answer = hydrant.admin("GET", "/health")
    assert status == 200 and answer["services"]["firehose"] == "available"
    s3 = client("s3")
    s3.create_bucket(Bucket="health")
    s3.put_object(Bucket="health", Key="k", Body=b"x")
    assert [o["Key"] for o in s3.list_objects(Bucket="health")["Contents"]] == ["k"]


def test_localstacks_own_paths_tell_and_reset(hydrant, client):
    assert hydrant.admin("GET", "/_localstack/info")[1]["edition"] == "hydrant"
    client("s3").create_bucket(Bucket="bucket")
    assert hydrant.admin("POST", "/_localstack/state/reset")[0] == 200
    assert client("s3").list_buckets()["Buckets"] == []
