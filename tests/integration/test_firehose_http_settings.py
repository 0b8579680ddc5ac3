"""An HTTP endpoint destination: what is described, what is refused."""

from firehose_kit import *  # noqa: F401,F403
from endpoint_kit import *  # noqa: F401,F403
from endpoint_kit import S3, create, shown
from firehose_kit import LAMBDA, ROLE, fails, processing, processor, refused


def test_every_default_is_described(firehose):
    create(firehose, "https://example.com/take")
    assert shown(firehose) == {
        "EndpointConfiguration": {"Url": "https://example.com/take"},
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
        "CloudWatchLoggingOptions": {"Enabled": False},
        "RequestConfiguration": {"ContentEncoding": "NONE", "CommonAttributes": []},
        "RetryOptions": {"DurationInSeconds": 300},
        "S3BackupMode": "FailedDataOnly",
        "S3DestinationDescription": {
            **S3,
            "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
            "CompressionFormat": "UNCOMPRESSED",
            "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
            "CloudWatchLoggingOptions": {"Enabled": False},
        },
    }


def test_what_is_given_is_described_but_for_the_access_key(firehose):
    attributes = [{"AttributeName": "a", "AttributeValue": "b"}]
    create(
        firehose, "https://example.com", {"Name": "mine", "AccessKey": "secret"},
        {"Prefix": "p/"}, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60},
        RequestConfiguration={"ContentEncoding": "GZIP", "CommonAttributes": attributes},
        RetryOptions={"DurationInSeconds": 7}, S3BackupMode="AllData", RoleARN=ROLE,
        **processing(processor("Lambda", LambdaArn=LAMBDA)),
    )
    seen = shown(firehose)
    assert "secret" not in json.dumps(seen)
    assert seen["EndpointConfiguration"] == {"Url": "https://example.com", "Name": "mine"}
    assert seen["BufferingHints"] == {"SizeInMBs": 1, "IntervalInSeconds": 60}
    assert seen["RequestConfiguration"] == {
        "ContentEncoding": "GZIP", "CommonAttributes": attributes,
    }
    assert seen["RetryOptions"] == {"DurationInSeconds": 7}
    assert (seen["S3BackupMode"], seen["RoleARN"]) == ("AllData", ROLE)
    assert seen["S3DestinationDescription"]["Prefix"] == "p/"
    [transform] = seen["ProcessingConfiguration"]["Processors"]
    assert {"ParameterName": "RoleArn", "ParameterValue": ROLE} in transform["Parameters"]


def test_what_is_not_supported_is_refused_by_name(firehose):
    url = "https://example.com"
    delimiter = processing(processor("AppendDelimiterToRecord", Delimiter="\\n"))
    assert "AppendDelimiterToRecord" in refused(create, firehose, url, **delimiter)
    for kind, parameters in (
        ("RecordDeAggregation", {"SubRecordType": "JSON"}),
        ("MetadataExtraction", {"MetadataExtractionQuery": "{a:.a}", "JsonParsingEngine": "JQ-1.6"}),
    ):
        assert refused(create, firehose, url, **processing(processor(kind, **parameters))) == (
            f"class com.amazonaws.services.firehose.internal.model.{kind}Processor can only be"
            " present when Dynamic Partitioning is enabled.")
    twice = [{"AttributeName": "a", "AttributeValue": "1"}] * 2
    assert refused(create, firehose, url, RequestConfiguration={"CommonAttributes": twice}) == (
        "Http Endpoint Common Attributes have duplicate name a")
    secrets = {"Enabled": True, "SecretARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:x"}
    message = refused(create, firehose, url, SecretsManagerConfiguration=secrets)
    assert "SecretsManagerConfiguration" in message
    hints = {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}}
    assert "IntervalInSeconds" in refused(create, firehose, url, s3=hints)
    assert fails(create, firehose, "ftp://example.com")[0] == "ValidationException"


def test_a_destination_does_not_change_its_type(firehose):
    create(firehose, "https://example.com")
    named = {
        "DeliveryStreamName": "s", "CurrentDeliveryStreamVersionId": "1",
        "DestinationId": "destinationId-000000000001",
    }
    assert refused(
        firehose.update_destination, ExtendedS3DestinationUpdate={"Prefix": "x/"}, **named
    ) == "Changing the destination type to or from HttpEndpoint is not supported at this time."
