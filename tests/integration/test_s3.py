"""S3 over HTTP: with boto3, with raw requests where a client would hide the wire."""

import base64
import hashlib
import http.client
import pathlib
import resource
import socket
import threading
import time
import zlib

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import daemon

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


# ---- buckets ----


def test_a_bucket_is_made_found_listed_and_removed(s3):
    made = s3.create_bucket(Bucket="one")
    assert made["Location"] == "/one"
    assert s3.head_bucket(Bucket="one")["BucketRegion"] == "us-east-1"
    listed = s3.list_buckets()["Buckets"]
    assert [(b["Name"], b["BucketRegion"]) for b in listed] == [("one", "us-east-1")]
    s3.delete_bucket(Bucket="one")
    error, meta = refused(s3.head_bucket, Bucket="one")
    assert meta["HTTPStatusCode"] == 404


def test_making_ones_own_bucket_again_is_fine_in_us_east_1_only(client, s3, bucket):
    assert s3.create_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200
    west = client("s3", region="us-west-2")
    error, meta = refused(
        west.create_bucket,
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    assert (meta["HTTPStatusCode"], error["Code"]) == (409, "BucketAlreadyOwnedByYou")
    assert error["BucketName"] == bucket


def test_a_bucket_of_another_account_is_taken_and_closed(client, bucket):
    other = client("s3", key="111111111111")
    error, _ = refused(other.create_bucket, Bucket=bucket)
    assert error["Code"] == "BucketAlreadyExists"
    error, meta = refused(other.list_objects_v2, Bucket=bucket)
    assert (meta["HTTPStatusCode"], error["Code"]) == (403, "AccessDenied")
    assert other.list_buckets()["Buckets"] == []


def test_the_location_constraint_must_fit_the_endpoint(client, s3):
    west = client("s3", region="us-west-2")
    error, _ = refused(west.create_bucket, Bucket="none")
    assert error["Code"] == "IllegalLocationConstraintException"
    assert error["Message"].startswith("The unspecified location constraint")
    error, _ = refused(
        west.create_bucket,
        Bucket="none",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    assert error["Message"].startswith("The eu-west-1 location constraint")
    error, _ = refused(
        s3.create_bucket, Bucket="none", CreateBucketConfiguration={"LocationConstraint": "moon"}
    )
    assert (error["Code"], error["LocationConstraint"]) == ("InvalidLocationConstraint", "moon")
    s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="far")["LocationConstraint"] == "eu-west-1"


def test_us_east_1_has_no_location(s3, bucket):
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None


@pytest.mark.parametrize("name", ["ab", "Upper", "a..b", "a.-b", "192.168.1.1", "xn--a", "x-s3alias"])
def test_a_bad_bucket_name_is_refused(hydrant, name):
    status, _, body = raw(hydrant, "PUT", f"/{name}")
    assert status == 400
    assert b"<Code>InvalidBucketName</Code>" in body
    assert f"<BucketName>{name}</BucketName>".encode() in body


def test_a_bucket_with_objects_stays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    error, meta = refused(s3.delete_bucket, Bucket=bucket)
    assert (meta["HTTPStatusCode"], error["Code"]) == (409, "BucketNotEmpty")
    assert error["Message"] == "The bucket you tried to delete is not empty"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


# ---- objects ----


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


# ---- ranges and conditions ----


@pytest.mark.parametrize(
    "asked, status, expected",
    [
        ("bytes=0-8", 206, b"012345678"),
        ("bytes=1-", 206, b"123456789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=-15", 206, b"0123456789"),
        ("bytes=0-100", 206, b"0123456789"),
        ("bytes=1-0", 200, b"0123456789"),
        ("bytes=-1-", 200, b"0123456789"),
        ("bytes=0--1", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("nonsense", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
    ],
)
@pytest.mark.parametrize("repeat", [1, 4096])
def test_a_range_gives_what_aws_gives(hydrant, s3, bucket, asked, status, expected, repeat):
    body = b"0123456789" if repeat == 1 else b"0123456789" + b"x" * 30000
    s3.put_object(Bucket=bucket, Key="k", Body=body)
    got, headers, data = raw(hydrant, "GET", "/photos/k", Range=asked)
    assert got == status
    if repeat == 1:
        assert data == expected
        if status == 206:
            assert headers["Content-Range"].endswith("/10")
    elif status == 206 and asked in ("bytes=0-8",):
        assert data == expected
        assert headers["Content-Range"] == f"bytes 0-8/{len(body)}"
    else:
        assert data in body


@pytest.mark.parametrize("asked", ["bytes=-0", "bytes=100-200"])
def test_a_range_outside_is_refused(s3, bucket, asked):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    error, meta = refused(s3.get_object, Bucket=bucket, Key="k", Range=asked)
    assert (meta["HTTPStatusCode"], error["Code"]) == (416, "InvalidRange")
    assert (error["RangeRequested"], error["ActualObjectSize"]) == (asked, "10")


def test_part_one_of_a_plain_object_is_all_of_it(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", PartNumber=1)
    assert (got["ContentRange"], got["Body"].read()) == ("bytes 0-9/10", b"0123456789")
    error, meta = refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=2)
    assert (meta["HTTPStatusCode"], error["ActualPartCount"]) == (416, "1")
    error, _ = refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=1, Range="bytes=0-1")
    assert error["Message"] == "Cannot specify both Range header and partNumber query parameter"


def test_reading_conditions(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"v")["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    get = s3.get_object
    assert get(Bucket=bucket, Key="k", IfMatch=etag)["Body"].read() == b"v"
    assert get(Bucket=bucket, Key="k", IfMatch=etag.strip('"'))["Body"].read() == b"v"
    error, meta = refused(get, Bucket=bucket, Key="k", IfMatch='"no"')
    assert (meta["HTTPStatusCode"], error["Condition"]) == (412, "If-Match")
    _, meta = refused(get, Bucket=bucket, Key="k", IfNoneMatch=etag)
    assert meta["HTTPStatusCode"] == 304
    assert meta["HTTPHeaders"]["etag"] == etag
    _, meta = refused(get, Bucket=bucket, Key="k", IfModifiedSince=modified)
    assert meta["HTTPStatusCode"] == 304
    error, meta = refused(get, Bucket=bucket, Key="k", IfUnmodifiedSince="2001-01-01T00:00:00Z")
    assert (meta["HTTPStatusCode"], error["Condition"]) == (412, "If-Unmodified-Since")
    assert get(Bucket=bucket, Key="k", IfMatch=etag, IfUnmodifiedSince="2001-01-01T00:00:00Z")


def test_writing_conditions(hydrant, s3, bucket):
    put = s3.put_object
    etag = put(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    error, meta = refused(put, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert (meta["HTTPStatusCode"], error["Condition"]) == (412, "If-None-Match")
    error, _ = refused(put, Bucket=bucket, Key="new", Body=b"2", IfMatch=etag)
    assert (error["Code"], error["Key"]) == ("NoSuchKey", "new")
    error, _ = refused(put, Bucket=bucket, Key="k", Body=b"2", IfMatch='"no"')
    assert error["Condition"] == "If-Match"
    error, meta = refused(put, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch=etag)
    assert (meta["HTTPStatusCode"], error["Code"], error["Header"]) == (501, "NotImplemented", "If-None-Match")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    put(Bucket=bucket, Key="k", Body=b"3", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"3"


# ---- lists ----


def keys(page):
    return [o["Key"] for o in page.get("Contents", [])], [p["Prefix"] for p in page.get("CommonPrefixes", [])]


@pytest.fixture
def tree(s3, bucket):
    for key in ("a", "b/1", "b/2", "b/c/3", "d+e f", "z"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def test_groups_and_keys_are_counted_together(s3, tree):
    page = s3.list_objects_v2(Bucket=tree, Delimiter="/", MaxKeys=2)
    assert keys(page) == (["a"], ["b/"])
    assert (page["KeyCount"], page["IsTruncated"], page["MaxKeys"]) == (2, True, 2)
    rest = s3.list_objects_v2(Bucket=tree, Delimiter="/", ContinuationToken=page["NextContinuationToken"])
    assert keys(rest) == (["d+e f", "z"], [])
    assert rest["IsTruncated"] is False


def test_prefix_and_start_after(s3, tree):
    assert keys(s3.list_objects_v2(Bucket=tree, Prefix="b/", Delimiter="/")) == (["b/1", "b/2"], ["b/c/"])
    assert keys(s3.list_objects_v2(Bucket=tree, StartAfter="b/2"))[0] == ["b/c/3", "d+e f", "z"]
    assert keys(s3.list_objects_v2(Bucket=tree, Prefix="nothing")) == ([], [])


def test_version_one_marks_groups(s3, tree):
    page = s3.list_objects(Bucket=tree, Delimiter="/", MaxKeys=2)
    assert (keys(page), page["NextMarker"]) == ((["a"], ["b/"]), "b/")
    assert keys(s3.list_objects(Bucket=tree, Delimiter="/", Marker="b/")) == (["d+e f", "z"], [])
    plain = s3.list_objects(Bucket=tree, MaxKeys=1)
    assert plain["IsTruncated"] and "NextMarker" not in plain
    assert "ID" in plain["Contents"][0]["Owner"]


def test_every_page_size_gives_the_same_keys(s3, tree):
    for size in range(1, 8):
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=tree, PaginationConfig={"PageSize": size}):
            found += keys(page)[0]
        assert found == ["a", "b/1", "b/2", "b/c/3", "d+e f", "z"]


def test_list_arguments_are_checked(hydrant, s3, tree):
    page = s3.list_objects_v2(Bucket=tree, MaxKeys=0)
    assert (keys(page), page["IsTruncated"]) == (([], []), False)
    for query, name in (("max-keys=blah", b"max-keys"), ("max-keys=-1", b"max-keys"),
                        ("encoding-type=x", b"encoding-type"), ("list-type=2&continuation-token=zz", b"continuation-token")):
        status, _, body = raw(hydrant, "GET", f"/photos?{query}")
        assert (status, b"<Code>InvalidArgument</Code>" in body) == (400, True)
        assert b"<ArgumentName>" + name + b"</ArgumentName>" in body
    _, _, body = raw(hydrant, "GET", "/photos?encoding-type=url&prefix=d")
    assert b"<Key>d%2Be%20f</Key>" in body


def test_a_list_says_what_each_object_is(s3, tree):
    entry = s3.list_objects_v2(Bucket=tree, Prefix="z", FetchOwner=True)["Contents"][0]
    assert entry["ETag"] == f'"{hashlib.md5(b"z").hexdigest()}"'
    assert (entry["Size"], entry["StorageClass"], entry["ChecksumType"]) == (1, "STANDARD", "FULL_OBJECT")
    assert entry["ChecksumAlgorithm"] == ["CRC32"]
    assert len(entry["Owner"]["ID"]) == 64


# ---- bad bodies ----


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


def chunked(*chunks, trailer=b"", signed=False):
    mark = b";chunk-signature=" + b"0" * 64 if signed else b""
    out = b"".join(b"%x%s\r\n%s\r\n" % (len(c), mark, c) for c in chunks)
    return out + b"0" + mark + b"\r\n" + trailer + b"\r\n"


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


def eventually(check):
    """Background work has no call to wait on: ask until it holds, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while not check() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert check()


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


# ---- copies ----


def test_a_copy_shares_the_body_and_outlives_its_source(hydrant, s3, bucket):
    for size in (10, 50000):
        body = b"c" * size
        etag = s3.put_object(Bucket=bucket, Key="a b/ü", Body=body, Metadata={"m": "1"}, ContentType="t/a")["ETag"]
        copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "a b/ü"})
        assert copied["CopyObjectResult"]["ETag"] == etag
        s3.delete_object(Bucket=bucket, Key="a b/ü")
        got = s3.get_object(Bucket=bucket, Key="copy")
        assert got["Body"].read() == body
        assert (got["Metadata"], got["ContentType"]) == ({"m": "1"}, "t/a")
    assert len(blob_files(hydrant)) == 1


def test_a_copy_can_change_metadata_and_checksum(s3, bucket):
    for size in (10, 50000):
        body = b"c" * size
        s3.put_object(Bucket=bucket, Key="a", Body=body, Metadata={"m": "1"})
        source = {"Bucket": bucket, "Key": "a"}
        s3.copy_object(Bucket=bucket, Key="b", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "2"},
                       ChecksumAlgorithm="SHA256")
        got = s3.get_object(Bucket=bucket, Key="b")
        assert (got["Metadata"], got["Body"].read()) == ({"n": "2"}, body)
        assert got["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
        error, _ = refused(s3.copy_object, Bucket=bucket, Key="a", CopySource=source)
        assert error["Message"].startswith("This copy request is illegal")
        s3.copy_object(Bucket=bucket, Key="a", CopySource=source, MetadataDirective="REPLACE")
        assert s3.get_object(Bucket=bucket, Key="a")["Metadata"] == {}


def test_a_copy_checks_its_source(s3, bucket):
    error, _ = refused(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{bucket}/none")
    assert (error["Code"], error["Key"]) == ("NoSuchKey", "none")
    error, _ = refused(s3.copy_object, Bucket=bucket, Key="b", CopySource=bucket)
    assert error["Message"] == "Invalid copy source object key"
    s3.put_object(Bucket=bucket, Key="a", Body=b"v")
    error, _ = refused(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{bucket}/a", CopySourceIfMatch='"no"')
    assert error["Condition"] == "x-amz-copy-source-If-Match"


# ---- multipart ----


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


PARTS = (b"a" * 5 * MIB, b"b" * 5 * MIB, b"c")


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA1", "SHA256"])
def test_parts_become_one_object(hydrant, s3, bucket, algorithm):
    create = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    upload_id, sent = upload(s3, bucket, "k", *PARTS, Metadata={"m": "1"}, ContentType="t/m", **create)
    done = s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent})
    assert done["ETag"] == '"0a97f1336a2298a6c3e9adaa562a9eec-3"'
    assert done["ChecksumType"] == ("COMPOSITE" if algorithm else "FULL_OBJECT")
    again = s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent})
    assert again["ETag"] == done["ETag"]
    whole = b"".join(PARTS)
    if algorithm is None:
        _, headers, _ = raw(hydrant, "PUT", "/photos/same", whole)
        assert done["ChecksumCRC64NVME"] == headers["x-amz-checksum-crc64nvme"]
        s3.delete_object(Bucket=bucket, Key="same")
    ranged = s3.get_object(Bucket=bucket, Key="k", Range="bytes=5242878-5242881")
    assert ranged["Body"].read() == b"aabb"
    second = s3.get_object(Bucket=bucket, Key="k", PartNumber=2)
    assert (second["PartsCount"], second["Body"].read()) == (3, PARTS[1])
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == whole
    assert (got["Metadata"], got["ContentType"]) == ({"m": "1"}, "t/m")
    assert s3.get_object(Bucket=bucket, Key="k", PartNumber=3)["Body"].read() == b"c"
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert s3.head_object(Bucket=bucket, Key="copy")["ETag"] == f'"{hashlib.md5(whole).hexdigest()}"'
    s3.delete_object(Bucket=bucket, Key="k")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == whole
    s3.delete_object(Bucket=bucket, Key="copy")
    hydrant.stop()
    hydrant.start()
    assert blob_files(hydrant) == []


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


@pytest.mark.parametrize("delay", [0.05, 0.1, 0.2, 0.4])
def test_what_is_read_or_copied_finishes_though_it_is_removed(client, s3, bucket, delay):
    """A reader of several parts copies them together first; a copy refers to what it read."""
    parts = [bytes([65 + number]) * 5 * MIB for number in range(6)] + [b"end"]
    upload_id, sent = upload(s3, bucket, "k", *parts)
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent})
    copy = in_background(lambda: client("s3").copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k"))
    read = in_background(lambda: client("s3").get_object(Bucket=bucket, Key="k")["Body"].read())
    time.sleep(delay)  # how far the two are by then differs; each has to be right
    s3.put_object(Bucket=bucket, Key="k", Body=b"new")
    s3.delete_object(Bucket=bucket, Key="k")
    whole = b"".join(parts)
    assert read() in (whole, b"new", "NoSuchKey")
    copied = copy()
    if copied != "NoSuchKey":
        got = s3.get_object(Bucket=bucket, Key="copy")["Body"].read()
        assert got in (whole, b"new")
        assert copied["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(got).hexdigest()}"'


def test_the_checksum_of_the_whole_is_that_of_its_bytes(s3, bucket):
    upload_id, sent = upload(s3, bucket, "k", *PARTS, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    done = s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent},
                                        ChecksumType="FULL_OBJECT")
    expected = base64.b64encode(zlib.crc32(b"".join(PARTS)).to_bytes(4, "big")).decode()
    assert (done["ChecksumCRC32"], done["ChecksumType"]) == (expected, "FULL_OBJECT")


def test_a_list_of_parts_must_be_right(hydrant, s3, bucket):
    upload_id, sent = upload(s3, bucket, "k", b"small", b"last")

    def complete(parts, **more):
        return refused(s3.complete_multipart_upload, Bucket=bucket, Key="k", UploadId=upload_id,
                       MultipartUpload={"Parts": parts}, **more)[0]

    assert complete(list(reversed(sent)))["Code"] == "InvalidPartOrder"
    error = complete([{**sent[0], "ETag": '"0"'}])
    assert (error["Code"], error["PartNumber"]) == ("InvalidPart", "1")
    error = complete(sent)
    assert (error["Code"], error["ProposedSize"], error["PartNumber"]) == ("EntityTooSmall", "5", "1")
    assert complete([])["Code"] in ("MalformedXML", "InvalidRequest")
    assert "must use the same checksum mode" in complete(sent[1:], ChecksumType="FULL_OBJECT")["Message"]
    assert "does not match what was computed: 4" in complete(sent[1:], MpuObjectSize=5)["Message"]
    refused(s3.head_object, Bucket=bucket, Key="k")
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent[1:]})
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"last"


def test_parts_are_listed_and_aborted(hydrant, s3, bucket):
    upload_id, sent = upload(s3, bucket, "k", b"x" * 20000, b"y")
    listed = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload_id, MaxParts=1)
    assert [(p["PartNumber"], p["ETag"], p["Size"]) for p in listed["Parts"]] == [(1, sent[0]["ETag"], 20000)]
    assert (listed["IsTruncated"], listed["NextPartNumberMarker"]) == (True, 1)
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id)
    error, meta = refused(s3.list_parts, Bucket=bucket, Key="k", UploadId=upload_id)
    assert (meta["HTTPStatusCode"], error["Code"], error["UploadId"]) == (404, "NoSuchUpload", upload_id)
    hydrant.stop()
    hydrant.start()
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


def test_part_numbers_have_bounds(s3, bucket):
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    for number in (0, 10001):
        error, _ = refused(s3.upload_part, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=b"")
        assert error["Message"] == "Part number must be an integer between 1 and 10000, inclusive"


# ---- what is not there ----


@pytest.mark.parametrize(
    "method, target, operation",
    [("GET", "/photos?tagging", b"GetBucketTagging"), ("PUT", "/photos/k?acl", b"PutObjectAcl"),
     ("GET", "/photos?versioning", b"GetBucketVersioning"), ("GET", "/photos/k?attributes", b"GetObjectAttributes"),
     ("GET", "/photos?uploads", b"ListMultipartUploads"), ("GET", "/photos?versions", b"ListObjectVersions")],
)
def test_an_operation_that_is_missing_says_so(hydrant, s3, bucket, method, target, operation):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    status, _, body = raw(hydrant, method, target)
    assert (status, b"<Code>NotImplemented</Code>" in body, operation in body) == (501, True, True)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


@pytest.mark.parametrize(
    "header, value",
    [("x-amz-tagging", "a=b"), ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-acl", "public-read"),
     ("x-amz-server-side-encryption-customer-algorithm", "AES256"), ("x-amz-server-side-encryption", "aws:kms"),
     ("x-amz-storage-class", "GLACIER"), ("x-amz-grant-read", "id=1")],
)
def test_a_header_that_asks_for_more_is_refused_by_name(hydrant, s3, bucket, header, value):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", **{header: value})
    assert (status, f"<Header>{header}</Header>".encode() in body) == (501, True)
    refused(s3.head_object, Bucket=bucket, Key="k")


def test_wrong_values_of_known_headers_are_errors_of_their_own(hydrant, bucket):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_storage_class="Fake")
    assert (status, b"<StorageClassRequested>Fake</StorageClassRequested>" in body) == (400, True)
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_server_side_encryption="KMS")
    assert (status, b"InvalidEncryptionAlgorithmError" in body) == (400, True)


def test_strangers_are_turned_away(hydrant, s3, bucket):
    connection = http.client.HTTPConnection("127.0.0.1", hydrant.port)
    connection.request("GET", "/photos/k")
    response = connection.getresponse()
    assert (response.status, b"<Code>AccessDenied</Code>" in response.read()) == (403, True)
    assert response.getheader("Server") == "AmazonS3"


def test_an_expected_owner_is_compared(s3, bucket):
    s3.head_bucket(Bucket=bucket, ExpectedBucketOwner="000000000000")
    error, meta = refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="111111111111")
    assert error["Code"] == "AccessDenied"
    error, _ = refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="abcd")
    assert error["Code"] == "InvalidBucketOwnerAWSAccountID"
    assert error["Message"].endswith("AWS Account ID... [abcd]")


@pytest.mark.parametrize(
    "host", ["photos.localhost:4566", "photos.s3.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com",
             "photos.s3.localhost.localstack.cloud:4566", "photos.s3.localhost"],
)
def test_a_host_can_name_the_bucket(hydrant, s3, bucket, host):
    s3.put_object(Bucket=bucket, Key="a//b", Body=b"v")
    status, _, body = raw(hydrant, "GET", "/a//b", Host=host)
    assert (status, body) == (200, b"v")


def test_plain_hosts_are_path_style(hydrant, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    for host in ("aws.private:4566", "s3.amazonaws.com", "s3.us-east-1.amazonaws.com", "localhost", "s3.localhost", "123456789012.localhost"):
        assert raw(hydrant, "GET", "/photos/k", Host=host)[0] == 200


# ---- the CLI ----


def test_the_cli_copies_lists_and_removes(cli, folder):
    small, large = pathlib.Path(folder) / "small", pathlib.Path(folder) / "large"
    small.write_bytes(b"hello")
    large.write_bytes(bytes(range(256)) * (20 * MIB // 256))
    cli("s3", "mb", "s3://cli")
    cli("s3", "cp", str(small), "s3://cli/dir/small")
    cli("s3", "cp", str(large), "s3://cli/large")
    assert "PRE dir/" in cli("s3", "ls", "s3://cli")
    assert "20971520 large" in cli("s3", "ls", "s3://cli/", "--recursive")
    cli("s3", "cp", "s3://cli/large", str(folder / "back"))
    assert (folder / "back").read_bytes() == large.read_bytes()
    cli("s3", "mv", "s3://cli/dir/small", "s3://cli/moved")
    assert cli("s3", "cp", "s3://cli/moved", "-") == "hello"
    cli("s3", "rb", "s3://cli", "--force")
    assert cli("s3", "ls") == ""


# ---- a full disk ----


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
