"""What S3 does not do here is refused by name."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused


@pytest.mark.parametrize(
    "method, target, operation",
    [("GET", "/photos/k?torrent", b"GetObjectTorrent"), ("GET", "/photos?session", b"CreateSession"),
     ("POST", "/photos?metadataConfiguration", b"CreateBucketMetadataConfiguration"),
     ("GET", "/photos?metadataTable", b"GetBucketMetadataTableConfiguration"),
     ("PUT", "/photos?metadataJournalTable", b"UpdateBucketMetadataJournalTableConfiguration"),
     ("PUT", "/photos?metadataInventoryTable", b"UpdateBucketMetadataInventoryTableConfiguration"),
     ("PUT", "/photos/k?encryption", b"UpdateObjectEncryption"),
     ("PUT", "/photos/k?annotation", b"PutObjectAnnotation")],
)
def test_an_operation_that_is_missing_says_so(hydrant, s3, bucket, method, target, operation):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    status, _, body = raw(hydrant, method, target)
    assert (status, b"<Code>NotImplemented</Code>" in body, operation in body) == (501, True, True)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


@pytest.mark.parametrize("target", ["/photos?session", "/photos?torrent=1&uploads", "/photos/k?torrent", "/photos/k?acl"])
def test_a_known_sub_resource_never_becomes_the_plain_operation(hydrant, s3, bucket, target):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    status, _, body = raw(hydrant, "DELETE", target)
    assert status in (405, 501)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


def test_an_unknown_parameter_is_ignored(hydrant, s3, bucket):
    assert raw(hydrant, "PUT", "/photos/k?x-id=PutObject&fancy=1", b"v")[0] == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


@pytest.mark.parametrize("header, value", [("x-amz-mfa", "serial 123456"), ("x-amz-write-offset-bytes", "1"),
                                           ("x-amz-server-side-encryption-context", "e30=")])
def test_a_header_that_asks_for_more_is_refused_by_name(hydrant, s3, bucket, header, value):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", **{header: value})
    assert (status, f"<Header>{header}</Header>".encode() in body) == (501, True)
    refused(s3.head_object, Bucket=bucket, Key="k")


def test_wrong_values_of_known_headers_are_errors_of_their_own(hydrant, bucket):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_storage_class="Fake")
    assert (status, b"<StorageClassRequested>Fake</StorageClassRequested>" in body) == (400, True)
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_server_side_encryption="KMS")
    assert (status, b"InvalidEncryptionAlgorithmError" in body) == (400, True)


def test_mfa_delete_is_refused_by_name(s3, bucket):
    error, meta = refused(s3.put_bucket_versioning, Bucket=bucket,
                          VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
    assert (error["Code"], "MfaDelete" in error["Message"]) == ("NotImplemented", True)
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
