"""What any HTTP client may send, right or wrong, over a bare socket."""

import json
import socket

import botocore.exceptions
import pytest

CREDENTIAL = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host, Signature=" + "0" * 64
)


class Connection:
    """One keep-alive connection that speaks bytes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")

    def send(self, method, path, headers, body=b""):
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def receive(self):
        """(status, headers, body) of one answer."""
        status = int(self.file.readline().split()[1])
        headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        return status, headers, self.file.read(int(headers.get("content-length", 0)))

    def call(self, service, target, body, **headers):
        head = {
            "Authorization": CREDENTIAL.format(service=service),
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.1",
            "Content-Length": len(body),
            **headers,
        }
        self.send("POST", "/", {k: v for k, v in head.items() if v is not None}, body)
        return self.receive()


@pytest.fixture
def connection(hydrant):
    opened = Connection(hydrant.port)
    yield opened
    opened.socket.close()


FIREHOSE = "Firehose_20150804."
DYNAMODB = "DynamoDB_20120810."
LOGS = "Logs_20140328."


def error_of(answer):
    status, _, body = answer
    return status, json.loads(body)


def still_works(connection):
    status, _, body = connection.call("firehose", FIREHOSE + "ListDeliveryStreams", b"{}")
    assert status == 200
    assert json.loads(body) == {"DeliveryStreamNames": [], "HasMoreDeliveryStreams": False}


def test_a_body_that_is_no_json_is_a_serialization_exception(connection):
    status, error = error_of(connection.call("firehose", FIREHOSE + "PutRecord", b'{"a":'))
    assert status == 400
    assert error["__type"] == "SerializationException"
    still_works(connection)


def test_a_missing_authorization_header_is_said_so(connection):
    answer = connection.call("firehose", FIREHOSE + "PutRecord", b"{}", Authorization=None)
    status, error = error_of(answer)
    assert (status, error["__type"]) == (400, "MissingAuthenticationTokenException")
    assert error["message"] == "Request is missing Authentication Token"
    still_works(connection)


def test_a_broken_authorization_header_names_what_is_missing(connection):
    answer = connection.call(
        "firehose", FIREHOSE + "PutRecord", b"{}", Authorization="AWS4-HMAC-SHA256 Signature=0"
    )
    status, error = error_of(answer)
    assert (status, error["__type"]) == (400, "IncompleteSignatureException")
    assert "Authorization header requires 'Credential' parameter." in error["message"]
    still_works(connection)


@pytest.mark.parametrize(
    "service, target, code",
    [
        ("firehose", FIREHOSE + "Levitate", "UnknownOperationException"),
        ("logs", LOGS + "Levitate", "UnknownOperationException"),
    ],
)
def test_an_operation_that_does_not_exist_is_named(hydrant, connection, service, target, code):
    status, error = error_of(connection.call(service, target, b"{}"))
    assert (status, error["__type"]) == (400, code)
    assert "Levitate" in error["message"]
    assert "Levitate" in hydrant.log
    still_works(connection)


def test_an_unknown_dynamodb_operation_has_dynamodbs_prefix(connection):
    status, error = error_of(connection.call("dynamodb", DYNAMODB + "Levitate", b"{}"))
    assert status == 400
    assert error["__type"] == "com.amazon.coral.service#UnknownOperationException"


def test_a_service_hydrant_does_not_have_is_named(connection):
    status, error = error_of(connection.call("sqs", "AmazonSQS.SendMessage", b"{}"))
    assert status == 400
    assert "AmazonSQS.SendMessage" in error["message"]
    still_works(connection)


@pytest.mark.parametrize(
    "service, call",
    [("sns", "list_topics"), ("cloudformation", "list_stacks"), ("apigateway", "get_rest_apis")],
)
def test_a_service_known_by_its_signature_alone_is_named_in_its_own_protocol(client, service, call):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(client(service), call)()
    error = caught.value.response["Error"]
    assert error["Code"] == "UnknownOperationException"
    assert f"the service {service}" in error["Message"]


def test_an_operation_told_apart_by_its_query_is_the_one_that_answers(client):
    functions = client("lambda")
    assert functions.list_layers()["Layers"] == []
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_layer_version_by_arn(Arn="arn:aws:lambda:us-east-1:123456789012:layer:a:1")


def test_a_region_that_cannot_be_is_refused_before_it_is_part_of_an_answer(connection):
    broken = CREDENTIAL.format(service="firehose").replace("us-east-1", 'us"east')
    answer = connection.call(
        "firehose", FIREHOSE + "ListDeliveryStreams", b"{}", Authorization=broken
    )
    status, error = error_of(answer)
    assert (status, error["__type"]) == (400, "IncompleteSignatureException")
    assert error["message"] == "Credential should be scoped to a valid region."


def test_headers_that_are_too_long_are_refused(connection):
    status, error = error_of(
        connection.call("firehose", FIREHOSE + "PutRecord", b"{}", **{"X-Long": "x" * 20000})
    )
    assert status == 400
    assert "16384" in json.dumps(error)
    still_works(connection)


def test_a_body_above_the_limit_is_refused_without_reading_it(hydrant, connection):
    connection.send(
        "POST",
        "/",
        {
            "Authorization": CREDENTIAL.format(service="firehose"),
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": FIREHOSE + "PutRecordBatch",
            "Content-Length": 1 << 30,
        },
    )
    status, _, _ = connection.receive()
    assert status == 413
    still_works(Connection(hydrant.port))


def test_a_chunked_body_above_the_limit_is_refused_while_it_arrives(hydrant, connection):
    connection.send(
        "POST",
        "/",
        {
            "Authorization": CREDENTIAL.format(service="firehose"),
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": FIREHOSE + "PutRecordBatch",
            "Transfer-Encoding": "chunked",
        },
    )
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    try:
        for _ in range(64):
            connection.socket.sendall(piece)
    except OSError:
        pass  # cut off before the end: as good as an answer
    still_works(Connection(hydrant.port))


def test_a_body_shorter_than_its_length_stores_nothing(hydrant, client):
    client("s3").create_bucket(Bucket="bucket")
    half = Connection(hydrant.port)
    half.send(
        "PUT",
        "/bucket/key",
        {
            "Authorization": CREDENTIAL.format(service="s3"),
            "X-Amz-Date": "20260101T000000Z",
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
            "Content-Length": 1000,
        },
        b"only this",
    )
    half.socket.close()
    listed = client("s3").list_objects_v2(Bucket="bucket")
    assert listed["KeyCount"] == 0


def test_an_absolute_form_target_is_understood(connection):
    connection.send("GET", "http://anything:1234/_hydrant/health", {})
    status, _, body = connection.receive()
    assert status == 200
    assert "services" in json.loads(body)


def test_many_calls_share_one_connection(connection):
    for _ in range(50):
        still_works(connection)
