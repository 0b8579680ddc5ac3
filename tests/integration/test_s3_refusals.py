"""What S3 does not do here is refused by name."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused


@pytest.mark.parametrize(
    "method, target, operation",
    [("GET", "/photos?tagging", b"GetBucketTagging"), ("PUT", "/photos/k?acl", b"PutObjectAcl"),
     ("GET", "/photos?versioning", b"GetBucketVersioning"), ("GET", "/photos/k?attributes", b"GetObjectAttributes"),
     ("GET", "/photos?uploads", b"ListMultipartUploads"), ("GET", "/photos?versions", b"ListObjectVersions")],
)
def test_an_operation_that_is_missing_says_so(hydrant, s3, bucket, method, target, operation):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    status, _, body = raw(hydrant, method, target)
    assert (status, b"<Code>NotImplemented</Code>" in body, operation in body) == (501, True, True)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


@pytest.mark.parametrize(
    "header, value",
    [("x-amz-tagging", "a=b"), ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-acl", "public-read"),
     ("x-amz-server-side-encryption-customer-algorithm", "AES256"), ("x-amz-server-side-encryption", "aws:kms"),
     ("x-amz-storage-class", "GLACIER"), ("x-amz-grant-read", "id=1")],
)
def test_a_header_that_asks_for_more_is_refused_by_name(hydrant, s3, bucket, header, value):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", **{header: value})
    assert (status, f"<Header>{header}</Header>".encode() in body) == (501, True)
    refused(s3.head_object, Bucket=bucket, Key="k")


def test_wrong_values_of_known_headers_are_errors_of_their_own(hydrant, bucket):
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_storage_class="Fake")
    assert (status, b"<StorageClassRequested>Fake</StorageClassRequested>" in body) == (400, True)
    status, _, body = raw(hydrant, "PUT", "/photos/k", b"v", x_amz_server_side_encryption="KMS")
    assert (status, b"InvalidEncryptionAlgorithmError" in body) == (400, True)
