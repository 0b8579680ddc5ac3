"""Versions: ids, delete markers, the null version, suspension, lists of versions."""

import re

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import blob_files, eventually, raw, refused

ID = re.compile(r"[A-Za-z0-9._]{32}")


def set_versioning(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.fixture
def versioned(s3, bucket):
    set_versioning(s3, bucket, "Enabled")
    return bucket


def put(s3, bucket, body, key="k", **more):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **more).get("VersionId")


def read(s3, bucket, key="k", **more):
    return s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()


def history(s3, bucket, **more):
    """Key, version, is it the latest, and "-" for a marker; Version and DeleteMarker in one order."""
    answer = s3.list_object_versions(Bucket=bucket, **more)
    rows = [(v["Key"], v["VersionId"], v["IsLatest"], v["Size"]) for v in answer.get("Versions", [])]
    rows += [(m["Key"], m["VersionId"], m["IsLatest"], "-") for m in answer.get("DeleteMarkers", [])]
    return sorted(rows, key=lambda row: (row[0], not row[2]))


def test_versioning_is_told_as_it_was_set(hydrant, s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    for status in ("Enabled", "Suspended", "Enabled"):
        set_versioning(s3, bucket, status)
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == status
    head = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    for inner, code in (("<Status>On</Status>", b"MalformedXML"), ("", b"IllegalVersioningConfigurationException")):
        status, _, body = raw(hydrant, "PUT", "/photos?versioning", f"{head}{inner}</VersioningConfiguration>")
        assert (status, code in body) == (400, True)


def test_every_write_is_a_version(s3, versioned):
    first, second = put(s3, versioned, b"a"), put(s3, versioned, b"bb" * 20000)
    assert ID.fullmatch(first) and ID.fullmatch(second) and first < second
    assert read(s3, versioned) == b"bb" * 20000
    assert read(s3, versioned, VersionId=first) == b"a"
    assert s3.head_object(Bucket=versioned, Key="k")["VersionId"] == second
    assert history(s3, versioned) == [("k", second, True, 40000), ("k", first, False, 1)]


def test_a_delete_leaves_a_marker_and_removing_the_marker_brings_the_object_back(s3, versioned):
    version = put(s3, versioned, b"a")
    deleted = s3.delete_object(Bucket=versioned, Key="k")
    assert deleted["DeleteMarker"] is True
    error, meta = refused(s3.get_object, Bucket=versioned, Key="k")
    assert (error["Code"], error["Key"]) == ("NoSuchKey", "k")
    assert meta["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert meta["HTTPHeaders"]["x-amz-version-id"] == deleted["VersionId"]
    assert "Contents" not in s3.list_objects_v2(Bucket=versioned)
    for call in (s3.get_object, s3.head_object):
        error, meta = refused(call, Bucket=versioned, Key="k", VersionId=deleted["VersionId"])
        assert (meta["HTTPStatusCode"], meta["HTTPHeaders"]["allow"]) == (405, "DELETE")
    error, _ = refused(s3.get_object, Bucket=versioned, Key="k", VersionId=deleted["VersionId"])
    assert (error["Code"], error["Method"], error["ResourceType"]) == ("MethodNotAllowed", "GET", "DeleteMarker")
    removed = s3.delete_object(Bucket=versioned, Key="k", VersionId=deleted["VersionId"])
    assert (removed["DeleteMarker"], removed["VersionId"]) == (True, deleted["VersionId"])
    assert read(s3, versioned) == b"a"
    removed = s3.delete_object(Bucket=versioned, Key="k", VersionId=version)
    assert ("DeleteMarker" in removed, removed["VersionId"]) == (False, version)
    assert history(s3, versioned) == []


def test_a_key_that_never_was_gets_a_marker_too(s3, versioned):
    marker = s3.delete_object(Bucket=versioned, Key="never")["VersionId"]
    assert history(s3, versioned) == [("never", marker, True, "-")]


def test_an_object_from_before_is_the_null_version(s3, bucket):
    assert put(s3, bucket, b"old") is None
    set_versioning(s3, bucket, "Enabled")
    new = put(s3, bucket, b"new")
    assert read(s3, bucket, VersionId="null") == b"old"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=new)
    assert read(s3, bucket) == b"old"
    assert s3.get_object(Bucket=bucket, Key="k")["VersionId"] == "null"


def test_a_suspended_bucket_replaces_its_null_version_and_keeps_the_others(s3, versioned):
    kept = put(s3, versioned, b"kept")
    set_versioning(s3, versioned, "Suspended")
    assert put(s3, versioned, b"null 1") is None
    assert put(s3, versioned, b"null 22") is None
    assert history(s3, versioned) == [("k", "null", True, 7), ("k", kept, False, 4)]
    deleted = s3.delete_object(Bucket=versioned, Key="k")
    assert (deleted["DeleteMarker"], deleted["VersionId"]) == (True, "null")
    assert history(s3, versioned) == [("k", "null", True, "-"), ("k", kept, False, 4)]
    put(s3, versioned, b"again")
    assert history(s3, versioned) == [("k", "null", True, 5), ("k", kept, False, 4)]


def test_ids_that_are_none_and_ids_that_are_gone(s3, versioned):
    version = put(s3, versioned, b"a")
    error, _ = refused(s3.get_object, Bucket=versioned, Key="k", VersionId="nonsense")
    assert (error["Code"], error["Message"]) == ("InvalidArgument", "Invalid version id specified")
    error, _ = refused(s3.delete_object, Bucket=versioned, Key="k", VersionId="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD")
    assert (error["Code"], error["ArgumentName"]) == ("InvalidArgument", "versionId")
    s3.delete_object(Bucket=versioned, Key="k", VersionId=version)
    error, _ = refused(s3.get_object, Bucket=versioned, Key="k", VersionId=version)
    assert (error["Code"], error["Key"], error["VersionId"]) == ("NoSuchVersion", "k", version)
    s3.delete_object(Bucket=versioned, Key="k", VersionId=version)


def test_many_versions_are_deleted_at_once(s3, versioned):
    one, two = put(s3, versioned, b"1"), put(s3, versioned, b"2")
    marker = s3.delete_object(Bucket=versioned, Key="m")["VersionId"]
    answer = s3.delete_objects(Bucket=versioned, Delete={"Objects": [
        {"Key": "k", "VersionId": one}, {"Key": "m", "VersionId": marker},
        {"Key": "k", "VersionId": "x" * 32}, {"Key": "k"}]})
    by_id = {(d["Key"], d.get("VersionId")): d for d in answer["Deleted"]}
    assert set(by_id) == {("k", one), ("m", marker), ("k", None)}
    assert by_id[("m", marker)]["DeleteMarkerVersionId"] == marker
    made = by_id[("k", None)]
    assert made["DeleteMarker"] is True
    assert [(e["Code"], e["VersionId"]) for e in answer["Errors"]] == [("NoSuchVersion", "x" * 32)]
    assert history(s3, versioned) == [("k", made["DeleteMarkerVersionId"], True, "-"), ("k", two, False, 1)]


def test_a_bucket_with_versions_stays(s3, versioned):
    put(s3, versioned, b"1")
    s3.delete_object(Bucket=versioned, Key="k")
    error, meta = refused(s3.delete_bucket, Bucket=versioned)
    assert meta["HTTPStatusCode"] == 409
    assert error["Message"] == "The bucket you tried to delete is not empty. You must delete all versions in the bucket."


def test_a_version_is_copied_and_an_old_one_restored_in_place(s3, versioned):
    old, new = put(s3, versioned, b"old"), put(s3, versioned, b"new")
    source = {"Bucket": versioned, "Key": "k", "VersionId": old}
    copied = s3.copy_object(Bucket=versioned, Key="copy", CopySource=source)
    assert copied["CopySourceVersionId"] == old
    assert read(s3, versioned, "copy", VersionId=copied["VersionId"]) == b"old"
    s3.copy_object(Bucket=versioned, Key="k", CopySource=source)
    assert read(s3, versioned) == b"old"
    assert read(s3, versioned, VersionId=new) == b"new"
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    error, _ = refused(s3.copy_object, Bucket=versioned, Key="x", CopySource={**source, "VersionId": marker})
    assert error["Message"] == "The source of a copy request may not specifically refer to a delete marker by version id."
    error, _ = refused(s3.copy_object, Bucket=versioned, Key="x", CopySource=f"{versioned}/k")
    assert error["Code"] == "NoSuchKey"


def test_a_multipart_upload_makes_a_version(s3, versioned):
    upload = s3.create_multipart_upload(Bucket=versioned, Key="k")["UploadId"]
    part = s3.upload_part(Bucket=versioned, Key="k", UploadId=upload, PartNumber=1, Body=b"p")
    done = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    made = s3.complete_multipart_upload(Bucket=versioned, Key="k", UploadId=upload, MultipartUpload=done)
    assert read(s3, versioned, VersionId=made["VersionId"]) == b"p"
    again = s3.complete_multipart_upload(Bucket=versioned, Key="k", UploadId=upload, MultipartUpload=done)
    assert again["VersionId"] == made["VersionId"]
    assert len(history(s3, versioned)) == 1


def test_pages_of_versions_go_on_where_they_ended(s3, versioned):
    for key in ("a", "b", "dir/1", "dir/2", "z"):
        put(s3, versioned, b"1", key)
        put(s3, versioned, b"22", key)
        s3.delete_object(Bucket=versioned, Key=key)
    whole = s3.list_object_versions(Bucket=versioned)
    assert (len(whole["Versions"]), len(whole["DeleteMarkers"])) == (10, 5)
    for size in (1, 2, 3, 4, 7):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=versioned, PaginationConfig={"PageSize": size})
        pages = list(pages)
        assert [v for p in pages for v in p.get("Versions", [])] == whole["Versions"]
        assert [m for p in pages for m in p.get("DeleteMarkers", [])] == whole["DeleteMarkers"]
        assert all(len(p.get("Versions", [])) + len(p.get("DeleteMarkers", [])) <= size for p in pages)
    grouped = s3.list_object_versions(Bucket=versioned, Delimiter="/", MaxKeys=7)
    assert [p["Prefix"] for p in grouped["CommonPrefixes"]] == ["dir/"]
    assert (grouped["NextKeyMarker"], "NextVersionIdMarker" in grouped) == ("dir/", False)
    rest = s3.list_object_versions(Bucket=versioned, Delimiter="/", KeyMarker="dir/")
    assert {v["Key"] for v in rest["Versions"]} == {"z"}
    assert {v["Key"] for v in s3.list_object_versions(Bucket=versioned, Prefix="dir/")["Versions"]} == {"dir/1", "dir/2"}


def test_markers_of_versions_are_checked(hydrant, s3, versioned):
    version = put(s3, versioned, b"1")
    error, _ = refused(s3.list_object_versions, Bucket=versioned, VersionIdMarker=version)
    assert error["Message"] == "A version-id marker cannot be specified without a key marker."
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("version-id-marker", version)
    _, _, body = raw(hydrant, "GET", "/photos?versions&encoding-type=url&prefix=a%20b")
    assert b"<Prefix>a%20b</Prefix>" in body and b"<KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker>" in body


def test_conditions_look_at_the_latest_and_a_marker_counts_as_nothing(s3, versioned):
    put(s3, versioned, b"1")
    error, _ = refused(s3.put_object, Bucket=versioned, Key="k", Body=b"2", IfNoneMatch="*")
    assert error["Condition"] == "If-None-Match"
    s3.delete_object(Bucket=versioned, Key="k")
    put(s3, versioned, b"3", IfNoneMatch="*")
    assert read(s3, versioned) == b"3"


def test_bodies_of_versions_outlive_a_kill_and_none_is_left_over(hydrant, client, s3, versioned):
    versions = [put(s3, versioned, bytes([n]) * 50000) for n in range(4)]
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[1])
    hydrant.kill()
    hydrant.start()
    s3 = client("s3")
    for n in (0, 2, 3):
        assert read(s3, versioned, VersionId=versions[n]) == bytes([n]) * 50000
    assert len(blob_files(hydrant)) == 3
    for version in [*versions, marker]:
        s3.delete_object(Bucket=versioned, Key="k", VersionId=version)
    eventually(lambda: blob_files(hydrant) == [])
    s3.delete_bucket(Bucket=versioned)


def test_the_tree_shows_the_latest_version(hydrant, s3, versioned):
    file = hydrant.data / "main" / "s3" / versioned / "k"
    old = put(s3, versioned, b"old")
    new = put(s3, versioned, b"new")
    eventually(lambda: file.exists() and file.read_bytes() == b"new")
    s3.delete_object(Bucket=versioned, Key="k")
    eventually(lambda: not file.exists())
    s3.delete_object(Bucket=versioned, Key="k", VersionId=new)
    marker = s3.list_object_versions(Bucket=versioned)["DeleteMarkers"][0]["VersionId"]
    s3.delete_object(Bucket=versioned, Key="k", VersionId=marker)
    eventually(lambda: file.exists() and file.read_bytes() == b"old")
    assert old
