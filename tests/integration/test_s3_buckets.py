"""S3 buckets: making, finding, owning and addressing them."""

import http.client

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused


def test_a_bucket_is_made_found_listed_and_removed(s3):
    made = s3.create_bucket(Bucket="one")
    assert made["Location"] == "/one"
    assert s3.head_bucket(Bucket="one")["BucketRegion"] == "us-east-1"
    listed = s3.list_buckets()["Buckets"]
    assert [(b["Name"], b["BucketRegion"]) for b in listed] == [("one", "us-east-1")]
    s3.delete_bucket(Bucket="one")
    error, meta = refused(s3.head_bucket, Bucket="one")
    assert meta["HTTPStatusCode"] == 404


def test_making_ones_own_bucket_again_is_fine_in_us_east_1_only(client, s3, bucket):
    assert s3.create_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200
    west = client("s3", region="us-west-2")
    error, meta = refused(
        west.create_bucket,
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    assert (meta["HTTPStatusCode"], error["Code"]) == (409, "BucketAlreadyOwnedByYou")
    assert error["BucketName"] == bucket


def test_a_bucket_of_another_account_is_taken_and_closed(client, bucket):
    other = client("s3", key="111111111111")
    error, _ = refused(other.create_bucket, Bucket=bucket)
    assert error["Code"] == "BucketAlreadyExists"
    error, meta = refused(other.list_objects_v2, Bucket=bucket)
    assert (meta["HTTPStatusCode"], error["Code"]) == (403, "AccessDenied")
    assert other.list_buckets()["Buckets"] == []


def test_the_location_constraint_must_fit_the_endpoint(client, s3):
    west = client("s3", region="us-west-2")
    error, _ = refused(west.create_bucket, Bucket="none")
    assert error["Code"] == "IllegalLocationConstraintException"
    assert error["Message"].startswith("The unspecified location constraint")
    error, _ = refused(
        west.create_bucket,
        Bucket="none",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    assert error["Message"].startswith("The eu-west-1 location constraint")
    error, _ = refused(
        s3.create_bucket, Bucket="none", CreateBucketConfiguration={"LocationConstraint": "moon"}
    )
    assert (error["Code"], error["LocationConstraint"]) == ("InvalidLocationConstraint", "moon")
    s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="far")["LocationConstraint"] == "eu-west-1"


def test_us_east_1_has_no_location(s3, bucket):
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None


@pytest.mark.parametrize("name", ["ab", "Upper", "a..b", "a.-b", "192.168.1.1", "xn--a", "x-s3alias"])
def test_a_bad_bucket_name_is_refused(hydrant, name):
    status, _, body = raw(hydrant, "PUT", f"/{name}")
    assert status == 400
    assert b"<Code>InvalidBucketName</Code>" in body
    assert f"<BucketName>{name}</BucketName>".encode() in body


def test_a_bucket_with_objects_stays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    error, meta = refused(s3.delete_bucket, Bucket=bucket)
    assert (meta["HTTPStatusCode"], error["Code"]) == (409, "BucketNotEmpty")
    assert error["Message"] == "The bucket you tried to delete is not empty"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"


def test_an_expected_owner_is_compared(s3, bucket):
    s3.head_bucket(Bucket=bucket, ExpectedBucketOwner="000000000000")
    error, meta = refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="111111111111")
    assert error["Code"] == "AccessDenied"
    error, _ = refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="abcd")
    assert error["Code"] == "InvalidBucketOwnerAWSAccountID"
    assert error["Message"].endswith("AWS Account ID... [abcd]")


@pytest.mark.parametrize(
    "host", ["photos.localhost:4566", "photos.s3.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com",
             "photos.s3.localhost.localstack.cloud:4566", "photos.s3.localhost"],
)
def test_a_host_can_name_the_bucket(hydrant, s3, bucket, host):
    s3.put_object(Bucket=bucket, Key="a//b", Body=b"v")
    status, _, body = raw(hydrant, "GET", "/a//b", Host=host)
    assert (status, body) == (200, b"v")


def test_plain_hosts_are_path_style(hydrant, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    for host in ("hydrant:4566", "s3.amazonaws.com", "s3.us-east-1.amazonaws.com", "localhost", "s3.localhost", "123456789012.localhost"):
        assert raw(hydrant, "GET", "/photos/k", Host=host)[0] == 200


def test_strangers_are_turned_away(hydrant, s3, bucket):
    connection = http.client.HTTPConnection("127.0.0.1", hydrant.port)
    connection.request("GET", "/photos/k")
    response = connection.getresponse()
    assert (response.status, b"<Code>AccessDenied</Code>" in response.read()) == (403, True)
    assert response.getheader("Server") == "AmazonS3"
