"""Delivery to an HTTP endpoint: its protocol, retries, and what it did not take."""

import base64
import gzip
import json
import os
import pathlib
import re
import ssl
import subprocess
import threading
import time
import uuid

import pytest
from firehose_kit import *  # noqa: F401,F403
from endpoint_kit import *  # noqa: F401,F403
from endpoint_kit import (
    ARN, LINE_MEMBERS, S3, acknowledge, create, failed, reply, status, taken,
)
from firehose_kit import LAMBDA, objects, processing, processor, put

PLUGINS = pathlib.Path(os.environ["PLUGINS"])


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


# ---- the request ----


def test_a_request_has_the_protocols_headers_and_body(firehose, s3, hydrant, endpoint):
    create(
        firehose, endpoint.url, {"AccessKey": "secret"},
        RequestConfiguration={"CommonAttributes": [
            {"AttributeName": "stage", "AttributeValue": 'a "b"'},
            {"AttributeName": "empty", "AttributeValue": ""},
        ]},
    )
    put(firehose, b"one", b"\x00\xff", b"")
    hydrant.advance(299)
    assert endpoint.requests == []
    hydrant.advance(1)
    [(path, headers, body)] = endpoint.requests
    assert path == "/take?x=1"
    assert headers["X-Amz-Firehose-Protocol-Version"] == "1.0"
    assert headers["X-Amz-Firehose-Source-Arn"] == ARN
    assert headers["X-Amz-Firehose-Access-Key"] == "secret"
    assert json.loads(headers["X-Amz-Firehose-Common-Attributes"]) == {
        "commonAttributes": {"stage": 'a "b"', "empty": ""}
    }
    assert headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in headers and "Transfer-Encoding" not in headers
    request_id = headers["X-Amz-Firehose-Request-Id"]
    assert str(uuid.UUID(request_id)) == request_id
    [sent] = endpoint.bodies
    assert list(sent) == ["requestId", "timestamp", "records"]
    assert sent["requestId"] == request_id
    now = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    assert 0 <= now - sent["timestamp"] < 60000
    assert all(list(record) == ["data"] for record in sent["records"])
    assert endpoint.records(0) == [b"one", b"\x00\xff", b""]
    hydrant.advance(3600)
    assert len(endpoint.requests) == 1 and objects(s3) == {}


def test_a_body_is_gzip_when_asked_for(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url, RequestConfiguration={"ContentEncoding": "GZIP"})
    put(firehose, b"hello")
    hydrant.advance(300)
    [(_, headers, body)] = endpoint.requests
    assert headers["Content-Encoding"] == "gzip"
    [record] = json.loads(gzip.decompress(body))["records"]
    assert base64.b64decode(record["data"]) == b"hello"


def test_a_buffer_is_sent_when_it_has_its_size(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    put(firehose, b"x" * 600_000)
    put(firehose, b"y" * 600_000)
    hydrant.advance(1)
    sent = [record for number in range(len(endpoint.requests)) for record in endpoint.records(number)]
    assert b"x" * 600_000 in sent


def test_no_request_has_more_than_10000_records(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url)
    data = [b"%d" % number for number in range(10_500)]
    for first in range(0, len(data), 500):
        put(firehose, *data[first : first + 500])
    hydrant.advance(300)
    hydrant.advance(300)
    assert [len(body["records"]) for body in endpoint.bodies] == [10_000, 500]
    assert endpoint.records(0) + endpoint.records(1) == data


def test_the_function_comes_first(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url, **processing(processor("Lambda", LambdaArn=LAMBDA)))
    put(firehose, b"upper", b"drop", b"fail")
    hydrant.advance(60)
    hydrant.advance(300)
    assert endpoint.records(0) == [b"UPPER"]
    [(key, body)] = objects(s3).items()
    assert key.startswith("processing-failed/")
    assert base64.b64decode(json.loads(body)["rawData"]) == b"fail"


# ---- answers ----


def test_a_refused_request_is_repeated_with_the_same_id(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(500), status(503), acknowledge]
    create(firehose, endpoint.url)
    put(firehose, b"hello")
    hydrant.advance(300)
    assert len(endpoint.requests) == 1
    put(firehose, b"later")
    hydrant.advance(2)
    assert len(endpoint.requests) == 2
    hydrant.advance(3)
    assert len(endpoint.requests) == 3
    assert len({body["requestId"] for body in endpoint.bodies}) == 1
    assert all(endpoint.records(number) == [b"hello"] for number in range(3))
    hydrant.advance(300)
    assert endpoint.records(3) == [b"later"]
    assert endpoint.bodies[3]["requestId"] != endpoint.bodies[0]["requestId"]
    hydrant.advance(600)
    assert failed(s3) == []


def test_retries_end_with_their_duration(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(500, b'{"errorMessage":"no \xff"}')]
    create(firehose, endpoint.url, RetryOptions={"DurationInSeconds": 20})
    put(firehose, b"one", b"two")
    hydrant.advance(300)
    hydrant.advance(60)
    # at 0, 1, 3, 7 and 15 s, 15 % more or less; the next one would be at 31
    assert len(endpoint.requests) == 5
    hydrant.advance(300)
    assert len(endpoint.requests) == 5
    lines = failed(s3)
    assert [base64.b64decode(line["rawData"]) for line in lines] == [b"one", b"two"]
    for line in lines:
        assert list(line) == LINE_MEMBERS
        assert line["attemptsMade"] == 5
        assert line["errorCode"] == "HttpEndpoint.DestinationException"
        assert line["errorMessage"] == (
            "The following response was received from the endpoint destination. 500: "
            '{"errorMessage":"no \ufffd"}'
        )
        waited = line["attemptEndingTimestamp"] - line["arrivalTimestamp"]
        assert 300_000 + 0.85 * 15_000 - 10 <= waited <= 300_000 + 1.15 * 15_000 + 60_000
        assert line["subsequenceNumber"] == 0
        assert re.fullmatch(r"49\d{54}\.0", line["dataId"])
    assert lines[0]["dataId"] != lines[1]["dataId"]


def test_413_is_not_repeated(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(413), acknowledge]
    create(firehose, endpoint.url, s3={"Prefix": "p/", "ErrorOutputPrefix": "e/!{firehose:error-output-type}/"})
    put(firehose, b"large")
    hydrant.advance(300)
    hydrant.advance(300)
    assert len(endpoint.requests) == 1
    [(key, body)] = objects(s3).items()
    assert key.startswith("e/http-endpoint-failed/s-1-")
    line = json.loads(body)
    assert (line["attemptsMade"], line["rawData"]) == (1, base64.b64encode(b"large").decode())
    put(firehose, b"next")
    hydrant.advance(300)
    assert endpoint.records(1) == [b"next"]


@pytest.mark.parametrize("answer", [
    status(200, b""),
    status(200, b"{"),
    status(200, b"[]"),
    status(200, b'{"requestId":"another","timestamp":1}'),
    lambda handler, request_id: reply(handler, 200, json.dumps({"requestId": request_id}).encode()),
    lambda handler, request_id: reply(handler, 200, taken(request_id, timestamp="1")),
    lambda handler, request_id: reply(handler, 200, taken(request_id), Content_Type="text/plain"),
    lambda handler, request_id: reply(handler, 200, taken(request_id), Content_Encoding="identity"),
    lambda handler, request_id: reply(handler, 200, taken(request_id), length=False),
])
def test_a_malformed_answer_is_a_failure(firehose, s3, hydrant, endpoint, answer):
    endpoint.answers = [answer, acknowledge]
    create(firehose, endpoint.url, RetryOptions={"DurationInSeconds": 0})
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(300)
    [line] = failed(s3)
    assert line["errorCode"] == "HttpEndpoint.InvalidResponseFromDestination"
    assert line["attemptsMade"] == 1


@pytest.mark.parametrize("code, answer", [
    ("HttpEndpoint.DestinationException", status(201)),
    ("HttpEndpoint.DestinationException", status(301, Location="/elsewhere")),
    ("HttpEndpoint.ResponseTooLarge", status(200, b" " * (1024 * 1024 + 1))),
    ("HttpEndpoint.ConnectionReset", lambda handler, _: handler.connection.shutdown(2)),
])
def test_other_failures_have_their_code(firehose, s3, hydrant, endpoint, code, answer):
    endpoint.answers = [answer]
    create(firehose, endpoint.url, RetryOptions={"DurationInSeconds": 0})
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(300)
    assert [line["errorCode"] for line in failed(s3)] == [code]
    assert {path for path, _, _ in endpoint.requests} == {"/take?x=1"}


def test_nobody_listening_is_a_failed_connection(firehose, s3, hydrant, endpoint):
    endpoint.close()
    create(firehose, endpoint.url, RetryOptions={"DurationInSeconds": 0})
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(300)
    assert [line["errorCode"] for line in failed(s3)] == ["HttpEndpoint.ConnectionFailed"]


def test_plain_http_on_a_tls_url_is_a_failed_handshake(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url.replace("http:", "https:"), RetryOptions={"DurationInSeconds": 0})
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(300)
    assert [line["errorCode"] for line in failed(s3)] == ["HttpEndpoint.SSLHandshakeFailure"]


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """Of 127.0.0.1, and trusted by a daemon that is started afterwards."""
    path = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path,
         "-out", tmp_path / "certificate.pem"], check=True, capture_output=True,
    )
    path.write_text(path.read_text() + (tmp_path / "certificate.pem").read_text())
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    return path


def test_an_https_endpoint_is_delivered_to(certificate, firehose, s3, hydrant, endpoint):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    endpoint.server.socket = context.wrap_socket(endpoint.server.socket, server_side=True)
    create(firehose, endpoint.url.replace("http:", "https:"))
    put(firehose, b"hello")
    hydrant.advance(300)
    assert endpoint.records(0) == [b"hello"]
    hydrant.advance(600)
    assert len(endpoint.requests) == 1 and failed(s3) == []


# ---- around it ----


def test_many_streams_share_what_room_there_is(firehose, s3, hydrant, endpoint):
    names = [f"s{number}" for number in range(9)]
    for name in names:
        firehose.create_delivery_stream(
            DeliveryStreamName=name,
            HttpEndpointDestinationConfiguration={
                "EndpointConfiguration": {"Url": endpoint.url}, "S3Configuration": S3,
            },
        )
        put(firehose, name.encode(), name=name)
    hydrant.advance(310)
    numbers = range(len(endpoint.requests))
    sent = [record for number in numbers for record in endpoint.records(number)]
    assert sorted(sent) == [name.encode() for name in names]


def test_many_retries_share_what_room_there_is(firehose, s3, hydrant, endpoint):
    names = [f"s{number}" for number in range(9)]
    endpoint.answers = [status(500)] * 9 + [acknowledge]
    for name in names:
        firehose.create_delivery_stream(
            DeliveryStreamName=name,
            HttpEndpointDestinationConfiguration={
                "EndpointConfiguration": {"Url": endpoint.url}, "S3Configuration": S3,
            },
        )
        put(firehose, name.encode(), name=name)
    hydrant.advance(310)
    hydrant.advance(10)
    numbers = range(len(endpoint.requests))
    sent = [record for number in numbers for record in endpoint.records(number)]
    assert sorted(sent) == sorted(2 * [name.encode() for name in names])


def test_a_daemon_does_not_wait_for_an_endpoint_that_hangs(firehose, s3, hydrant, endpoint):
    asked, over = threading.Event(), threading.Event()

    def hang(handler, request_id):
        asked.set()
        over.wait(60)
        handler.close_connection = True

    endpoint.answers = [hang]
    create(firehose, endpoint.url, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0})
    put(firehose, b"hello")
    assert asked.wait(30)
    begun = time.monotonic()
    hydrant.stop()
    over.set()
    assert time.monotonic() - begun < 20
    endpoint.answers = [acknowledge]
    hydrant.start()
    hydrant.advance(300)
    assert endpoint.records(len(endpoint.requests) - 1) == [b"hello"]


def test_all_data_is_backed_up_when_asked_for(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url, S3BackupMode="AllData", s3={"Prefix": "all/"})
    put(firehose, b"one", b"two")
    hydrant.advance(300)
    assert endpoint.records(0) == [b"one", b"two"]
    [(key, body)] = objects(s3).items()
    assert key.startswith("all/") and body == b"onetwo"


def test_a_flush_sends_at_once_and_says_what_was_refused(firehose, s3, hydrant, endpoint):
    endpoint.answers = [acknowledge, status(500), status(413)]
    create(firehose, endpoint.url)
    put(firehose, b"one")
    assert hydrant.flush("s")["delivered_records"] == 1
    put(firehose, b"two")
    code, answer = hydrant.admin("POST", "/_hydrant/firehose/s/flush")
    assert (code, len(endpoint.requests)) == (409, 2), answer
    assert hydrant.flush("s")["failed_records"] == 1
    assert [base64.b64decode(line["rawData"]) for line in failed(s3)] == [b"two"]


def test_failures_are_logged_and_measured(firehose, s3, hydrant, endpoint, client):
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="l")
    endpoint.answers = [status(500, b"busy"), acknowledge]
    create(firehose, endpoint.url, CloudWatchLoggingOptions={
        "Enabled": True, "LogGroupName": "g", "LogStreamName": "l",
    })
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(10)
    [event] = logs.get_log_events(logGroupName="g", logStreamName="l")["events"]
    assert json.loads(event["message"]) == {
        "deliveryStreamARN": ARN, "destination": endpoint.url, "deliveryStreamVersionId": 1,
        "message": "The following response was received from the endpoint destination. 500: busy",
        "errorCode": "HttpEndpoint.DestinationException",
    }
    names = {
        metric["MetricName"]
        for metric in client("cloudwatch").list_metrics(Namespace="AWS/Firehose")["Metrics"]
    }
    assert {"DeliveryToHttpEndpoint.Success", "DeliveryToHttpEndpoint.Records"} <= names
    assert "DeliveryToS3.Success" not in names


def test_a_deleted_stream_sends_nothing_more(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(500)]
    create(firehose, endpoint.url)
    put(firehose, b"hello")
    hydrant.advance(300)
    assert len(endpoint.requests) == 1
    firehose.delete_delivery_stream(DeliveryStreamName="s")
    hydrant.advance(3600)
    assert len(endpoint.requests) == 1 and objects(s3) == {}


def test_what_was_not_acknowledged_is_sent_again_after_a_crash(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(500), acknowledge]
    create(firehose, endpoint.url)
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.kill()
    hydrant.start()
    hydrant.advance(300)
    assert [endpoint.records(number) for number in range(len(endpoint.requests))] == [
        [b"hello"], [b"hello"],
    ]
    hydrant.kill()
    hydrant.start()
    hydrant.advance(3600)
    assert len(endpoint.requests) == 2


def test_what_was_not_taken_can_be_put_in_again(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(413), acknowledge]
    create(firehose, endpoint.url)
    put(firehose, b"hello")
    hydrant.advance(300)
    hydrant.advance(300)
    assert len(failed(s3)) == 1
    code, answer = hydrant.admin("POST", "/_hydrant/firehose/s/redrive")
    assert code == 200 and answer["records"] == 1, answer
    hydrant.advance(300)
    assert endpoint.records(1) == [b"hello"]
    assert objects(s3) == {}


def test_the_client_library_is_loaded_with_the_first_delivery(firehose, s3, hydrant, endpoint):
    maps = pathlib.Path(f"/proc/{hydrant.process.pid}/maps")
    create(firehose, endpoint.url)
    put(firehose, b"hello")
    assert "libcurl" not in maps.read_text()
    hydrant.advance(300)
    assert "libcurl" in maps.read_text()


def test_a_crash_while_the_endpoint_thinks_loses_nothing(firehose, s3, hydrant, endpoint):
    asked, over = threading.Event(), threading.Event()

    def hang(handler, request_id):
        asked.set()
        over.wait(60)
        handler.close_connection = True

    endpoint.answers = [hang, acknowledge]
    create(firehose, endpoint.url, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0})
    put(firehose, b"one", b"two")
    assert asked.wait(30)
    hydrant.kill()
    over.set()
    hydrant.start()
    hydrant.advance(1)
    assert [endpoint.records(number) for number in range(len(endpoint.requests))] == [
        [b"one", b"two"], [b"one", b"two"],
    ]
    ids = [body["requestId"] for body in endpoint.bodies]
    assert ids[0] != ids[1]
