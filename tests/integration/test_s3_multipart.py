"""Multipart uploads: parts, lists of parts, completion."""

import base64
import hashlib
import zlib

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import PARTS, blob_files, raw, refused, upload


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


def test_part_numbers_have_bounds(s3, bucket):
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    for number in (0, 10001):
        error, _ = refused(s3.upload_part, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=b"")
        assert error["Message"] == "Part number must be an integer between 1 and 10000, inclusive"
