"""The likes pipeline in every language it is written in: the same rows, objects and log."""

import base64
import io
import json
import os
import pathlib
import re
import sys
import zipfile

import pytest

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import ROLE, objects

LIKES = pathlib.Path(__file__).parents[2] / "fixtures/likes"
PLUGINS = pathlib.Path(os.environ["PLUGINS"])
NODE_MODULES = pathlib.Path(os.environ.get("NODE_MODULES") or "/nowhere")
ARN = "arn:aws:lambda:us-east-1:000000000000:function:likes"


def package(*files, modules=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
        for file in modules.rglob("*") if modules else ():
            if file.is_file():
                archive.write(file, file.relative_to(modules.parent))
    return out.getvalue()


def make_c(functions):
    return functions("provided.al2023", "likes.so", package(PLUGINS / "likes.so"))


def make_python(functions):
    return functions("python3.12", "likes.handler", package(LIKES / "likes.py"))


def make_node(functions):
    if not NODE_MODULES.exists():
        pytest.skip("no AWS SDK for JavaScript here: tests/run.sh installs it")
    return functions("nodejs20.x", "likes.handler",
                     package(LIKES / "likes.mjs", modules=NODE_MODULES))


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture(params=[make_c, make_python, make_node], ids=["c", "python", "node"])
def pipeline(request, client, firehose, s3):
    client("dynamodb").create_table(
        TableName="Likes_Tab", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}])

    def create(runtime, handler, code):
        client("lambda").create_function(
            FunctionName="likes", Runtime=runtime, Handler=handler, Role=ROLE, Timeout=60,
            MemorySize=512, Code={"ZipFile": code})

    request.param(create)
    destination = json.loads((LIKES / "destination.json").read_text())
    for processor in destination["ProcessingConfiguration"]["Processors"]:
        for parameter in processor["Parameters"]:
            if parameter["ParameterName"] == "LambdaArn":
                parameter["ParameterValue"] = ARN
    destination["BucketARN"] = "arn:aws:s3:::bucket"
    firehose.create_delivery_stream(
        DeliveryStreamName="likes", ExtendedS3DestinationConfiguration=destination)


def test_likes_become_rows_and_objects_and_what_is_none_fails_alone(
        pipeline, client, firehose, s3, hydrant):
    batch = json.loads((LIKES / "likes_data_batch.json").read_text())
    lines = [record["Data"] for record in batch]
    firehose.put_record_batch(
        DeliveryStreamName="likes", Records=[{"Data": line.encode()} for line in lines])
    hydrant.flush("likes")

    likes = [line for line in lines if line.startswith("{")]
    found = objects(s3)
    failed = [body for key, body in found.items() if "processing-failed" in key]
    good = [body for key, body in found.items() if "processing-failed" not in key]
    assert b"".join(good).decode() == "".join(likes)
    [line] = [json.loads(line) for body in failed for line in body.splitlines()]
    assert base64.b64decode(line["rawData"]) == b"this is not JSON\n"
    assert line["errorCode"] == "Lambda.ProcessingFailedStatus"

    rows = client("dynamodb").scan(TableName="Likes_Tab")["Items"]
    wanted = {json.loads(like)["element_class"] for like in likes}
    assert {row["element_class"]["S"] for row in rows} == wanted

    events = client("logs").filter_log_events(logGroupName="/aws/lambda/likes")["events"]
    messages = [event["message"] for event in events]
    text = "\n".join(messages)
    for name in wanted:
        assert re.search(r'Row for Likes_Tab: \{"element_class": ?\{"S": ?"%s"\}\}' % name, text)
    assert text.count("DynamoDB response status: 200") == len(likes)
    assert "Not a like: " in text
    assert f"{len(likes)} of {len(lines)} records returned to Firehose for delivery to S3" in text
    assert messages[-1].startswith("REPORT RequestId: ")
