"""Object lock: retention, legal hold, what a bucket gives by default; archived objects."""

import datetime

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused

DENIED = "Access Denied because object protected by object lock."
DAY = 24 * 3600


@pytest.fixture
def locked(s3):
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    return "locked"


@pytest.fixture
def until(hydrant):
    now = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"] // 1000
    return lambda days: datetime.datetime.fromtimestamp(now + days * DAY, datetime.timezone.utc)


def put(s3, bucket, **more):
    return s3.put_object(Bucket=bucket, Key="k", Body=b"v", **more)["VersionId"]


def test_a_bucket_with_lock_is_versioned_for_good(s3, locked):
    assert s3.get_bucket_versioning(Bucket=locked)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    error, meta = refused(s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration={"Status": "Suspended"})
    assert (error["Code"], meta["HTTPStatusCode"]) == ("InvalidBucketState", 409)


def test_lock_can_be_switched_on_in_a_versioned_bucket(s3, bucket):
    setting = {"Bucket": bucket, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    error, _ = refused(s3.put_object_lock_configuration, **setting)
    assert error["Message"] == "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(**setting)
    put(s3, bucket, ObjectLockLegalHoldStatus="ON")


def test_what_is_held_stays_and_a_marker_does_not_hurt_it(s3, locked):
    version = put(s3, locked, ObjectLockLegalHoldStatus="ON")
    assert s3.head_object(Bucket=locked, Key="k")["ObjectLockLegalHoldStatus"] == "ON"
    error, meta = refused(s3.delete_object, Bucket=locked, Key="k", VersionId=version)
    assert (error["Code"], error["Message"], meta["HTTPStatusCode"]) == ("AccessDenied", DENIED, 403)
    answer = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": version}]})
    assert [(e["Code"], e["Message"]) for e in answer["Errors"]] == [("AccessDenied", DENIED)]
    s3.delete_object(Bucket=locked, Key="k")
    s3.put_object_legal_hold(Bucket=locked, Key="k", VersionId=version, LegalHold={"Status": "OFF"})
    assert s3.get_object_legal_hold(Bucket=locked, Key="k", VersionId=version)["LegalHold"] == {"Status": "OFF"}
    s3.delete_object(Bucket=locked, Key="k", VersionId=version)


def test_governance_can_be_bypassed_and_compliance_cannot(s3, locked, until):
    for mode, opens in (("GOVERNANCE", True), ("COMPLIANCE", False)):
        version = put(s3, locked, ObjectLockMode=mode, ObjectLockRetainUntilDate=until(3))
        which = {"Bucket": locked, "Key": "k", "VersionId": version}
        assert s3.get_object_retention(**which)["Retention"] == {"Mode": mode, "RetainUntilDate": until(3)}
        shorter = {**which, "Retention": {"Mode": mode, "RetainUntilDate": until(1)}}
        assert refused(s3.put_object_retention, **shorter)[0]["Message"] == DENIED
        s3.put_object_retention(**which, Retention={"Mode": mode, "RetainUntilDate": until(4)})
        assert refused(s3.delete_object, **which)[0]["Message"] == DENIED
        if opens:
            s3.put_object_retention(**shorter, BypassGovernanceRetention=True)
            s3.delete_object(**which, BypassGovernanceRetention=True)
        else:
            assert refused(s3.put_object_retention, **shorter, BypassGovernanceRetention=True)[0]["Message"] == DENIED
            assert refused(s3.delete_object, **which, BypassGovernanceRetention=True)[0]["Message"] == DENIED


def test_retention_ends_with_the_clock(hydrant, s3, locked):
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}}})
    version = put(s3, locked)
    head = s3.head_object(Bucket=locked, Key="k")
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert (head["ObjectLockRetainUntilDate"] - head["LastModified"]).days in (1, 2)
    refused(s3.delete_object, Bucket=locked, Key="k", VersionId=version)
    hydrant.advance(2 * DAY + 1)
    s3.delete_object(Bucket=locked, Key="k", VersionId=version)


def test_lock_needs_a_bucket_with_lock(s3, bucket, until):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    for call, more in ((s3.put_object_legal_hold, {"LegalHold": {"Status": "ON"}}), (s3.get_object_legal_hold, {}),
                       (s3.put_object_retention, {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": until(1)}}),
                       (s3.get_object_retention, {})):
        error, _ = refused(call, Bucket=bucket, Key="k", **more)
        assert (error["Code"], error["Message"]) == ("InvalidRequest", "Bucket is missing Object Lock Configuration")
    error, _ = refused(s3.delete_object, Bucket=bucket, Key="k", BypassGovernanceRetention=True)
    assert error["Message"] == "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."


def test_arguments_of_a_lock(hydrant, s3, locked, until):
    both = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
    error, _ = refused(s3.put_object, Bucket=locked, Key="k", Body=b"", ObjectLockMode="GOVERNANCE")
    assert (error["Message"], error["ArgumentName"]) == (both, "x-amz-object-lock-retain-until-date")
    error, _ = refused(s3.put_object, Bucket=locked, Key="k", Body=b"", ObjectLockRetainUntilDate=until(1))
    assert (error["Message"], error["ArgumentName"]) == (both, "x-amz-object-lock-mode")
    error, _ = refused(s3.put_object, Bucket=locked, Key="k", Body=b"", ObjectLockMode="X", ObjectLockRetainUntilDate=until(1))
    assert (error["Message"], error["ArgumentValue"]) == ("Unknown wormMode directive.", "X")
    put(s3, locked)
    error, _ = refused(s3.put_object_retention, Bucket=locked, Key="k",
                       Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until(-1)})
    assert error["Message"] == "The retain until date must be in the future!"
    error, meta = refused(s3.get_object_retention, Bucket=locked, Key="k")
    assert (error["Code"], meta["HTTPStatusCode"]) == ("NoSuchObjectLockConfiguration", 404)


def test_an_archived_object_is_read_once_restored(hydrant, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v", StorageClass="GLACIER")
    assert s3.head_object(Bucket=bucket, Key="k")["StorageClass"] == "GLACIER"
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["StorageClass"] == "GLACIER"
    error, meta = refused(s3.get_object, Bucket=bucket, Key="k")
    assert (error["Code"], error["StorageClass"], meta["HTTPStatusCode"]) == ("InvalidObjectState", "GLACIER", 403)
    restore = {"Bucket": bucket, "Key": "k", "RestoreRequest": {"Days": 2, "GlacierJobParameters": {"Tier": "Expedited"}}}
    assert s3.restore_object(**restore)["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert s3.restore_object(**restore)["ResponseMetadata"]["HTTPStatusCode"] == 200
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"v"
    assert got["Restore"].startswith('ongoing-request="false", expiry-date="')
    hydrant.advance(3 * DAY)
    assert refused(s3.get_object, Bucket=bucket, Key="k")[0]["Code"] == "InvalidObjectState"
    s3.put_object(Bucket=bucket, Key="plain", Body=b"v")
    assert refused(s3.restore_object, **{**restore, "Key": "plain"})[0]["Code"] == "InvalidObjectState"
