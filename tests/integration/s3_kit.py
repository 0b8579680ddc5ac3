"""S3: a bucket, raw requests, and what tests of S3 have in common."""

import http.client
import threading
import time

import pytest
from botocore.exceptions import ClientError

MIB = 1024 * 1024


@pytest.fixture
def s3(client):
    return client("s3", s3={"addressing_style": "path"})


@pytest.fixture
def bucket(s3):
    s3.create_bucket(Bucket="photos")
    return "photos"


def refused(call, *arguments, **members):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **members)
    return caught.value.response["Error"], caught.value.response["ResponseMetadata"]


def raw(hydrant, method, target, body=b"", **headers):
    """One request as it stands; "x_amz_acl" becomes "x-amz-acl"."""
    connection = http.client.HTTPConnection("127.0.0.1", hydrant.port)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    names.setdefault("X-Amz-Date", "20261125T000000Z")
    names.setdefault(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=00",
    )
    connection.request(method, target, body=body, headers=names)
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def blob_files(hydrant):
    return [p for p in (hydrant.data / "main" / "blobs").rglob("*") if len(p.name) == 32]


def eventually(check):
    """Background work has no call to wait on: ask until it holds, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while not check() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert check()


def upload(s3, bucket, key, *parts, **create):
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key, **create)["UploadId"]
    sent = []
    for number, body in enumerate(parts, 1):
        algorithm = {k: v for k, v in create.items() if k == "ChecksumAlgorithm"}
        part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body, **algorithm)
        entry = {"PartNumber": number, "ETag": part["ETag"]}
        if create.get("ChecksumAlgorithm"):
            name = "Checksum" + create["ChecksumAlgorithm"]
            entry[name] = part[name]
        sent.append(entry)
    return upload_id, sent


def in_background(work):
    """A function that waits for what `work` answers; it has begun meanwhile."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(outcome(work)))
    thread.start()

    def wait():
        thread.join()
        return answers[0]

    return wait


def outcome(work):
    try:
        return work()
    except ClientError as error:
        return error.response["Error"]["Code"]


def keys(page):
    return [o["Key"] for o in page.get("Contents", [])], [p["Prefix"] for p in page.get("CommonPrefixes", [])]


def chunked(*chunks, trailer=b"", signed=False):
    mark = b";chunk-signature=" + b"0" * 64 if signed else b""
    out = b"".join(b"%x%s\r\n%s\r\n" % (len(c), mark, c) for c in chunks)
    return out + b"0" + mark + b"\r\n" + trailer + b"\r\n"

PARTS = (b"a" * 5 * MIB, b"b" * 5 * MIB, b"c")
