"""Firehose's API and what becomes of its records, with boto3 and raw requests."""

import base64
import gzip
import json
import os
import pathlib
import re
import urllib.error
import urllib.request

import botocore.exceptions
import pytest

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
ROLE = "arn:aws:iam::000000000000:role/delivery"
BUCKET_ARN = "arn:aws:s3:::bucket"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
MIB = 1024 * 1024


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


@pytest.fixture
def firehose(client):
    return client("firehose")


@pytest.fixture
def s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    return s3


def processors(*parameters, **named):
    pairs = [*parameters, *named.items()]
    return [{
        "Type": "Lambda",
        "Parameters": [{"ParameterName": n, "ParameterValue": v} for n, v in pairs],
    }]


def with_lambda(**parameters):
    given = {"LambdaArn": LAMBDA, **parameters}
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": processors(**given)}}


def create(firehose, name="s", **members):
    return firehose.create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET_ARN, **members},
    )


def describe(firehose, name="s"):
    answer = firehose.describe_delivery_stream(DeliveryStreamName=name)
    return answer["DeliveryStreamDescription"]


def put(firehose, *data, name="s"):
    answer = firehose.put_record_batch(
        DeliveryStreamName=name, Records=[{"Data": item} for item in data]
    )
    assert answer["FailedPutCount"] == 0
    return answer


def objects(s3):
    """Keys and bodies in the order of the keys."""
    listed = s3.list_objects_v2(Bucket="bucket").get("Contents", [])
    return {
        item["Key"]: s3.get_object(Bucket="bucket", Key=item["Key"])["Body"].read()
        for item in listed
    }


def fails(function, *arguments, **named):
    """(code, message) of the error a call ends with; the status is 400."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(*arguments, **named)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response["Error"]["Code"], response["Error"]["Message"]


def raw_call(hydrant, operation, body):
    """(status, parsed JSON) of a request as no SDK would send it."""
    request = urllib.request.Request(hydrant.url, data=body, method="POST", headers={
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Firehose_20150804.{operation}",
        "X-Amz-Date": "20261125T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/firehose/"
                         "aws4_request, SignedHeaders=host, Signature=00",
    })
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


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
    code, message = fails(update, firehose, "1", S3BackupMode="Enabled")
    assert code == "InvalidArgumentException"
    assert "S3BackupMode" in message
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


# ---- records -----------------------------------------------------------------------------


def test_record_ids_are_long_and_all_different(firehose):
    create(firehose)
    one = firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x"})
    assert one["Encrypted"] is False
    batch = put(firehose, *[b"x"] * 500)
    assert batch["Encrypted"] is False
    ids = {entry["RecordId"] for entry in batch["RequestResponses"]} | {one["RecordId"]}
    assert len(ids) == 501
    for record_id in ids:
        assert len(record_id) == 224
        assert len(base64.b64decode(record_id, validate=True)) == 168
    for entry in batch["RequestResponses"]:
        assert list(entry) == ["RecordId"]


def test_data_is_concatenated_as_it_is(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"abc", b"", bytes(range(256)), b"\n")
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"end"})
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert body == b"abc" + bytes(range(256)) + b"\n" + b"end"
    head = s3.head_object(Bucket="bucket", Key=key)
    assert head["ContentType"] == "application/octet-stream"
    assert head["Metadata"] == {}
    assert "ContentEncoding" not in head


def test_a_full_buffer_needs_no_time(firehose, s3, hydrant):
    create(firehose, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    data = [os.urandom(200_000) for _ in range(11)]
    put(firehose, *data)
    hydrant.advance(0)
    early = sum(len(body) for body in objects(s3).values())
    assert early >= MIB
    hydrant.advance(900)
    found = objects(s3)
    assert sum(len(body) for body in found.values()) == 11 * 200_000
    for item in data:
        assert sum(item in body for body in found.values()) == 1


def test_limits_of_requests(firehose, hydrant, s3):
    create(firehose)
    put(firehose, b"a" * 1_024_000)
    put(firehose, *[b"b" * 1_000_000] * 4, b"c" * (4 * MIB - 4_000_000))
    code, message = fails(put, firehose, b"d" * 1_024_001)
    assert code == "ValidationException"
    assert "1024000" in message
    assert fails(put, firehose, *[b"e" * 1_000_000] * 4, b"f" * (4 * MIB - 4_000_000 + 1)) == (
        "InvalidArgumentException",
        "Records size exceeds 4 MB limit",
    )
    code, message = fails(put, firehose, *[b"g"] * 501)
    assert (code, message) == (
        "ValidationException",
        "1 validation error detected: Value at 'records' failed to satisfy constraint: Member"
        " must have length less than or equal to 500",
    )
    hydrant.advance(300)
    bodies = b"".join(objects(s3).values())
    assert len(bodies) == 1_024_000 + 4 * MIB
    assert set(bodies) == set(b"abc")


@pytest.mark.parametrize("operation, body, code", [
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":"a*b="}}',
     "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":"abc"}}',
     "SerializationException"),
    ("PutRecordBatch", b'{"DeliveryStreamName":"s","Records":[{"Data":"YQ=="},{"Data":"Y"}]}',
     "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":{"Data":7}}', "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s","Record":', "SerializationException"),
    ("PutRecord", b'{"DeliveryStreamName":"s"}', "ValidationException"),
    ("PutRecord", b'{"DeliveryStreamName":"a b","Record":{"Data":""}}', "ValidationException"),
    ("PutRecordBatch", b'{"DeliveryStreamName":"s","Records":[]}', "ValidationException"),
])
def test_bad_requests_store_nothing(firehose, s3, hydrant, operation, body, code):
    create(firehose)
    status, answer = raw_call(hydrant, operation, body)
    assert status == 400
    assert answer["__type"] == code
    hydrant.advance(300)
    assert objects(s3) == {}


# ---- prefixes ----------------------------------------------------------------------------


def test_prefix_expressions_are_evaluated_and_nothing_is_appended(firehose, s3, hydrant):
    create(
        firehose, **with_lambda(),
        Prefix="d/!{timestamp:'y='yyyy/'m='MM}/!{firehose:random-string}/",
        ErrorOutputPrefix="e/!{firehose:error-output-type}/!{timestamp:yyyy}/",
    )
    put(firehose, b"good", b"fail")
    hydrant.flush("s")
    failed, good = sorted(objects(s3), reverse=True)
    assert re.match(r"d/y=\d{4}/m=\d\d/[A-Za-z0-9]{11}/s-1-\d{4}-", good), good
    assert re.match(r"e/processing-failed/\d{4}/s-1-\d{4}-", failed), failed


def test_gzip_objects_say_so(firehose, s3, hydrant):
    create(firehose, CompressionFormat="GZIP", **with_lambda())
    put(firehose, b"abc", b"def", b"fail")
    hydrant.flush("s")
    failed, good = sorted(objects(s3).items(), key=lambda item: "failed" not in item[0])
    assert good[0].endswith(".gz")
    assert gzip.decompress(good[1]) == b"abcdef"
    head = s3.head_object(Bucket="bucket", Key=good[0])
    assert head["ContentEncoding"] == "gzip"
    assert head["ContentType"] == "application/octet-stream"
    assert not failed[0].endswith(".gz")
    assert json.loads(failed[1])["errorCode"] == "Lambda.ProcessingFailedStatus"


# ---- transform ---------------------------------------------------------------------------


def lines(s3):
    """The error lines and, apart from them, what was delivered."""
    found = objects(s3)
    errors = b"".join(body for key, body in found.items() if "processing-failed" in key)
    good = b"".join(body for key, body in found.items() if "processing-failed" not in key)
    return [json.loads(line) for line in errors.splitlines()], good


def test_each_result_goes_where_it_belongs(firehose, s3, hydrant):
    create(firehose, Prefix="in/", **with_lambda())
    put(firehose, b"upper", b"drop", b"fail", b"leave out", b"plain")
    hydrant.advance(59)
    assert objects(s3) == {}
    hydrant.advance(2)
    hydrant.advance(300)
    errors, good = lines(s3)
    assert good == b"UPPERplain"
    assert [(base64.b64decode(line["rawData"]), line["errorCode"]) for line in errors] == [
        (b"fail", "Lambda.ProcessingFailedStatus"),
        (b"leave out", "Lambda.MissingRecordId"),
    ]
    assert all(line["lambdaARN"] == LAMBDA for line in errors)


def test_a_missing_function_is_tried_as_often_as_configured(firehose, s3, hydrant):
    missing = LAMBDA.replace(":f", ":f") + "gone"
    create(firehose, **with_lambda(LambdaArn=missing, NumberOfRetries="1"))
    put(firehose, b"x")
    hydrant.advance(600)
    [line], good = lines(s3)
    assert good == b""
    assert line["errorCode"] == "Lambda.ResourceNotFound"
    assert line["attemptsMade"] == 2
    assert line["lambdaARN"] == missing


def test_failures_are_logged_where_the_group_exists(firehose, client, hydrant):
    logs = client("logs")
    logs.create_log_group(logGroupName="/aws/kinesisfirehose/s")
    logs.create_log_stream(logGroupName="/aws/kinesisfirehose/s", logStreamName="S3Delivery")
    logging = {"CloudWatchLoggingOptions": {
        "Enabled": True, "LogGroupName": "/aws/kinesisfirehose/s", "LogStreamName": "S3Delivery"}}
    create(firehose, **logging)
    create(firehose, name="silent", CloudWatchLoggingOptions={
        "Enabled": True, "LogGroupName": "none", "LogStreamName": "none"})
    put(firehose, b"x")
    put(firehose, b"x", name="silent")
    hydrant.advance(301)
    [event, *_] = logs.filter_log_events(logGroupName="/aws/kinesisfirehose/s")["events"]
    assert json.loads(event["message"]) == {
        "deliveryStreamARN": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s",
        "destination": BUCKET_ARN,
        "deliveryStreamVersionId": 1,
        "message": "The specified bucket does not exist. Create the bucket or use a different"
                   " bucket that does exist.",
        "errorCode": "S3.NoSuchBucket",
    }
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert groups == ["/aws/kinesisfirehose/s"]


def test_records_wait_for_a_bucket_that_comes_later(firehose, client, hydrant):
    create(firehose)
    put(firehose, b"early")
    hydrant.advance(3600)
    assert describe(firehose)["DeliveryStreamStatus"] == "ACTIVE"
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    hydrant.advance(600)
    assert list(objects(s3).values()) == [b"early"]


def test_buffered_records_survive_kill(firehose, client, hydrant, s3):
    create(firehose, **with_lambda())
    put(firehose, b"upper", b"two")
    hydrant.kill()
    hydrant.start()
    client("firehose").put_record(DeliveryStreamName="s", Record={"Data": b"three"})
    hydrant.advance(400)
    assert b"".join(objects(client("s3")).values()) == b"UPPERtwothree"
