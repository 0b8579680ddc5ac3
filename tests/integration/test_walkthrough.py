"""The likes pipeline, step by step, with the real AWS CLI of both generations."""

import base64
import datetime
import json
import os
import pathlib
import re
import shutil
import zipfile

import pytest

LIKES = pathlib.Path(__file__).parents[2] / "fixtures/likes"
PLUGINS = pathlib.Path(os.environ["PLUGINS"])
FUNCTION = "lambda_KFH_to_DynoDB"
BUCKET = "likes-bucket"
STREAM = "likes"
GROUP = f"/aws/lambda/{FUNCTION}"


def zip_of(folder, plugin):
    path = folder / f"{plugin}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(PLUGINS / f"{plugin}.so", f"{plugin}.so")
    return path


@pytest.fixture
def raw(cli, folder):
    """Version 2 of the CLI takes binary members as raw text only when told to."""
    if cli.command[0].startswith("/usr/"):
        return ("--cli-binary-format", "raw-in-base64-out")
    return ()


def create_function(cli, folder, plugin="likes"):
    return json.loads(
        cli("lambda", "create-function", "--function-name", FUNCTION, "--runtime",
            "provided.al2023", "--handler", f"{plugin}.so", "--role",
            "arn:aws:iam::000000000000:role/likes", "--timeout", "60", "--zip-file",
            f"fileb://{zip_of(folder, plugin)}")
    )


def create_table(cli):
    return json.loads(
        cli("dynamodb", "create-table", "--table-name", "Likes_Tab", "--attribute-definitions",
            "AttributeName=element_class,AttributeType=S", "--key-schema",
            "AttributeName=element_class,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST",
            "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES")
    )


def create_stream(cli):
    return json.loads(
        cli("firehose", "create-delivery-stream", "--delivery-stream-name", STREAM,
            "--extended-s3-destination-configuration", f"file://{LIKES}/destination.json")
    )


@pytest.fixture
def pipeline(cli, folder):
    create_table(cli)
    cli("s3", "mb", f"s3://{BUCKET}")
    create_function(cli, folder)
    create_stream(cli)


def keys(cli):
    out = cli("s3", "ls", "--recursive", f"s3://{BUCKET}")
    return [line.split(maxsplit=3)[3] for line in out.splitlines() if line]


def content(cli, folder, key):
    target = folder / "downloaded"
    cli("s3", "cp", f"s3://{BUCKET}/{key}", str(target))
    return target.read_bytes()


def put(cli, raw, text, folder):
    path = folder / "record.json"
    path.write_text(json.dumps({"Data": text}) + "\n")
    return json.loads(
        cli("firehose", "put-record", "--delivery-stream-name", STREAM, "--record",
            f"file://{path}", *raw)
    )


def now(hydrant):
    status, clock = hydrant.admin("GET", "/_hydrant/clock")
    assert status == 200
    return datetime.datetime.fromtimestamp(clock["now_ms"] / 1000, datetime.timezone.utc)


def test_step_1_a_table_with_a_stream_is_active(cli):
    created = create_table(cli)["TableDescription"]
    assert created["TableName"] == "Likes_Tab"

    table = json.loads(cli("dynamodb", "describe-table", "--table-name", "Likes_Tab"))["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["KeySchema"] == [{"AttributeName": "element_class", "KeyType": "HASH"}]
    assert table["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Likes_Tab"
    assert table["TableArn"] == arn
    assert table["LatestStreamArn"] == f"{arn}/stream/{table['LatestStreamLabel']}"


@pytest.mark.parametrize("command", [
    ("s3", "mb", f"s3://{BUCKET}"),
    ("s3api", "create-bucket", "--bucket", BUCKET),
])
def test_step_2_a_bucket_is_made(cli, command):
    cli(*command)
    assert BUCKET in cli("s3", "ls")


def test_step_3_the_function_is_active_and_answers_a_test_event(cli, folder):
    create_table(cli)
    created = create_function(cli, folder)
    assert created["State"] == "Pending"
    described = json.loads(cli("lambda", "get-function", "--function-name", FUNCTION))
    assert described["Configuration"]["State"] == "Active"
    assert described["Configuration"]["LastUpdateStatus"] == "Successful"

    invoked = json.loads(
        cli("lambda", "invoke", "--function-name", FUNCTION, "--payload",
            f"fileb://{LIKES}/event.json", str(folder / "answer.json"))
    )
    assert invoked["StatusCode"] == 200
    assert "FunctionError" not in invoked
    event = json.loads((LIKES / "event.json").read_text())
    record = json.loads((folder / "answer.json").read_text())["records"][0]
    assert record["recordId"] == event["records"][0]["recordId"]
    assert record["result"] == "Ok"
    assert json.loads(base64.b64decode(record["data"])) == {"element_class": "1001"}


def test_step_4_the_delivery_stream_is_active_and_shows_the_defaults(cli):
    arn = create_stream(cli)["DeliveryStreamARN"]
    assert arn == f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{STREAM}"
    stream = json.loads(
        cli("firehose", "describe-delivery-stream", "--delivery-stream-name", STREAM)
    )["DeliveryStreamDescription"]
    assert stream["DeliveryStreamStatus"] == "ACTIVE"
    assert stream["DeliveryStreamType"] == "DirectPut"
    assert stream["VersionId"] == "1"
    assert stream["DeliveryStreamEncryptionConfiguration"] == {"Status": "DISABLED"}
    assert stream["HasMoreDestinations"] is False
    [target] = stream["Destinations"]
    assert target["DestinationId"] == "destinationId-000000000001"
    extended = target["ExtendedS3DestinationDescription"]
    assert extended["Prefix"] == "kinesis_firehose_input"
    assert extended["BufferingHints"] == {"SizeInMBs": 3, "IntervalInSeconds": 60}
    assert extended["CompressionFormat"] == "UNCOMPRESSED"
    assert extended["EncryptionConfiguration"] == {"NoEncryptionConfig": "NoEncryption"}
    assert extended["S3BackupMode"] == "Disabled"
    assert extended["CloudWatchLoggingOptions"]["Enabled"] is True
    [processor] = extended["ProcessingConfiguration"]["Processors"]
    parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor["Parameters"]}
    assert parameters["NumberOfRetries"] == "3"
    assert parameters["RoleArn"] == extended["RoleARN"]
    assert target["S3DestinationDescription"]["BucketARN"] == f"arn:aws:s3:::{BUCKET}"


def test_steps_5_and_6_a_record_becomes_an_object_and_a_row_with_log_lines(
    hydrant, cli, raw, folder, pipeline
):
    shutil.copy(LIKES / "likes_data_single.json", folder)
    assert (folder / "likes_data_single.json").read_text() == (
        '{"Data":"{\\"element_class\\":\\"1001\\"}\\n"}\n'
    )
    arrival = now(hydrant)
    answer = json.loads(
        cli("firehose", "put-record", "--delivery-stream-name", STREAM, "--record",
            "file://likes_data_single.json", *raw)
    )
    assert len(answer["RecordId"]) == 224
    assert answer["Encrypted"] is False
    assert keys(cli) == []

    hydrant.advance(60)
    assert keys(cli) == []
    hydrant.advance(61)

    [key] = keys(cli)
    pattern = (
        r"kinesis_firehose_input(\d{4}/\d\d/\d\d/\d\d)/likes-1-(\d{4}(?:-\d\d){5})"
        r"-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    )
    matched = re.fullmatch(pattern, key)
    assert matched, key
    stamp = datetime.datetime.strptime(matched[2], "%Y-%m-%d-%H-%M-%S")
    assert abs(stamp - arrival.replace(tzinfo=None)) < datetime.timedelta(seconds=30)
    assert matched[1] == stamp.strftime("%Y/%m/%d/%H")
    assert content(cli, folder, key) == b'{"element_class":"1001"}\n'

    row = json.loads(
        cli("dynamodb", "get-item", "--table-name", "Likes_Tab", "--key",
            '{"element_class":{"S":"1001"}}')
    )["Item"]
    assert row["element_class"] == {"S": "1001"}
    scanned = json.loads(cli("dynamodb", "scan", "--table-name", "Likes_Tab"))
    assert scanned["Items"] == [row]

    events = json.loads(cli("logs", "filter-log-events", "--log-group-name", GROUP))["events"]
    messages = [event["message"] for event in events]
    assert messages[0].startswith("START RequestId: ")
    assert messages[0].rstrip().endswith("Version: $LATEST")
    assert any("1001" in message for message in messages)
    assert any("200" in message for message in messages)
    assert any("S3" in message for message in messages)
    assert messages[-2].startswith("END RequestId: ")
    assert messages[-1].startswith("REPORT RequestId: ")


def test_step_6_aws_logs_tail_shows_the_lines(hydrant, cli, raw, folder, pipeline):
    if not raw:
        pytest.skip("version 1 of the CLI has no logs tail")
    put(cli, raw, '{"element_class":"1001"}\n', folder)
    hydrant.advance(60)
    out = cli("logs", "tail", GROUP, "--since", "1d")
    assert "START RequestId" in out
    assert "1001" in out
    assert "REPORT RequestId" in out


def test_step_5_a_batch_of_several_lines_is_delivered_in_order(
    hydrant, cli, raw, folder, pipeline
):
    lines = [f'{{"element_class":"{n}"}}\n' for n in range(2000, 2005)]
    path = folder / "records.json"
    path.write_text(json.dumps([{"Data": line} for line in lines]))
    answer = json.loads(
        cli("firehose", "put-record-batch", "--delivery-stream-name", STREAM, "--records",
            f"file://{path}", *raw)
    )
    assert answer["FailedPutCount"] == 0
    assert len({entry["RecordId"] for entry in answer["RequestResponses"]}) == 5
    hydrant.advance(121)
    [key] = keys(cli)
    assert content(cli, folder, key).decode() == "".join(lines)
    items = json.loads(cli("dynamodb", "scan", "--table-name", "Likes_Tab"))["Items"]
    assert {item["element_class"]["S"] for item in items} == {str(n) for n in range(2000, 2005)}


def failed_lines(cli, folder):
    [key] = [key for key in keys(cli) if "processing-failed" in key]
    assert re.match(r"kinesis_firehose_inputprocessing-failed/\d{4}/\d\d/\d\d/\d\d/likes-1-", key)
    return [json.loads(line) for line in content(cli, folder, key).splitlines()]


def delivered(cli, folder):
    found = [key for key in keys(cli) if "processing-failed" not in key]
    return b"".join(content(cli, folder, key) for key in found)


def test_step_7_a_record_that_is_no_json_fails_alone(hydrant, cli, raw, folder, pipeline):
    put(cli, raw, '{"element_class":"1"}\n', folder)
    put(cli, raw, "this is no JSON\n", folder)
    put(cli, raw, '{"element_class":"2"}\n', folder)
    hydrant.advance(121)

    [line] = failed_lines(cli, folder)
    assert list(line) == [
        "rawData", "errorCode", "errorMessage", "attemptsMade", "arrivalTimestamp",
        "attemptEndingTimestamp", "lambdaARN",
    ]
    assert base64.b64decode(line["rawData"]) == b"this is no JSON\n"
    assert line["errorCode"] == "Lambda.ProcessingFailedStatus"
    assert line["errorMessage"] == "ProcessingFailed status set for record"
    assert line["attemptsMade"] == 1
    assert 0 < line["attemptEndingTimestamp"] - line["arrivalTimestamp"] < 75_000
    assert line["lambdaARN"] == (
        f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}:$LATEST"
    )
    assert delivered(cli, folder) == b'{"element_class":"1"}\n{"element_class":"2"}\n'


def with_plugin(cli, folder, plugin):
    create_table(cli)
    cli("s3", "mb", f"s3://{BUCKET}")
    create_function(cli, folder, plugin)
    create_stream(cli)


def test_step_7_a_transform_that_returns_an_error_is_tried_four_times(hydrant, cli, raw, folder):
    with_plugin(cli, folder, "plugin_error")
    put(cli, raw, "one\n", folder)
    put(cli, raw, "two\n", folder)
    hydrant.advance(300)

    lines = failed_lines(cli, folder)
    assert [base64.b64decode(line["rawData"]) for line in lines] == [b"one\n", b"two\n"]
    for line in lines:
        assert line["errorCode"] == "Lambda.FunctionError"
        assert line["errorMessage"] == (
            "The Lambda function was successfully invoked but it returned an error result."
        )
        assert line["attemptsMade"] == 4
    assert delivered(cli, folder) == b""


def test_step_7_a_record_left_out_is_a_missing_record_id(hydrant, cli, raw, folder):
    with_plugin(cli, folder, "plugin_leave_out")
    put(cli, raw, "one\n", folder)
    put(cli, raw, "two\n", folder)
    hydrant.advance(300)

    lines = failed_lines(cli, folder)
    assert lines
    for line in lines:
        assert line["errorCode"] == "Lambda.MissingRecordId"
        assert line["errorMessage"] == (
            "One or more record Ids were not returned. Ensure that the Lambda function returns "
            "all received record Ids."
        )
        assert line["attemptsMade"] == 1
    failed = b"".join(base64.b64decode(line["rawData"]) for line in lines)
    assert sorted((failed + delivered(cli, folder)).split()) == [b"one", b"two"]


def test_step_8_flush_delivers_what_is_buffered_now(hydrant, cli, raw, folder, pipeline):
    put(cli, raw, '{"element_class":"1001"}\n', folder)
    before = now(hydrant)
    hydrant.flush(STREAM)
    assert now(hydrant) - before < datetime.timedelta(seconds=30)
    assert delivered(cli, folder) == b'{"element_class":"1001"}\n'


def test_step_8_everything_is_still_there_after_a_restart(hydrant, cli, raw, folder, pipeline):
    put(cli, raw, '{"element_class":"1001"}\n', folder)
    hydrant.stop()
    hydrant.start()
    cli.url = hydrant.url
    hydrant.advance(121)
    assert delivered(cli, folder) == b'{"element_class":"1001"}\n'
