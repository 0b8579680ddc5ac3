"""Unfinished uploads listed, parts copied from objects, attributes of objects."""

import hashlib

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import MIB, blob_files, eventually, raw, refused, upload

BODY = bytes(range(256)) * 24 * 1024  # 6 MiB


def begin(s3, bucket, key, **more):
    return s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]


def complete(s3, bucket, key, upload_id, *parts):
    listed = [{"PartNumber": n, **p} for n, p in enumerate(parts, 1)]
    return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed})


def uploads(page):
    return [(u["Key"], u["UploadId"]) for u in page.get("Uploads", [])]


def test_uploads_are_listed_by_key_then_age_in_pages(hydrant, s3, bucket):
    made = []
    for key in ("b", "a", "b", "dir/1", "dir/2", "b"):
        made.append((key, begin(s3, bucket, key)))
        hydrant.advance(2)
    whole = s3.list_multipart_uploads(Bucket=bucket)
    assert uploads(whole) == sorted(made, key=lambda u: u[0])
    assert (whole["IsTruncated"], whole["NextKeyMarker"], whole["NextUploadIdMarker"]) == (False, *uploads(whole)[-1])
    for size in (1, 2, 4):
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": size})
        assert [u for page in pages for u in uploads(page)] == uploads(whole)
    grouped = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert ([p["Prefix"] for p in grouped["CommonPrefixes"]], len(uploads(grouped))) == (["dir/"], 4)
    assert {k for k, _ in uploads(s3.list_multipart_uploads(Bucket=bucket, Prefix="dir/"))} == {"dir/1", "dir/2"}
    assert {k for k, _ in uploads(s3.list_multipart_uploads(Bucket=bucket, KeyMarker="b"))} == {"dir/1", "dir/2"}
    error, _ = refused(s3.list_multipart_uploads, Bucket=bucket, KeyMarker="a", UploadIdMarker=made[0][1])
    assert (error["Code"], error["Message"]) == ("InvalidArgument", "Invalid uploadId marker")
    assert len(uploads(s3.list_multipart_uploads(Bucket=bucket, UploadIdMarker="none"))) == 6


def test_an_upload_in_a_list_says_what_it_will_be(s3, bucket):
    begin(s3, bucket, "k", ChecksumAlgorithm="SHA256", StorageClass="STANDARD_IA")
    [listed] = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert (listed["StorageClass"], listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ("STANDARD_IA", "SHA256", "COMPOSITE")
    assert listed["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA256"])
def test_parts_are_copied_whole_or_in_ranges(hydrant, s3, bucket, algorithm):
    create = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    s3.put_object(Bucket=bucket, Key="large", Body=BODY, **create)
    s3.put_object(Bucket=bucket, Key="small", Body=b"0123456789")
    upload_id = begin(s3, bucket, "k", **create)

    def copy(number, key, **more):
        result = s3.upload_part_copy(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number,
                                     CopySource=f"{bucket}/{key}", **more)["CopyPartResult"]
        return {k: v for k, v in result.items() if k == "ETag" or k.startswith("Checksum")}

    parts = [copy(1, "large"), copy(2, "large", CopySourceRange=f"bytes=1-{5 * MIB}"), copy(3, "small", CopySourceRange="bytes=3-5")]
    assert parts[0]["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    s3.delete_object(Bucket=bucket, Key="large")
    complete(s3, bucket, "k", upload_id, *parts)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == BODY + BODY[1:5 * MIB + 1] + b"345"
    s3.delete_object(Bucket=bucket, Key="k")
    eventually(lambda: blob_files(hydrant) == [])


def test_a_whole_object_is_shared_as_a_part(hydrant, s3, bucket):
    assert raw(hydrant, "PUT", "/photos/large", BODY)[0] == 200  # with the checksum AWS gives by default
    upload_id = begin(s3, bucket, "k")
    part = s3.upload_part_copy(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, CopySource=f"{bucket}/large")
    assert len(blob_files(hydrant)) == 1
    complete(s3, bucket, "k", upload_id, {"ETag": part["CopyPartResult"]["ETag"]})
    s3.delete_object(Bucket=bucket, Key="large")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == BODY
    assert len(blob_files(hydrant)) == 1


@pytest.mark.parametrize("asked", ["0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4", "bytes=-", "bytes=1-", "bytes=-2"])
def test_a_range_of_a_copied_part_has_one_form(s3, bucket, asked):
    s3.put_object(Bucket=bucket, Key="s", Body=b"0123456789")
    upload_id = begin(s3, bucket, "k")
    error, _ = refused(s3.upload_part_copy, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1,
                       CopySource=f"{bucket}/s", CopySourceRange=asked)
    assert (error["Code"], error["ArgumentName"], error["ArgumentValue"]) == ("InvalidArgument", "x-amz-copy-source-range", asked)
    assert error["Message"].startswith("The x-amz-copy-source-range value must be of the form bytes=first-last")


def test_a_range_of_a_copied_part_lies_within_its_source(s3, bucket):
    s3.put_object(Bucket=bucket, Key="s", Body=b"0123456789")
    upload_id = begin(s3, bucket, "k")

    def copy(asked):
        return refused(s3.upload_part_copy, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1,
                       CopySource=f"{bucket}/s", CopySourceRange=asked)[0]

    assert copy("bytes=0-100")["Message"] == "Range specified is not valid for source object of size: 10"
    error = copy("bytes=100-200")
    assert (error["Code"], error["Message"]) == ("InvalidRequest", "The specified copy range is invalid for the source object size")


def test_conditions_of_a_completion_see_writes_since_the_upload_began(s3, bucket):
    for change, condition in (
        (lambda: s3.delete_object(Bucket=bucket, Key="k"), {"IfNoneMatch": "*"}),
        (lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"same"), {"IfMatch": f'"{hashlib.md5(b"same").hexdigest()}"'}),
    ):
        s3.put_object(Bucket=bucket, Key="k", Body=b"same")
        upload_id, sent = upload(s3, bucket, "k", b"part")
        change()
        error, meta = refused(s3.complete_multipart_upload, Bucket=bucket, Key="k", UploadId=upload_id,
                              MultipartUpload={"Parts": sent}, **condition)
        assert (error["Code"], error["Key"], meta["HTTPStatusCode"]) == ("ConditionalRequestConflict", "k", 409)
        s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent})


# ---- attributes ----

ALL = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]


def test_attributes_of_a_plain_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"test-checksum", ChecksumAlgorithm="CRC32")
    got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=ALL)
    assert got["ETag"] == hashlib.md5(b"test-checksum").hexdigest()
    assert got["Checksum"] == {"ChecksumCRC32": "lVk/nw==", "ChecksumType": "FULL_OBJECT"}
    assert (got["ObjectSize"], got["StorageClass"], "ObjectParts" in got) == (13, "STANDARD", False)
    only = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectSize"])
    assert (only["ObjectSize"], "ETag" in only) == (13, False)
    error, _ = refused(s3.get_object_attributes, Bucket=bucket, Key="k", ObjectAttributes=["Colour"])
    assert error["Message"] == "Invalid attribute name specified."


def test_attributes_of_parts(s3, bucket):
    upload_id, sent = upload(s3, bucket, "k", b"a" * 5 * MIB, b"b", ChecksumAlgorithm="SHA256")
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": sent})
    parts = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=ALL, MaxParts=1)["ObjectParts"]
    assert (parts["TotalPartsCount"], parts["IsTruncated"], parts["NextPartNumberMarker"]) == (2, True, 1)
    assert [(p["PartNumber"], p["Size"], p["ChecksumSHA256"]) for p in parts["Parts"]] == [(1, 5 * MIB, sent[0]["ChecksumSHA256"])]
    rest = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=ALL, PartNumberMarker=1)["ObjectParts"]
    assert [p["PartNumber"] for p in rest["Parts"]] == [2]
