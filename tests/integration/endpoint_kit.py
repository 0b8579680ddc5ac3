"""An HTTP endpoint to deliver to, streams that do, and what was not taken."""

import base64
import contextlib
import http.server
import json
import re
import threading

import pytest

from firehose_kit import BUCKET_ARN, ROLE, describe, objects

S3 = {"RoleARN": ROLE, "BucketARN": BUCKET_ARN}
ARN = "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"
LINE_MEMBERS = [
    "attemptsMade", "arrivalTimestamp", "errorCode", "errorMessage", "attemptEndingTimestamp",
    "rawData", "subsequenceNumber", "dataId",
]


class Endpoint:
    """What it was sent, and what it answers: a list of functions; the last one stays."""

    def __init__(self):
        self.requests = []
        self.answers = [acknowledge]
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.requests.append((self.path, self.headers, body))
                many = len(endpoint.answers) > 1
                answer = endpoint.answers.pop(0) if many else endpoint.answers[0]
                answer(self, self.headers["X-Amz-Firehose-Request-Id"])

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/take?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def bodies(self):
        return [json.loads(body) for _, _, body in self.requests]

    def records(self, number):
        return [base64.b64decode(record["data"]) for record in self.bodies[number]["records"]]


def reply(handler, status, body, length=True, **headers):
    handler.send_response(status)
    headers = {"Content_Type": "application/json", **headers}
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if length:
        handler.send_header("Content-Length", str(len(body)))
    else:
        handler.close_connection = True
    handler.end_headers()
    handler.wfile.write(body)


def taken(request_id, **members):
    return json.dumps({"requestId": request_id, "timestamp": 1, **members}).encode()


def acknowledge(handler, request_id):
    reply(handler, 200, taken(request_id))


def status(code, body=b"{}", **headers):
    return lambda handler, request_id: reply(handler, code, body, **headers)


@pytest.fixture
def endpoint():
    with contextlib.closing(Endpoint()) as endpoint:
        yield endpoint


def create(firehose, endpoint, where=None, s3=None, **members):
    return firehose.create_delivery_stream(
        DeliveryStreamName="s",
        HttpEndpointDestinationConfiguration={
            "EndpointConfiguration": {"Url": endpoint, **(where or {})},
            "S3Configuration": {**S3, **(s3 or {})},
            **members,
        },
    )


def shown(firehose):
    [target] = describe(firehose)["Destinations"]
    assert target.keys() == {"DestinationId", "HttpEndpointDestinationDescription"}
    return target["HttpEndpointDestinationDescription"]


def failed(s3):
    """The lines under http-endpoint-failed/."""
    lines = []
    for key, body in objects(s3).items():
        assert re.match(r"http-endpoint-failed/\d{4}/\d\d/\d\d/\d\d/s-1-", key)
        lines += [json.loads(line) for line in body.decode().splitlines()]
    return lines
