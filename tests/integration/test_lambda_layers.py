"""Layers: their versions, and the functions that have them."""

import base64
import hashlib
import io
import json
import os
import pathlib
import re
import sys
import zipfile

import pytest

from lambda_kit import create, invoke, refused, results

LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:"


@pytest.fixture
def functions(client):
    return client("lambda")


def layer_zip(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def publish(functions, name="tools", **members):
    members = {"Content": {"ZipFile": layer_zip(python__tools="x")}, **members}
    return functions.publish_layer_version(LayerName=name, **members)


def bare(answer):
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


def laid_out(hydrant):
    """The files of every folder of laid out layers, by their names."""
    opt = hydrant.data / "main" / "functions" / ".opt"
    return [{str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}
            for folder in sorted(opt.iterdir())]


def layer_files(hydrant):
    return sorted(os.listdir(hydrant.data / "main" / "functions" / ".layers"))


def test_a_published_version_is_described_and_found_again(functions):
    code = layer_zip(python__tools="x")
    made = publish(functions, Content={"ZipFile": code}, Description="d", LicenseInfo="MIT",
                   CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"])
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    content = made["Content"]
    location = pathlib.Path(content.pop("Location").removeprefix("file://"))
    assert location.read_bytes() == code
    assert content == {"CodeSize": len(code),
                       "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode()}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", made["CreatedDate"])
    expected = {
        "LayerArn": LAYER + "tools", "LayerVersionArn": LAYER + "tools:1", "Version": 1,
        "Description": "d", "LicenseInfo": "MIT", "CompatibleRuntimes": ["python3.12"],
        "CompatibleArchitectures": ["x86_64"], "CreatedDate": made["CreatedDate"]}
    assert {k: v for k, v in bare(made).items() if k != "Content"} == expected
    for got in (functions.get_layer_version(LayerName="tools", VersionNumber=1),
                functions.get_layer_version(LayerName=LAYER + "tools", VersionNumber=1),
                functions.get_layer_version_by_arn(Arn=LAYER + "tools:1")):
        assert {k: v for k, v in bare(got).items() if k != "Content"} == expected


def test_versions_are_counted_and_numbers_not_used_again(functions):
    assert [publish(functions)["Version"] for _ in range(2)] == [1, 2]
    gone = functions.delete_layer_version(LayerName="tools", VersionNumber=2)
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    functions.delete_layer_version(LayerName="tools", VersionNumber=2)
    assert publish(functions)["Version"] == 3
    assert refused(functions.get_layer_version, LayerName="tools", VersionNumber=2) == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(functions.get_layer_version_by_arn, Arn=LAYER + "none:1")[0] == 404


def test_layers_and_versions_are_listed_and_filtered(functions):
    publish(functions, "b", CompatibleRuntimes=["python3.12"])
    publish(functions, "b", CompatibleRuntimes=["nodejs22.x"])
    publish(functions, "a", CompatibleArchitectures=["arm64"])
    listed = functions.list_layers()["Layers"]
    assert [(x["LayerName"], x["LayerArn"], x["LatestMatchingVersion"]["Version"])
            for x in listed] == [("a", LAYER + "a", 1), ("b", LAYER + "b", 2)]
    python = functions.list_layers(CompatibleRuntime="python3.12")["Layers"]
    assert [(x["LayerName"], x["LatestMatchingVersion"]["Version"]) for x in python] == [("b", 1)]
    arm = functions.list_layers(CompatibleArchitecture="arm64")["Layers"]
    assert [x["LayerName"] for x in arm] == ["a"]
    versions = functions.list_layer_versions(LayerName="b")["LayerVersions"]
    assert [v["LayerVersionArn"] for v in versions] == [LAYER + "b:2", LAYER + "b:1"]
    assert "Content" not in versions[0]
    pages = functions.get_paginator("list_layer_versions").paginate(
        LayerName="b", PaginationConfig={"PageSize": 1})
    assert [v["Version"] for page in pages for v in page["LayerVersions"]] == [2, 1]
    pages = functions.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})
    assert [x["LayerName"] for page in pages for x in page["Layers"]] == ["a", "b"]
    assert functions.list_layer_versions(LayerName="none")["LayerVersions"] == []


def test_a_layer_comes_from_s3_as_well(functions, client):
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    code = layer_zip(python__tools="x")
    s3.put_object(Bucket="code", Key="layer.zip", Body=code)
    made = publish(functions, Content={"S3Bucket": "code", "S3Key": "layer.zip"})
    assert made["Content"]["CodeSize"] == len(code)
    assert refused(publish, functions, Content={"S3Bucket": "code", "S3Key": "none"})[2] == (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified "
        "key does not exist.")


def test_a_layer_that_is_no_zip_is_refused(functions, hydrant):
    assert refused(publish, functions, Content={"ZipFile": b"no zip"})[:2] == (
        400, "InvalidParameterValueException")
    assert functions.list_layers()["Layers"] == []
    assert layer_files(hydrant) == []


def test_a_functions_layers_are_laid_over_each_other_in_order(functions, hydrant):
    first = layer_zip(python__a="1", python__both="1", bin__tool="1")
    second = layer_zip(python__b="2", python__both="2", bin="a file now")
    publish(functions, "first", Content={"ZipFile": first})
    publish(functions, "second", Content={"ZipFile": second})
    made = create(functions, Layers=[LAYER + "first:1", LAYER + "second:1"])
    layers = [{"Arn": LAYER + "first:1", "CodeSize": len(first)},
              {"Arn": LAYER + "second:1", "CodeSize": len(second)}]
    assert made["Layers"] == layers
    assert functions.get_function_configuration(FunctionName="words")["Layers"] == layers
    assert laid_out(hydrant) == [
        {"python/a": "1", "python/b": "2", "python/both": "2", "bin": "a file now"}]
    assert results(invoke(functions, "keep")[1]) == [("Ok", "keep")]


def test_updating_the_configuration_changes_the_layers_and_other_members_do_not(functions,
                                                                               hydrant):
    publish(functions, "first", Content={"ZipFile": layer_zip(a="1")})
    publish(functions, "second", Content={"ZipFile": layer_zip(b="2")})
    create(functions, Layers=[LAYER + "first:1"])
    functions.update_function_configuration(FunctionName="words", Timeout=9)
    assert laid_out(hydrant) == [{"a": "1"}]
    updated = functions.update_function_configuration(
        FunctionName="words", Layers=[LAYER + "second:1", LAYER + "first:1"], Timeout=8)
    assert [x["Arn"] for x in updated["Layers"]] == [LAYER + "second:1", LAYER + "first:1"]
    assert {"a": "1", "b": "2"} in laid_out(hydrant)
    got = functions.get_function_configuration(FunctionName="words")
    assert got["Timeout"] == 8
    functions.update_function_configuration(FunctionName="words", Layers=[])
    assert "Layers" not in functions.get_function_configuration(FunctionName="words")
    hydrant.stop()
    hydrant.start()
    assert laid_out(hydrant) == []


def test_a_version_of_a_function_keeps_its_layers(functions, hydrant, client):
    publish(functions, Content={"ZipFile": layer_zip(a="1")})
    create(functions, Layers=[LAYER + "tools:1"], Publish=True)
    functions.update_function_configuration(FunctionName="words", Layers=[])
    functions.delete_layer_version(LayerName="tools", VersionNumber=1)
    hydrant.stop()
    hydrant.start()
    assert laid_out(hydrant) == [{"a": "1"}]
    assert layer_files(hydrant) == []
    got = client("lambda").get_function_configuration(FunctionName="words:1")
    assert [x["Arn"] for x in got["Layers"]] == [LAYER + "tools:1"]


def test_layers_that_cannot_be_had_are_refused(functions, hydrant):
    for _ in range(2):
        publish(functions)
    parameter = (400, "InvalidParameterValueException")
    assert refused(create, functions, Layers=[LAYER + "none:1"]) == (
        *parameter, f"Layer version {LAYER}none:1 does not exist.")
    assert refused(create, functions, Layers=[LAYER + "tools:1", LAYER + "tools:2"])[:2] == (
        parameter)
    assert refused(create, functions, Layers=[LAYER + f"tools:{n}" for n in range(1, 7)]) == (
        *parameter, "Cannot reference more than 5 layers.")
    elsewhere = LAYER.replace("us-east-1", "eu-west-1") + "tools:1"
    assert refused(create, functions, Layers=[elsewhere])[:2] == parameter
    assert functions.list_functions()["Functions"] == []
    assert laid_out(hydrant) == []


def test_code_and_layers_together_are_limited_unzipped(functions):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(262144000))
    publish(functions, Content={"ZipFile": out.getvalue()})
    status, code, message = refused(create, functions, Layers=[LAYER + "tools:1"])
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message.startswith("Function code combined with layers exceeds the maximum allowed "
                              "size of 262144000 bytes. The actual size is ")
    create(functions)
    assert refused(functions.update_function_configuration, FunctionName="words",
                   Layers=[LAYER + "tools:1"])[:2] == (status, code)


def test_layers_are_kept_apart_by_region(functions, client):
    publish(functions)
    assert client("lambda", region="eu-west-1").list_layers()["Layers"] == []


PROGRAM = """
import both, subprocess, tools

def handler(event, context):
    tool = subprocess.run(["tool"], capture_output=True, check=True).stdout.decode()
    return {"tools": tools.NAME, "both": both.NAME, "tool": tool.strip()}
"""


class TestInAProcess:
    @pytest.fixture
    def arguments(self):
        return ("--python", sys.executable)

    def test_a_function_imports_and_runs_what_its_layers_have(self, functions):
        tool = zipfile.ZipInfo("bin/tool")
        tool.external_attr = 0o755 << 16
        tool.create_system = 3
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("python/tools.py", "NAME = 'one'")
            archive.writestr("python/both.py", "NAME = 'one'")
            archive.writestr(tool, "#!/bin/sh\necho ran\n")
        publish(functions, "one", Content={"ZipFile": out.getvalue()})
        publish(functions, "two", Content={"ZipFile": layer_zip(**{
            "python__both.py": "NAME = 'two'"})})
        code = layer_zip(**{"app.py": PROGRAM})
        create(functions, "f", Runtime="python3.12", Handler="app.handler",
               Code={"ZipFile": code}, Layers=[LAYER + "one:1", LAYER + "two:1"], Publish=True)
        found = {"tools": "one", "both": "two", "tool": "ran"}
        assert json.loads(functions.invoke(FunctionName="f")["Payload"].read()) == found
        functions.update_function_configuration(FunctionName="f", Layers=[])
        answer = functions.invoke(FunctionName="f")
        assert answer["FunctionError"] == "Unhandled"
        assert json.loads(functions.invoke(FunctionName="f:1")["Payload"].read()) == found

    def test_the_functions_own_module_comes_before_a_layers(self, functions):
        publish(functions, "one", Content={"ZipFile": layer_zip(**{
            "python__both.py": "NAME = 'layer'"})})
        code = layer_zip(**{"both.py": "NAME = 'own'", "app.py":
                            "import both\ndef handler(event, context): return both.NAME\n"})
        create(functions, "f", Runtime="python3.12", Handler="app.handler",
               Code={"ZipFile": code}, Layers=[LAYER + "one:1"])
        assert json.loads(functions.invoke(FunctionName="f")["Payload"].read()) == "own"
