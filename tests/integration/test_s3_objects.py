"""S3 objects: keys, metadata, deletes."""

import base64
import hashlib
import zlib

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import MIB, raw, refused


@pytest.mark.parametrize("size", [0, 1, 1024, 16384, 16385, 262144, 262145, 3 * MIB + 7])
def test_what_goes_in_comes_out(s3, bucket, size):
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    put = s3.put_object(Bucket=bucket, Key="k", Body=body)
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    assert got["ContentLength"] == size
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert got["ContentType"] == "binary/octet-stream"
    assert got["ServerSideEncryption"] == "AES256"
    crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    assert got["ChecksumCRC32"] == crc
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == size


def test_metadata_comes_back(s3, bucket):
    s3.put_object(
        Bucket=bucket,
        Key="k",
        Body=b"v",
        ContentType="text/plain; charset=utf-8",
        CacheControl="no-store",
        ContentDisposition='attachment; filename="x"',
        ContentLanguage="de",
        ContentEncoding="identity",
        Metadata={"Colour": "blue", "empty": ""},
    )
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Metadata"] == {"colour": "blue", "empty": ""}
    assert got["ContentType"] == "text/plain; charset=utf-8"
    assert got["CacheControl"] == "no-store"
    assert got["ContentDisposition"] == 'attachment; filename="x"'
    assert got["ContentLanguage"] == "de"
    assert got["ContentEncoding"] == "identity"
    over = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="a/b", ResponseExpires="Mon, 23 Nov 2026 08:20:07 GMT")
    assert over["ContentType"] == "a/b"


def test_more_than_two_kilobytes_of_metadata_are_too_much(s3, bucket):
    error, _ = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2048})
    assert (error["Code"], error["MaxSizeAllowed"]) == ("MetadataTooLarge", "2048")

KEYS = ["a//b", "../x", "./", "/lead", "trail/", "a%2Fb", "a+b", "a b", "\U0001f600", "%", "a\nb", "..", "foo", "foo/bar", "foo/"]


def test_every_key_is_its_own(s3, bucket):
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in KEYS:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    listed = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert listed == sorted(KEYS, key=str.encode)


def test_a_key_has_at_most_1024_bytes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k" * 1024, Body=b"v")
    error, _ = refused(s3.put_object, Bucket=bucket, Key="k" * 1025, Body=b"v")
    assert (error["Code"], error["Size"], error["MaxSizeAllowed"]) == ("KeyTooLongError", "1025", "1024")


@pytest.mark.parametrize("target", ["/photos/a%00b", "/photos/%ff%fe", "/photos/%c0%80"])
def test_a_key_that_is_no_text_is_refused(hydrant, s3, bucket, target):
    status, _, body = raw(hydrant, "PUT", target, b"v")
    assert (status, b"<Code>InvalidURI</Code>" in body) == (400, True)


def test_missing_things_are_named(s3, bucket):
    error, meta = refused(s3.get_object, Bucket=bucket, Key="none")
    assert (meta["HTTPStatusCode"], error["Code"], error["Key"]) == (404, "NoSuchKey", "none")
    assert error["Message"] == "The specified key does not exist."
    error, _ = refused(s3.get_object, Bucket="nowhere", Key="none")
    assert (error["Code"], error["BucketName"]) == ("NoSuchBucket", "nowhere")
    assert len(meta["RequestId"]) == 16
    assert meta["HostId"]
    assert "Resource" not in error


def test_a_deleted_object_is_gone_and_deleting_again_is_fine(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    for _ in range(2):
        assert s3.delete_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(s3.get_object, Bucket=bucket, Key="k")


def test_many_are_deleted_at_once(s3, bucket):
    for key in ("a", "b", "a%2Fb"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"v")
    done = s3.delete_objects(
        Bucket=bucket,
        Delete={"Objects": [{"Key": "a"}, {"Key": "missing"}, {"Key": "b", "ETag": '"no"'}, {"Key": "b", "VersionId": "x"}]},
    )
    assert [d["Key"] for d in done["Deleted"]] == ["a", "missing"]
    assert [(e["Key"], e["Code"]) for e in done["Errors"]] == [("b", "PreconditionFailed"), ("b", "NoSuchVersion")]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a%2Fb", "b"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}], "Quiet": True})
    assert "Deleted" not in quiet


def test_deleting_needs_a_digest_and_a_list(hydrant, bucket):
    body = b"<Delete><Object><Key>a</Key></Object></Delete>"
    status, _, answer = raw(hydrant, "POST", "/photos?delete", body)
    assert (status, b"Missing required header for this request: Content-MD5" in answer) == (400, True)
    md5 = base64.b64encode(hashlib.md5(b"<Delete/>").digest()).decode()
    status, _, answer = raw(hydrant, "POST", "/photos?delete=", b"<Delete/>", Content_MD5=md5)
    assert (status, b"<Code>MalformedXML</Code>" in answer) == (400, True)
