"""UpdateDestination of a stream with an HTTP endpoint."""

import contextlib
import json

import pytest

from firehose_kit import *  # noqa: F401,F403
from endpoint_kit import *  # noqa: F401,F403
from endpoint_kit import ARN, Endpoint, create, shown, status
from firehose_kit import describe, objects, put, refused


@pytest.fixture
def other():
    with contextlib.closing(Endpoint()) as endpoint:
        yield endpoint


def update(firehose, **members):
    return firehose.update_destination(
        DeliveryStreamName="s", DestinationId="destinationId-000000000001",
        CurrentDeliveryStreamVersionId=describe(firehose)["VersionId"],
        HttpEndpointDestinationUpdate=members,
    )


def test_given_members_replace_and_omitted_ones_stay(firehose):
    attributes = [{"AttributeName": "a", "AttributeValue": "1"}]
    create(
        firehose, "https://example.com", {"Name": "mine", "AccessKey": "secret"},
        {"Prefix": "p/", "CompressionFormat": "GZIP"},
        BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60},
        RequestConfiguration={"ContentEncoding": "GZIP", "CommonAttributes": attributes},
        RetryOptions={"DurationInSeconds": 7},
    )
    before = shown(firehose)
    update(firehose, RetryOptions={"DurationInSeconds": 8}, S3Update={"Prefix": "q/"})
    after = shown(firehose)
    expected = {**before, "RetryOptions": {"DurationInSeconds": 8}}
    expected["S3DestinationDescription"] = {**before["S3DestinationDescription"], "Prefix": "q/"}
    assert after == expected
    assert describe(firehose)["VersionId"] == "2"
    assert "LastUpdateTimestamp" in describe(firehose)

    update(firehose, RequestConfiguration={"ContentEncoding": "NONE"},
           BufferingHints={"SizeInMBs": 2, "IntervalInSeconds": 0}, S3BackupMode="AllData",
           EndpointConfiguration={"Url": "https://example.com/new"})
    after = shown(firehose)
    assert after["RequestConfiguration"] == {"ContentEncoding": "NONE", "CommonAttributes": []}
    assert after["BufferingHints"] == {"SizeInMBs": 2, "IntervalInSeconds": 0}
    assert after["S3BackupMode"] == "AllData"
    assert after["EndpointConfiguration"] == {"Url": "https://example.com/new"}
    assert after["RetryOptions"] == {"DurationInSeconds": 8}
    assert describe(firehose)["VersionId"] == "3"


def test_an_update_that_changes_nothing_is_no_new_version(firehose):
    create(firehose, "https://example.com", {"AccessKey": "secret"})
    update(firehose, RetryOptions={"DurationInSeconds": 300})
    update(firehose, EndpointConfiguration={"Url": "https://example.com"})
    assert describe(firehose)["VersionId"] == "1"
    assert "LastUpdateTimestamp" not in describe(firehose)


def test_what_waits_goes_to_the_new_address_in_the_new_form(firehose, s3, hydrant, endpoint, other):
    create(firehose, endpoint.url, {"AccessKey": "old"})
    put(firehose, b"one")
    attributes = [{"AttributeName": "team", "AttributeValue": "x"}]
    update(firehose, EndpointConfiguration={"Url": other.url, "AccessKey": "new"},
           RequestConfiguration={"CommonAttributes": attributes})
    put(firehose, b"two")
    hydrant.flush("s")
    assert endpoint.requests == []
    assert other.records(0) == [b"one", b"two"]
    headers = other.requests[0][1]
    assert headers["X-Amz-Firehose-Access-Key"] == "new"
    assert headers["X-Amz-Firehose-Source-Arn"] == ARN
    assert json.loads(headers["X-Amz-Firehose-Common-Attributes"]) == {
        "commonAttributes": {"team": "x"}}


def test_an_access_key_is_kept_for_its_address_and_never_sent_to_another(
        firehose, s3, hydrant, endpoint, other):
    create(firehose, endpoint.url, {"AccessKey": "secret"})
    update(firehose, EndpointConfiguration={"Url": endpoint.url, "Name": "mine"})
    put(firehose, b"one")
    hydrant.flush("s")
    assert endpoint.requests[0][1]["X-Amz-Firehose-Access-Key"] == "secret"
    update(firehose, EndpointConfiguration={"Url": other.url})
    put(firehose, b"two")
    hydrant.flush("s")
    assert other.records(0) == [b"two"]
    assert other.requests[0][1]["X-Amz-Firehose-Access-Key"] is None


def test_the_backups_key_has_the_new_prefix_and_version(firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(413)]
    create(firehose, endpoint.url, s3={"Prefix": "old/"})
    put(firehose, b"refused")
    update(firehose, S3Update={"Prefix": "new/"})
    hydrant.advance(300)
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert key.startswith("new/http-endpoint-failed/") and "/s-2-" in key
    assert b"HttpEndpoint." in body


def test_all_data_may_be_switched_on_and_off_and_loses_nothing(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url)
    update(firehose, S3BackupMode="AllData")
    put(firehose, b"kept\n")
    update(firehose, S3BackupMode="FailedDataOnly")
    put(firehose, b"not kept\n")
    hydrant.advance(301)
    assert b"".join(objects(s3).values()) == b"kept\n"
    sent = [record for number in range(len(endpoint.requests)) for record in endpoint.records(number)]
    assert sorted(sent) == [b"kept\n", b"not kept\n"]


def test_what_is_not_supported_is_refused_in_an_update_too(firehose):
    create(firehose, "https://example.com")
    secrets = {"Enabled": True, "SecretARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:x"}
    assert "SecretsManagerConfiguration" in refused(
        update, firehose, SecretsManagerConfiguration=secrets)
    kms = {"KMSEncryptionConfig": {"AWSKMSKeyARN": "arn:aws:kms:us-east-1:000000000000:key/x"}}
    assert "KMSEncryptionConfig" in refused(
        update, firehose, S3Update={"EncryptionConfiguration": kms})
    assert "IntervalInSeconds" in refused(
        update, firehose,
        S3Update={"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}})
    assert describe(firehose)["VersionId"] == "1"
