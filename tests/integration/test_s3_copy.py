"""CopyObject: sharing bodies, what changes, what is checked."""

import base64
import hashlib
import time

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import MIB, blob_files, in_background, refused, upload


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
