"""Firehose's control plane: streams, their descriptions, updates and tags."""

import os
import pathlib
import re

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, LAMBDA, ROLE, create, describe, fails, objects, put, with_lambda

PLUGINS = pathlib.Path(os.environ["PLUGINS"])


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


def processors(*parameters, **named):
    pairs = [*parameters, *named.items()]
    return [{
        "Type": "Lambda",
        "Parameters": [{"ParameterName": n, "ParameterValue": v} for n, v in pairs],
    }]


# ---- control plane -----------------------------------------------------------------------


def test_a_stream_shows_every_default(firehose):
    arn = create(firehose)["DeliveryStreamARN"]
    stream = describe(firehose)
    created = stream.pop("CreateTimestamp")
    assert created.year >= 2020
    common = {
        "RoleARN": ROLE,
        "BucketARN": BUCKET_ARN,
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
    }
    assert stream == {
        "DeliveryStreamName": "s",
        "DeliveryStreamARN": arn,
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamEncryptionConfiguration": {"Status": "DISABLED"},
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "Destinations": [{
            "DestinationId": "destinationId-000000000001",
            "S3DestinationDescription": common,
            "ExtendedS3DestinationDescription": {**common, "S3BackupMode": "Disabled"},
        }],
        "HasMoreDestinations": False,
    }
    assert arn == "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"


def test_the_old_s3_configuration_gives_both_descriptions(firehose):
    firehose.create_delivery_stream(
        DeliveryStreamName="s",
        S3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": BUCKET_ARN,
            "Prefix": "p",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
        },
    )
    [target] = describe(firehose)["Destinations"]
    assert target["S3DestinationDescription"]["Prefix"] == "p"
    assert target["ExtendedS3DestinationDescription"]["BufferingHints"] == {
        "SizeInMBs": 1,
        "IntervalInSeconds": 60,
    }


def test_a_processor_is_shown_with_its_default_parameters(firehose):
    create(firehose, **with_lambda())
    [target] = describe(firehose)["Destinations"]
    processing = target["ExtendedS3DestinationDescription"]["ProcessingConfiguration"]
    assert processing["Enabled"] is True
    [processor] = processing["Processors"]
    assert processor["Type"] == "Lambda"
    shown = {p["ParameterName"]: p["ParameterValue"] for p in processor["Parameters"]}
    assert shown == {
        "LambdaArn": LAMBDA,
        "NumberOfRetries": "3",
        "RoleArn": ROLE,
        "BufferSizeInMBs": "1",
        "BufferIntervalInSeconds": "60",
    }
    assert "ProcessingConfiguration" not in target["S3DestinationDescription"]


def test_a_processing_configuration_without_enabled_is_off(firehose, s3, hydrant):
    create(firehose, ProcessingConfiguration={"Processors": processors(LambdaArn=LAMBDA)})
    [target] = describe(firehose)["Destinations"]
    shown = target["ExtendedS3DestinationDescription"]["ProcessingConfiguration"]
    assert shown["Enabled"] is False
    put(firehose, b"upper")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"upper"]


def test_a_name_is_taken_once_per_account_and_region(firehose, client):
    create(firehose)
    assert fails(create, firehose) == (
        "ResourceInUseException",
        "Firehose s under accountId 000000000000 already exists",
    )
    create(client("firehose", region="eu-west-1"))
    other = create(client("firehose", key="111122223333"))["DeliveryStreamARN"]
    assert other == "arn:aws:firehose:us-east-1:111122223333:deliverystream/s"
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["s"]


def test_there_is_exactly_one_destination(firehose):
    expected = (
        "InvalidArgumentException",
        "Exactly one destination configuration is supported for a Firehose",
    )
    plain = {"RoleARN": ROLE, "BucketARN": BUCKET_ARN}
    assert fails(firehose.create_delivery_stream, DeliveryStreamName="s") == expected
    assert fails(
        firehose.create_delivery_stream, DeliveryStreamName="s",
        S3DestinationConfiguration=plain, ExtendedS3DestinationConfiguration=plain,
    ) == expected
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


TYPO = "Ths supplied prefix(es) do not satisfy the following constraint: "


@pytest.mark.parametrize("members, message", [
    ({"ProcessingConfiguration": {"Processors": processors(
        ("LambdaArn", LAMBDA), ("LambdaArn", LAMBDA))}},
     "Duplicate ProcessorParameter passed to ProcessingConfiguration."),
    ({"ProcessingConfiguration": {"Processors": 2 * processors(LambdaArn=LAMBDA)}},
     "Cannot have more than 1 Lambda processor."),
    ({"ProcessingConfiguration": {"Processors": processors(NumberOfRetries="1")}},
     "LambdaArn is required when Lambda processor is used."),
    ({"ProcessingConfiguration": {"Processors": processors(LambdaArn="f")}},
     "Invalid lambda ARN."),
    ({"ProcessingConfiguration": {"Processors": processors(LambdaArn=LAMBDA + ":a b")}},
     "Invalid lambda ARN."),
    ({"ProcessingConfiguration": {"Processors": processors(LambdaArn=LAMBDA, BufferSizeInMBs="1")}},
     "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering for"
     " lambda processor."),
    ({"Prefix": "!{timestamp:yyyy}/"},
     TYPO + "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"),
    ({"Prefix": "!{partitionKeyFromQuery:a}/", "ErrorOutputPrefix": "e"},
     "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic"
     " Partitioning is enabled."),
])
def test_wrong_configurations_have_aws_s_messages(firehose, members, message):
    assert fails(create, firehose, **members) == ("InvalidArgumentException", message)


@pytest.mark.parametrize("members, named", [
    ({"EncryptionConfiguration": {"KMSEncryptionConfig": {
        "AWSKMSKeyARN": "arn:aws:kms:us-east-1:000000000000:key/k"}}}, "KMSEncryptionConfig"),
])
def test_what_is_not_supported_is_refused_by_name(firehose, members, named):
    code, message = fails(create, firehose, **members)
    assert code == "InvalidArgumentException"
    assert message.startswith("Hydrant does not support ")
    assert named in message


def test_other_sources_and_destinations_are_refused_by_name(firehose):
    plain = {"RoleARN": ROLE, "BucketARN": BUCKET_ARN}
    code, message = fails(
        firehose.create_delivery_stream, DeliveryStreamName="s",
        DeliveryStreamType="MSKAsSource", ExtendedS3DestinationConfiguration=plain,
    )
    assert code == "InvalidArgumentException"
    assert "MSKAsSource" in message
    code, message = fails(
        firehose.create_delivery_stream, DeliveryStreamName="s",
        SplunkDestinationConfiguration={
            "HECEndpoint": "https://example.com", "HECEndpointType": "Raw",
            "HECToken": "t", "S3Configuration": plain,
        },
    )
    assert code == "InvalidArgumentException"
    assert "SplunkDestinationConfiguration" in message


def test_modelled_constraints_come_first(firehose):
    assert fails(create, firehose, CompressionFormat="gzip") == (
        "ValidationException",
        "1 validation error detected: Value at 'extendedS3DestinationConfiguration."
        "compressionFormat' failed to satisfy constraint: Member must satisfy enum value set: "
        "[ZIP, HADOOP_SNAPPY, Snappy, GZIP, UNCOMPRESSED]",
    )


def test_what_terraform_sends_by_default_is_accepted(firehose):
    create(
        firehose, S3BackupMode="Disabled", CompressionFormat="UNCOMPRESSED", CustomTimeZone="UTC",
        Prefix="", FileExtension="", ErrorOutputPrefix="",
        ProcessingConfiguration={"Enabled": False, "Processors": []},
        DynamicPartitioningConfiguration={"Enabled": False},
        EncryptionConfiguration={"NoEncryptionConfig": "NoEncryption"},
        CloudWatchLoggingOptions={"Enabled": False},
    )
    [target] = describe(firehose)["Destinations"]
    shown = target["ExtendedS3DestinationDescription"]
    assert shown["ProcessingConfiguration"] == {"Enabled": False, "Processors": []}
    assert shown["DynamicPartitioningConfiguration"] == {"Enabled": False}
    assert shown["Prefix"] == ""


def test_streams_are_listed_by_name_in_pages(firehose):
    for n in range(12):
        create(firehose, name=f"s{n:02}")
    first = firehose.list_delivery_streams()
    assert first["DeliveryStreamNames"] == [f"s{n:02}" for n in range(10)]
    assert first["HasMoreDeliveryStreams"] is True
    rest = firehose.list_delivery_streams(ExclusiveStartDeliveryStreamName="s09", Limit=5)
    assert rest["DeliveryStreamNames"] == ["s10", "s11"]
    assert rest["HasMoreDeliveryStreams"] is False
    other = firehose.list_delivery_streams(DeliveryStreamType="KinesisStreamAsSource")
    assert other["DeliveryStreamNames"] == []


def test_tags_are_kept_replaced_and_removed(firehose):
    firehose.create_delivery_stream(
        DeliveryStreamName="s",
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET_ARN},
        Tags=[{"Key": "b", "Value": "1"}, {"Key": "a"}],
    )
    firehose.tag_delivery_stream(DeliveryStreamName="s", Tags=[{"Key": "b", "Value": "2"}])
    listed = firehose.list_tags_for_delivery_stream(DeliveryStreamName="s")
    assert listed["Tags"] == [{"Key": "a"}, {"Key": "b", "Value": "2"}]
    assert listed["HasMoreTags"] is False
    firehose.untag_delivery_stream(DeliveryStreamName="s", TagKeys=["a", "unknown"])
    listed = firehose.list_tags_for_delivery_stream(DeliveryStreamName="s")
    assert listed["Tags"] == [{"Key": "b", "Value": "2"}]
    many = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
    code, _ = fails(firehose.tag_delivery_stream, DeliveryStreamName="s", Tags=many)
    assert code == "LimitExceededException"
    listed = firehose.list_tags_for_delivery_stream(DeliveryStreamName="s")
    assert listed["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.parametrize("call", [
    lambda f: f.describe_delivery_stream(DeliveryStreamName="none"),
    lambda f: f.delete_delivery_stream(DeliveryStreamName="none"),
    lambda f: f.put_record(DeliveryStreamName="none", Record={"Data": b"x"}),
    lambda f: put(f, b"x", name="none"),
    lambda f: f.list_tags_for_delivery_stream(DeliveryStreamName="none"),
    lambda f: f.tag_delivery_stream(DeliveryStreamName="none", Tags=[{"Key": "k"}]),
    lambda f: f.untag_delivery_stream(DeliveryStreamName="none", TagKeys=["k"]),
    lambda f: f.update_destination(
        DeliveryStreamName="none", CurrentDeliveryStreamVersionId="1", DestinationId="d",
        ExtendedS3DestinationUpdate={}),
])
def test_an_unknown_stream_is_not_found(firehose, call):
    assert fails(call, firehose) == (
        "ResourceNotFoundException",
        "Firehose none under account 000000000000 not found.",
    )


def test_deleting_discards_what_is_buffered(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"a", b"b")
    firehose.delete_delivery_stream(DeliveryStreamName="s")
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []
    create(firehose)
    hydrant.advance(400)
    assert objects(s3) == {}


class TestWhileCreating:
    @pytest.fixture
    def arguments(self):
        return ("--stream-create-time", "30s")

    def test_it_is_described_but_neither_written_to_nor_changed(self, firehose, hydrant):
        create(firehose)
        assert describe(firehose)["DeliveryStreamStatus"] == "CREATING"
        code, _ = fails(put, firehose, b"x")
        assert code == "ResourceNotFoundException"
        assert fails(firehose.delete_delivery_stream, DeliveryStreamName="s") == (
            "ResourceInUseException",
            "Firehose s under account 000000000000 cannot be deleted in CREATING state",
        )
        assert fails(
            firehose.update_destination, DeliveryStreamName="s",
            CurrentDeliveryStreamVersionId="1", DestinationId="destinationId-000000000001",
            ExtendedS3DestinationUpdate={"Prefix": "p"},
        ) == (
            "ResourceInUseException",
            "Cannot update firehose: s when it is in CREATING status",
        )
        hydrant.advance(31)
        assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
        put(firehose, b"x")


# ---- UpdateDestination -------------------------------------------------------------------


def update(firehose, version, id="destinationId-000000000001", **members):
    return firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId=version, DestinationId=id,
        ExtendedS3DestinationUpdate=members,
    )


def test_an_update_replaces_what_is_given_and_keeps_the_rest(firehose):
    create(firehose, Prefix="a", ErrorOutputPrefix="e", **with_lambda())
    update(firehose, "1", Prefix="b/!{timestamp:yyyy}/", BufferingHints={
        "SizeInMBs": 2, "IntervalInSeconds": 0})
    stream = describe(firehose)
    assert stream["VersionId"] == "2"
    assert stream["LastUpdateTimestamp"] >= stream["CreateTimestamp"]
    [target] = stream["Destinations"]
    assert target["DestinationId"] == "destinationId-000000000001"
    shown = target["ExtendedS3DestinationDescription"]
    assert shown["Prefix"] == "b/!{timestamp:yyyy}/"
    assert shown["ErrorOutputPrefix"] == "e"
    assert shown["BufferingHints"] == {"SizeInMBs": 2, "IntervalInSeconds": 0}
    assert shown["ProcessingConfiguration"]["Enabled"] is True
    update(firehose, "2", Prefix="b/!{timestamp:yyyy}/")
    assert describe(firehose)["VersionId"] == "2"


def test_updates_are_checked_in_order(firehose):
    create(firehose)
    assert fails(update, firehose, "7", id="other", Prefix="b") == (
        "ConcurrentModificationException",
        "Cannot update firehose: s since the current version id: 1 and specified version id: 7"
        " do not match",
    )
    assert fails(update, firehose, "1", id="other", Prefix="b") == (
        "InvalidArgumentException",
        "Destination Id other not found",
    )
    assert fails(update, firehose, "1", Prefix="!{timestamp:yyyy}/") == (
        "InvalidArgumentException",
        TYPO + "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions",
    )
    assert fails(update, firehose, "1", S3BackupMode="Enabled") == (
        "InvalidArgumentException",
        "S3 backup destination configuration is required when enabling S3 backup.",
    )
    assert describe(firehose)["VersionId"] == "1"


def test_buffered_records_are_delivered_by_the_new_configuration(firehose, s3, hydrant):
    create(firehose, Prefix="old/")
    put(firehose, b"x")
    hydrant.advance(10)
    update(firehose, "1", Prefix="new/", BufferingHints={
        "SizeInMBs": 5, "IntervalInSeconds": 60})
    hydrant.advance(45)
    assert objects(s3) == {}
    hydrant.advance(10)
    [key] = objects(s3)
    assert re.match(r"new/\d{4}/\d\d/\d\d/\d\d/s-2-", key)


@pytest.mark.parametrize("kind", ["S3", "ExtendedS3"])
@pytest.mark.parametrize("update_kind", ["S3", "ExtendedS3"])
def test_both_kinds_of_an_s3_destination_are_the_same_destination(firehose, kind, update_kind):
    firehose.create_delivery_stream(DeliveryStreamName="s", **{
        f"{kind}DestinationConfiguration": {
            "RoleARN": ROLE, "BucketARN": BUCKET_ARN, "CompressionFormat": "GZIP"}})
    firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        **{f"{update_kind}DestinationUpdate": {"Prefix": "new/"}})
    [target] = describe(firehose)["Destinations"]
    assert target["DestinationId"] == "destinationId-000000000001"
    for shown in (target["S3DestinationDescription"], target["ExtendedS3DestinationDescription"]):
        assert (shown["Prefix"], shown["CompressionFormat"]) == ("new/", "GZIP")


def test_an_update_replaces_the_processing_as_a_whole(firehose):
    create(firehose, **with_lambda(NumberOfRetries="1"))
    firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"ProcessingConfiguration": {"Enabled": False}})
    [target] = describe(firehose)["Destinations"]
    assert target["ExtendedS3DestinationDescription"]["ProcessingConfiguration"] == {
        "Enabled": False, "Processors": []}
