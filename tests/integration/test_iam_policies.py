"""IAM managed policies: an account's own, their versions, AWS's; and IAM's wire format."""

import json
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import pytest

from iam_kit import (
    ACCOUNT, BASIC, READ, WRITE, arn, fails, long_policy, make_policy, make_role, plain)

OWN = arn("policy/policy")
NOT_ATTACHABLE = "does not exist or is not attachable."
NAMESPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"


@pytest.fixture
def iam(client):
    return client("iam")


def tag(key, value=""):
    return {"Key": key, "Value": value}


# ---- an account's own --------------------------------------------------------------------


def test_each_answer_tells_of_a_policy_what_aws_tells(iam):
    created = make_policy(iam, Path="/x/", Description="reads", Tags=[tag("long"), tag("b")])
    assert created["PolicyId"].startswith("ANPA") and len(created["PolicyId"]) == 21
    base = {
        "PolicyName": "policy", "PolicyId": created["PolicyId"], "Arn": arn("policy/x/policy"),
        "Path": "/x/", "DefaultVersionId": "v1", "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0, "IsAttachable": True,
        "CreateDate": created["CreateDate"], "UpdateDate": created["CreateDate"]}
    assert created == {**base, "Tags": [tag("long"), tag("b")]}
    assert plain(iam.get_policy(PolicyArn=arn("policy/x/policy"))) == {"Policy": {
        **base, "Description": "reads", "Tags": [tag("b"), tag("long")]}}
    assert plain(iam.list_policies(Scope="Local")) == {"IsTruncated": False, "Policies": [base]}


def test_a_policy_without_tags_has_an_empty_list_of_them(iam):
    assert "Tags" not in make_policy(iam)
    assert iam.get_policy(PolicyArn=OWN)["Policy"]["Tags"] == []


def test_a_policy_is_found_by_its_whole_arn(iam):
    make_policy(iam, Path="/x/")
    for wrong in (OWN, arn("policy/x/Policy"), arn("policy/x/policy", account="123456789012")):
        assert fails(iam.get_policy, PolicyArn=wrong) == (
            "NoSuchEntity", f"Policy {wrong} was not found.", 404)
    assert fails(iam.delete_policy, PolicyArn=OWN) == (
        "NoSuchEntity", f"Policy {OWN} was not found.", 404)
    assert fails(make_policy, iam=iam, name="POLICY") == (
        "EntityAlreadyExists",
        "A policy called POLICY already exists. Duplicate names are not allowed.", 409)


def test_uses_are_counted_and_keep_a_policy_from_going(iam, client):
    make_policy(iam)
    make_role(iam, PermissionsBoundary=OWN)
    iam.create_user(UserName="user")
    iam.attach_role_policy(RoleName="role", PolicyArn=OWN)
    iam.attach_user_policy(UserName="user", PolicyArn=OWN)
    policy = iam.get_policy(PolicyArn=OWN)["Policy"]
    assert (policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"]) == (2, 1)
    conflict = ("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    assert fails(iam.delete_policy, PolicyArn=OWN) == conflict
    iam.detach_role_policy(RoleName="role", PolicyArn=OWN)
    iam.detach_user_policy(UserName="user", PolicyArn=OWN)
    assert fails(iam.delete_policy, PolicyArn=OWN) == conflict
    iam.delete_role_permissions_boundary(RoleName="role")
    iam.delete_policy(PolicyArn=OWN)
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_malformed_and_long_policies_are_refused(iam):
    assert fails(iam.create_policy, PolicyName="p", PolicyDocument="This is not a json document") == (
        "MalformedPolicyDocument", "Syntax errors in policy.", 400)
    old = json.dumps({**READ, "Version": "2008-10-17"})
    assert fails(iam.create_policy, PolicyName="p", PolicyDocument=old) == (
        "MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.", 400)
    iam.create_policy(PolicyName="most", PolicyDocument=long_policy(6144))
    assert fails(iam.create_policy, PolicyName="p", PolicyDocument=long_policy(6145)) == (
        "LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409)
    assert [p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]] == ["most"]


def test_tags_of_policies_tell_cases_apart_and_are_kept_by_length(iam):
    make_policy(iam, Tags=[tag("abc", "1"), tag("b", "2"), tag("z", "3"), tag("a", "4"), tag("A", "5")])
    assert plain(iam.list_policy_tags(PolicyArn=OWN)) == {"IsTruncated": False, "Tags": [
        tag("A", "5"), tag("a", "4"), tag("b", "2"), tag("z", "3"), tag("abc", "1")]}
    iam.tag_policy(PolicyArn=OWN, Tags=[tag("b", "new")])
    iam.untag_policy(PolicyArn=OWN, TagKeys=["A", "z", "abc"])
    first = iam.list_policy_tags(PolicyArn=OWN, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == ([tag("a", "4")], True)
    rest = iam.list_policy_tags(PolicyArn=OWN, Marker=first["Marker"])
    assert (rest["Tags"], rest["IsTruncated"]) == ([tag("b", "new")], False)
    assert fails(iam.tag_policy, PolicyArn=OWN, Tags=[tag("a"), tag("a")]) == (
        "InvalidInput", "Duplicate tag keys found.", 400)
    missing = arn("policy/none")
    for call, members in [(iam.tag_policy, {"Tags": [tag("a")]}), (iam.untag_policy, {"TagKeys": ["a"]}),
                          (iam.list_policy_tags, {})]:
        assert fails(call, PolicyArn=missing, **members) == (
            "NoSuchEntity", f"Policy {missing} was not found.", 404)


# ---- versions ----------------------------------------------------------------------------


def add_version(iam, document=None, **members):
    return iam.create_policy_version(
        PolicyArn=OWN, PolicyDocument=json.dumps(document or WRITE), **members)["PolicyVersion"]


def versions(iam, **members):
    return [(v["VersionId"], v["IsDefaultVersion"])
            for v in iam.list_policy_versions(PolicyArn=OWN, **members)["Versions"]]


def test_versions_have_their_documents_and_one_is_the_default(hydrant, iam):
    created = make_policy(iam)
    hydrant.advance(60)
    second = add_version(iam)
    at = second.pop("CreateDate")
    assert second == {"VersionId": "v2", "IsDefaultVersion": False}
    assert add_version(iam, SetAsDefault=True)["IsDefaultVersion"] is True
    assert versions(iam) == [("v3", True), ("v2", False), ("v1", False)]
    assert plain(iam.get_policy_version(PolicyArn=OWN, VersionId="v1")) == {"PolicyVersion": {
        "VersionId": "v1", "IsDefaultVersion": False, "Document": READ,
        "CreateDate": created["CreateDate"]}}
    assert iam.get_policy_version(PolicyArn=OWN, VersionId="v2")["PolicyVersion"]["Document"] == WRITE
    policy = iam.get_policy(PolicyArn=OWN)["Policy"]
    assert policy["DefaultVersionId"] == "v3"
    assert policy["CreateDate"] < at <= policy["UpdateDate"]
    iam.set_default_policy_version(PolicyArn=OWN, VersionId="v1")
    assert versions(iam) == [("v3", False), ("v2", False), ("v1", True)]
    pages = iam.get_paginator("list_policy_versions").paginate(
        PolicyArn=OWN, PaginationConfig={"PageSize": 2})
    assert [[v["VersionId"] for v in page["Versions"]] for page in pages] == [["v3", "v2"], ["v1"]]


def test_five_versions_are_the_most_and_numbers_are_not_used_again(iam):
    make_policy(iam)
    for _ in range(4):
        add_version(iam)
    assert fails(add_version, iam=iam) == (
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete"
        " an existing version.", 409)
    iam.delete_policy_version(PolicyArn=OWN, VersionId="v5")
    assert add_version(iam)["VersionId"] == "v6"
    assert versions(iam) == [("v6", False), ("v4", False), ("v3", False), ("v2", False), ("v1", True)]


def test_the_default_version_goes_with_its_policy_only(iam):
    make_policy(iam)
    add_version(iam)
    assert fails(iam.delete_policy_version, PolicyArn=OWN, VersionId="v1") == (
        "DeleteConflict", "Cannot delete the default version of a policy.", 409)
    assert fails(iam.delete_policy, PolicyArn=OWN) == (
        "DeleteConflict",
        "This policy has more than one version. Before you delete a policy, you must delete the"
        " policy's versions. The default version is deleted with the policy.", 409)
    iam.delete_policy_version(PolicyArn=OWN, VersionId="v2")
    iam.delete_policy(PolicyArn=OWN)
    make_policy(iam)
    assert versions(iam) == [("v1", True)]


def test_versions_that_are_not_there_are_named(iam):
    make_policy(iam)
    for policy, version in [(arn("policy/none"), "v1"), (OWN, "v9"), (BASIC, "v9"), (OWN, "v1.a")]:
        expected = ("NoSuchEntity", f"Policy {policy} version {version} {NOT_ATTACHABLE}", 404)
        for call in (iam.get_policy_version, iam.set_default_policy_version,
                     iam.delete_policy_version):
            assert fails(call, PolicyArn=policy, VersionId=version) == expected
    assert fails(iam.get_policy_version, PolicyArn=OWN, VersionId="1") == (
        "ValidationError",
        "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", 400)


# ---- AWS's -------------------------------------------------------------------------------


def test_policies_of_aws_have_the_documents_aws_publishes(iam):
    policy = iam.get_policy(PolicyArn=BASIC)["Policy"]
    assert (policy["PolicyName"], policy["Path"], policy["DefaultVersionId"]) == (
        "AWSLambdaBasicExecutionRole", "/service-role/", "v1")
    assert policy["CreateDate"].isoformat() == "2015-04-09T15:03:43+00:00"
    version = iam.get_policy_version(PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]
    assert version["IsDefaultVersion"] is True
    assert version["Document"] == {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Resource": "*",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]}]}
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in iam.list_policy_versions(
        PolicyArn=BASIC)["Versions"]] == [("v1", True)]
    admin = iam.get_policy_version(
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess", VersionId="v1")["PolicyVersion"]
    assert admin["Document"]["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


@pytest.mark.parametrize("name", [
    "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaDynamoDBExecutionRole",
    "service-role/AWSLambdaKinesisExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AWSLambdaRole", "AmazonKinesisFirehoseFullAccess",
    "AmazonKinesisFirehoseReadOnlyAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess",
    "AmazonDynamoDBFullAccess", "AmazonDynamoDBFullAccess_v2", "AmazonDynamoDBReadOnlyAccess",
    "AWSLambda_FullAccess", "AWSLambda_ReadOnlyAccess", "CloudWatchFullAccess",
    "CloudWatchFullAccessV2", "CloudWatchLogsFullAccess", "AdministratorAccess", "PowerUserAccess",
    "ReadOnlyAccess", "IAMFullAccess", "AmazonKinesisFullAccess", "AWSXRayDaemonWriteAccess",
])
def test_policies_that_pipelines_name_are_there_with_a_document(hydrant, iam, name):
    policy = iam.get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{name}")["Policy"]
    version = iam.get_policy_version(
        PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Version"] == "2012-10-17"
    assert all(s["Effect"] in ("Allow", "Deny") for s in version["Document"]["Statement"])
    assert len(version["Document"]["Statement"]) > 0
    assert "taken as an empty policy" not in hydrant.log


def test_other_policies_of_aws_are_taken_as_empty_ones_with_a_warning(hydrant, iam):
    unknown = "arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM"
    make_role(iam)
    iam.attach_role_policy(RoleName="role", PolicyArn=unknown)
    assert f"iam: Hydrant does not have the document of {unknown}" in hydrant.log
    policy = iam.get_policy(PolicyArn=unknown)["Policy"]
    assert (policy["AttachmentCount"], policy["DefaultVersionId"]) == (1, "v1")
    assert policy["PolicyId"] == iam.get_policy(PolicyArn=unknown)["Policy"]["PolicyId"]
    assert iam.get_policy_version(PolicyArn=unknown, VersionId="v1")["PolicyVersion"]["Document"] == {
        "Version": "2012-10-17", "Statement": []}


def test_nobody_changes_policies_of_aws(iam):
    for call, members in [
        (iam.delete_policy, {}), (iam.tag_policy, {"Tags": [tag("a")]}),
        (iam.create_policy_version, {"PolicyDocument": json.dumps(READ)}),
        (iam.set_default_policy_version, {"VersionId": "v1"}),
        (iam.delete_policy_version, {"VersionId": "v1"}),
    ]:
        code, message, status = fails(call, PolicyArn=BASIC, **members)
        assert (code, status) == ("AccessDenied", 403)
        assert message.endswith(f"on resource: policy {BASIC}")


# ---- lists -------------------------------------------------------------------------------


def names(iam, **members):
    pages = iam.get_paginator("list_policies").paginate(**members)
    return [p["PolicyName"] for page in pages for p in page["Policies"]]


def test_policies_are_listed_by_scope_path_and_use(iam):
    make_policy(iam, "b", Path="/x/")
    make_policy(iam, "A")
    make_role(iam, PermissionsBoundary=arn("policy/A"))
    iam.attach_role_policy(RoleName="role", PolicyArn=arn("policy/x/b"))
    iam.attach_role_policy(RoleName="role", PolicyArn=BASIC)
    of_aws = names(iam, Scope="AWS")
    assert "AdministratorAccess" in of_aws and "A" not in of_aws
    assert names(iam, Scope="Local") == ["A", "b"]
    assert names(iam) == of_aws + ["A", "b"]
    assert names(iam, PaginationConfig={"PageSize": 7}) == of_aws + ["A", "b"]
    assert names(iam, PathPrefix="/x/") == ["b"]
    assert names(iam, OnlyAttached=True) == ["AWSLambdaBasicExecutionRole", "A", "b"]
    assert names(iam, PolicyUsageFilter="PermissionsPolicy", OnlyAttached=True) == [
        "AWSLambdaBasicExecutionRole", "b"]
    assert names(iam, PolicyUsageFilter="PermissionsBoundary") == ["A"]


def test_who_has_a_policy_is_listed_by_kind(iam):
    make_policy(iam)
    assert plain(iam.list_entities_for_policy(PolicyArn=OWN)) == {
        "PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": [], "IsTruncated": False}
    role = make_role(iam)
    user = iam.create_user(UserName="user", PermissionsBoundary=OWN)["User"]
    other = make_role(iam, "other", Path="/x/", PermissionsBoundary=OWN)
    for name in ("role", "other"):
        iam.attach_role_policy(RoleName=name, PolicyArn=OWN)

    def told(**members):
        answer = plain(iam.list_entities_for_policy(PolicyArn=OWN, **members))
        assert answer["PolicyGroups"] == [] and answer["IsTruncated"] is False
        return answer["PolicyUsers"], answer["PolicyRoles"]

    of_user = {"UserName": "user", "UserId": user["UserId"]}
    of_role = {"RoleName": "role", "RoleId": role["RoleId"]}
    of_other = {"RoleName": "other", "RoleId": other["RoleId"]}
    assert told() == ([of_user], [of_role, of_other])
    assert told(EntityFilter="User") == ([of_user], [])
    assert told(EntityFilter="Role") == ([], [of_role, of_other])
    assert told(EntityFilter="Group") == ([], [])
    assert told(EntityFilter="LocalManagedPolicy") == ([], [])
    assert told(PolicyUsageFilter="PermissionsPolicy") == ([], [of_role, of_other])
    assert told(PolicyUsageFilter="PermissionsBoundary") == ([of_user], [of_other])
    assert told(PathPrefix="/x/") == ([], [of_other])
    pages = iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=OWN, PaginationConfig={"PageSize": 2})
    assert [(page["PolicyUsers"], page["PolicyRoles"]) for page in pages] == [
        ([of_user], [of_role]), ([], [of_other])]
    missing = arn("policy/none")
    assert fails(iam.list_entities_for_policy, PolicyArn=missing) == (
        "NoSuchEntity", f"Policy {missing} {NOT_ATTACHABLE}", 404)


# ---- the wire ----------------------------------------------------------------------------


def form(hydrant, **parameters):
    request = urllib.request.Request(hydrant.url + "/", data=urllib.parse.urlencode(
        {"Version": "2010-05-08", **parameters}).encode(), method="POST")
    request.add_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    request.add_header("X-Amz-Date", "20260101T000000Z")
    request.add_header(
        "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, "
        "SignedHeaders=host, Signature=00")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_documents_are_percent_encoded_in_answers(hydrant, iam):
    document = '{"Version": "2012-10-17",\n"Statement": [{"Effect": "Allow", "Action": "a:*~_.-", ' \
               '"Resource": "*", "Sid": ""}]}'
    iam.create_policy(PolicyName="policy", PolicyDocument=document)
    status, kind, body = form(hydrant, Action="GetPolicyVersion", PolicyArn=OWN, VersionId="v1")
    assert (status, kind) == (200, "text/xml")
    root = xml.etree.ElementTree.fromstring(body)
    assert root.tag == NAMESPACE + "GetPolicyVersionResponse"
    found = root.find(f"{NAMESPACE}GetPolicyVersionResult/{NAMESPACE}PolicyVersion/{NAMESPACE}Document")
    assert found.text == urllib.parse.quote(document, safe="~")
    assert root.find(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId").text


def test_an_operation_without_output_has_no_result(hydrant, iam):
    make_role(iam)
    _, _, body = form(hydrant, Action="DeleteRole", RoleName="role")
    root = xml.etree.ElementTree.fromstring(body)
    assert root.tag == NAMESPACE + "DeleteRoleResponse"
    assert [child.tag for child in root] == [NAMESPACE + "ResponseMetadata"]


def test_errors_are_told_in_xml_and_unknown_operations_by_name(hydrant):
    status, kind, body = form(hydrant, Action="CreateGroup", GroupName="g")
    root = xml.etree.ElementTree.fromstring(body)
    assert (status, kind, root.tag) == (400, "text/xml", NAMESPACE + "ErrorResponse")
    error = {child.tag[len(NAMESPACE):]: child.text for child in root.find(NAMESPACE + "Error")}
    assert error == {"Type": "Sender", "Code": "InvalidAction",
                     "Message": "Hydrant does not support the IAM operation CreateGroup."}


# ---- accounts, resets, crashes -----------------------------------------------------------


def test_accounts_do_not_see_each_other_but_regions_do(client):
    here, there = client("iam"), client("iam", key="123456789012")
    make_role(here)
    assert make_role(there)["Arn"] == "arn:aws:iam::123456789012:role/role"
    there.delete_role(RoleName="role")
    assert client("iam", region="eu-west-1").get_role(RoleName="role")["Role"]["Arn"] == arn("role/role")
    make_policy(here)
    assert fails(there.get_policy, PolicyArn=OWN)[0] == "NoSuchEntity"


def test_the_summary_counts(iam):
    make_role(iam)
    make_policy(iam)
    add_version(iam)
    iam.create_user(UserName="a")
    iam.create_user(UserName="b")
    iam.create_instance_profile(InstanceProfileName="p")
    summary = iam.get_account_summary()["SummaryMap"]
    assert {name: summary[name] for name in (
        "Roles", "Users", "Policies", "PolicyVersionsInUse", "InstanceProfiles", "Groups")} == {
        "Roles": 1, "Users": 2, "Policies": 1, "PolicyVersionsInUse": 2, "InstanceProfiles": 1,
        "Groups": 0}
    assert (summary["RolesQuota"], summary["PolicySizeQuota"]) == (1000, 6144)
    assert plain(iam.list_account_aliases()) == {"AccountAliases": [], "IsTruncated": False}


def test_a_reset_takes_everything(hydrant, client):
    iam = client("iam")
    make_role(iam)
    make_policy(iam)
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    iam.attach_role_policy(RoleName="role", PolicyArn=OWN)
    assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
    assert iam.list_roles()["Roles"] == iam.list_users()["Users"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    make_role(iam)
    assert iam.list_attached_role_policies(RoleName="role")["AttachedPolicies"] == []
    assert client("sts", key=key).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_what_was_answered_is_there_after_a_kill(hydrant, client):
    iam = client("iam")
    role = make_role(iam)
    make_policy(iam)
    iam.attach_role_policy(RoleName="role", PolicyArn=OWN)
    iam.put_role_policy(RoleName="role", PolicyName="inline", PolicyDocument=json.dumps(WRITE))
    hydrant.kill()
    hydrant.start()
    iam = client("iam")
    assert iam.get_role(RoleName="role")["Role"]["RoleId"] == role["RoleId"]
    assert iam.get_role_policy(RoleName="role", PolicyName="inline")["PolicyDocument"] == WRITE
    assert iam.get_policy(PolicyArn=OWN)["Policy"]["AttachmentCount"] == 1


def test_both_clis_make_and_show_roles(cli):
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":' \
            '"firehose.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    made = json.loads(cli("iam", "create-role", "--role-name", "delivery", "--output", "json",
                          "--assume-role-policy-document", trust))
    assert made["Role"]["Arn"] == arn("role/delivery")
    cli("iam", "attach-role-policy", "--role-name", "delivery", "--policy-arn", BASIC)
    assert cli("iam", "list-attached-role-policies", "--role-name", "delivery", "--output", "text",
               "--query", "AttachedPolicies[].PolicyArn").strip() == BASIC
    done = cli.run("iam", "get-role", "--role-name", "nobody")
    assert done.returncode != 0
    assert b"(NoSuchEntity)" in done.stderr
    assert json.loads(cli("sts", "get-caller-identity", "--output", "json"))["Account"] == ACCOUNT
