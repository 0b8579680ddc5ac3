"""Where a function's code comes from, and packages that are refused."""

import base64
import hashlib
import io
import stat
import zipfile

import pytest

from lambda_kit import create, invoke, package, refused, results


@pytest.fixture
def functions(client):
    return client("lambda")


@pytest.fixture
def s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    return s3


def from_s3(key="words.zip", **members):
    return {"S3Bucket": "code", "S3Key": key, **members}


def sha256(code):
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def listed(functions):
    return functions.list_functions()["Functions"]


def test_a_function_is_created_from_an_object_of_s3(functions, s3):
    code = package("plugin_by_word")
    s3.put_object(Bucket="code", Key="a/words.zip", Body=code)
    created = create(functions, Code=from_s3("a/words.zip"))
    assert (created["CodeSha256"], created["CodeSize"]) == (sha256(code), len(code))
    s3.delete_object(Bucket="code", Key="a/words.zip")
    assert results(invoke(functions, "upper")[1]) == [("Ok", "UPPER")]


def test_an_object_of_several_parts_is_one_package(functions, s3):
    code = package("plugin_by_word", **{"padding": "x" * (6 << 20)})
    upload = s3.create_multipart_upload(Bucket="code", Key="words.zip")["UploadId"]
    place = {"Bucket": "code", "Key": "words.zip", "UploadId": upload}
    cut = 5 << 20
    parts = []
    for number, part in enumerate((code[:cut], code[cut:]), 1):
        etag = s3.upload_part(**place, PartNumber=number, Body=part)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
    assert create(functions, Code=from_s3())["CodeSha256"] == sha256(code)
    assert results(invoke(functions, "upper")[1]) == [("Ok", "UPPER")]


def test_code_is_updated_from_s3(functions, s3):
    create(functions, name="state", plugin="plugin_state")
    code = package("plugin_state_2")
    s3.put_object(Bucket="code", Key="words.zip", Body=code)
    updated = functions.update_function_code(FunctionName="state", **from_s3())
    assert updated["CodeSha256"] == sha256(code)
    assert results(invoke(functions, "x", name="state")[1]) == [("Ok", "v2 seen 1")]


def test_an_object_or_bucket_that_is_not_there_is_named_as_s3_names_it(functions, s3):
    prefix = "Error occurred while GetObject. S3 Error Code: "
    assert refused(create, functions, Code=from_s3("none")) == (
        400, "InvalidParameterValueException",
        prefix + "NoSuchKey. S3 Error Message: The specified key does not exist.")
    assert refused(create, functions, Code={"S3Bucket": "nowhere", "S3Key": "k"}) == (
        400, "InvalidParameterValueException",
        prefix + "NoSuchBucket. S3 Error Message: The specified bucket does not exist")
    s3.put_object(Bucket="code", Key="words.zip", Body=package("plugin_by_word"))
    assert refused(create, functions, Code=from_s3(S3ObjectVersion="v1"))[:2] == (
        400, "InvalidParameterValueException")
    assert listed(functions) == []


def test_an_object_that_is_no_zip_is_refused(functions, s3):
    s3.put_object(Bucket="code", Key="words.zip", Body=b"this is no zip")
    assert refused(create, functions, Code=from_s3()) == (
        400, "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.")


def test_code_from_two_places_or_from_none_is_refused(functions, s3):
    both = {"ZipFile": package("plugin_by_word"), **from_s3()}
    assert refused(create, functions, Code=both)[:2] == (400, "InvalidParameterValueException")
    assert refused(create, functions, Code={})[:2] == (400, "InvalidParameterValueException")
    assert refused(create, functions, Code={"ImageUri": "x"})[:2] == (
        400, "InvalidParameterValueException")
    assert listed(functions) == []


# ---- packages


def zipped(*entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return out.getvalue()


def link(name, target):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


@pytest.mark.parametrize("entries,reason", [
    ([("../evil.so", "x")], "this name would lead out of the package's folder"),
    ([("/etc/evil.so", "x")], "this name would lead out of the package's folder"),
    ([link("passwd", "/etc/passwd")], "symbolic links and special files are not unpacked"),
])
def test_packages_that_reach_out_of_their_folder_are_refused(functions, hydrant, entries, reason):
    status, code, message = refused(create, functions, Code={"ZipFile": zipped(*entries)})
    assert (status, code) == (400, "InvalidParameterValueException")
    assert reason in message
    assert listed(functions) == []
    folder = hydrant.data / "main" / "functions"
    assert [p for p in folder.iterdir() if not p.name.startswith(".")] == []


@pytest.mark.parametrize("left", [0.01, 0.5, 0.99])
def test_a_package_that_ends_too_early_is_refused_and_leaves_nothing(functions, hydrant, left):
    whole = package("plugin_by_word")
    assert refused(create, functions, Code={"ZipFile": whole[:int(len(whole) * left)]}) == (
        400, "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.")
    assert listed(functions) == []
    folder = hydrant.data / "main" / "functions"
    assert [p for p in folder.iterdir() if not p.name.startswith(".")] == []


def test_a_package_that_unpacks_to_too_much_is_refused_and_removed(functions, hydrant):
    bomb = zipped(("zeros", bytes(262144001)))
    assert len(bomb) < 1 << 20
    assert refused(create, functions, Code={"ZipFile": bomb}) == (
        400, "InvalidParameterValueException",
        "Unzipped size must be smaller than 262144000 bytes")
    folder = hydrant.data / "main" / "functions"
    assert [p for p in folder.iterdir() if not p.name.startswith(".")] == []


def test_a_package_above_fifty_megabytes_is_refused(functions):
    assert refused(create, functions, Code={"ZipFile": bytes(52428801)}) == (
        413, "RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes")


def test_a_request_above_its_limit_is_refused(functions):
    assert refused(create, functions, Code={"ZipFile": bytes(53000000)}) == (
        413, "RequestEntityTooLargeException",
        "Request must be smaller than 70167211 bytes for the CreateFunction operation")


def test_a_function_has_one_architecture(functions):
    status, code, message = refused(create, functions, Architectures=["x86_64", "arm64"])
    assert (status, code) == (400, "ValidationException")
    assert message.endswith("Member must have length less than or equal to 1")
    assert "Value '[x86_64, arm64]' at 'architectures'" in message
