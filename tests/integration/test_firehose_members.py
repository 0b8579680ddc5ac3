"""Every member a request to Firehose may have acts, or is refused by its name."""

import contextlib
import json
import sqlite3

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import (
    BUCKET_ARN, ROLE, create, describe, destination, fails, objects, processing, processor, put,
    refused, update,
)

KMS = {"EncryptionConfiguration": {
    "KMSEncryptionConfig": {"AWSKMSKeyARN": "arn:aws:kms:us-east-1:000000000000:key/k"}}}
S3 = {"RoleARN": ROLE, "BucketARN": BUCKET_ARN}
DOMAIN = "arn:aws:es:us-east-1:000000000000:domain/domain"
URL = {"EndpointConfiguration": {"Url": "https://example.com"}}
CATALOG = "arn:aws:glue:us-east-1:000000000000:catalog"
OTHERS = {
    "Redshift": {
        "RoleARN": ROLE, "ClusterJDBCURL": "jdbc:redshift://a.b.redshift.amazonaws.com:5439/d",
        "CopyCommand": {"DataTableName": "t"}},
    "Elasticsearch": {"RoleARN": ROLE, "DomainARN": DOMAIN, "IndexName": "i"},
    "Amazonopensearchservice": {"RoleARN": ROLE, "DomainARN": DOMAIN, "IndexName": "i"},
    "AmazonOpenSearchServerless": {"RoleARN": ROLE, "IndexName": "i"},
    "Splunk": {"HECEndpoint": "https://example.com", "HECEndpointType": "Raw"},
    "Snowflake": {
        "AccountUrl": "a.snowflakecomputing.com", "RoleARN": ROLE, "Database": "d", "Schema": "s",
        "Table": "t"},
    "Iceberg": {"RoleARN": ROLE, "CatalogConfiguration": {"CatalogARN": CATALOG}},
}
MSK = {"MSKSourceConfiguration": {
    "MSKClusterARN": "arn:aws:kafka:us-east-1:000000000000:cluster/c/1-2", "TopicName": "t",
    "AuthenticationConfiguration": {"RoleARN": ROLE, "Connectivity": "PUBLIC"}}}
DATABASE = {"DatabaseSourceConfiguration": {
    "Type": "MySQL", "Endpoint": "example.com", "Port": 3306, "Databases": {}, "Tables": {},
    "SnapshotWatermarkTable": "w", "DatabaseSourceVPCConfiguration": {
        "VpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-01234567890123456"},
    "DatabaseSourceAuthenticationConfiguration": {"SecretsManagerConfiguration": {
        "Enabled": True, "SecretARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s"}}}}


def create_with(firehose, **members):
    return firehose.create_delivery_stream(
        DeliveryStreamName="s", **{"ExtendedS3DestinationConfiguration": S3, **members})


def update_with(firehose, **members):
    return firehose.update_destination(
        DeliveryStreamName="s", CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001", **members)


@contextlib.contextmanager
def sending(firehose, operation, **members):
    """Every request of the operation has these members beside its own, at its top."""
    event = f"before-call.firehose.{operation}"

    def add(params, **_):
        body = json.loads(params["body"])
        for name, more in members.items():
            body[name] = {**body.get(name, {}), **more}
        params["body"] = json.dumps(body).encode()

    firehose.meta.events.register(event, add)
    yield
    firehose.meta.events.unregister(event, add)


# ---- destinations ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OTHERS)
def test_destinations_that_are_not_here_are_refused_by_name(firehose, kind):
    configuration = {**OTHERS[kind], "S3Configuration": S3}
    assert refused(
        firehose.create_delivery_stream, DeliveryStreamName="s",
        **{f"{kind}DestinationConfiguration": configuration}
    ) == f"Hydrant does not support {kind}DestinationConfiguration yet."
    create(firehose)
    message = refused(update_with, firehose, **{f"{kind}DestinationUpdate": {}})
    if kind in ("Elasticsearch", "Amazonopensearchservice"):
        assert message == (
            f"Changing the destination type to or from {kind} is not supported at this time.")
    else:
        assert message == f"Hydrant does not support {kind}DestinationUpdate yet."
    assert describe(firehose)["VersionId"] == "1"


def test_exactly_one_destination_is_created_and_at_least_one_updated(firehose):
    one = "Exactly one destination configuration is supported for a Firehose"
    assert refused(firehose.create_delivery_stream, DeliveryStreamName="s") == one
    assert refused(create_with, firehose, S3DestinationConfiguration=S3) == one
    create(firehose)
    assert refused(update_with, firehose) == (
        "At least one destination or source configuration update must be provided")
    assert refused(
        update_with, firehose, S3DestinationUpdate={}, ExtendedS3DestinationUpdate={}) == one


@pytest.mark.parametrize("members", [
    {"ExtendedS3DestinationConfiguration": {**S3, **KMS}},
    {"ExtendedS3DestinationConfiguration": {**S3, "S3BackupConfiguration": {**S3, **KMS}}},
    {"S3DestinationConfiguration": {**S3, **KMS}},
    {"HttpEndpointDestinationConfiguration": {**URL, "S3Configuration": {**S3, **KMS}}},
])
def test_a_buckets_key_is_refused_when_a_stream_is_created(firehose, members):
    assert "KMSEncryptionConfig" in refused(
        firehose.create_delivery_stream, DeliveryStreamName="s", **members)


@pytest.mark.parametrize("members", [
    {"ExtendedS3DestinationUpdate": KMS},
    {"ExtendedS3DestinationUpdate": {"S3BackupUpdate": {**S3, **KMS}}},
    {"S3DestinationUpdate": KMS},
])
def test_a_buckets_key_is_refused_in_an_update(firehose, members):
    create(firehose)
    assert "KMSEncryptionConfig" in refused(update_with, firehose, **members)


def test_every_setting_of_an_update_holds_for_what_waits(firehose, s3, hydrant):
    s3.create_bucket(Bucket="other")
    create(firehose)
    put(firehose, b"x")
    update(
        firehose, BucketARN="arn:aws:s3:::other", Prefix="p/!{timestamp:yyyy}/",
        ErrorOutputPrefix="e/!{firehose:error-output-type}/", CompressionFormat="GZIP",
        FileExtension=".log.gz", CustomTimeZone="Asia/Tokyo",
        RoleARN="arn:aws:iam::000000000000:role/another",
        BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60},
    )
    hydrant.advance(60)
    [key] = objects(s3, "other")
    assert key.startswith("p/") and "/s-2-" in key and key.endswith(".log.gz")
    assert objects(s3) == {}
    shown = destination(firehose)
    assert shown["RoleARN"] == "arn:aws:iam::000000000000:role/another"
    assert (shown["FileExtension"], shown["CustomTimeZone"]) == (".log.gz", "Asia/Tokyo")


@pytest.mark.parametrize("options, message", [
    ({}, "CloudWatch Log Group Name is required if CloudWatch Logging is enabled"),
    ({"LogStreamName": "l"}, "CloudWatch Log Group Name is required if CloudWatch Logging is enabled"),
    ({"LogGroupName": "g"}, "CloudWatch Log Stream Name is required if CloudWatch Logging is enabled"),
])
def test_logging_needs_both_names(firehose, options, message):
    logging = {"CloudWatchLoggingOptions": {"Enabled": True, **options}}
    assert refused(create, firehose, **logging) == message
    create(firehose)
    assert refused(update, firehose, **logging) == message
    logging["CloudWatchLoggingOptions"]["Enabled"] = False
    update(firehose, **logging)


def test_secrets_that_are_switched_off_are_described(firehose):
    off = {"Enabled": False, "SecretARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s"}
    firehose.create_delivery_stream(
        DeliveryStreamName="s", HttpEndpointDestinationConfiguration={
            **URL, "S3Configuration": S3, "SecretsManagerConfiguration": off})
    [target] = describe(firehose)["Destinations"]
    assert target["HttpEndpointDestinationDescription"]["SecretsManagerConfiguration"] == off


# ---- members another kind has, or none ------------------------------------------------------


@pytest.mark.parametrize("kind, foreign", [
    ("S3", {"FileExtension": ".x", **processing(processor("Lambda"))}),
    ("S3", {"S3BackupMode": "Enabled", "CustomTimeZone": "Mars/Olympus"}),
    ("ExtendedS3", {"EndpointConfiguration": {"Url": "ftp://x"}, "S3Configuration": S3}),
    ("ExtendedS3", {"S3BackupUpdate": {"BucketARN": 5}, "S3BackupDescription": {"BucketARN": 6}}),
])
def test_members_of_other_destinations_are_not_seen(firehose, s3, hydrant, kind, foreign):
    create(firehose, "plain")
    before = describe(firehose, "plain")["Destinations"]
    with sending(firehose, "CreateDeliveryStream", **{f"{kind}DestinationConfiguration": foreign}):
        firehose.create_delivery_stream(
            DeliveryStreamName="s", **{f"{kind}DestinationConfiguration": S3})
    assert describe(firehose)["Destinations"] == before
    put(firehose, b"x")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"x"]


def test_an_update_does_not_see_them_either(firehose):
    create(firehose)
    before = describe(firehose)
    for kind, foreign in (
        ("S3", {"FileExtension": ".x", "ProcessingConfiguration": {"Enabled": True}}),
        ("ExtendedS3", {"S3BackupConfiguration": S3, **URL}),
    ):
        with sending(firehose, "UpdateDestination", **{f"{kind}DestinationUpdate": foreign}):
            update_with(firehose, **{f"{kind}DestinationUpdate": {}})
    after = describe(firehose)
    assert after["Destinations"] == before["Destinations"]
    assert after["VersionId"] == "1"


# ---- sources --------------------------------------------------------------------------------


@pytest.mark.parametrize("members, named", [
    ({"DeliveryStreamType": "MSKAsSource", **MSK}, "DeliveryStreamType MSKAsSource"),
    ({"DeliveryStreamType": "DatabaseAsSource", **DATABASE}, "DeliveryStreamType DatabaseAsSource"),
    (MSK, "MSKSourceConfiguration"),
    (DATABASE, "DatabaseSourceConfiguration"),
])
def test_sources_that_are_not_here_are_refused_by_name(firehose, members, named):
    assert refused(create_with, firehose, **members) == f"Hydrant does not support {named} yet."


def test_a_kinesis_source_needs_its_configuration_and_has_no_others(firehose, client):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="k", ShardCount=1)
    source = {"DeliveryStreamType": "KinesisStreamAsSource"}
    assert refused(create_with, firehose, **source) == (
        "KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type.")
    source["KinesisStreamSourceConfiguration"] = {
        "KinesisStreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/k", "RoleARN": ROLE}
    assert "DirectPutSourceConfiguration" in refused(
        create_with, firehose, DirectPutSourceConfiguration={"ThroughputHintInMBs": 1}, **source)
    assert refused(
        create_with, firehose,
        DeliveryStreamEncryptionConfigurationInput={"KeyType": "AWS_OWNED_CMK"}, **source
    ) == ("Server side encryption from firehose is only allowed for direct put delivery streams"
          " and database as a source delivery streams")


def test_a_throughput_hint_is_described_and_outlives_a_restart(firehose, client, hydrant):
    create_with(firehose, DirectPutSourceConfiguration={"ThroughputHintInMBs": 7})
    expected = {"DirectPutSourceDescription": {"ThroughputHintInMBs": 7}}
    assert describe(firehose)["Source"] == expected
    hydrant.kill()
    hydrant.start()
    firehose = client("firehose")
    update(firehose, Prefix="p/")
    assert describe(firehose)["Source"] == expected
    assert describe(firehose)["DeliveryStreamType"] == "DirectPut"
    assert firehose.list_delivery_streams(DeliveryStreamType="DirectPut")[
        "DeliveryStreamNames"] == ["s"]
    assert firehose.list_delivery_streams(DeliveryStreamType="KinesisStreamAsSource")[
        "DeliveryStreamNames"] == []
    firehose.start_delivery_stream_encryption(DeliveryStreamName="s")


# ---- the rest -------------------------------------------------------------------------------


def test_force_deletes_what_could_be_deleted_without_it(firehose):
    create(firehose)
    firehose.delete_delivery_stream(DeliveryStreamName="s", AllowForceDelete=True)
    assert fails(describe, firehose)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("configuration, message", [
    ({"KeyType": "CUSTOMER_MANAGED_CMK"},
     "KeyARN has to be specified when KeyType is CUSTOMER_MANAGED_CMK"),
    ({"KeyType": "AWS_OWNED_CMK", "KeyARN": "arn:aws:kms:us-east-1:000000000000:key/k"},
     "KeyARN cannot be specified when KeyType is AWS_OWNED_CMK"),
    ({"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": "arn:aws:kms:eu-west-1:000000000000:key/k"},
     "Cross-region keys are not allowed for SSE. Please provide CMKs in the same region as"
     " firehose"),
])
def test_a_streams_key_is_the_customers_and_of_its_region(firehose, configuration, message):
    member = {"DeliveryStreamEncryptionConfigurationInput": configuration}
    assert refused(create_with, firehose, **member) == message
    create(firehose)
    assert refused(
        firehose.start_delivery_stream_encryption, DeliveryStreamName="s", **member) == message


def test_the_5001st_stream_is_refused_with_the_names_of_all(firehose, client, hydrant):
    create(firehose, "s0000")
    hydrant.stop()
    with sqlite3.connect(hydrant.data / "main" / "hydrant.db") as rows:
        columns = ", ".join(
            row[1] for row in rows.execute("PRAGMA table_info(delivery_stream)")
            if row[1] not in ("id", "name"))
        rows.executemany(
            f"INSERT INTO delivery_stream(name, {columns})"
            f" SELECT ?, {columns} FROM delivery_stream WHERE name = 's0000'",
            [(f"s{number:04}",) for number in range(1, 4999)])
    rows.close()
    hydrant.start()
    firehose = client("firehose")
    create(firehose, "s4999")
    names = ", ".join(f"s{number:04}" for number in range(5000))
    assert fails(create, firehose, "s5000") == (
        "LimitExceededException",
        f"You have already consumed your firehose quota of 5000 hoses. Firehose names: [{names}]",
    )
    assert fails(create, firehose, "s4999")[0] == "ResourceInUseException"
    create(client("firehose", region="eu-west-1"), "s5000")
    create(client("firehose", key="111122223333"), "s5000")
    firehose.delete_delivery_stream(DeliveryStreamName="s0000")
    create(firehose, "s5000")
