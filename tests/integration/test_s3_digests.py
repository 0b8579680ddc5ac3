"""What a client says of a body, and whether it is true; framed bodies."""

import base64
import hashlib
import zlib

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import blob_files, chunked, raw, refused


def test_a_wrong_digest_leaves_the_old_object(hydrant, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old")
    md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    for size in (3, 40000):
        body = b"n" * size
        cases = [
            (dict(Content_MD5=md5), b"BadDigest", b"<ExpectedDigest>" + hashlib.md5(b"other").hexdigest().encode()),
            (dict(Content_MD5="MTIz"), b"InvalidDigest", b"<Content-MD5>MTIz</Content-MD5>"),
            (dict(x_amz_content_sha256="0" * 64), b"XAmzContentSHA256Mismatch", b"<S3ComputedContentSHA256>"),
            (dict(x_amz_content_sha256="junk"), b"InvalidRequest", b"The value of x-amz-content-sha256 header is invalid."),
            (dict(x_amz_checksum_crc32="AAAAAA=="), b"BadDigest", b"The CRC32 you specified did not match the calculated checksum."),
            (dict(x_amz_checksum_sha1="AAAA"), b"InvalidRequest", b"Value for x-amz-checksum-sha1 header is invalid."),
            (dict(x_amz_checksum_crc32="AAAAAA==", x_amz_checksum_crc32c="AAAAAA=="), b"InvalidRequest", b"Expecting a single x-amz-checksum- header."),
            (dict(x_amz_sdk_checksum_algorithm="CRC32"), b"InvalidRequest", b"x-amz-sdk-checksum-algorithm specified, but no"),
        ]
        for headers, code, part in cases:
            status, _, answer = raw(hydrant, "PUT", "/photos/k", body, **headers)
            assert (status, b"<Code>" + code + b"</Code>" in answer, part in answer) == (400, True, True), answer
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"
    assert blob_files(hydrant) == []


@pytest.mark.parametrize(
    "algorithm, value",
    [("CRC32", "lVk/nw=="), ("CRC32C", "Fz3epA=="), ("CRC64NVME", "1f2xscCCZCU="), ("SHA1", "jbXkHAsXUrubtL3dqDQ4w+7WXc0="),
     ("SHA256", base64.b64encode(hashlib.sha256(b"test-checksum").digest()).decode())],
)
def test_each_checksum_is_checked_kept_and_answered(hydrant, bucket, algorithm, value):
    header = f"x-amz-checksum-{algorithm.lower()}"
    status, headers, _ = raw(hydrant, "PUT", "/photos/k", b"test-checksum", **{header: value})
    assert (status, headers[header], headers["x-amz-checksum-type"]) == (200, value, "FULL_OBJECT")
    _, headers, _ = raw(hydrant, "GET", "/photos/k", x_amz_checksum_mode="ENABLED")
    assert headers[header] == value
    _, headers, _ = raw(hydrant, "GET", "/photos/k")
    assert header not in headers


def test_without_a_checksum_one_is_computed(hydrant, bucket):
    _, headers, _ = raw(hydrant, "PUT", "/photos/k", b"")
    assert headers["x-amz-checksum-crc64nvme"] == "AAAAAAAAAAA="


@pytest.mark.parametrize("size", [5, 20000, 300000])
@pytest.mark.parametrize("kind", ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                                  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"])
def test_aws_chunked_bodies_are_taken_apart(hydrant, s3, bucket, size, kind):
    data = (b"abcdefg" * (size // 7 + 1))[:size]
    headers = dict(x_amz_content_sha256=kind, x_amz_decoded_content_length=str(size), Content_Encoding="gzip,aws-chunked")
    trailer = b""
    if kind.endswith("TRAILER"):
        crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big"))
        trailer = b"x-amz-checksum-crc32:" + crc + b"\r\n"
        headers["x_amz_trailer"] = "x-amz-checksum-crc32"
    pieces = [data[i : i + 65536] for i in range(0, size, 65536)]
    body = chunked(*pieces, trailer=trailer, signed="HMAC" in kind)
    status, _, answer = raw(hydrant, "PUT", "/photos/k", body, **headers)
    assert status == 200, answer
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == data
    assert got["ContentEncoding"] == "gzip"


@pytest.mark.parametrize("size", [9000, 30000])
def test_broken_chunks_are_refused(hydrant, s3, bucket, size):
    data = b"x" * size
    crc = base64.b64encode(zlib.crc32(b"other").to_bytes(4, "big"))
    good = dict(x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER", x_amz_decoded_content_length=str(size),
                x_amz_trailer="x-amz-checksum-crc32")
    cases = [
        (chunked(data, trailer=b"x-amz-checksum-crc32:" + crc + b"\r\n"), {}, b"BadDigest"),
        (chunked(data), {}, b"MalformedTrailerError"),
        (chunked(data, trailer=b"x-amz-checksum-crc32c:" + crc + b"\r\n"), {}, b"MalformedTrailerError"),
        (chunked(data, trailer=b"x-amz-checksum-crc32:AA\r\n"), {}, b"InvalidRequest"),
        (chunked(data)[:-9], {}, b"IncompleteBody"),
        (b"zz\r\n" + data, {}, b"IncompleteBody"),
        (b"x" * 5000, {}, b"IncompleteBody"),
        (chunked(data[:100], data[100:]), {}, b"InvalidChunkSizeError"),
        (chunked(data), {"x_amz_decoded_content_length": str(size - 1)}, b"IncompleteBody"),
        (chunked(data), {"x_amz_decoded_content_length": str(size + 1)}, b"IncompleteBody"),
        (chunked(data), {"x_amz_trailer": "x-amz-meta-a"}, b"InvalidRequest"),
    ]
    for body, change, code in cases:
        status, _, answer = raw(hydrant, "PUT", "/photos/k", body, **{**good, **change})
        assert (status, b"<Code>" + code + b"</Code>" in answer) == (400, True), (code, answer)
    del good["x_amz_decoded_content_length"]
    status, _, answer = raw(hydrant, "PUT", "/photos/k", chunked(data), **good)
    assert (status, b"MissingContentLength" in answer) == (411, True)
    refused(s3.head_object, Bucket=bucket, Key="k")
    assert blob_files(hydrant) == []


def test_a_wrong_md5_is_repeated_in_hex_for_an_object_and_as_sent_for_a_part(hydrant, s3, bucket):
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    digest = hashlib.md5(b"other").digest()
    sent = base64.b64encode(digest).decode()
    _, _, of_object = raw(hydrant, "PUT", "/photos/k", b"x", Content_MD5=sent)
    assert f"<ExpectedDigest>{digest.hex()}</ExpectedDigest>".encode() in of_object
    target = f"/photos/k?partNumber=1&uploadId={upload_id}"
    _, _, of_part = raw(hydrant, "PUT", target, b"x", Content_MD5=sent)
    assert f"<ExpectedDigest>{sent}</ExpectedDigest>".encode() in of_part
