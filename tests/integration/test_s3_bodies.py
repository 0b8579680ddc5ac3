"""Bodies on disk: what stays, what goes, what a person browses."""

import resource
import socket

import boto3
from botocore.config import Config

import daemon
from s3_kit import *  # noqa: F401,F403
from s3_kit import blob_files, eventually, outcome, refused


def test_a_client_that_goes_away_leaves_nothing(hydrant, s3, bucket):
    head = (
        "PUT /photos/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\nAuthorization: AWS4-HMAC-SHA256 "
        "Credential=test/20261125/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\n"
        "X-Amz-Date: 20261125T000000Z\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", hydrant.port)) as connection:
        connection.sendall(head + b"x" * 1_500_000)
    s3.put_object(Bucket=bucket, Key="other", Body=b"x" * 20000)
    refused(s3.head_object, Bucket=bucket, Key="k")
    assert len(blob_files(hydrant)) <= 2
    hydrant.stop()
    hydrant.start()
    assert len(blob_files(hydrant)) == 1


def test_an_upload_that_cannot_succeed_is_refused_before_its_body(hydrant, bucket):
    head = (
        "PUT /nowhere/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\nExpect: 100-continue\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=00\r\nX-Amz-Date: 20261125T000000Z\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", hydrant.port)) as connection:
        connection.sendall(head)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 404")


def test_a_replaced_body_gives_its_file_back(hydrant, s3, bucket):
    for i in range(3):
        s3.put_object(Bucket=bucket, Key="k", Body=bytes([i]) * 20000)
    s3.put_object(Bucket=bucket, Key="k", Body=b"small")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"small"
    hydrant.stop()
    hydrant.start()
    assert blob_files(hydrant) == []


def test_a_replaced_body_gives_its_file_back_while_running(hydrant, s3, bucket):
    for i in range(5):
        s3.put_object(Bucket=bucket, Key="k", Body=bytes([i]) * 20000)
    eventually(lambda: len(blob_files(hydrant)) == 1)


def test_objects_can_be_browsed_as_files(hydrant, s3, bucket):
    tree = hydrant.data / "main" / "s3" / bucket
    large = b"l" * 50000
    s3.put_object(Bucket=bucket, Key="2026/11/25/small", Body=b"v")
    s3.put_object(Bucket=bucket, Key="../large", Body=large)
    files = tree / "%2E%2E" / "large", tree / "2026/11/25/small"
    eventually(lambda: all(file.exists() for file in files))  # in any order
    assert (tree / "2026/11/25/small").read_bytes() == b"v"
    assert (tree / "%2E%2E/large").read_bytes() == large
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "2026/11/25/small"}, {"Key": "../large"}]})
    s3.delete_bucket(Bucket=bucket)
    eventually(lambda: not tree.exists())


def test_a_body_whose_row_could_not_be_committed_leaves_no_file(folder, monkeypatch):
    """The database may grow no further, while files of bodies still find room."""
    monkeypatch.setattr(daemon, "PREFIX", ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", *daemon.PREFIX])
    hydrant = daemon.Daemon(folder).start()
    s3 = boto3.client("s3", endpoint_url=hydrant.url, region_name="us-east-1", aws_access_key_id="test",
                      aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
    s3.create_bucket(Bucket="photos")
    limit = max(path.stat().st_size for path in hydrant.data.glob("main/hydrant.db*")) + 100_000
    resource.prlimit(hydrant.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    outcomes = [
        outcome(lambda key=key: s3.put_object(Bucket="photos", Key=f"k{key}", Body=bytes(50_000)))
        for key in range(60)
    ]
    stored = [key for key, answer in enumerate(outcomes) if isinstance(answer, dict)]
    assert 0 < len(stored) < 60
    listed = s3.list_objects_v2(Bucket="photos").get("Contents", [])
    assert sorted(item["Key"] for item in listed) == sorted(f"k{key}" for key in stored)
    assert len(blob_files(hydrant)) == len(stored)
    resource.prlimit(hydrant.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    s3.put_object(Bucket="photos", Key="again", Body=bytes(50_000))
    assert s3.get_object(Bucket="photos", Key="again")["Body"].read() == bytes(50_000)
    hydrant.stop()
