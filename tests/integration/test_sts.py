"""STS: who is calling, and credentials that end on the sandbox's clock."""

import datetime
import urllib.error
import urllib.request

import boto3
import botocore.config
import pytest

from iam_kit import ACCOUNT, BASIC, arn, fails, make_role, plain

ROLE = arn("role/role")
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/role/session"
EXPIRED = "The security token included in the request is expired"


@pytest.fixture
def sts(client):
    return client("sts")


@pytest.fixture
def role(client):
    return make_role(client("iam"), MaxSessionDuration=7200)


@pytest.fixture
def user_key(client):
    iam = client("iam")
    iam.create_user(UserName="user", Path="/x/")
    return iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]


@pytest.fixture
def signed(hydrant):
    """signed("s3", credentials) is a client that has these of an answer of STS."""

    def make(service, credentials, **others):
        named = {"aws_access_key_id": credentials["AccessKeyId"],
                 "aws_secret_access_key": credentials["SecretAccessKey"],
                 "aws_session_token": credentials["SessionToken"], **others}
        return boto3.client(service, endpoint_url=hydrant.url, region_name="us-east-1", **named)

    return make


def assume(sts, **members):
    return sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "session", **members})


def now(hydrant):
    return datetime.datetime.fromisoformat(hydrant.admin("GET", "/_hydrant/clock")[1]["now"])


def lasts(hydrant, credentials):
    return round((credentials["Expiration"] - now(hydrant)).total_seconds(), -1)


# ---- who is calling ----------------------------------------------------------------------


def test_keys_nobody_made_are_the_root_of_their_account(client):
    assert plain(client("sts").get_caller_identity()) == {
        "UserId": ACCOUNT, "Account": ACCOUNT, "Arn": arn("root")}
    assert plain(client("sts", key="123456789012").get_caller_identity()) == {
        "UserId": "123456789012", "Account": "123456789012",
        "Arn": "arn:aws:iam::123456789012:root"}


def test_the_account_of_a_key_is_known_when_it_was_made_here(client, sts, role, user_key):
    assert sts.get_access_key_info(AccessKeyId=user_key)["Account"] == ACCOUNT
    key = assume(sts)["Credentials"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT
    assert fails(sts.get_access_key_info, AccessKeyId="AKIAIOSFODNN7EXAMPLE") == (
        "ValidationError", "Hydrant did not make the access key AKIAIOSFODNN7EXAMPLE.", 400)


# ---- AssumeRole --------------------------------------------------------------------------


def test_whoever_assumes_a_role_is_it(hydrant, sts, role, signed):
    answer = plain(assume(sts))
    credentials = answer.pop("Credentials")
    assert answer == {"AssumedRoleUser": {
        "AssumedRoleId": role["RoleId"] + ":session", "Arn": SESSION}}
    assert credentials["AccessKeyId"].startswith("ASIA") and len(credentials["AccessKeyId"]) == 20
    assert len(credentials["SecretAccessKey"]) == 40 and len(credentials["SessionToken"]) > 200
    assert lasts(hydrant, credentials) == 3600
    assert plain(signed("sts", credentials).get_caller_identity()) == {
        "UserId": role["RoleId"] + ":session", "Account": ACCOUNT, "Arn": SESSION}
    other = assume(sts)["Credentials"]
    assert not set(other.values()) & set(list(credentials.values())[:3])


def test_a_session_is_of_the_account_of_its_role(client, signed):
    make_role(client("iam", key="123456789012"), Path="/x/y/")
    credentials = assume(
        client("sts"), RoleArn="arn:aws:iam::123456789012:role/x/y/role")["Credentials"]
    assert signed("sts", credentials).get_caller_identity()["Arn"] == (
        "arn:aws:sts::123456789012:assumed-role/role/session")
    signed("s3", credentials).create_bucket(Bucket="mine")
    assert [b["Name"] for b in client("s3", key="123456789012").list_buckets()["Buckets"]] == ["mine"]
    assert client("s3").list_buckets()["Buckets"] == []


def test_a_role_that_is_not_there_is_denied_to_whoever_asks(client, sts, role, user_key):
    for missing in (arn("role/none"), arn("role/x/role"), arn("user/role"),
                    "arn:aws:iam::123456789012:role/role"):
        assert fails(assume, sts=sts, RoleArn=missing) == (
            "AccessDenied",
            f"User: {arn('root')} is not authorized to perform: sts:AssumeRole on resource: {missing}",
            403)
    assert fails(assume, sts=client("sts", key=user_key), RoleArn=arn("role/none"))[1].startswith(
        f"User: {arn('user/x/user')} is not authorized")


@pytest.mark.parametrize("broken", [
    "nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role",
    "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:",
])
def test_what_is_no_arn_is_invalid(sts, broken):
    assert fails(assume, sts=sts, RoleArn=broken) == ("ValidationError", f"{broken} is invalid", 400)


def test_names_of_sessions_are_checked_in_the_words_of_sts(sts, role):
    head = "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: "
    assert fails(assume, sts=sts, RoleSessionName="Session1:2") == (
        "ValidationError", head % "Session1:2" +
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*", 400)
    assert fails(assume, sts=sts, RoleSessionName="s" * 65) == (
        "ValidationError", head % ("s" * 65) + "Member must have length less than or equal to 64", 400)


def test_a_session_lasts_no_longer_than_its_role_allows(hydrant, sts, role, signed):
    assert lasts(hydrant, assume(sts, DurationSeconds=900)["Credentials"]) == 900
    long = assume(sts, DurationSeconds=7200)["Credentials"]
    assert lasts(hydrant, long) == 7200
    assert fails(assume, sts=sts, DurationSeconds=7201) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400)
    chained = signed("sts", long)
    assert lasts(hydrant, assume(chained, DurationSeconds=3600)["Credentials"]) == 3600
    assert fails(assume, sts=chained, DurationSeconds=3601) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role"
        " chaining", 400)


def test_session_policies_are_measured(sts, role):
    policy = '{"Version":"2012-10-17","Statement":[]}'
    answer = assume(sts, Policy=policy, PolicyArns=[{"arn": BASIC}], SourceIdentity="alice")
    assert 1 <= answer["PackedPolicySize"] <= 10
    assert answer["SourceIdentity"] == "alice"
    assert fails(assume, sts=sts, Policy="no JSON") == (
        "MalformedPolicyDocument", "This policy contains invalid Json", 400)
    assert fails(assume, sts=sts, Policy='{"Version":"%s"}' % ("x" * 2048)) == (
        "PackedPolicyTooLarge",
        "Packed policy consumes 101% of allotted space, please use smaller policy.", 400)
    assert fails(assume, sts=sts, PolicyArns=[{"arn": BASIC}] * 11)[0] == "ValidationError"


def tag(key, value="v"):
    return {"Key": key, "Value": value}


def test_session_tags_are_checked_and_passed_on(sts, role, signed):
    assert fails(assume, sts=sts, Tags=[tag("a"), tag("A")]) == (
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
    assert fails(assume, sts=sts, Tags=[tag("a")], TransitiveTagKeys=["b"]) == (
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.", 400)
    first = signed("sts", assume(
        sts, Tags=[tag("a"), tag("b")], TransitiveTagKeys=["A"])["Credentials"])
    conflict = (
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive"
        " tag key from the calling session.", 400)
    assert fails(assume, sts=first, Tags=[tag("A")]) == conflict
    second = signed("sts", assume(first, Tags=[tag("b")])["Credentials"])
    assert fails(assume, sts=second, Tags=[tag("a")]) == conflict
    assume(second, Tags=[tag("b")])


def test_what_is_not_there_is_refused_by_name(sts, role):
    assert fails(assume, sts=sts, SerialNumber=arn("mfa/device"), TokenCode="123456") == (
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial"
        " number is valid and associated with this user.", 403)
    assert fails(assume, sts=sts, ProvidedContexts=[{"ProviderArn": BASIC}]) == (
        "ValidationError", "Hydrant does not support the parameter ProvidedContexts.", 400)
    assert fails(sts.get_federation_token, Name="name") == (
        "InvalidAction", "Hydrant does not support the STS operation GetFederationToken.", 400)


# ---- GetSessionToken ---------------------------------------------------------------------


def test_a_users_session_is_the_user(hydrant, client, user_key, signed):
    credentials = client("sts", key=user_key).get_session_token()["Credentials"]
    assert lasts(hydrant, credentials) == 43200
    identity = plain(client("sts", key=user_key).get_caller_identity())
    assert plain(signed("sts", credentials).get_caller_identity()) == identity
    assert signed("iam", credentials).get_user()["User"]["UserName"] == "user"
    shorter = client("sts", key=user_key).get_session_token(DurationSeconds=900)["Credentials"]
    assert lasts(hydrant, shorter) == 900
    assert fails(signed("sts", credentials).get_session_token) == (
        "AccessDenied", "Cannot call GetSessionToken with session credentials", 403)


def test_the_roots_session_lasts_an_hour_at_most(hydrant, sts, signed):
    for members in ({}, {"DurationSeconds": 36000}):
        credentials = sts.get_session_token(**members)["Credentials"]
        assert lasts(hydrant, credentials) == 3600
        assert signed("sts", credentials).get_caller_identity()["Arn"] == arn("root")
    assert lasts(hydrant, sts.get_session_token(DurationSeconds=900)["Credentials"]) == 900


# ---- keys that do not work ---------------------------------------------------------------


def test_a_session_ends_on_the_sandboxs_clock(hydrant, sts, role, signed):
    credentials = assume(sts)["Credentials"]
    hydrant.advance(3590)
    assert signed("sts", credentials).get_caller_identity()["Arn"] == SESSION
    hydrant.advance(20)
    for service, call, expected in [
        ("sts", "get_caller_identity", ("ExpiredToken", EXPIRED, 403)),
        ("iam", "list_roles", ("ExpiredToken", EXPIRED, 403)),
        ("cloudwatch", "list_metrics", ("ExpiredToken", EXPIRED, 403)),
        ("lambda", "list_functions", ("ExpiredTokenException", EXPIRED, 403)),
        ("dynamodb", "list_tables", ("ExpiredTokenException", EXPIRED, 400)),
        ("firehose", "list_delivery_streams", ("ExpiredTokenException", EXPIRED, 400)),
        ("kinesis", "list_streams", ("ExpiredTokenException", EXPIRED, 400)),
        ("logs", "describe_log_groups", ("ExpiredTokenException", EXPIRED, 400)),
        ("s3", "list_buckets", ("ExpiredToken", "The provided token has expired.", 400)),
    ]:
        assert fails(getattr(signed(service, credentials), call)) == expected


def test_an_ended_session_is_forgotten_after_a_day(hydrant, sts, role, signed):
    credentials = assume(sts)["Credentials"]
    hydrant.advance(3600 + 24 * 3600 - 60)
    assume(sts)
    assert fails(signed("sts", credentials).get_caller_identity)[0] == "ExpiredToken"
    hydrant.advance(120)
    assume(sts)
    assert signed("sts", credentials).get_caller_identity()["Arn"] == arn("root")


def test_a_session_needs_its_token(sts, role, signed):
    credentials = assume(sts)["Credentials"]
    for token in ("wrong", None, assume(sts)["Credentials"]["SessionToken"]):
        assert fails(signed("sts", credentials, aws_session_token=token).get_caller_identity) == (
            "InvalidClientTokenId", "The security token included in the request is invalid.", 403)


def test_a_presigned_request_carries_its_token(hydrant, client, sts, role, signed):
    client("s3").create_bucket(Bucket="bucket")
    client("s3").put_object(Bucket="bucket", Key="key", Body=b"body")
    s3 = signed("s3", assume(sts)["Credentials"],
                config=botocore.config.Config(signature_version="s3v4"))
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": "bucket", "Key": "key"}, ExpiresIn=100000)
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.read() == b"body"
    hydrant.advance(3700)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=30)
    assert caught.value.code == 400 and b"<Code>ExpiredToken</Code>" in caught.value.read()


def test_sessions_survive_a_kill_and_end_with_a_reset(hydrant, client, role, signed):
    credentials = assume(client("sts"))["Credentials"]
    hydrant.kill()
    hydrant.start()
    assert signed("sts", credentials).get_caller_identity()["Arn"] == SESSION
    assert hydrant.admin("POST", "/_hydrant/reset")[0] == 200
    assert signed("sts", credentials).get_caller_identity()["Arn"] == arn("root")
