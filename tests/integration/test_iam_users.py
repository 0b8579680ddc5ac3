"""IAM users and their access keys, and whom a call made with such a key is seen as."""

import json

import pytest

from iam_kit import (
    ACCOUNT, BASIC, READ, WRITE, arn, fails, long_policy, make_policy, make_role, plain)

NO_USER = ("NoSuchEntity", "The user with name nobody cannot be found.", 404)
NO_NAME = ("ValidationError", "Must specify userName when calling with non-User credentials", 400)


@pytest.fixture
def iam(client):
    return client("iam")


@pytest.fixture
def user(iam):
    return iam.create_user(UserName="user")["User"]


def test_each_answer_tells_of_a_user_what_aws_tells(iam):
    tags = [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}]
    created = iam.create_user(
        UserName="user", Path="/x/", Tags=tags, PermissionsBoundary=BASIC)["User"]
    assert created["UserId"].startswith("AIDA") and len(created["UserId"]) == 21
    base = {"Path": "/x/", "UserName": "user", "UserId": created["UserId"],
            "Arn": arn("user/x/user"), "CreateDate": created["CreateDate"]}
    assert created == {**base, "Tags": tags, "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BASIC}}
    assert iam.get_user(UserName="user")["User"] == created
    assert plain(iam.list_users()) == {"IsTruncated": False, "Users": [base]}


def test_users_are_listed_by_name_in_pages_and_by_path(iam):
    for name, path in [("c", "/x/"), ("B", "/"), ("a", "/x/y/")]:
        iam.create_user(UserName=name, Path=path)
    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
    assert [[u["UserName"] for u in page["Users"]] for page in pages] == [["a", "B"], ["c"]]
    assert [u["UserName"] for u in iam.list_users(PathPrefix="/x/")["Users"]] == ["a", "c"]


def test_a_user_keeps_its_id_under_another_name_and_path(iam, user):
    iam.create_user(UserName="taken")
    assert fails(iam.create_user, UserName="USER") == (
        "EntityAlreadyExists", "User with name USER already exists.", 409)
    assert fails(iam.update_user, UserName="user", NewUserName="taken") == (
        "EntityAlreadyExists", "User with name taken already exists.", 409)
    iam.update_user(UserName="user", NewUserName="other", NewPath="/x/")
    assert iam.get_user(UserName="other")["User"] == {
        **user, "UserName": "other", "Path": "/x/", "Arn": arn("user/x/other")}
    assert fails(iam.get_user, UserName="user") == (
        "NoSuchEntity", "The user with name user cannot be found.", 404)


def test_every_operation_says_that_a_user_is_missing(iam):
    document = json.dumps(READ)
    for call, members in [
        (iam.get_user, {}), (iam.delete_user, {}), (iam.update_user, {}),
        (iam.create_access_key, {}), (iam.list_access_keys, {}),
        (iam.tag_user, {"Tags": [{"Key": "k", "Value": "v"}]}),
        (iam.untag_user, {"TagKeys": ["k"]}), (iam.list_user_tags, {}),
        (iam.put_user_policy, {"PolicyName": "p", "PolicyDocument": document}),
        (iam.get_user_policy, {"PolicyName": "p"}), (iam.delete_user_policy, {"PolicyName": "p"}),
        (iam.list_user_policies, {}), (iam.attach_user_policy, {"PolicyArn": BASIC}),
        (iam.detach_user_policy, {"PolicyArn": BASIC}), (iam.list_attached_user_policies, {}),
        (iam.put_user_permissions_boundary, {"PermissionsBoundary": BASIC}),
        (iam.delete_user_permissions_boundary, {}), (iam.list_groups_for_user, {}),
    ]:
        assert fails(call, UserName="nobody", **members) == NO_USER, call


def test_a_user_goes_when_nothing_belongs_to_it(iam, user):
    iam.attach_user_policy(UserName="user", PolicyArn=BASIC)
    iam.put_user_policy(UserName="user", PolicyName="p", PolicyDocument=json.dumps(READ))
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    conflict = "Cannot delete entity, must %s first."
    assert fails(iam.delete_user, UserName="user") == (
        "DeleteConflict", conflict % "delete access keys", 409)
    iam.delete_access_key(UserName="user", AccessKeyId=key)
    assert fails(iam.delete_user, UserName="user") == (
        "DeleteConflict", conflict % "detach all policies", 409)
    iam.detach_user_policy(UserName="user", PolicyArn=BASIC)
    assert fails(iam.delete_user, UserName="user") == (
        "DeleteConflict", conflict % "delete policies", 409)
    iam.delete_user_policy(UserName="user", PolicyName="p")
    iam.delete_user(UserName="user")
    assert iam.list_users()["Users"] == []


def test_policies_of_users_are_as_those_of_roles(iam, user):
    iam.put_user_policy(UserName="user", PolicyName="p", PolicyDocument=json.dumps(WRITE))
    assert plain(iam.get_user_policy(UserName="user", PolicyName="p")) == {
        "UserName": "user", "PolicyName": "p", "PolicyDocument": WRITE}
    assert plain(iam.list_user_policies(UserName="user")) == {
        "PolicyNames": ["p"], "IsTruncated": False}
    assert fails(iam.get_user_policy, UserName="user", PolicyName="none") == (
        "NoSuchEntity", "The user policy with name none cannot be found.", 404)
    assert fails(iam.put_user_policy, UserName="user", PolicyName="q",
                 PolicyDocument=long_policy(2048)) == (
        "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user user", 409)
    own = make_policy(iam)["Arn"]
    iam.attach_user_policy(UserName="user", PolicyArn=own)
    assert plain(iam.list_attached_user_policies(UserName="user")) == {
        "AttachedPolicies": [{"PolicyName": "policy", "PolicyArn": own}], "IsTruncated": False}
    iam.put_user_permissions_boundary(UserName="user", PermissionsBoundary=own)
    assert iam.get_user(UserName="user")["User"]["PermissionsBoundary"][
        "PermissionsBoundaryArn"] == own
    iam.delete_user_permissions_boundary(UserName="user")
    assert "PermissionsBoundary" not in iam.get_user(UserName="user")["User"]


def test_tags_of_users_do_not_tell_cases_apart(iam, user):
    iam.tag_user(UserName="user", Tags=[{"Key": "A", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.tag_user(UserName="user", Tags=[{"Key": "a", "Value": "3"}])
    assert iam.list_user_tags(UserName="user")["Tags"] == [
        {"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    iam.untag_user(UserName="user", TagKeys=["B"])
    assert iam.get_user(UserName="user")["User"]["Tags"] == [{"Key": "a", "Value": "3"}]


def test_there_are_no_groups(iam, user):
    assert plain(iam.list_groups_for_user(UserName="user")) == {"Groups": [], "IsTruncated": False}


# ---- access keys -------------------------------------------------------------------------


def test_a_key_is_told_with_its_secret_once(iam, user):
    assert plain(iam.list_access_keys(UserName="user")) == {
        "AccessKeyMetadata": [], "IsTruncated": False}
    key = iam.create_access_key(UserName="user")["AccessKey"]
    assert key["AccessKeyId"].startswith("AKIA") and len(key["AccessKeyId"]) == 20
    assert len(key.pop("SecretAccessKey")) == 40
    assert key == {"UserName": "user", "AccessKeyId": key["AccessKeyId"], "Status": "Active",
                   "CreateDate": key["CreateDate"]}
    assert iam.list_access_keys(UserName="user")["AccessKeyMetadata"] == [key]
    iam.update_access_key(UserName="user", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert iam.list_access_keys(UserName="user")["AccessKeyMetadata"] == [
        {**key, "Status": "Inactive"}]
    iam.create_access_key(UserName="user")
    assert fails(iam.create_access_key, UserName="user") == (
        "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)
    pages = iam.get_paginator("list_access_keys").paginate(
        UserName="user", PaginationConfig={"PageSize": 1})
    assert [len(page["AccessKeyMetadata"]) for page in pages] == [1, 1]
    iam.delete_access_key(UserName="user", AccessKeyId=key["AccessKeyId"])
    assert key["AccessKeyId"] not in [
        k["AccessKeyId"] for k in iam.list_access_keys(UserName="user")["AccessKeyMetadata"]]


def test_a_key_of_another_user_is_not_there(iam, user):
    iam.create_user(UserName="other")
    key = iam.create_access_key(UserName="other")["AccessKey"]["AccessKeyId"]
    for wrong in (key, "AKIAIOSFODNN7EXAMPLE"):
        missing = ("NoSuchEntity", f"The Access Key with id {wrong} cannot be found.", 404)
        assert fails(iam.delete_access_key, UserName="user", AccessKeyId=wrong) == missing
        assert fails(iam.update_access_key, UserName="user", AccessKeyId=wrong,
                     Status="Active") == missing


def test_a_call_with_a_key_is_its_users(client, iam, user):
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    sts = client("sts", key=key)
    assert plain(sts.get_caller_identity()) == {
        "UserId": user["UserId"], "Account": ACCOUNT, "Arn": arn("user/user")}
    iam.update_user(UserName="user", NewUserName="renamed", NewPath="/x/")
    assert plain(sts.get_caller_identity()) == {
        "UserId": user["UserId"], "Account": ACCOUNT, "Arn": arn("user/x/renamed")}


def test_a_key_belongs_to_the_account_of_its_user(client):
    there = client("iam", key="123456789012")
    there.create_user(UserName="user")
    key = there.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    assert client("sts", key=key).get_caller_identity()["Account"] == "123456789012"
    client("dynamodb", key=key).create_table(
        TableName="table", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])
    assert client("dynamodb", key="123456789012").list_tables()["TableNames"] == ["table"]
    assert client("dynamodb").list_tables()["TableNames"] == []
    assert client("sts").get_access_key_info(AccessKeyId=key)["Account"] == "123456789012"


def test_a_user_may_leave_out_its_own_name_and_others_may_not(client, iam, user):
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    own = client("iam", key=key)
    assert own.get_user()["User"] == user
    assert [k["AccessKeyId"] for k in own.list_access_keys()["AccessKeyMetadata"]] == [key]
    second = own.create_access_key()["AccessKey"]
    assert second["UserName"] == "user"
    own.delete_access_key(AccessKeyId=second["AccessKeyId"])
    for call, members in [(iam.get_user, {}), (iam.create_access_key, {}), (iam.list_access_keys, {}),
                          (iam.delete_access_key, {"AccessKeyId": key})]:
        assert fails(call, **members) == NO_NAME


INVALID = "The security token included in the request is invalid."


def test_a_key_that_is_switched_off_is_refused_by_every_service(client, iam, user):
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="user", AccessKeyId=key, Status="Inactive")
    for service, call, expected in [
        ("sts", "get_caller_identity", ("InvalidClientTokenId", INVALID, 403)),
        ("iam", "list_roles", ("InvalidClientTokenId", INVALID, 403)),
        ("cloudwatch", "list_metrics", ("InvalidClientTokenId", INVALID, 403)),
        ("lambda", "list_functions", ("UnrecognizedClientException", INVALID, 403)),
        ("dynamodb", "list_tables", ("UnrecognizedClientException", INVALID, 400)),
        ("firehose", "list_delivery_streams", ("UnrecognizedClientException", INVALID, 400)),
        ("kinesis", "list_streams", ("UnrecognizedClientException", INVALID, 400)),
        ("logs", "describe_log_groups", ("UnrecognizedClientException", INVALID, 400)),
        ("s3", "list_buckets", (
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.", 403)),
    ]:
        assert fails(getattr(client(service, key=key), call)) == expected
    iam.update_access_key(UserName="user", AccessKeyId=key, Status="Active")
    assert client("sts", key=key).get_caller_identity()["Arn"] == arn("user/user")


def test_a_key_that_is_gone_is_the_root_as_any_other(client, iam, user):
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    iam.delete_access_key(UserName="user", AccessKeyId=key)
    assert client("sts", key=key).get_caller_identity()["Arn"] == arn("root")


def test_a_role_is_no_user(iam):
    make_role(iam, "same")
    iam.create_user(UserName="same")
    iam.delete_role(RoleName="same")
    assert iam.get_user(UserName="same")["User"]["Arn"] == arn("user/same")
