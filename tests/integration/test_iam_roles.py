"""IAM roles: their life, inline policies, attachments, boundaries, tags, instance profiles."""

import datetime
import json

import pytest

from iam_kit import (
    BASIC, READ, TRUST, WRITE, arn, fails, long_policy, make_policy, make_role, plain)

NO_ROLE = ("NoSuchEntity", "The role with name nobody cannot be found.", 404)


@pytest.fixture
def iam(client):
    return client("iam")


# ---- a role's life -----------------------------------------------------------------------


def test_each_answer_tells_of_a_role_what_aws_tells(hydrant, iam):
    created = make_role(iam, Path="/a/", Description="what it does", MaxSessionDuration=7200,
                        PermissionsBoundary=BASIC, Tags=[{"Key": "team", "Value": ""}])
    at = created.pop("CreateDate")
    now = datetime.datetime.fromisoformat(hydrant.admin("GET", "/_hydrant/clock")[1]["now"])
    assert abs(now - at) < datetime.timedelta(seconds=5)
    assert created["RoleId"].startswith("AROA") and len(created["RoleId"]) == 21
    base = {"Path": "/a/", "RoleName": "role", "RoleId": created["RoleId"], "Arn": arn("role/a/role"),
            "AssumeRolePolicyDocument": TRUST}
    boundary = {"PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BASIC}}
    tags = {"Tags": [{"Key": "team", "Value": ""}]}
    told = {"Description": "what it does", "MaxSessionDuration": 7200}
    assert created == {**base, **boundary, **tags}
    assert plain(iam.get_role(RoleName="role")) == {"Role": {
        **base, **told, **boundary, **tags, "CreateDate": at, "RoleLastUsed": {}}}
    assert plain(iam.list_roles()) == {"IsTruncated": False, "Roles": [
        {**base, **told, "CreateDate": at}]}


def test_a_role_has_defaults(iam):
    role = make_role(iam)
    assert (role["Path"], role["Arn"]) == ("/", arn("role/role"))
    got = iam.get_role(RoleName="role")["Role"]
    assert got["MaxSessionDuration"] == 3600
    assert set(got) == set(role) | {"MaxSessionDuration", "RoleLastUsed"}


def test_names_are_unique_whatever_their_case_and_found_as_given(iam):
    make_role(iam, "Role")
    assert fails(make_role, iam=iam, name="Role") == (
        "EntityAlreadyExists", "Role with name Role already exists.", 409)
    assert fails(make_role, iam=iam, name="rOLE") == (
        "EntityAlreadyExists", "Role with name rOLE already exists.", 409)
    assert fails(iam.get_role, RoleName="role")[0] == "NoSuchEntity"


def test_every_operation_says_that_a_role_is_missing(iam):
    document = json.dumps(READ)
    trust = json.dumps(TRUST)
    for call, members in [
        (iam.get_role, {}), (iam.delete_role, {}), (iam.update_role, {}),
        (iam.update_role_description, {"Description": "d"}),
        (iam.update_assume_role_policy, {"PolicyDocument": trust}),
        (iam.tag_role, {"Tags": [{"Key": "k", "Value": "v"}]}),
        (iam.untag_role, {"TagKeys": ["k"]}), (iam.list_role_tags, {}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": document}),
        (iam.get_role_policy, {"PolicyName": "p"}), (iam.delete_role_policy, {"PolicyName": "p"}),
        (iam.list_role_policies, {}), (iam.attach_role_policy, {"PolicyArn": BASIC}),
        (iam.detach_role_policy, {"PolicyArn": BASIC}), (iam.list_attached_role_policies, {}),
        (iam.put_role_permissions_boundary, {"PermissionsBoundary": BASIC}),
        (iam.delete_role_permissions_boundary, {}), (iam.list_instance_profiles_for_role, {}),
    ]:
        assert fails(call, RoleName="nobody", **members) == NO_ROLE, call


def test_what_an_update_does_not_name_stays(iam):
    make_role(iam, Description="before")
    iam.update_role(RoleName="role", MaxSessionDuration=43200)
    role = iam.get_role(RoleName="role")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("before", 43200)
    iam.update_role(RoleName="role", Description="after")
    iam.update_role(RoleName="role")
    role = iam.get_role(RoleName="role")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("after", 43200)
    described = iam.update_role_description(RoleName="role", Description="last")["Role"]
    assert described == {**{k: role[k] for k in (
        "Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument")},
        "Description": "last"}


def test_a_trust_policy_is_replaced_and_comes_back_as_it_was_given(iam):
    make_role(iam)
    other = {"Version": "2008-10-17", "Id": "x", "Statement": [
        {"Sid": "1", "Effect": "Allow", "Principal": {"AWS": ["123456789012", arn("role/r")]},
         "Action": ["sts:AssumeRole", "sts:TagSession"],
         "Condition": {"StringEquals": {"sts:ExternalId": "ä+ %/=&"}}}]}
    iam.update_assume_role_policy(RoleName="role", PolicyDocument=json.dumps(other))
    assert iam.get_role(RoleName="role")["Role"]["AssumeRolePolicyDocument"] == other


@pytest.mark.parametrize("document, message", [
    ("no JSON", "This policy contains invalid Json"),
    (json.dumps(WRITE), "Missing required field Principal"),
    (json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}),
     "AssumeRole policy may only specify STS AssumeRole actions."),
    (json.dumps({"Version": "2012-10-17", "Statement": [
        {**TRUST["Statement"][0], "Resource": "*"}]}), "Has prohibited field Resource"),
    (json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "bob"}, "Action": "sts:AssumeRole"}]}),
     'Invalid principal in policy: "AWS":"bob"'),
])
def test_a_malformed_trust_policy_is_refused(iam, document, message):
    expected = ("MalformedPolicyDocument", message, 400)
    assert fails(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document) == expected
    make_role(iam)
    assert fails(iam.update_assume_role_policy, RoleName="role", PolicyDocument=document) == expected
    assert iam.get_role(RoleName="role")["Role"]["AssumeRolePolicyDocument"] == TRUST


def test_a_trust_policy_has_a_quota(iam):
    trust = {"Version": "2012-10-17", "Statement": [
        {**TRUST["Statement"][0], "Sid": "x" * 2048}]}
    assert fails(iam.create_role, RoleName="r", AssumeRolePolicyDocument=json.dumps(trust)) == (
        "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409)


def test_modelled_constraints_are_told_in_the_words_of_iam(iam):
    assert fails(make_role, iam=iam, name="a b") == (
        "ValidationError",
        "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [\\w+=,.@-]+", 400)
    assert fails(make_role, iam=iam, MaxSessionDuration=43201) == (
        "ValidationError",
        "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: "
        "Member must have value less than or equal to 43200", 400)


def test_roles_are_listed_by_name_in_pages_and_by_path(iam):
    for name, path in [("c", "/x/"), ("B", "/"), ("a", "/x/y/"), ("d", "/xy/")]:
        make_role(iam, name, Path=path)
    first = iam.list_roles(MaxItems=2)
    assert [r["RoleName"] for r in first["Roles"]] == ["a", "B"]
    assert first["IsTruncated"] is True
    rest = iam.list_roles(MaxItems=2, Marker=first["Marker"])
    assert [r["RoleName"] for r in rest["Roles"]] == ["c", "d"]
    assert rest["IsTruncated"] is False and "Marker" not in rest
    assert [r["RoleName"] for r in iam.list_roles(PathPrefix="/x/")["Roles"]] == ["a", "c"]
    pages = iam.get_paginator("list_roles").paginate(
        PathPrefix="/x", PaginationConfig={"PageSize": 1})
    assert [[r["RoleName"] for r in page["Roles"]] for page in pages] == [["a"], ["c"], ["d"]]
    assert iam.list_roles(PathPrefix="/none/")["Roles"] == []
    assert fails(iam.list_roles, Marker="nonsense!")[0] == "ValidationError"


def test_a_role_goes_when_nothing_belongs_to_it(iam):
    make_role(iam)
    iam.attach_role_policy(RoleName="role", PolicyArn=BASIC)
    iam.put_role_policy(RoleName="role", PolicyName="p", PolicyDocument=json.dumps(READ))
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="role")
    conflict = "Cannot delete entity, must %s first."
    assert fails(iam.delete_role, RoleName="role") == (
        "DeleteConflict", conflict % "remove roles from instance profile", 409)
    iam.remove_role_from_instance_profile(InstanceProfileName="profile", RoleName="role")
    assert fails(iam.delete_role, RoleName="role") == (
        "DeleteConflict", conflict % "detach all policies", 409)
    iam.detach_role_policy(RoleName="role", PolicyArn=BASIC)
    assert fails(iam.delete_role, RoleName="role") == (
        "DeleteConflict", conflict % "delete policies", 409)
    iam.delete_role_policy(RoleName="role", PolicyName="p")
    iam.delete_role(RoleName="role")
    assert fails(iam.get_role, RoleName="role")[0] == "NoSuchEntity"
    first = make_role(iam)
    iam.delete_role(RoleName="role")
    assert make_role(iam)["RoleId"] != first["RoleId"]


# ---- inline policies ---------------------------------------------------------------------


def test_inline_policies_come_back_as_they_were_given(iam):
    make_role(iam)
    for name, document in [("b", READ), ("a", WRITE)]:
        iam.put_role_policy(RoleName="role", PolicyName=name, PolicyDocument=json.dumps(document))
    assert plain(iam.get_role_policy(RoleName="role", PolicyName="b")) == {
        "RoleName": "role", "PolicyName": "b", "PolicyDocument": READ}
    assert plain(iam.list_role_policies(RoleName="role")) == {
        "PolicyNames": ["a", "b"], "IsTruncated": False}
    iam.put_role_policy(RoleName="role", PolicyName="b", PolicyDocument=json.dumps(WRITE))
    assert iam.get_role_policy(RoleName="role", PolicyName="b")["PolicyDocument"] == WRITE
    pages = iam.get_paginator("list_role_policies").paginate(
        RoleName="role", PaginationConfig={"PageSize": 1})
    assert [page["PolicyNames"] for page in pages] == [["a"], ["b"]]
    iam.delete_role_policy(RoleName="role", PolicyName="b")
    missing = ("NoSuchEntity", "The role policy with name b cannot be found.", 404)
    assert fails(iam.get_role_policy, RoleName="role", PolicyName="b") == missing
    assert fails(iam.delete_role_policy, RoleName="role", PolicyName="b") == missing
    assert iam.list_role_policies(RoleName="role")["PolicyNames"] == ["a"]


def test_inline_policies_of_a_role_share_a_quota(iam):
    make_role(iam)

    def put(name, characters):
        iam.put_role_policy(RoleName="role", PolicyName=name, PolicyDocument=long_policy(characters))

    put("a", 5000)
    put("b", 5240)
    assert fails(put, name="c", characters=300) == (
        "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role role", 409)
    put("b", 4940)
    put("c", 300)
    assert iam.list_role_policies(RoleName="role")["PolicyNames"] == ["a", "b", "c"]


def test_a_malformed_inline_policy_is_refused(iam):
    make_role(iam)
    document = {"Version": "2012-10-17", "Statement": [{**READ["Statement"][0], "Principal": "*"}]}
    assert fails(iam.put_role_policy, RoleName="role", PolicyName="p",
                 PolicyDocument=json.dumps(document)) == (
        "MalformedPolicyDocument", "Policy document should not specify a principal.", 400)
    assert iam.list_role_policies(RoleName="role")["PolicyNames"] == []


# ---- attached policies -------------------------------------------------------------------


def test_policies_are_attached_and_detached(iam):
    make_role(iam)
    own = make_policy(iam, Path="/x/")["Arn"]
    for policy in (own, BASIC, own):
        iam.attach_role_policy(RoleName="role", PolicyArn=policy)
    assert plain(iam.list_attached_role_policies(RoleName="role")) == {
        "IsTruncated": False, "AttachedPolicies": [
            {"PolicyName": "policy", "PolicyArn": own},
            {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}]}
    only = iam.list_attached_role_policies(RoleName="role", PathPrefix="/service-role/")
    assert [p["PolicyArn"] for p in only["AttachedPolicies"]] == [BASIC]
    pages = iam.get_paginator("list_attached_role_policies").paginate(
        RoleName="role", PaginationConfig={"PageSize": 1})
    assert [[p["PolicyArn"] for p in page["AttachedPolicies"]] for page in pages] == [[own], [BASIC]]
    iam.detach_role_policy(RoleName="role", PolicyArn=own)
    assert fails(iam.detach_role_policy, RoleName="role", PolicyArn=own) == (
        "NoSuchEntity", f"Policy {own} was not found.", 404)
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(
        RoleName="role")["AttachedPolicies"]] == [BASIC]


def test_only_policies_that_are_there_can_be_attached(iam):
    make_role(iam)
    for missing in (arn("policy/none"), arn("policy/p", account="123456789012")):
        assert fails(iam.attach_role_policy, RoleName="role", PolicyArn=missing) == (
            "NoSuchEntity", f"Policy {missing} does not exist or is not attachable.", 404)
    assert fails(iam.attach_role_policy, RoleName="role", PolicyArn="longpolicynamebutnoarn") == (
        "ValidationError", "ARN longpolicynamebutnoarn is not valid.", 400)


def test_a_role_has_ten_attached_policies_at_most(iam):
    make_role(iam)
    policies = [make_policy(iam, f"p{n}")["Arn"] for n in range(11)]
    for policy in policies[:10]:
        iam.attach_role_policy(RoleName="role", PolicyArn=policy)
    iam.attach_role_policy(RoleName="role", PolicyArn=policies[0])
    assert fails(iam.attach_role_policy, RoleName="role", PolicyArn=policies[10]) == (
        "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10", 409)


# ---- boundaries --------------------------------------------------------------------------


def test_a_boundary_is_a_policy_that_is_there(iam):
    make_role(iam)
    own = make_policy(iam)["Arn"]
    iam.put_role_permissions_boundary(RoleName="role", PermissionsBoundary=own)
    assert iam.get_role(RoleName="role")["Role"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": own}
    assert iam.get_policy(PolicyArn=own)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    assert "PermissionsBoundary" not in iam.list_roles()["Roles"][0]
    iam.delete_role_permissions_boundary(RoleName="role")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="role")["Role"]
    assert fails(iam.put_role_permissions_boundary, RoleName="role",
                 PermissionsBoundary=arn("policy/none")) == (
        "NoSuchEntity", f"Scope ARN: {arn('policy/none')} does not exist or is not attachable.", 404)
    assert fails(make_role, iam=iam, name="r", PermissionsBoundary=arn("not_a_policy/x")) == (
        "InvalidInput", f"ARN {arn('not_a_policy/x')} is not valid.", 400)


# ---- tags --------------------------------------------------------------------------------


def tag(key, value=""):
    return {"Key": key, "Value": value}


def test_tags_of_roles_do_not_tell_cases_apart(iam):
    make_role(iam, Tags=[tag("b", "1"), tag("a", "2")])
    iam.tag_role(RoleName="role", Tags=[tag("B", "3"), tag("c", "4")])
    assert plain(iam.list_role_tags(RoleName="role")) == {
        "IsTruncated": False, "Tags": [tag("B", "3"), tag("a", "2"), tag("c", "4")]}
    pages = iam.get_paginator("list_role_tags").paginate(
        RoleName="role", PaginationConfig={"PageSize": 2})
    assert [[t["Key"] for t in page["Tags"]] for page in pages] == [["B", "a"], ["c"]]
    iam.untag_role(RoleName="role", TagKeys=["A", "none"])
    assert iam.list_role_tags(RoleName="role")["Tags"] == [tag("B", "3"), tag("c", "4")]
    iam.untag_role(RoleName="role", TagKeys=["b", "c"])
    assert iam.list_role_tags(RoleName="role")["Tags"] == []
    assert "Tags" not in iam.get_role(RoleName="role")["Role"]


def test_tags_that_cannot_be_are_refused(iam):
    make_role(iam)
    for call, members in [(iam.tag_role, {"RoleName": "role"}), (make_role, {"iam": iam, "name": "r"})]:
        assert fails(call, Tags=[tag("a"), tag("A")], **members) == (
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
        assert fails(call, Tags=[tag(f"k{n}") for n in range(51)], **members) == (
            "ValidationError",
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must "
            "have length less than or equal to 50", 400)
        assert fails(call, Tags=[tag("k" * 129)], **members)[1] == (
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: "
            "Member must have length less than or equal to 128")
        assert fails(call, Tags=[tag("a#b")], **members)[1] == (
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+")
    assert fails(iam.untag_role, RoleName="role", TagKeys=["a#b"])[1] == (
        "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must have length less than or equal to 128, Member must have "
        "length greater than or equal to 1, Member must satisfy regular expression pattern: "
        "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]")


def test_fifty_tags_are_the_most_over_several_calls(iam):
    make_role(iam, Tags=[tag(f"k{n}") for n in range(30)])
    iam.tag_role(RoleName="role", Tags=[tag(f"k{n}", "new") for n in range(10, 50)])
    assert fails(iam.tag_role, RoleName="role", Tags=[tag("k50")])[::2] == ("LimitExceeded", 409)
    assert len(iam.list_role_tags(RoleName="role")["Tags"]) == 50


# ---- instance profiles -------------------------------------------------------------------


def test_an_instance_profile_shows_its_role(iam):
    role = make_role(iam)
    created = iam.create_instance_profile(InstanceProfileName="profile", Path="/x/")["InstanceProfile"]
    at = created.pop("CreateDate")
    assert created["InstanceProfileId"].startswith("AIPA") and len(created["InstanceProfileId"]) == 21
    assert created == {
        "Path": "/x/", "InstanceProfileName": "profile", "Arn": arn("instance-profile/x/profile"),
        "InstanceProfileId": created["InstanceProfileId"], "Roles": []}
    assert iam.get_instance_profile(InstanceProfileName="profile")["InstanceProfile"] == {
        **created, "CreateDate": at, "Tags": []}
    assert iam.list_instance_profiles_for_role(RoleName="role")["InstanceProfiles"] == []
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="role")
    with_role = {**created, "CreateDate": at, "Roles": [role]}
    assert plain(iam.list_instance_profiles_for_role(RoleName="role")) == {
        "IsTruncated": False, "InstanceProfiles": [with_role]}
    iam.create_instance_profile(InstanceProfileName="other", Tags=[tag("k", "v")])
    profiles = iam.list_instance_profiles()["InstanceProfiles"]
    assert [p["InstanceProfileName"] for p in profiles] == ["other", "profile"]
    assert profiles[1] == with_role
    assert [p["InstanceProfileName"] for p in iam.list_instance_profiles(
        PathPrefix="/x/")["InstanceProfiles"]] == ["profile"]


def test_what_cannot_be_done_with_an_instance_profile_is_refused(iam):
    make_role(iam)
    make_role(iam, "second")
    iam.create_instance_profile(InstanceProfileName="p")
    missing = ("NoSuchEntity", "Instance Profile none cannot be found.", 404)
    assert fails(iam.get_instance_profile, InstanceProfileName="none") == missing
    assert fails(iam.delete_instance_profile, InstanceProfileName="none") == missing
    assert fails(iam.tag_instance_profile, InstanceProfileName="none", Tags=[tag("k")]) == missing
    assert fails(iam.create_instance_profile, InstanceProfileName="p") == (
        "EntityAlreadyExists", "Instance Profile p already exists.", 409)
    assert fails(iam.remove_role_from_instance_profile, InstanceProfileName="p", RoleName="role") == (
        "NoSuchEntity", "Role role in Instance Profile p cannot be found.", 404)
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="role")
    assert fails(iam.add_role_to_instance_profile, InstanceProfileName="p", RoleName="second") == (
        "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
    assert fails(iam.delete_instance_profile, InstanceProfileName="p") == (
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.", 409)
    iam.remove_role_from_instance_profile(InstanceProfileName="p", RoleName="role")
    iam.delete_instance_profile(InstanceProfileName="p")
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_tags_of_instance_profiles_tell_cases_apart(iam):
    iam.create_instance_profile(InstanceProfileName="p", Tags=[tag("a", "1")])
    iam.tag_instance_profile(InstanceProfileName="p", Tags=[tag("A", "2")])
    assert iam.list_instance_profile_tags(InstanceProfileName="p")["Tags"] == [
        tag("a", "1"), tag("A", "2")]
    iam.untag_instance_profile(InstanceProfileName="p", TagKeys=["a"])
    assert iam.get_instance_profile(
        InstanceProfileName="p")["InstanceProfile"]["Tags"] == [tag("A", "2")]
