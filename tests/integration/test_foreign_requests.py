"""Pages of the internet in a browser of this machine: what they send must not reach any service."""

import http.client

import pytest

from daemon import Daemon

RESET = ("POST", "/_hydrant/reset")
SIGNED = ("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, "
          "SignedHeaders=host, Signature=00")
LIST = {"Authorization": SIGNED.format("firehose"), "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Target": "Firehose_20150804.ListDeliveryStreams",
        "Content-Type": "application/x-amz-json-1.1"}


def send(daemon, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=20)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"},
    {"Host": "evil.example:4566", "Origin": "http://evil.example:4566"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
])
def test_a_page_of_the_internet_changes_nothing(hydrant, client, headers):
    client("s3").create_bucket(Bucket="kept")
    status, said = send(hydrant, *RESET, headers)
    assert status == 403
    assert '"code":"Forbidden"' in said and "--allowed-host" in said
    assert [b["Name"] for b in client("s3").list_buckets()["Buckets"]] == ["kept"]


@pytest.mark.parametrize("service", ["firehose", "dynamodb", "lambda", "iam"])
def test_no_service_answers_a_name_that_is_not_this_machines(hydrant, service):
    headers = {"Host": "rebound.example", "Authorization": SIGNED.format(service),
               "X-Amz-Date": "20260101T000000Z"}
    assert send(hydrant, "POST", "/", headers, b"{}")[0] == 403


def test_s3_refuses_a_foreign_name_and_leaves_pages_to_its_rules(hydrant, client):
    client("s3").create_bucket(Bucket="bucket")
    client("s3").put_object(Bucket="bucket", Key="k", Body=b"x")
    signed = {"Authorization": SIGNED.format("s3"), "X-Amz-Date": "20260101T000000Z",
              "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    assert send(hydrant, "GET", "/bucket/k", {**signed, "Host": "evil.example"})[0] == 403
    assert send(hydrant, "GET", "/bucket/k", {**signed, "Origin": "https://evil.example"}) == (200, "x")


@pytest.mark.parametrize("headers", [
    {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site"},
    {"Host": "hydrant:4566"},
    {"Host": "firehose.us-east-1.amazonaws.com"},
    {"Host": "localhost.localstack.cloud:4566"},
])
def test_pages_and_names_of_this_machine_are_answered(hydrant, headers):
    status, said = send(hydrant, "POST", "/", {**LIST, **headers}, b"{}")
    assert (status, said) == (200, '{"DeliveryStreamNames":[],"HasMoreDeliveryStreams":false}')


def test_further_names_are_a_setting(folder):
    daemon = Daemon(folder, "--allowed-host", "aws.example.test", "--allowed-host", ".svc.cluster.local").start()
    for host, wanted in (("aws.example.test", 200), ("hydrant.test.svc.cluster.local:4566", 200), ("example.test", 403)):
        assert send(daemon, "POST", "/", {**LIST, "Host": host}, b"{}")[0] == wanted, host
    assert send(daemon, "POST", "/", {**LIST, "Origin": "https://aws.example.test"}, b"{}")[0] == 200
    daemon.stop()
