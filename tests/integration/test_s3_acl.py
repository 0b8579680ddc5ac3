"""Access control lists: canned, from headers, from XML; what ownership and the public access block allow."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import refused

ALL = "http://acs.amazonaws.com/groups/global/AllUsers"
OTHER = "a" * 64
OPEN = {"BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}


@pytest.fixture
def owner(s3, bucket):
    return s3.list_buckets()["Owner"]["ID"]


@pytest.fixture
def open_bucket(s3, bucket):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=OPEN)
    return bucket


def grants(answer):
    return [(g["Grantee"]["Type"], g["Grantee"].get("ID") or g["Grantee"].get("URI"), g["Permission"]) for g in answer["Grants"]]


def test_what_nobody_said_is_the_owners(s3, bucket, owner):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    for answer in (s3.get_bucket_acl(Bucket=bucket), s3.get_object_acl(Bucket=bucket, Key="k")):
        assert answer["Owner"] == {"ID": owner}
        assert grants(answer) == [("CanonicalUser", owner, "FULL_CONTROL")]


def test_a_bucket_whose_owner_owns_all_takes_no_other_list(s3, bucket):
    error, _ = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"v", ACL="public-read")
    assert (error["Code"], error["Message"]) == ("AccessControlListNotSupported", "The bucket does not allow ACLs")
    s3.put_object(Bucket=bucket, Key="k", Body=b"v", ACL="bucket-owner-full-control")
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="public-read")[0]["Code"] == "AccessControlListNotSupported"
    s3.put_bucket_acl(Bucket=bucket, ACL="private")


def test_the_public_access_block_refuses_public_lists(s3, open_bucket):
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={**OPEN, "BlockPublicAcls": True})
    assert refused(s3.put_object, Bucket=open_bucket, Key="k", Body=b"v", ACL="public-read")[0]["Code"] == "AccessDenied"
    s3.put_object(Bucket=open_bucket, Key="k", Body=b"v", GrantRead=f'id="{OTHER}"')


def test_lists_are_told_as_they_were_put(s3, open_bucket, owner):
    s3.put_object(Bucket=open_bucket, Key="k", Body=b"v", ACL="public-read")
    full = ("CanonicalUser", owner, "FULL_CONTROL")
    assert grants(s3.get_object_acl(Bucket=open_bucket, Key="k")) == [full, ("Group", ALL, "READ")]
    s3.put_object_acl(Bucket=open_bucket, Key="k", GrantReadACP=f'uri="{ALL}", id={OTHER}')
    assert grants(s3.get_object_acl(Bucket=open_bucket, Key="k")) == [
        ("Group", ALL, "READ_ACP"), ("CanonicalUser", OTHER, "READ_ACP")]
    policy = {"Owner": {"ID": owner}, "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": OTHER}, "Permission": "WRITE"},
        {"Grantee": {"Type": "Group", "URI": ALL}, "Permission": "READ"}]}
    s3.put_bucket_acl(Bucket=open_bucket, AccessControlPolicy=policy)
    assert grants(s3.get_bucket_acl(Bucket=open_bucket)) == [("CanonicalUser", OTHER, "WRITE"), ("Group", ALL, "READ")]
    s3.copy_object(Bucket=open_bucket, Key="copy", CopySource=f"{open_bucket}/k")
    assert grants(s3.get_object_acl(Bucket=open_bucket, Key="copy")) == [full]


@pytest.mark.parametrize("more, code, details", [
    ({"ACL": "fake-acl"}, "InvalidArgument", {"ArgumentName": "x-amz-acl", "ArgumentValue": "fake-acl"}),
    ({"GrantWrite": 'uri="http://acs.amazonaws.com/groups/s3/FakeGroup"'}, "InvalidArgument",
     {"Message": "Invalid group uri", "ArgumentName": "uri"}),
    ({"GrantWrite": 'fakekey="1234"'}, "InvalidArgument",
     {"Message": "Argument format not recognized", "ArgumentName": "x-amz-grant-write", "ArgumentValue": 'fakekey="1234"'}),
    ({"GrantWrite": 'id="wrong-id"'}, "InvalidArgument", {"Message": "Invalid id", "ArgumentName": "id", "ArgumentValue": "wrong-id"}),
    ({"ACL": "private", "GrantWrite": f"id={OTHER}"}, "InvalidRequest",
     {"Message": "Specifying both Canned ACLs and Header Grants is not allowed"}),
    ({}, "MissingSecurityHeader", {"MissingHeaderName": "x-amz-acl"}),
    ({"ACL": "private", "AccessControlPolicy": {"Owner": {"ID": OTHER}, "Grants": []}}, "UnexpectedContent",
     {"Message": "This request does not support content"}),
    ({"AccessControlPolicy": {"Grants": []}}, "MalformedACLError", {}),
    ({"AccessControlPolicy": {"Owner": {"ID": "wrong-id"}, "Grants": []}}, "InvalidArgument",
     {"Message": "Invalid id", "ArgumentName": "CanonicalUser/ID", "ArgumentValue": "wrong-id"}),
])
def test_a_wrong_list_is_told_why(s3, open_bucket, more, code, details):
    error, _ = refused(s3.put_bucket_acl, Bucket=open_bucket, **more)
    assert error["Code"] == code
    assert {k: error.get(k) for k in details} == details


def test_a_delete_marker_has_no_list(s3, open_bucket):
    s3.put_bucket_versioning(Bucket=open_bucket, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=open_bucket, Key="k")["VersionId"]
    error, _ = refused(s3.put_object_acl, Bucket=open_bucket, Key="k", ACL="private")
    assert (error["Code"], error["Method"], error["ResourceType"]) == ("MethodNotAllowed", "PUT", "DeleteMarker")
    assert refused(s3.get_object_acl, Bucket=open_bucket, Key="k")[0]["Code"] == "NoSuchKey"
    assert refused(s3.get_object_acl, Bucket=open_bucket, Key="k", VersionId=marker)[0]["Code"] == "MethodNotAllowed"


def test_ownership_is_said_at_creation(s3):
    error, _ = refused(s3.create_bucket, Bucket="one", ObjectOwnership="RandomValue")
    assert (error["Message"], error["ArgumentName"]) == ("Invalid x-amz-object-ownership header: RandomValue", "x-amz-object-ownership")
    s3.create_bucket(Bucket="one", ObjectOwnership="BucketOwnerPreferred")
    assert s3.get_bucket_ownership_controls(Bucket="one")["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerPreferred"}]
    error, _ = refused(s3.create_bucket, Bucket="two", ACL="public-read")
    assert error["Code"] == "InvalidBucketAclWithObjectOwnership"
