"""CloudWatch Logs: groups, their retention and tags, as boto3 sees them."""

import json

from logs_kit import BAD_TOKEN, NO_GROUP, events, logs, messages, now, refused, stream


def test_a_new_group_is_described_with_its_arns_and_defaults(logs, now):
    logs.create_log_group(logGroupName="/aws/lambda/a")
    (group,) = logs.describe_log_groups()["logGroups"]
    assert abs(group.pop("creationTime") - now) < 60_000
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a"
    group.pop("logGroupArn", None), group.pop("deletionProtectionEnabled", None)
    group.pop("logGroupClass", None)  # members that older boto3 does not know
    assert group == {
        "logGroupName": "/aws/lambda/a",
        "metricFilterCount": 0,
        "arn": arn + ":*",
        "storedBytes": 0,
    }


def test_a_group_has_its_class_and_plain_arn_on_the_wire(hydrant, logs):
    logs.create_log_group(logGroupName="g")
    seen = {}
    logs.meta.events.register(
        "response-received.logs.DescribeLogGroups",
        lambda response_dict, **_: seen.update(json.loads(response_dict["body"])),
    )
    logs.describe_log_groups()
    (group,) = seen["logGroups"]
    assert group["logGroupClass"] == "STANDARD"
    assert group["logGroupArn"] == "arn:aws:logs:us-east-1:000000000000:log-group:g"
    assert group["deletionProtectionEnabled"] is False


def test_a_group_name_is_taken_once_and_per_region(logs, client):
    logs.create_log_group(logGroupName="g")
    assert refused(logs.create_log_group, logGroupName="g") == (
        "ResourceAlreadyExistsException",
        400,
        "The specified log group already exists",
    )
    elsewhere = client("logs", region="eu-west-1")
    assert elsewhere.describe_log_groups()["logGroups"] == []
    elsewhere.create_log_group(logGroupName="g")
    other_account = client("logs", key="111111111111")
    assert other_account.describe_log_groups()["logGroups"] == []


def test_a_name_with_other_characters_is_refused(logs):
    code, status, message = refused(logs.create_log_group, logGroupName="a b")
    assert (code, status) == ("InvalidParameterException", 400)
    assert message.startswith(
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


def test_a_name_beyond_512_characters_is_refused_in_aws_words(logs):
    too_long = (
        "InvalidParameterException",
        400,
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )
    assert refused(logs.create_log_group, logGroupName="g" * 513) == too_long
    assert refused(logs.delete_log_group, logGroupName="g" * 513) == too_long
    logs.create_log_group(logGroupName="g" * 512)
    group = {"logGroupName": "g" * 512}
    assert refused(logs.create_log_stream, **group, logStreamName="ä" * 513) == too_long
    logs.create_log_stream(**group, logStreamName="ä" * 512)
    (stream,) = logs.describe_log_streams(**group)["logStreams"]
    assert stream["logStreamName"] == "ä" * 512


def test_groups_are_listed_by_name_page_by_page(logs):
    names = sorted(f"/a/{number}" for number in range(7))
    for name in ["/b", *reversed(names)]:
        logs.create_log_group(logGroupName=name)
    first = logs.describe_log_groups(logGroupNamePrefix="/a/", limit=4)
    assert [group["logGroupName"] for group in first["logGroups"]] == names[:4]
    second = logs.describe_log_groups(
        logGroupNamePrefix="/a/", limit=4, nextToken=first["nextToken"]
    )
    assert [group["logGroupName"] for group in second["logGroups"]] == names[4:]
    assert "nextToken" not in second
    exact = logs.describe_log_groups(limit=8)
    assert len(exact["logGroups"]) == 8 and "nextToken" not in exact


def test_groups_are_found_by_a_part_of_their_name(logs):
    for name in ("/aws/lambda/one", "/aws/firehose/one", "/other"):
        logs.create_log_group(logGroupName=name)
    found = logs.describe_log_groups(logGroupNamePattern="one")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["/aws/firehose/one", "/aws/lambda/one"]
    assert refused(
        logs.describe_log_groups, logGroupNamePattern="one", logGroupNamePrefix="/aws"
    ) == (
        "InvalidParameterException",
        400,
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )
    assert refused(logs.describe_log_groups, nextToken="nonsense") == BAD_TOKEN


def test_a_deleted_group_is_gone_with_its_events(logs, stream, now):
    logs.put_log_events(**stream, logEvents=events((now, "old")))
    logs.delete_log_group(logGroupName="/g")
    assert refused(logs.delete_log_group, logGroupName="/g") == NO_GROUP
    assert refused(logs.filter_log_events, logGroupName="/g") == NO_GROUP
    logs.create_log_group(logGroupName="/g")
    assert messages(logs.filter_log_events(logGroupName="/g")) == []


def test_retention_is_shown_until_it_is_deleted(logs):
    logs.create_log_group(logGroupName="g")
    logs.put_retention_policy(logGroupName="g", retentionInDays=14)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
    code, status, message = refused(
        logs.put_retention_policy, logGroupName="g", retentionInDays=15
    )
    assert (code, status) == ("InvalidParameterException", 400)
    assert "Value '15' at 'retentionInDays'" in message
    logs.delete_retention_policy(logGroupName="g")
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    assert refused(logs.put_retention_policy, logGroupName="h", retentionInDays=1) == NO_GROUP
    assert refused(logs.delete_retention_policy, logGroupName="h") == NO_GROUP


def test_tags_are_put_listed_and_removed_by_arn(logs):
    logs.create_log_group(logGroupName="g", tags={"a": "1", "b": "2"})
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    logs.tag_resource(resourceArn=arn, tags={"b": "3", "c": ""})
    assert logs.list_tags_for_resource(resourceArn=arn + ":*")["tags"] == {
        "a": "1",
        "b": "3",
        "c": "",
    }
    logs.untag_resource(resourceArn=arn, tagKeys=["a", "nothing"])
    assert logs.list_tags_log_group(logGroupName="g")["tags"] == {"b": "3", "c": ""}
    assert refused(logs.list_tags_for_resource, resourceArn=arn + "x") == (
        "ResourceNotFoundException",
        400,
        "The specified resource does not exist.",
    )


def test_a_group_never_has_more_than_fifty_tags(logs):
    logs.create_log_group(logGroupName="g", tags={str(n): "x" for n in range(49)})
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    code, status, _ = refused(logs.tag_resource, resourceArn=arn, tags={"y": "1", "z": "2"})
    assert (code, status) == ("TooManyTagsException", 400)
    assert len(logs.list_tags_for_resource(resourceArn=arn)["tags"]) == 49
    logs.tag_resource(resourceArn=arn, tags={"y": "1", "0": "again"})
    assert len(logs.list_tags_for_resource(resourceArn=arn)["tags"]) == 50
