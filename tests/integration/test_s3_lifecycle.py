"""Lifecycles carried out: at midnight of the sandbox's clock, whatever is due by then."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import blob_files, eventually, raw

DAY = 24 * 3600


def rules(s3, bucket, *listed, **more):
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [
        {"ID": f"r{n}", "Status": "Enabled", "Filter": {}, **rule} for n, rule in enumerate(listed)]}, **more)


def keys(s3, bucket):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_objects_expire_at_the_midnight_after_their_days(hydrant, s3, bucket):
    rules(s3, bucket, {"Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 2}})
    for key in ("tmp/a", "tmp/b", "kept"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"v" * 20000)
    head = s3.head_object(Bucket=bucket, Key="tmp/a")
    assert head["Expiration"].startswith('expiry-date="') and head["Expiration"].endswith(' 00:00:00 GMT", rule-id="r0"')
    assert "Expiration" not in s3.head_object(Bucket=bucket, Key="kept")
    hydrant.advance(2 * DAY - 60)
    assert keys(s3, bucket) == ["kept", "tmp/a", "tmp/b"]
    hydrant.advance(DAY + 60)
    assert keys(s3, bucket) == ["kept"]
    eventually(lambda: len(blob_files(hydrant)) == 1)


def test_filters_look_at_tags_and_sizes(hydrant, s3, bucket):
    rules(s3, bucket, {"Filter": {"And": {"Prefix": "a", "ObjectSizeGreaterThan": 2, "Tags": [{"Key": "t", "Value": "x y"}]}},
                       "Expiration": {"Days": 1}})
    for key, body, tags in (("a1", b"123", "t=x+y"), ("a2", b"12", "t=x+y"), ("a3", b"123", "t=z"), ("b", b"123", "t=x+y")):
        s3.put_object(Bucket=bucket, Key=key, Body=body, Tagging=tags)
    hydrant.advance(3 * DAY)
    assert keys(s3, bucket) == ["a2", "a3", "b"]


def test_a_disabled_rule_does_nothing_and_a_deleted_lifecycle_neither(hydrant, s3, bucket):
    rules(s3, bucket, {"Status": "Disabled", "Expiration": {"Days": 1}})
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    hydrant.advance(3 * DAY)
    assert keys(s3, bucket) == ["k"]
    rules(s3, bucket, {"Expiration": {"Days": 1}})
    s3.delete_bucket_lifecycle(Bucket=bucket)
    hydrant.advance(3 * DAY)
    assert keys(s3, bucket) == ["k"]


def test_versions_expire_into_markers_and_go_when_they_are_no_longer_wanted(hydrant, s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = [s3.put_object(Bucket=bucket, Key="k", Body=bytes([n]))["VersionId"] for n in range(4)]
    rules(s3, bucket, {"Expiration": {"Days": 1}},
          {"NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 2}},
          {"Expiration": {"ExpiredObjectDeleteMarker": True}})
    hydrant.advance(3 * DAY)
    listed = s3.list_object_versions(Bucket=bucket)
    assert [m["IsLatest"] for m in listed["DeleteMarkers"]] == [True]
    assert [v["VersionId"] for v in listed["Versions"]] == versions[::-1]
    hydrant.advance(8 * DAY)
    assert [v["VersionId"] for v in s3.list_object_versions(Bucket=bucket)["Versions"]] == [versions[3], versions[2]]
    for version in versions[2:]:
        s3.delete_object(Bucket=bucket, Key="k", VersionId=version)
    hydrant.advance(2 * DAY)
    listed = s3.list_object_versions(Bucket=bucket)
    assert "Versions" not in listed and "DeleteMarkers" not in listed


def test_objects_move_to_colder_classes_when_they_are_large_enough(hydrant, s3, bucket):
    rules(s3, bucket, {"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}, {"Days": 3, "StorageClass": "GLACIER"}]})
    s3.put_object(Bucket=bucket, Key="large", Body=bytes(200_000))
    s3.put_object(Bucket=bucket, Key="small", Body=b"v")

    def classes():
        return {o["Key"]: o["StorageClass"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]}

    hydrant.advance(2 * DAY)
    assert classes() == {"large": "STANDARD_IA", "small": "STANDARD"}
    hydrant.advance(2 * DAY)
    assert classes() == {"large": "GLACIER", "small": "STANDARD"}


def test_unfinished_uploads_are_aborted(hydrant, s3, bucket):
    rules(s3, bucket, {"Filter": {"Prefix": "a"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})
    for key in ("a", "b"):
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=bytes(20000))
    hydrant.advance(3 * DAY)
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["b"]
    eventually(lambda: len(blob_files(hydrant)) == 1)


def test_what_is_locked_stays(hydrant, s3):
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    held = s3.put_object(Bucket="locked", Key="k", Body=b"1", ObjectLockLegalHoldStatus="ON")["VersionId"]
    rules(s3, "locked", {"Expiration": {"Days": 1}}, {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    hydrant.advance(5 * DAY)
    listed = s3.list_object_versions(Bucket="locked")
    assert [v["VersionId"] for v in listed["Versions"]] == [held]
    assert len(listed["DeleteMarkers"]) == 1


def test_more_than_a_page_expires_and_lifecycles_outlive_a_restart(hydrant, client, s3, bucket):
    rules(s3, bucket, {"Expiration": {"Days": 1}})
    for n in range(600):
        assert raw(hydrant, "PUT", f"/photos/{n:04}", b"v")[0] == 200
    hydrant.stop()
    hydrant.start()
    hydrant.advance(3 * DAY)
    assert keys(client("s3"), bucket) == []
