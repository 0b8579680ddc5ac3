"""What is set on a bucket: defaults, put, get and delete, the exact error when nothing is set."""

import pytest
from botocore.exceptions import ClientError

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused

SSE = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def test_a_new_bucket_is_closed_and_encrypted(s3, bucket):
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == CLOSED
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"] == SSE
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"


@pytest.mark.parametrize("name, code, message", [
    ("bucket_policy", "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("bucket_policy_status", "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    ("bucket_replication", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
    ("bucket_tagging", "NoSuchTagSet", "The TagSet does not exist"),
    ("object_lock_configuration", "ObjectLockConfigurationNotFoundError",
     "Object Lock configuration does not exist for this bucket"),
])
def test_what_is_not_set_has_an_error_of_its_own(s3, bucket, name, code, message):
    error, meta = refused(getattr(s3, "get_" + name), Bucket=bucket)
    assert (error["Code"], error["Message"], meta["HTTPStatusCode"]) == (code, message, 404)
    assert error["BucketName"] == "photos" and "Resource" not in error


def test_what_was_open_once_is_not_found_after_its_deletion(s3, bucket):
    opened = {**CLOSED, "BlockPublicAcls": False}
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=opened)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == opened
    s3.delete_public_access_block(Bucket=bucket)
    assert refused(s3.get_public_access_block, Bucket=bucket)[0]["Code"] == "NoSuchPublicAccessBlockConfiguration"
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    assert refused(s3.get_bucket_ownership_controls, Bucket=bucket)[0]["Code"] == "OwnershipControlsNotFoundError"


def test_encryption_of_a_bucket_is_told_by_its_objects(s3, bucket):
    key = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"] == [rule]
    for answer in (s3.put_object(Bucket=bucket, Key="k", Body=b"v"), s3.head_object(Bucket=bucket, Key="k")):
        assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"], answer["BucketKeyEnabled"]) == ("aws:kms", key, True)
    plain = s3.put_object(Bucket=bucket, Key="p", Body=b"v", ServerSideEncryption="AES256")
    assert (plain["ServerSideEncryption"], "SSEKMSKeyId" in plain) == ("AES256", False)
    s3.delete_bucket_encryption(Bucket=bucket)
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"] == SSE
    assert s3.head_object(Bucket=bucket, Key="k")["SSEKMSKeyId"] == key
    named = s3.put_object(Bucket=bucket, Key="n", Body=b"v", ServerSideEncryption="aws:kms", SSEKMSKeyId="1234")
    assert named["SSEKMSKeyId"] == "arn:aws:kms:us-east-1:000000000000:key/1234"


LIFECYCLE = [
    {"ID": "all", "Filter": {"And": {"Prefix": "a/", "ObjectSizeGreaterThan": 0, "Tags": [{"Key": "k", "Value": "v"}]}},
     "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 2},
     "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
    {"ID": "old style", "Prefix": "", "Status": "Disabled", "Expiration": {"Days": 1},
     "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
]


def test_a_lifecycle_comes_back_as_it_was_put(s3, bucket):
    answer = s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": LIFECYCLE})
    assert answer["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == LIFECYCLE
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, TransitionDefaultMinimumObjectSize="varies_by_storage_class",
        LifecycleConfiguration={"Rules": [{"Filter": {}, "Status": "Enabled", "Expiration": {"Days": 1}}]})
    got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert got["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    assert len(got["Rules"][0].pop("ID")) == 48
    assert got["Rules"] == [{"Filter": {}, "Status": "Enabled", "Expiration": {"Days": 1}}]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket)[0]["Code"] == "NoSuchLifecycleConfiguration"


@pytest.mark.parametrize("rule, code, message", [
    ({"Expiration": {"Days": 1}}, "MalformedXML", None),
    ({"Filter": {}}, "MalformedXML", None),
    ({"Filter": {}, "Prefix": "", "Expiration": {"Days": 1}}, "MalformedXML", None),
    ({"Filter": {}, "Expiration": {"Days": 0}}, "InvalidArgument", "'Days' for Expiration action must be a positive integer"),
    ({"Filter": {}, "Expiration": {"Date": "2030-01-01T05:00:00Z"}}, "InvalidArgument", "'Date' must be at midnight GMT"),
    ({"Filter": {"And": {"Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}}, "Expiration": {"Days": 1}},
     "InvalidRequest", "Duplicate Tag Keys are not allowed."),
])
def test_a_lifecycle_must_make_sense(s3, bucket, rule, code, message):
    error, _ = refused(s3.put_bucket_lifecycle_configuration, Bucket=bucket,
                       LifecycleConfiguration={"Rules": [{"ID": "r", "Status": "Enabled", **rule}]})
    assert error["Code"] == code
    assert message is None or error["Message"] == message


def test_logging_needs_a_target_in_the_same_region(client, s3, bucket):
    s3.create_bucket(Bucket="logs")
    client("s3", region="us-west-2").create_bucket(Bucket="west", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    def to(target):
        return {"Bucket": bucket, "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "p/"}}}

    error, _ = refused(s3.put_bucket_logging, **to("nowhere"))
    assert (error["Code"], error["TargetBucket"]) == ("InvalidTargetBucketForLogging", "nowhere")
    error, _ = refused(s3.put_bucket_logging, **to("west"))
    assert (error["Code"], error["TargetBucketLocation"]) == ("CrossLocationLoggingProhibitted", "us-west-2")
    s3.put_bucket_logging(**to("logs"))
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == to("logs")["BucketLoggingStatus"]["LoggingEnabled"]
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)


def test_replication_needs_versions_at_both_ends(s3, bucket):
    s3.create_bucket(Bucket="copy")
    setting = {"Role": "arn:aws:iam::000000000000:role/r", "Rules": [
        {"ID": "r", "Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::copy"}}]}
    put = {"Bucket": bucket, "ReplicationConfiguration": setting}
    error, _ = refused(s3.put_bucket_replication, **put)
    assert error["Message"] == "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert refused(s3.put_bucket_replication, **put)[0]["Message"] == "Destination bucket must have versioning enabled."
    s3.put_bucket_versioning(Bucket="copy", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(**put)
    assert s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == setting


def test_simple_settings_and_their_words(s3, bucket):
    s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_accelerate_configuration(Bucket=bucket)["Status"] == "Enabled"
    s3.create_bucket(Bucket="with.dot")
    assert refused(s3.put_bucket_accelerate_configuration, Bucket="with.dot",
                   AccelerateConfiguration={"Status": "Enabled"})[0]["Code"] == "InvalidRequest"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    assert refused(s3.put_bucket_request_payment, Bucket=bucket,
                   RequestPaymentConfiguration={"Payer": "Me"})[0]["Code"] == "MalformedXML"


@pytest.mark.parametrize("name, member, body", [
    ("metrics", "Metrics", {"Filter": {"Prefix": "p"}}),
    ("analytics", "Analytics", {"StorageClassAnalysis": {}}),
    ("intelligent_tiering", "IntelligentTiering", {"Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}),
    ("inventory", "Inventory", {"Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::photos", "Format": "CSV"}},
                                "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}),
])
def test_settings_with_ids_are_put_got_listed_and_deleted(s3, bucket, name, member, body):
    def call(verb, suffix="", **more):
        return getattr(s3, f"{verb}_bucket_{name}_configuration{suffix}")(Bucket=bucket, **more)

    for one in ("a", "b"):
        call("put", Id=one, **{member + "Configuration": {"Id": one, **body}})
    assert call("get", Id="a")[member + "Configuration"] == {"Id": "a", **body}
    listed = call("list", "s")
    assert [c["Id"] for c in listed[member + "ConfigurationList"]] == ["a", "b"]
    assert listed["IsTruncated"] is False
    error, _ = refused(call, "put", Id="c", **{member + "Configuration": {"Id": "other", **body}})
    assert error["Code"] == "IdMismatch"
    call("delete", Id="a")
    error, _ = refused(call, "get", Id="a")
    assert (error["Code"], error["Message"]) == ("NoSuchConfiguration", "The specified configuration does not exist.")


def test_settings_go_with_their_bucket(s3, bucket):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert refused(s3.get_bucket_tagging, Bucket=bucket)[0]["Code"] == "NoSuchTagSet"


def test_settings_that_need_a_digest(hydrant, bucket):
    body = b"<LifecycleConfiguration/>"
    status, _, answer = raw(hydrant, "PUT", "/photos?lifecycle", body)
    assert (status, b"Missing required header for this request: Content-MD5 OR x-amz-checksum-*" in answer) == (400, True)


# ---- policies ----

POLICY = '{ "Version": "2012-10-17",\n "Statement": [{"Effect": "%s", "Principal": %s, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*"}]}'
MINE = '{"AWS": "arn:aws:iam::000000000000:root"}'


def test_a_policy_comes_back_byte_for_byte(hydrant, s3, bucket):
    policy = POLICY % ("Allow", MINE)
    assert s3.put_bucket_policy(Bucket=bucket, Policy=policy)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == policy
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is False
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(s3.get_bucket_policy, Bucket=bucket)[0]["Code"] == "NoSuchBucketPolicy"


@pytest.mark.parametrize("policy, message", [
    ("", "Policies must be valid JSON and the first byte must be '{'"),
    ("[]", "Policies must be valid JSON and the first byte must be '{'"),
    ("{}", "Missing required field Statement"),
    ('{"Statement": [{"Effect": "Allow"}]}', "Missing required field Principal"),
    (POLICY.replace("photos", "other") % ("Allow", MINE), "Policy has invalid resource"),
    (POLICY.replace("s3:GetObject", "sqs:Send") % ("Allow", MINE), "Policy has invalid action"),
    (POLICY % ("Maybe", MINE), "Invalid effect: Maybe"),
])
def test_a_malformed_policy_is_told_why(hydrant, s3, bucket, policy, message):
    status, _, body = raw(hydrant, "PUT", "/photos?policy", policy.encode())
    assert status == 400 and b"<Code>MalformedPolicy</Code>" in body
    assert message.replace("'", "&apos;").encode() in body
    assert refused(s3.get_bucket_policy, Bucket=bucket)[0]["Code"] == "NoSuchBucketPolicy"


def test_a_public_policy_needs_an_open_bucket(s3, bucket):
    policy = POLICY % ("Allow", '"*"')
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={**CLOSED, "BlockPublicPolicy": False})
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
