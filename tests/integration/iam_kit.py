"""What tests of IAM and STS share: policies, and telling answers and errors apart."""

import json

import botocore.exceptions
import pytest

ACCOUNT = "000000000000"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
READ = {"Version": "2012-10-17", "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::bucket/a b*"}]}
WRITE = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}]}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def arn(resource, account=ACCOUNT):
    return f"arn:aws:iam::{account}:{resource}"


def fails(function, **named):
    """(code, message, HTTP status) of a call that has to fail."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(**named)
    response = caught.value.response
    error = response["Error"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def plain(answer):
    """An answer without what surrounds it."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def make_role(iam, name="role", **members):
    return iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **members)["Role"]


def make_policy(iam, name="policy", document=None, **members):
    return iam.create_policy(
        PolicyName=name, PolicyDocument=json.dumps(document or READ), **members)["Policy"]


def long_policy(characters):
    """A policy of so many characters that count."""
    document = json.dumps(WRITE).replace(" ", "")
    filled = document.replace('"Effect"', '"Sid":"%s","Effect"' % ("x" * (characters - len(document) - 9)))
    assert len(filled) == characters
    return filled.replace('":', '" : \n')
