"""Permissions, tags, reserved concurrency, and what provisioning tools ask besides."""

import concurrent.futures
import json

import pytest

from lambda_kit import ARN, create, event, invoke, package, refused, results


@pytest.fixture
def functions(client):
    return client("lambda")


def allow(functions, sid="s3", **members):
    members = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", **members}
    return functions.add_permission(FunctionName="words", StatementId=sid, **members)


def policy(functions, **members):
    answer = functions.get_policy(FunctionName="words", **members)
    return json.loads(answer["Policy"])


def test_a_permission_is_a_statement_of_the_functions_policy(functions):
    create(functions)
    added = allow(functions, SourceArn="arn:aws:s3:::in", SourceAccount="000000000000")
    assert added["ResponseMetadata"]["HTTPStatusCode"] == 201
    statement = {
        "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": ARN + "words",
        "Condition": {"StringEquals": {"AWS:SourceAccount": "000000000000"},
                      "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::in"}}}
    assert json.loads(added["Statement"]) == statement
    answer = functions.get_policy(FunctionName="words")
    assert json.loads(answer["Policy"]) == {
        "Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    assert answer["RevisionId"]


@pytest.mark.parametrize("principal,written", [
    ("*", "*"),
    ("111111111111", {"AWS": "arn:aws:iam::111111111111:root"}),
    ("arn:aws:iam::111111111111:role/r", {"AWS": "arn:aws:iam::111111111111:role/r"}),
    ("events.amazonaws.com", {"Service": "events.amazonaws.com"}),
])
def test_principals_are_accounts_arns_services_or_everybody(functions, principal, written):
    create(functions)
    allow(functions, Principal=principal)
    (statement,) = policy(functions)["Statement"]
    assert statement["Principal"] == written
    assert "Condition" not in statement


def test_statements_stand_in_the_order_they_were_added_and_are_removed_by_name(functions):
    create(functions)
    for sid in ("b", "a"):
        allow(functions, sid)
    assert [s["Sid"] for s in policy(functions)["Statement"]] == ["b", "a"]
    removed = functions.remove_permission(FunctionName="words", StatementId="b")
    assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert [s["Sid"] for s in policy(functions)["Statement"]] == ["a"]
    assert refused(functions.remove_permission, FunctionName="words", StatementId="b") == (
        404, "ResourceNotFoundException", "Statement b is not found in resource policy.")
    functions.remove_permission(FunctionName="words", StatementId="a")
    assert refused(functions.get_policy, FunctionName="words") == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(functions.remove_permission, FunctionName="words", StatementId="a") == (
        404, "ResourceNotFoundException", "No policy is associated with the given resource.")


def test_a_statement_id_is_taken_once(functions):
    create(functions)
    allow(functions, "s3")
    assert refused(allow, functions, "s3") == (
        409, "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or "
        "remove the existing statement.")


def test_a_policy_for_latest_and_a_principal_that_is_none_are_refused(functions):
    create(functions)
    assert refused(allow, functions, Qualifier="$LATEST") == (
        400, "InvalidParameterValueException",
        "We currently do not support adding policies for $LATEST.")
    assert refused(allow, functions, Principal="invalid") == (
        400, "InvalidParameterValueException",
        "The provided principal was invalid. Please check the principal and try again.")
    assert refused(allow, functions, RevisionId="other")[:2] == (
        412, "PreconditionFailedException")
    assert refused(functions.get_policy, FunctionName="words")[0] == 404


def test_versions_and_aliases_have_policies_of_their_own(functions):
    create(functions, Publish=True)
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    allow(functions, "whole")
    allow(functions, "one", Qualifier="1")
    allow(functions, "alias", Qualifier="prod")
    assert [(s["Sid"], s["Resource"]) for s in policy(functions)["Statement"]] == [
        ("whole", ARN + "words")]
    assert [(s["Sid"], s["Resource"]) for s in policy(functions, Qualifier="1")["Statement"]] == [
        ("one", ARN + "words:1")]
    assert [s["Resource"] for s in policy(functions, Qualifier="prod")["Statement"]] == [
        ARN + "words:prod"]
    functions.delete_alias(FunctionName="words", Name="prod")
    functions.create_alias(FunctionName="words", Name="prod", FunctionVersion="1")
    assert refused(functions.get_policy, FunctionName="words", Qualifier="prod")[0] == 404
    assert refused(functions.get_policy, FunctionName="words", Qualifier="$LATEST") == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(functions.get_policy, FunctionName="words", Qualifier="7") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}words:7")


# ---- tags


def test_tags_are_added_replaced_removed_and_listed(functions):
    create(functions, Tags={"team": "x"})
    tagged = functions.tag_resource(Resource=ARN + "words", Tags={"team": "y", "a b": "ü"})
    assert tagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert functions.list_tags(Resource=ARN + "words")["Tags"] == {"team": "y", "a b": "ü"}
    assert functions.get_function(FunctionName="words")["Tags"] == {"team": "y", "a b": "ü"}
    untagged = functions.untag_resource(Resource=ARN + "words", TagKeys=["a b", "none", "team"])
    assert untagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert functions.list_tags(Resource=ARN + "words")["Tags"] == {}
    assert "Tags" not in functions.get_function(FunctionName="words")


def test_only_functions_that_are_there_have_tags_and_fifty_at_most(functions):
    create(functions, Publish=True)
    assert refused(functions.list_tags, Resource=ARN + "nobody") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}nobody")
    assert refused(functions.tag_resource, Resource=ARN + "words:1", Tags={"a": "b"})[:2] == (
        400, "InvalidParameterValueException")
    many = {f"k{n}": "v" for n in range(51)}
    assert refused(functions.tag_resource, Resource=ARN + "words", Tags=many)[:2] == (
        400, "InvalidParameterValueException")
    assert functions.list_tags(Resource=ARN + "words")["Tags"] == {}


# ---- concurrency


RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"


def throttled(functions, **members):
    with pytest.raises(functions.exceptions.TooManyRequestsException) as error:
        functions.invoke(FunctionName="words", Payload=event("x"), **members)
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["message"], answer["Reason"]


def test_a_function_with_no_concurrency_is_throttled_with_the_reason(functions):
    create(functions, Publish=True)
    put = functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=0)
    assert put["ReservedConcurrentExecutions"] == 0
    assert throttled(functions) == (429, "Rate Exceeded.", RESERVED)
    assert throttled(functions, Qualifier="1") == (429, "Rate Exceeded.", RESERVED)
    got = functions.get_function(FunctionName="words")
    assert got["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    deleted = functions.delete_function_concurrency(FunctionName="words")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert results(invoke(functions, "keep")[1]) == [("Ok", "keep")]


def test_concurrency_is_read_back_until_it_is_deleted(functions):
    create(functions)

    def concurrency():
        answer = functions.get_function_concurrency(FunctionName="words")
        answer.pop("ResponseMetadata")
        return answer

    assert concurrency() == {}
    functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=7)
    assert concurrency() == {"ReservedConcurrentExecutions": 7}
    assert functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 993
    functions.delete_function_concurrency(FunctionName="words")
    assert concurrency() == {}
    assert "Concurrency" not in functions.get_function(FunctionName="words")


def test_no_more_invocations_run_than_are_reserved(functions, hydrant):
    create(functions, plugin="plugin_slow")
    functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=1)
    loaded = hydrant.data / "main" / "functions" / ".loaded"
    with concurrent.futures.ThreadPoolExecutor() as threads:
        first = threads.submit(invoke, functions, "x")
        while not any(loaded.iterdir()):
            assert not first.done()
        assert throttled(functions) == (429, "Rate Exceeded.", RESERVED)
        assert first.result()[0]["StatusCode"] == 200


def test_what_is_left_unreserved_is_kept(functions):
    create(functions)
    status, code, message = refused(functions.put_function_concurrency, FunctionName="words",
                                    ReservedConcurrentExecutions=901)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "UnreservedConcurrentExecution" in message
    functions.put_function_concurrency(FunctionName="words", ReservedConcurrentExecutions=900)


def test_concurrency_of_a_function_that_is_not_there_is_not_found_as_latest(functions):
    assert refused(functions.put_function_concurrency, FunctionName="nobody",
                   ReservedConcurrentExecutions=1) == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}nobody:$LATEST")


# ---- what tools ask


def test_what_a_function_never_had_is_answered_as_such(functions):
    create(functions)

    def bare(answer):
        return {k: v for k, v in answer.items() if k != "ResponseMetadata"}

    assert bare(functions.get_function_code_signing_config(FunctionName="words")) == {
        "FunctionName": "words"}
    assert bare(functions.get_runtime_management_config(FunctionName="words")) == {
        "UpdateRuntimeOn": "Auto", "FunctionArn": ARN + "words"}
    assert bare(functions.get_function_recursion_config(FunctionName="words")) == {
        "RecursiveLoop": "Terminate"}
    assert bare(functions.list_function_url_configs(FunctionName="words")) == {
        "FunctionUrlConfigs": []}
    assert refused(functions.get_function_url_config, FunctionName="words") == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(functions.get_function_recursion_config, FunctionName="nobody")[:2] == (
        404, "ResourceNotFoundException")


def test_account_settings_count_functions_and_code(functions):
    code = package("plugin_by_word")
    create(functions, Code={"ZipFile": code})
    settings = functions.get_account_settings()
    assert settings["AccountLimit"] == {
        "TotalCodeSize": 80530636800, "CodeSizeUnzipped": 262144000, "CodeSizeZipped": 52428800,
        "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
    assert settings["AccountUsage"] == {"TotalCodeSize": len(code), "FunctionCount": 1}
