"""What a function's process has around it: its role's keys, its user, its limits, its /tmp."""

import datetime
import json
import sys

import boto3
import pytest

from runtime_kit import create, invoke

WHO = """
import boto3, os
def handler(event, context):
    who = boto3.client("sts").get_caller_identity()
    return {"arn": who["Arn"], "account": who["Account"], "id": who["UserId"], "pid": os.getpid(),
            "key": os.environ["AWS_ACCESS_KEY_ID"], "token": os.environ["AWS_SESSION_TOKEN"],
            "secret": os.environ["AWS_SECRET_ACCESS_KEY"]}
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


# ---- keys ----

def test_a_function_calls_aws_as_its_role_in_a_session_of_its_own_name(functions, client):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
         "Action": "sts:AssumeRole"}]})
    role = client("iam").create_role(RoleName="likes", Path="/service-role/",
                                     AssumeRolePolicyDocument=document)["Role"]
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO}, Role=role["Arn"])
    who = invoke(functions, "f").payload
    assert who["arn"] == "arn:aws:sts::000000000000:assumed-role/likes/f"
    assert who["account"] == "000000000000"
    assert who["id"] == role["RoleId"] + ":f"
    assert who["key"].startswith("ASIA") and len(who["key"]) == 20


def test_a_role_that_iam_does_not_have_is_called_by_its_name(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    who = invoke(functions, "f").payload
    assert who["arn"] == "arn:aws:sts::000000000000:assumed-role/likes/f"
    assert who["id"].startswith("AROA") and who["id"].endswith(":f")


def session_of(daemon, who):
    return boto3.client("sts", endpoint_url=daemon.url, region_name="us-east-1",
                        aws_access_key_id=who["key"], aws_secret_access_key=who["secret"],
                        aws_session_token=who["token"])


def test_keys_outlive_the_process_they_were_given_to(functions, hydrant):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    who = invoke(functions, "f").payload
    functions.delete_function(FunctionName="f")
    assert session_of(hydrant, who).get_caller_identity()["Arn"] == who["arn"]


def test_a_process_whose_keys_end_is_followed_by_one_with_new_keys(functions, hydrant):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    first = invoke(functions, "f").payload
    assert invoke(functions, "f").payload == first
    hydrant.advance(int(datetime.timedelta(hours=13).total_seconds()))
    second = invoke(functions, "f").payload
    assert second["arn"] == first["arn"]
    assert second["key"] != first["key"] and second["pid"] != first["pid"]
    with pytest.raises(Exception, match="ExpiredToken"):
        session_of(hydrant, first).get_caller_identity()


def test_processes_of_a_function_share_the_keys_of_one_session(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    first = invoke(functions, "f").payload
    functions.update_function_configuration(FunctionName="f", Description="another revision")
    second = invoke(functions, "f").payload
    assert second["pid"] != first["pid"]
    assert second["key"] == first["key"]
