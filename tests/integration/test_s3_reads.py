"""GetObject and HeadObject: ranges, parts; conditions of reads and writes."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused


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
