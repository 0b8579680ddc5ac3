"""One pass through every service, the daemon running behind HYDRANT_PREFIX (valgrind).

What valgrind finds makes the daemon end with a code of its own, which fails the stop.
"""

import base64
import gzip
import io
import json
import os
import pathlib
import shutil
import zipfile

import botocore.exceptions
import pytest

from daemon import BINARY, PREFIX

PLUGINS = pathlib.Path(os.environ["PLUGINS"])  # built without sanitizers, as the daemon is
LIKES = pathlib.Path(__file__).parents[2] / "fixtures/likes"
DESTINATION = json.loads((LIKES / "destination.json").read_text())
BUCKET = "likes-bucket"
FUNCTION = "lambda_KFH_to_DynoDB"
GROUP = f"/aws/lambda/{FUNCTION}"

pytestmark = [
    pytest.mark.skipif(shutil.which(PREFIX[0]) is None, reason=f"no {PREFIX[0]} on this machine"),
    pytest.mark.skipif(not os.access(BINARY, os.X_OK), reason=f"no {BINARY}: tests/run.sh makes it"),
]


def package(plugin):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(PLUGINS / f"{plugin}.so", f"{plugin}.so")
    return out.getvalue()


def set_up(client):
    client("dynamodb").create_table(
        TableName="Likes_Tab",
        AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("s3").create_bucket(Bucket=BUCKET)
    client("lambda").create_function(
        FunctionName=FUNCTION,
        Runtime="provided.al2023",
        Handler="likes.so",
        Role="arn:aws:iam::000000000000:role/likes",
        Timeout=60,
        Code={"ZipFile": package("likes")},
    )
    client("firehose").create_delivery_stream(
        DeliveryStreamName="likes", ExtendedS3DestinationConfiguration=DESTINATION
    )


def bodies(s3):
    """{key: body} of the bucket."""
    found = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {
        entry["Key"]: s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        for entry in found
    }


def check_delivery(hydrant, client):
    lines = [b'{"element_class":"1001"}\n', b"this is no JSON\n", b'{"element_class":"1002"}\n']
    answer = client("firehose").put_record_batch(
        DeliveryStreamName="likes", Records=[{"Data": line} for line in lines]
    )
    assert answer["FailedPutCount"] == 0
    hydrant.advance(121)

    found = bodies(client("s3"))
    [failed] = [body for key, body in found.items() if "processing-failed" in key]
    assert base64.b64decode(json.loads(failed)["rawData"]) == lines[1]
    [delivered] = [body for key, body in found.items() if "processing-failed" not in key]
    assert delivered == lines[0] + lines[2]

    items = client("dynamodb").scan(TableName="Likes_Tab")["Items"]
    assert sorted(item["element_class"]["S"] for item in items) == ["1001", "1002"]
    events = client("logs").filter_log_events(logGroupName=GROUP)["events"]
    assert any("1001" in event["message"] for event in events)
    assert events[-1]["message"].startswith("REPORT RequestId: ")


def check_table(client):
    dynamodb = client("dynamodb")
    key = {"element_class": {"S": "1003"}}
    dynamodb.put_item(TableName="Likes_Tab", Item={**key, "count": {"N": "1.50"}})
    dynamodb.update_item(
        TableName="Likes_Tab",
        Key=key,
        UpdateExpression="SET #c = #c + :one",
        ConditionExpression="attribute_exists(#c)",
        ExpressionAttributeNames={"#c": "count"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    item = dynamodb.get_item(TableName="Likes_Tab", Key=key)["Item"]
    assert item == {**key, "count": {"N": "2.5"}}
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "Likes_Tab", "Item": {**key, "l": {"L": [{"S": "x"}]}}}}
        ],
        ClientRequestToken="token",
    )
    set_n = "UPDATE Likes_Tab SET n = 1, l = list_append(l, ['y']) WHERE element_class = ?"
    parameters = list(key.values())
    statement = {"Statement": set_n, "Parameters": parameters}
    dynamodb.execute_transaction(TransactStatements=[statement])
    select = "SELECT l[1], n FROM Likes_Tab WHERE element_class = ? AND n BETWEEN 0 AND 2"
    found = dynamodb.execute_statement(Statement=select, Parameters=parameters)["Items"]
    assert found == [{"l[1]": {"S": "y"}, "n": {"N": "1"}}]
    dynamodb.update_item(
        TableName="Likes_Tab",
        Key=key,
        AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "1"}}},
        Expected={"n": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "1"}]}},
    )
    dynamodb.delete_item(TableName="Likes_Tab", Key=key)
    assert "Item" not in dynamodb.get_item(TableName="Likes_Tab", Key=key)


def check_objects(client):
    s3 = client("s3")
    for key, body in {"small": b"a few bytes", "large": os.urandom(200_000)}.items():
        s3.put_object(Bucket=BUCKET, Key=f"mine/{key}", Body=body, Metadata={"of": key})
        answer = s3.get_object(Bucket=BUCKET, Key=f"mine/{key}")
        assert answer["Body"].read() == body
        assert answer["Metadata"] == {"of": key}
        part = s3.get_object(Bucket=BUCKET, Key=f"mine/{key}", Range="bytes=3-6")
        assert part["Body"].read() == body[3:7]
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="mine/")["Contents"]
    objects = [{"Key": entry["Key"]} for entry in listed]
    assert objects == [{"Key": "mine/large"}, {"Key": "mine/small"}]
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="mine/")["KeyCount"] == 0


def check_log_filters(hydrant, client):
    logs = client("logs")
    where = {"logGroupName": GROUP}
    logs.put_metric_filter(**where, filterName="f", filterPattern="[kind = %START|END%, ..., last]",
                           metricTransformations=[{"metricName": "m", "metricNamespace": "ns",
                                                   "metricValue": "1", "dimensions": {"kind": "$kind"}}])
    client("kinesis").create_stream(StreamName="log-events", ShardCount=1)
    for name, arn in (("k", "arn:aws:kinesis:us-east-1:000000000000:stream/log-events"),
                      ("f", "arn:aws:firehose:us-east-1:000000000000:deliverystream/likes")):
        logs.put_subscription_filter(**where, filterName=name, destinationArn=arn, roleArn=arn,
                                     filterPattern="REPORT" if name == "k" else "{ $.none EXISTS }")
    client("lambda").invoke(FunctionName=FUNCTION, Payload=(LIKES / "event.json").read_bytes())
    hydrant.advance(1)
    metrics = client("cloudwatch").list_metrics(Namespace="ns")["Metrics"]
    assert {d["Value"] for metric in metrics for d in metric["Dimensions"]} == {"START", "END"}
    iterator = client("kinesis").get_shard_iterator(
        StreamName="log-events", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    records = client("kinesis").get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    documents = [json.loads(gzip.decompress(record["Data"])) for record in records]
    assert [d["messageType"] for d in documents] == ["CONTROL_MESSAGE", "DATA_MESSAGE"]
    assert logs.test_metric_filter(filterPattern='{ $.a[0] = "b*" && $.c NOT EXISTS }', logEventMessages=[
        '{"a":["bc"]}', "no"])["matches"][0]["extractedValues"] == {"$.a[0]": "bc"}
    with pytest.raises(botocore.exceptions.ClientError, match="Invalid filter pattern"):
        logs.filter_log_events(**where, filterPattern="{ ($.a = %b% }")
    logs.put_retention_policy(**where, retentionInDays=1)
    hydrant.advance(25 * 3600)
    assert logs.filter_log_events(**where)["events"] == []
    logs.delete_subscription_filter(**where, filterName="k")
    logs.delete_subscription_filter(**where, filterName="f")
    logs.delete_metric_filter(**where, filterName="f")
    logs.delete_retention_policy(**where)


TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
GRANT = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::likes-bucket", "*"]}]})


def check_roles(client):
    iam = client("iam")
    role = iam.create_role(RoleName="likes", AssumeRolePolicyDocument=TRUST,
                           Tags=[{"Key": "team", "Value": "likes"}])["Role"]
    policy = iam.create_policy(PolicyName="likes", PolicyDocument=GRANT)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=GRANT, SetAsDefault=True)
    for arn in (policy, "arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/Unknown"):
        iam.attach_role_policy(RoleName="likes", PolicyArn=arn)
    iam.put_role_policy(RoleName="likes", PolicyName="inline", PolicyDocument=GRANT)
    iam.create_instance_profile(InstanceProfileName="likes")
    iam.add_role_to_instance_profile(InstanceProfileName="likes", RoleName="likes")
    assert iam.list_instance_profiles_for_role(
        RoleName="likes")["InstanceProfiles"][0]["Roles"][0]["Arn"] == role["Arn"]
    assert iam.get_policy_version(PolicyArn=policy, VersionId="v2")["PolicyVersion"][
        "Document"] == json.loads(GRANT)
    assert len(iam.list_attached_role_policies(RoleName="likes")["AttachedPolicies"]) == 3
    assert [r["RoleName"] for r in iam.list_entities_for_policy(PolicyArn=policy)["PolicyRoles"]] == [
        "likes"]
    assert iam.list_policies(MaxItems=5)["IsTruncated"]
    with pytest.raises(botocore.exceptions.ClientError, match="MalformedPolicyDocument"):
        iam.create_policy(PolicyName="bad", PolicyDocument=GRANT.replace("arn:aws", "arn:x"))
    assert iam.get_account_summary()["SummaryMap"]["Roles"] == 1


def check_keys(client):
    iam, sts = client("iam"), client("sts")
    iam.create_user(UserName="user")
    key = iam.create_access_key(UserName="user")["AccessKey"]["AccessKeyId"]
    assert client("sts", key=key).get_caller_identity()["Arn"].endswith(":user/user")
    role = iam.get_role(RoleName="likes")["Role"]["Arn"]
    session = sts.assume_role(
        RoleArn=role, RoleSessionName="session", Policy=GRANT, Tags=[{"Key": "k", "Value": "v"}],
        TransitiveTagKeys=["k"])["Credentials"]["AccessKeyId"]
    assert client("sts", key=key).get_session_token()["Credentials"]["AccessKeyId"] != session
    with pytest.raises(botocore.exceptions.ClientError, match="UnrecognizedClientException"):
        client("dynamodb", key=session).list_tables()  # without its token
    iam.delete_access_key(UserName="user", AccessKeyId=key)
    iam.delete_user(UserName="user")


def test_a_pass_through_every_service_makes_no_mistake_with_memory(hydrant, client):
    set_up(client)
    check_delivery(hydrant, client)
    check_table(client)
    check_objects(client)
    check_roles(client)
    check_keys(client)
    check_log_filters(hydrant, client)

    answer = client("lambda").invoke(
        FunctionName=FUNCTION, Payload=(LIKES / "event.json").read_bytes()
    )
    assert json.loads(answer["Payload"].read())["records"][0]["result"] == "Ok"
    hydrant.stop()

    hydrant.start()
    assert len(client("dynamodb").scan(TableName="Likes_Tab")["Items"]) > 0
    status, _ = hydrant.admin("POST", "/_hydrant/reset")
    assert status == 200
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("iam").list_roles()["Roles"] == []
