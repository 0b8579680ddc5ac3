"""UpdateDestination of a stream with an HTTP endpoint."""

import contextlib
import gzip
import json
import os
import pathlib
import threading

import pytest

from firehose_kit import *  # noqa: F401,F403
from endpoint_kit import *  # noqa: F401,F403
from endpoint_kit import ARN, Endpoint, acknowledge, create, shown, status
from firehose_kit import (
    LAMBDA, describe, fails, objects, processing, processor, put, refused,
)
from firehose_kit import create as create_s3

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
SECRETS = {"Enabled": True, "SecretARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:x"}


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


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
    twice = [{"AttributeName": "a", "AttributeValue": "1"}] * 2
    assert refused(update, firehose, RequestConfiguration={"CommonAttributes": twice}) == (
        "Http Endpoint Common Attributes have duplicate name a")
    assert refused(update, firehose, CloudWatchLoggingOptions={"Enabled": True}) == (
        "CloudWatch Log Group Name is required if CloudWatch Logging is enabled")
    delimiter = processing(processor("AppendDelimiterToRecord"))
    assert "AppendDelimiterToRecord" in refused(update, firehose, **delimiter)
    assert describe(firehose)["VersionId"] == "1"


def test_a_function_is_attached_and_detached(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url)
    update(firehose, **processing(processor("Lambda", LambdaArn=LAMBDA)))
    put(firehose, b"upper")
    hydrant.advance(60)
    hydrant.advance(300)
    update(firehose, ProcessingConfiguration={"Enabled": False})
    put(firehose, b"upper")
    hydrant.advance(300)
    assert endpoint.records(0) + endpoint.records(1) == [b"UPPER", b"upper"]


def test_an_s3_destination_does_not_become_an_endpoint(firehose):
    create_s3(firehose)
    assert refused(
        update, firehose, EndpointConfiguration={"Url": "https://example.com"}
    ) == "Changing the destination type to or from HttpEndpoint is not supported at this time."
    assert describe(firehose)["VersionId"] == "1"


def test_the_order_of_the_checks_is_that_of_every_update(firehose):
    create(firehose, "https://example.com")
    wrong = {"HttpEndpointDestinationUpdate": {"SecretsManagerConfiguration": SECRETS},
             "DeliveryStreamName": "s"}
    assert fails(firehose.update_destination, CurrentDeliveryStreamVersionId="7",
                 DestinationId="other", **wrong)[0] == "ConcurrentModificationException"
    assert fails(firehose.update_destination, CurrentDeliveryStreamVersionId="1",
                 DestinationId="other", **wrong)[1] == "Destination Id other not found"


def test_an_update_outlives_a_restart(firehose, s3, hydrant, endpoint, other):
    create(firehose, endpoint.url, {"AccessKey": "old"})
    put(firehose, b"one")
    update(firehose, EndpointConfiguration={"Url": other.url, "AccessKey": "new"},
           RequestConfiguration={"ContentEncoding": "GZIP"})
    hydrant.kill()
    hydrant.start()
    hydrant.flush("s")
    [(_, headers, body)] = other.requests
    assert headers["X-Amz-Firehose-Access-Key"] == "new"
    assert headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["records"] == [{"data": "b25l"}]
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


def test_all_data_may_be_switched_on_but_not_off(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url)
    put(firehose, b"before\n")
    update(firehose, S3BackupMode="AllData")
    assert refused(update, firehose, S3BackupMode="FailedDataOnly") == (
        "Disabling S3 backup is not currently supported.")
    put(firehose, b"after\n")
    hydrant.advance(301)
    assert b"".join(objects(s3).values()) == b"after\n"
    sent = [record for number in range(len(endpoint.requests)) for record in endpoint.records(number)]
    assert sorted(sent) == [b"after\n", b"before\n"]


def test_what_is_not_supported_is_refused_in_an_update_too(firehose):
    create(firehose, "https://example.com")
    assert "SecretsManagerConfiguration" in refused(
        update, firehose, SecretsManagerConfiguration=SECRETS)
    kms = {"KMSEncryptionConfig": {"AWSKMSKeyARN": "arn:aws:kms:us-east-1:000000000000:key/x"}}
    assert "KMSEncryptionConfig" in refused(
        update, firehose, S3Update={"EncryptionConfiguration": kms})
    assert "IntervalInSeconds" in refused(
        update, firehose,
        S3Update={"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}})
    twice = [{"AttributeName": "a", "AttributeValue": "1"}] * 2
    assert refused(update, firehose, RequestConfiguration={"CommonAttributes": twice}) == (
        "Http Endpoint Common Attributes have duplicate name a")
    assert refused(update, firehose, CloudWatchLoggingOptions={"Enabled": True}) == (
        "CloudWatch Log Group Name is required if CloudWatch Logging is enabled")
    delimiter = processing(processor("AppendDelimiterToRecord"))
    assert "AppendDelimiterToRecord" in refused(update, firehose, **delimiter)
    assert describe(firehose)["VersionId"] == "1"


def test_a_function_is_attached_and_detached(firehose, s3, hydrant, endpoint):
    create(firehose, endpoint.url)
    update(firehose, **processing(processor("Lambda", LambdaArn=LAMBDA)))
    put(firehose, b"upper")
    hydrant.advance(60)
    hydrant.advance(300)
    update(firehose, ProcessingConfiguration={"Enabled": False})
    put(firehose, b"upper")
    hydrant.advance(300)
    assert endpoint.records(0) + endpoint.records(1) == [b"UPPER", b"upper"]


def test_an_s3_destination_does_not_become_an_endpoint(firehose):
    create_s3(firehose)
    assert refused(
        update, firehose, EndpointConfiguration={"Url": "https://example.com"}
    ) == "Changing the destination type to or from HttpEndpoint is not supported at this time."
    assert describe(firehose)["VersionId"] == "1"


def test_the_order_of_the_checks_is_that_of_every_update(firehose):
    create(firehose, "https://example.com")
    wrong = {"HttpEndpointDestinationUpdate": {"SecretsManagerConfiguration": SECRETS},
             "DeliveryStreamName": "s"}
    assert fails(firehose.update_destination, CurrentDeliveryStreamVersionId="7",
                 DestinationId="other", **wrong)[0] == "ConcurrentModificationException"
    assert fails(firehose.update_destination, CurrentDeliveryStreamVersionId="1",
                 DestinationId="other", **wrong)[1] == "Destination Id other not found"


def test_an_update_outlives_a_restart(firehose, s3, hydrant, endpoint, other):
    create(firehose, endpoint.url, {"AccessKey": "old"})
    put(firehose, b"one")
    update(firehose, EndpointConfiguration={"Url": other.url, "AccessKey": "new"},
           RequestConfiguration={"ContentEncoding": "GZIP"})
    hydrant.kill()
    hydrant.start()
    hydrant.flush("s")
    [(_, headers, body)] = other.requests
    assert headers["X-Amz-Firehose-Access-Key"] == "new"
    assert headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["records"] == [{"data": "b25l"}]


def test_a_request_that_is_repeated_goes_to_the_new_address(firehose, s3, hydrant, endpoint, other):
    endpoint.answers = [status(500)]
    create(firehose, endpoint.url)
    put(firehose, b"one")
    hydrant.advance(300)
    update(firehose, EndpointConfiguration={"Url": other.url})
    hydrant.advance(2)
    assert len(endpoint.requests) == 1
    assert other.records(0) == [b"one"]
    assert other.bodies[0]["requestId"] == endpoint.bodies[0]["requestId"]


def test_a_shorter_duration_of_retries_ends_those_that_are_under_way(
        firehose, s3, hydrant, endpoint):
    endpoint.answers = [status(500)]
    create(firehose, endpoint.url)
    put(firehose, b"one")
    hydrant.advance(300)
    update(firehose, RetryOptions={"DurationInSeconds": 0})
    hydrant.advance(2)
    hydrant.advance(300)
    assert len(endpoint.requests) == 2
    [(key, body)] = objects(s3).items()
    assert key.startswith("http-endpoint-failed/") and "/s-2-" in key
    assert json.loads(body)["attemptsMade"] == 2


def test_an_update_while_the_endpoint_thinks_is_for_the_next_request(
        firehose, s3, hydrant, endpoint, other):
    asked, over = threading.Event(), threading.Event()

    def think(handler, request_id):
        asked.set()
        over.wait(60)
        acknowledge(handler, request_id)

    endpoint.answers = [think]
    create(firehose, endpoint.url, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0})
    put(firehose, b"one")
    mover = threading.Thread(target=hydrant.advance, args=(1,))
    mover.start()
    assert asked.wait(60)
    update(firehose, EndpointConfiguration={"Url": other.url, "AccessKey": "k" * 4096})
    over.set()
    mover.join()
    put(firehose, b"two")
    hydrant.flush("s")
    assert [endpoint.records(0), other.records(0)] == [[b"one"], [b"two"]]
    assert len(endpoint.requests) == len(other.requests) == 1
