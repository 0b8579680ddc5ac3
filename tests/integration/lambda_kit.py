"""Deployment packages, functions made of the test plugins, and how their calls are refused."""

import base64
import io
import json
import os
import pathlib
import zipfile

import botocore.exceptions
import pytest

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
ROLE = "arn:aws:iam::000000000000:role/likes"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


def package(*plugins, **texts):
    """A deployment package with these plugins, and files of the given names and texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for plugin in plugins:
            archive.write(PLUGINS / f"{plugin}.so", f"{plugin}.so")
        for name, text in texts.items():
            archive.writestr(name, text)
    return out.getvalue()


def event(*texts):
    return json.dumps({
        "invocationId": "inv",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s",
        "region": "us-east-1",
        "records": [
            {"recordId": str(n), "approximateArrivalTimestamp": 1741088912364,
             "data": base64.b64encode(text.encode()).decode()}
            for n, text in enumerate(texts)
        ],
    })


def create(functions, name="words", plugin="plugin_by_word", **members):
    members = {"Runtime": "provided.al2023", "Handler": f"{plugin}.so", "Role": ROLE,
               "Code": {"ZipFile": package(plugin)}, "Timeout": 30, **members}
    return functions.create_function(FunctionName=name, **members)


def invoke(functions, *texts, name="words", **members):
    answer = functions.invoke(FunctionName=name, Payload=event(*texts), **members)
    return answer, json.loads(answer["Payload"].read() or b"null")


def results(payload):
    return [(r["result"], base64.b64decode(r["data"]).decode()) for r in payload["records"]]


def refused(call, *arguments, **members):
    """(HTTP status, code, message) of a call that has to fail."""
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(*arguments, **members)
    answer = error.value.response
    return (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"],
            answer["Error"]["Message"])
