"""Firehose on the wire: headers, status, the order of members; and every modelled constraint."""

import base64
import json
import re
import urllib.error
import urllib.request

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, MIB, ROLE, create, fails, put

AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/firehose/aws4_request, "
                 "SignedHeaders=host, Signature=" + "0" * 64)
ONE = "1 validation error detected: "
TWO = "2 validation errors detected: "
S3 = {"RoleARN": ROLE, "BucketARN": BUCKET_ARN}
UPDATE = {"DeliveryStreamName": "s", "CurrentDeliveryStreamVersionId": "1",
          "DestinationId": "destinationId-000000000001"}


class Wire:
    def __init__(self, hydrant):
        self.hydrant = hydrant

    def __call__(self, operation, body):
        """(status, headers, body) of a bare request."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.hydrant.url + "/", data=data, headers={
            "Content-Type": "application/x-amz-json-1.1", "Authorization": AUTHORIZATION,
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": f"Firehose_20150804.{operation}"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


@pytest.fixture
def wire(hydrant):
    return Wire(hydrant)


# ---- the protocol ---------------------------------------------------------------------------


def test_answers_are_aws_json_1_1(wire):
    status, headers, body = wire("ListDeliveryStreams", {})
    assert status == 200
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-RequestId"])
    assert json.loads(body) == {"DeliveryStreamNames": [], "HasMoreDeliveryStreams": False}


def test_operations_without_output_answer_nothing_or_an_empty_object(wire, firehose):
    create(firehose)
    for operation, members in [
        ("TagDeliveryStream", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("UntagDeliveryStream", {"TagKeys": ["a", "unknown"]}),
        ("UpdateDestination", {**UPDATE, "ExtendedS3DestinationUpdate": {"Prefix": "x/"}}),
        ("StartDeliveryStreamEncryption", {}),
        ("StopDeliveryStreamEncryption", {}),
        ("DeleteDeliveryStream", {}),
    ]:
        status, _, body = wire(operation, {"DeliveryStreamName": "s", **members})
        assert (status, body) in [(200, b""), (200, b"{}")], operation


@pytest.mark.parametrize("operation, members, code", [
    ("DescribeDeliveryStream", {}, "ResourceNotFoundException"),
    ("PutRecord", {"Record": {"Data": "eA=="}}, "ResourceNotFoundException"),
    ("PutRecordBatch", {"Records": [{"Data": "eA=="}]}, "ResourceNotFoundException"),
    ("DeleteDeliveryStream", {}, "ResourceNotFoundException"),
    ("ListTagsForDeliveryStream", {}, "ResourceNotFoundException"),
    ("TagDeliveryStream", {"Tags": [{"Key": "a"}]}, "ResourceNotFoundException"),
    ("UntagDeliveryStream", {"TagKeys": ["a"]}, "ResourceNotFoundException"),
    ("StartDeliveryStreamEncryption", {}, "ResourceNotFoundException"),
    ("StopDeliveryStreamEncryption", {}, "ResourceNotFoundException"),
    ("CreateDeliveryStream", {}, "InvalidArgumentException"),
    ("CreateDeliveryStream", {"ExtendedS3DestinationConfiguration": {}}, "ValidationException"),
])
def test_client_errors_are_400_with_type_and_message_only(wire, operation, members, code):
    status, headers, body = wire(operation, {"DeliveryStreamName": "s", **members})
    error = json.loads(body)
    assert (status, list(error), error["__type"]) == (400, ["__type", "message"], code)
    if code == "ResourceNotFoundException":
        assert error["message"] == "Firehose s under account 000000000000 not found."


def test_invalid_source_carries_a_code_too(wire, firehose):
    create(firehose, ProcessingConfiguration={"Enabled": True, "Processors": [{
        "Type": "Decompression",
        "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]}]})
    status, _, body = wire("PutRecord", {"DeliveryStreamName": "s", "Record": {"Data": "eA=="}})
    error = json.loads(body)
    assert (status, error["__type"]) == (400, "InvalidSourceException")
    assert set(error) == {"__type", "code", "message"}


def test_an_arn_is_no_name(firehose):
    arn = "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"
    assert fails(firehose.describe_delivery_stream, DeliveryStreamName=arn) == (
        "ValidationException",
        ONE + "Value at 'deliveryStreamName' failed to satisfy constraint: Member must satisfy"
        " regular expression pattern: [a-zA-Z0-9_.-]+")


def test_data_that_is_no_base64_is_a_serialization_exception(wire, firehose):
    create(firehose)
    status, _, body = wire("PutRecord", {"DeliveryStreamName": "s", "Record": {"Data": "!"}})
    assert (status, json.loads(body)["__type"]) == (400, "SerializationException")


def test_a_description_has_its_members_in_this_order(wire, firehose):
    create(firehose)
    firehose.update_destination(**UPDATE, ExtendedS3DestinationUpdate={"Prefix": "x/"})
    _, _, body = wire("DescribeDeliveryStream", {"DeliveryStreamName": "s"})
    description = json.loads(body)["DeliveryStreamDescription"]
    assert list(description) == [
        "DeliveryStreamName", "DeliveryStreamARN", "DeliveryStreamStatus",
        "DeliveryStreamEncryptionConfiguration", "DeliveryStreamType", "VersionId",
        "CreateTimestamp", "LastUpdateTimestamp", "Destinations", "HasMoreDestinations"]
    for name in ("CreateTimestamp", "LastUpdateTimestamp"):
        assert isinstance(description[name], float)
        assert round(description[name], 3) == description[name]
    assert description["DeliveryStreamARN"] == (
        "arn:aws:firehose:us-east-1:000000000000:deliverystream/s")
    assert (description["VersionId"], description["HasMoreDestinations"]) == ("2", False)
    assert [d["DestinationId"] for d in description["Destinations"]] == [
        "destinationId-000000000001"]


def test_an_unknown_start_still_describes_the_only_destination(firehose):
    create(firehose)
    answer = firehose.describe_delivery_stream(
        DeliveryStreamName="s", ExclusiveStartDestinationId="destinationId-000000000009", Limit=1)
    assert len(answer["DeliveryStreamDescription"]["Destinations"]) == 1


def test_the_answers_of_putting_have_their_members_in_this_order(wire, firehose):
    create(firehose)
    _, _, body = wire("PutRecord", {"DeliveryStreamName": "s", "Record": {"Data": "eA=="}})
    assert list(json.loads(body)) == ["RecordId", "Encrypted"]
    _, _, body = wire("PutRecordBatch", {
        "DeliveryStreamName": "s", "Records": [{"Data": "eA=="}, {"Data": ""}]})
    answer = json.loads(body)
    assert list(answer) == ["Encrypted", "FailedPutCount", "RequestResponses"]
    assert (answer["Encrypted"], answer["FailedPutCount"]) == (False, 0)
    assert [list(entry) for entry in answer["RequestResponses"]] == [["RecordId"]] * 2
    for entry in answer["RequestResponses"]:
        assert len(entry["RecordId"]) == 224
        assert len(base64.b64decode(entry["RecordId"], validate=True)) == 168


# ---- constraints ----------------------------------------------------------------------------


def at(path, constraint):
    return f"Value at '{path}' failed to satisfy constraint: {constraint}"


def in_s3(member):
    return f"extendedS3DestinationConfiguration.{member}"


def processors(*items):
    return {"ProcessingConfiguration": {"Processors": list(items)}}


PROCESSOR = in_s3("processingConfiguration.processors.1.member.")
PARAMETER = PROCESSOR + "parameters.1.member."


@pytest.mark.parametrize("members, message", [
    ({"CompressionFormat": "gzip"}, ONE + at(in_s3("compressionFormat"), (
        "Member must satisfy enum value set: [ZIP, HADOOP_SNAPPY, Snappy, GZIP, UNCOMPRESSED]"))),
    ({"FileExtension": ".Log"}, ONE + at(in_s3("fileExtension"), (
        r"Member must satisfy regular expression pattern: ^(|\.[0-9a-z!\-_.*'()]+)$"))),
    ({"FileExtension": "." + "x" * 128}, ONE + at(in_s3("fileExtension"), (
        "Member must have length less than or equal to 128"))),
    (processors({"Type": "X"}), ONE + at(PROCESSOR + "type", (
        "Member must satisfy enum value set: [Decompression, Lambda, RecordDeAggregation, "
        "MetadataExtraction, AppendDelimiterToRecord, CloudWatchLogProcessing]"))),
    (processors({"Type": "Lambda", "Parameters": [{"ParameterName": "X", "ParameterValue": "x"}]}),
     ONE + at(PARAMETER + "parameterName", (
         "Member must satisfy enum value set: [DataMessageExtraction, NumberOfRetries, Delimiter, "
         "RoleArn, JsonParsingEngine, SubRecordType, MetadataExtractionQuery, "
         "BufferIntervalInSeconds, LambdaArn, BufferSizeInMBs, CompressionFormat]"))),
    (processors({"Type": "Lambda", "Parameters": [
        {"ParameterName": "LambdaArn", "ParameterValue": "x" * 5121}]}),
     ONE + at(PARAMETER + "parameterValue", "Member must have length less than or equal to 5120")),
    (processors({"Type": "Lambda", "Parameters": [
        {"ParameterName": "LambdaArn", "ParameterValue": " "}]}),
     ONE + at(PARAMETER + "parameterValue",
              r"Member must satisfy regular expression pattern: ^(?!\s*$).+")),
])
def test_a_broken_constraint_has_awss_words_and_path(firehose, members, message):
    assert fails(create, firehose, **members) == ("ValidationException", message)
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


def test_missing_members_and_several_errors_are_told_together(wire):
    status, _, body = wire("CreateDeliveryStream", {
        "DeliveryStreamName": "s", "ExtendedS3DestinationConfiguration": {"Prefix": "x"}})
    message = json.loads(body)["message"]
    assert message.startswith(TWO)
    errors = message.removeprefix(TWO).split("; ")
    assert sorted(errors) == [at(in_s3("bucketARN"), "Member must not be null"),
                              at(in_s3("roleARN"), "Member must not be null")]


@pytest.mark.parametrize("root, operation", [
    ("S3DestinationConfiguration", "CreateDeliveryStream"),
    ("ExtendedS3DestinationConfiguration", "CreateDeliveryStream"),
    ("S3DestinationUpdate", "UpdateDestination"),
    ("ExtendedS3DestinationUpdate", "UpdateDestination"),
])
def test_paths_begin_with_the_lower_camel_member(wire, root, operation):
    members = UPDATE if operation == "UpdateDestination" else {"DeliveryStreamName": "s"}
    _, _, body = wire(operation, {**members, root: {**S3, "CompressionFormat": "x"}})
    path = root[0].lower() + root[1:] + ".compressionFormat"
    assert json.loads(body)["message"].startswith(ONE + f"Value at '{path}'")


@pytest.mark.parametrize("members", [
    {"Prefix": "p" * 1025}, {"ErrorOutputPrefix": "p" * 1025}, {"CustomTimeZone": "Etc/GMT+3"},
    {"CustomTimeZone": "A" * 51}, {"BucketARN": "arn:aws:s3:::"}, {"BucketARN": "bucket"},
    {"RoleARN": "arn:aws:iam::1:role/x"}, {"RoleARN": "role"},
    {"BufferingHints": {"SizeInMBs": 129, "IntervalInSeconds": 60}},
    {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 901}},
    {"S3BackupMode": "enabled"}, {"EncryptionConfiguration": {"NoEncryptionConfig": "None"}},
    {"CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "a b"}},
    {"CloudWatchLoggingOptions": {"Enabled": True, "LogStreamName": "a:b"}},
    {"DynamicPartitioningConfiguration": {"RetryOptions": {"DurationInSeconds": 7201}}},
])
def test_values_beyond_their_limits_are_refused(firehose, members):
    assert fails(create, firehose, **members)[0] == "ValidationException"
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


@pytest.mark.parametrize("members", [
    {"Prefix": ""}, {"ErrorOutputPrefix": "errors"}, {"CustomTimeZone": ""},
    {"CustomTimeZone": "Europe/Berlin"}, {"FileExtension": "." + "x" * 127},
    {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 1}},
    {"BufferingHints": {"SizeInMBs": 128, "IntervalInSeconds": 900}},
    {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}},
    {"CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "/a-b_c.d#1",
                                  "LogStreamName": "a b/ü"}},
])
def test_values_at_their_limits_are_accepted(firehose, members):
    create(firehose, **members)


@pytest.mark.parametrize("name", ["a", "x" * 64, "A.b-C_9"])
def test_names_may_be_so(firehose, name):
    create(firehose, name)
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == [name]


@pytest.mark.parametrize("name", ["x" * 65, "a b", "a/b", "ü"])
def test_names_may_not_be_so(firehose, name):
    assert fails(create, firehose, name)[0] == "ValidationException"


def test_a_record_beyond_1024000_bytes_fails_the_whole_call(firehose):
    create(firehose)
    big = b"x" * 1024001
    limit = "Member must have length less than or equal to 1024000"
    code, message = fails(firehose.put_record, DeliveryStreamName="s", Record={"Data": big})
    assert code == "ValidationException" and message.endswith(limit)
    code, message = fails(firehose.put_record_batch, DeliveryStreamName="s",
                          Records=[{"Data": b"a"}, {"Data": big}])
    assert code == "ValidationException" and message.endswith(limit)


def test_exactly_1024000_bytes_and_none_at_all_are_accepted(firehose, s3, hydrant):
    create(firehose)
    put(firehose, b"x" * 1024000, b"")
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b""})
    hydrant.advance(300)


def test_500_records_are_a_batch_and_501_are_not(firehose):
    create(firehose)
    put(firehose, *[b"x"] * 500)
    code, _ = fails(firehose.put_record_batch, DeliveryStreamName="s",
                    Records=[{"Data": b"x"}] * 501)
    assert code == "ValidationException"


def test_four_mebibytes_are_a_batch_and_one_byte_more_is_not(firehose):
    create(firehose)
    records = [b"x" * 1000000] * 4
    left = 4 * MIB - 4000000
    put(firehose, *records, b"x" * left)
    assert fails(firehose.put_record_batch, DeliveryStreamName="s",
                 Records=[{"Data": d} for d in [*records, b"x" * (left + 1)]]) == (
        "InvalidArgumentException", "Records size exceeds 4 MB limit")


@pytest.mark.parametrize("tags, is_good", [
    ([{"Key": "k" * 128, "Value": "v" * 256}], True),
    ([{"Key": "a b+c-d=e.f_g:h/i@j%", "Value": ""}], True),
    ([{"Key": "schlüssel"}], True),
    ([{"Key": "k" * 129}], False),
    ([{"Key": "k", "Value": "v" * 257}], False),
    ([{"Key": "aws:k"}], False),
    ([{"Key": "a*b"}], False),
    ([{"Key": f"k{n}"} for n in range(51)], False),
    ([{"Key": f"k{n}"} for n in range(50)], True),
])
def test_what_tags_may_be(firehose, tags, is_good):
    create(firehose)
    if is_good:
        firehose.tag_delivery_stream(DeliveryStreamName="s", Tags=tags)
        listed = firehose.list_tags_for_delivery_stream(DeliveryStreamName="s", Limit=50)["Tags"]
        assert len(listed) == len(tags)
    else:
        assert fails(firehose.tag_delivery_stream, DeliveryStreamName="s", Tags=tags)[0] == (
            "ValidationException")


@pytest.mark.parametrize("operation, members", [
    ("list_delivery_streams", {"Limit": 10001}),
    ("list_tags_for_delivery_stream", {"DeliveryStreamName": "s", "Limit": 51}),
    ("describe_delivery_stream", {"DeliveryStreamName": "s", "Limit": 10001}),
])
def test_limits_of_pages_have_limits(firehose, operation, members):
    create(firehose)
    assert fails(getattr(firehose, operation), **members)[0] == "ValidationException"
