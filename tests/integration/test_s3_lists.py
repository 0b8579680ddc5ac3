"""ListObjects and ListObjectsV2."""

import hashlib

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import keys, raw


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
