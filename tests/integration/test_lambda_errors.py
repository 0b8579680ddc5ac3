"""Requests for functions that cannot be fulfilled, and AWS's words for each."""

import json
import urllib.error
import urllib.request

import pytest

from lambda_kit import ARN, create, refused

MISSING = (404, "ResourceNotFoundException")
PARAMETER = (400, "InvalidParameterValueException")
VALIDATION = (400, "ValidationException")


@pytest.fixture
def functions(client):
    return client("lambda")


@pytest.fixture
def nothing_is_made(functions):
    yield
    assert functions.list_functions()["Functions"] == []


# ---- what is meant


def test_an_unknown_function_is_not_found_by_its_arn(functions):
    for call in (functions.get_function, functions.get_function_configuration,
                 functions.delete_function, functions.list_versions_by_function,
                 functions.publish_version, functions.list_aliases, functions.get_policy,
                 functions.get_function_concurrency, functions.get_function_code_signing_config):
        assert refused(call, FunctionName="nobody") == (
            *MISSING, f"Function not found: {ARN}nobody")


def test_invoking_an_unknown_function_names_its_latest_version(functions):
    assert refused(functions.invoke, FunctionName="nobody") == (
        *MISSING, f"Function not found: {ARN}nobody:$LATEST")


@pytest.mark.parametrize("qualifier", ["1221", "prod"])
def test_an_unknown_version_or_alias_is_not_found_by_its_arn(functions, qualifier):
    create(functions)
    for call in (functions.get_function, functions.get_function_configuration, functions.invoke):
        assert refused(call, FunctionName="words", Qualifier=qualifier) == (
            *MISSING, f"Function not found: {ARN}words:{qualifier}")


def test_a_function_of_another_region_is_not_reachable(functions):
    elsewhere = ARN.replace("us-east-1", "eu-west-1") + "words"
    assert refused(functions.get_function, FunctionName=elsewhere) == (
        *MISSING, "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")


def test_two_qualifiers_that_differ_are_refused(functions):
    create(functions)
    assert refused(functions.get_function, FunctionName="words:1", Qualifier="2") == (
        *PARAMETER,
        "The derived qualifier from the function name does not match the specified qualifier.")


def test_latest_alone_cannot_be_deleted(functions):
    create(functions)
    assert refused(functions.delete_function, FunctionName="words", Qualifier="$LATEST") == (
        *PARAMETER, "$LATEST version cannot be deleted without deleting the function.")


def test_a_wrong_revision_id_is_a_failed_precondition(functions):
    create(functions)
    assert refused(functions.update_function_configuration, FunctionName="words",
                   RevisionId="other", Timeout=9) == (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the "
        "GetFunction/GetAlias API to retrieve the latest Revision Id")


# ---- configurations


@pytest.mark.usefixtures("nothing_is_made")
def test_a_runtime_that_is_none_names_those_there_are(functions):
    status, code, message = refused(create, functions, Runtime="cobol85")
    assert (status, code) == PARAMETER
    assert message.startswith("Value cobol85 at 'runtime' failed to satisfy constraint: Member "
                              "must satisfy enum value set: [nodejs20.x, ")
    assert message.endswith("] or be a valid ARN")


@pytest.mark.usefixtures("nothing_is_made")
def test_a_runtime_that_is_not_available_is_named(functions):
    status, code, message = refused(create, functions, Runtime="java21")
    assert (status, code) == PARAMETER
    assert "java21 is not available in Hydrant. Available: python3.x, nodejsN.x, provided" in message


@pytest.mark.usefixtures("nothing_is_made")
def test_a_role_that_is_no_arn_is_refused_with_the_pattern(functions):
    assert refused(create, functions, Role="r1") == (
        *VALIDATION,
        "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: "
        r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")


@pytest.mark.usefixtures("nothing_is_made")
def test_reserved_environment_variables_are_named(functions):
    status, code, message = refused(
        create, functions, Environment={"Variables": {"AWS_REGION": "x", "MINE": "y"}})
    assert (status, code) == PARAMETER
    assert "AWS_REGION" in message and "MINE" not in message


@pytest.mark.usefixtures("nothing_is_made")
def test_an_environment_above_four_kilobytes_is_measured(functions):
    big = {"Variables": {"LARGE": "x" * 4096}}
    assert refused(create, functions, Environment=big) == (
        *PARAMETER,
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit. String measured: "
        + json.dumps(big["Variables"], separators=(",", ":")))


@pytest.mark.usefixtures("nothing_is_made")
def test_a_timeout_and_a_memory_beyond_awss_are_refused(functions):
    assert refused(create, functions, Timeout=901)[:2] == VALIDATION
    assert refused(create, functions, MemorySize=10241)[:2] == VALIDATION


@pytest.mark.usefixtures("nothing_is_made")
@pytest.mark.parametrize("members,named", [
    ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}},
     "DeadLetterConfig"),
    ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "VpcConfig"),
    ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "SnapStart"),
    ({"KMSKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k"}, "KMSKeyArn"),
    ({"PackageType": "Image"}, "Image"),
])
def test_what_is_not_supported_is_refused_by_name(functions, members, named):
    status, code, message = refused(create, functions, **members)
    assert (status, code) == PARAMETER
    assert named in message


@pytest.mark.parametrize("members", [
    {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}},
    {"SnapStart": {"ApplyOn": "None"}},
    {"DeadLetterConfig": {"TargetArn": ""}},
    {"Layers": []},
    {"PackageType": "Zip"},
])
def test_what_asks_for_nothing_is_accepted(functions, members):
    create(functions, **members)
    assert functions.get_function_configuration(FunctionName="words")["State"] == "Active"


# ---- the body of errors


def test_errors_carry_code_type_and_text_as_aws_writes_them(functions, hydrant):
    def answer(path, body=None):
        request = urllib.request.Request(
            hydrant.url + path, data=body, method="GET" if body is None else "POST", headers={
                "X-Amz-Date": "20260101T000000Z", "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/"
                                 "aws4_request, SignedHeaders=host, Signature=0"})
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(request)
        return error.value.headers["x-amzn-ErrorType"], json.loads(error.value.read())

    code, body = answer("/2015-03-31/functions/nobody")
    assert (code, body) == ("ResourceNotFoundException", {
        "Type": "User", "Message": f"Function not found: {ARN}nobody"})
    create(functions)
    code, body = answer("/2015-03-31/functions/words:1?Qualifier=2")
    assert code == "InvalidParameterValueException"
    assert sorted(body) == ["Type", "message"]
    code, body = answer("/2015-03-31/functions/words/policy",
                        b'{"StatementId":"a b","Action":"*","Principal":"*"}')
    assert (code, sorted(body)) == ("ValidationException", ["message"])
